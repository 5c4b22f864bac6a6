"""Pages of the catalogue of suppliers: search, supplier page, imports of directories, review of duplicates."""
