"""Pages of published lots: the list, a supplier's own, and the page of a watch behind its secret link."""
