"""The timetable as read, files handed out, what came of the day."""
