"""Timetable of a meeting day: converts it to the planner's arrays and back, and writes the French warnings, remedies and talking points."""
