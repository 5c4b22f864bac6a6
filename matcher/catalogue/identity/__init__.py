"""Which records are one supplier, and what that supplier is. Pure."""
