"""Sites cut in lots."""
