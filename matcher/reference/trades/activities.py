"""Activities: the taxonomy, and how the words of a source reach it."""

from matcher.reference.trades.claims import claim_targets
from matcher.reference.trades.taxonomy import Group, Leaf, Sector, Taxonomy, taxonomy

__all__ = ["Group", "Leaf", "Sector", "Taxonomy", "claim_targets", "taxonomy"]
