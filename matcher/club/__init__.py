"""Club Busin’ESS: meeting days between buyers and suppliers, from registration to timetable and results."""
