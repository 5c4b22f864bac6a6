"""Renewals to come: contracts whose term ends soon, with those who hold them."""
