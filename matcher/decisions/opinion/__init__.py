"""Opinion: advice to a public buyer on whether to reserve a lot for inclusive suppliers (SIAE, EA, ESAT, ESS), under which legal article, or do otherwise."""
