"""`match`, `read`, `explain`."""
