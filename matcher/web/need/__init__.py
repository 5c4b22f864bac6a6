"""Web pages of a buyer's need: form, ranked list of candidates, explanations, comparison, and import of tender documents (DCE)."""
