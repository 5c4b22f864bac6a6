"""View of a territory: what its buyers publish, reserved or with a clause, and the lots that could have been reserved."""
