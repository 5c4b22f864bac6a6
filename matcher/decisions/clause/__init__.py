"""Social clauses (hours of work that a contract reserves for people far from employment): estimated before publication, planned once won, then followed."""
