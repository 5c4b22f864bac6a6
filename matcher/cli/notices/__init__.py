"""Commands on published tender notices: `annonces` (lots, renewals, territories) and `veille` (e-mail alerts)."""
