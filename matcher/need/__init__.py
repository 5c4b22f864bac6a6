"""From a buyer's need to a ranked answer: the functions that the command line, web pages, files and API all call. No input or output.

Shelf: the catalogue's suppliers loaded as arrays, for ranking. `told` (of a reading): the user chose the activities. Lever: legal means by which a buyer
reaches inclusive suppliers (reservation, social clause, subcontracting).
"""
