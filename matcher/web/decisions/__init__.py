"""Web pages of decision aids: opinion on reserving a lot, clause hours and plans, allotment, coverage, joint bids, purchase sheets, brochure."""
