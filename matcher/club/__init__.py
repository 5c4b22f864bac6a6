"""Club Busin’ESS: meeting days (events of short meetings between buyers and suppliers), from registration to timetable and results."""
