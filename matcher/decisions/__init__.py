"""Tools that help a buyer or a contract's winner decide: reservation opinion, joint bids (groupements), cutting into lots (allotment), social clauses,
purchase programmes, coverage of lots by a network."""
