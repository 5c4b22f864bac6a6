"""What a buyer or a winner decides: opinion, groupement, allotment, clause, purchases."""
