"""The catalogue as a careful person keeps it."""
