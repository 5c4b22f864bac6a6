"""A meeting day and its journal."""
