"""The catalogue of suppliers: identity, store, intake, steward."""
