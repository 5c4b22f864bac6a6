"""Calibrate the hours of a clause: how many a contract can ask for, by which figures, and the words to paste."""
