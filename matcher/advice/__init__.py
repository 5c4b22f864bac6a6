"""Floor 5: decisions from matches. Reserve or not, what size, which lots, with whom together, how to carry out a clause. Pure."""
