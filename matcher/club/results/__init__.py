"""Outputs of a meeting day: views and files of its timetable, messages to participants, then outcomes, figures and reports."""
