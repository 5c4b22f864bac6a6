"""The catalogue in the database: tables, queries, and the caches built from them."""
