"""Identity of suppliers: groups the records of one supplier and merges them into it. Pure."""
