"""Commands on sourcing files: `dossier`, `campagne` (questions to suppliers), `bilan` (annual report)."""
