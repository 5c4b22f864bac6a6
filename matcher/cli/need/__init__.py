"""Commands on one need: `match` (rank suppliers), `read`, `explain`, `dce` (tender documents), `apprendre` (retrain the reading)."""
