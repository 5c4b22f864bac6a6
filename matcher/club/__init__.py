"""Club Busin’ESS: meeting days (events of short meetings between buyers and suppliers), from registration to timetable and results.

Shelf: the catalogue's suppliers loaded as arrays, for ranking. `told`: in a change, described by the participants themselves; in a message or link, the
version of the timetable already sent. `most`: an upper limit on a number of results or values."""
