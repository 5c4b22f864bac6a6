"""The year of an organisation: what its dossiers, its ledgers, its programme and the public data of its contracts let one count."""
