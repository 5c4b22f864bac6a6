"""Taxonomy, lexicon and nomenclatures."""
