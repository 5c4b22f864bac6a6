"""Hours of insertion of a contract: calibrated before it is published, planned once it is won, followed while it lasts."""
