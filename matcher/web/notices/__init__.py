"""Pages of published lots: the list, one of them, a territory's, a supplier's own, renewals, and a watch behind its secret link."""
