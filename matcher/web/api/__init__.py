"""The API: the same needs, answers and documents as the pages and the commands, for machines. No computation here; one file a room."""
