"""Commands that help a buyer decide: opinion on reserving a lot, groups of suppliers, allotment, social clauses, purchases, reference tables."""
