"""The catalogue of suppliers: `identity` (which records are one supplier), `store` (database), `intake` (imports), `steward` (care by a person)."""
