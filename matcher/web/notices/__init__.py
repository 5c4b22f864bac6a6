"""Web pages of published lots (tender notices): list, one lot, a territory, renewals, a supplier's lots, and a watch (saved search) by secret link."""
