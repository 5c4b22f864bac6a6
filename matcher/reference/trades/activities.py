"""Single import point of the taxonomy of activities, and of the translation of a source's wording into it (re-exports)."""

from matcher.reference.trades.claims import claim_targets
from matcher.reference.trades.taxonomy import Group, Leaf, Sector, Taxonomy, taxonomy

__all__ = ["Group", "Leaf", "Sector", "Taxonomy", "claim_targets", "taxonomy"]
