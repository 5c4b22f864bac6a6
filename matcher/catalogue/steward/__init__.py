"""Care of the catalogue by a person: corrections, review, quality, privacy, export, backup."""
