"""Floor 6: the catalogue of suppliers: identity and merge (pure), tables, intake and store."""
