"""Tools that help a buyer or a contract's winner decide: reserving a lot, joint bids, cutting into lots, social clauses, purchase programmes, coverage."""
