"""The frame of the API: its doors and their description, who may pass them, reading what a request holds."""
