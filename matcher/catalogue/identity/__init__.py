"""Identity of suppliers (which records of several sources describe one supplier) and the merging of those records. Pure."""
