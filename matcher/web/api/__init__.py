"""The HTTP API (`/api/v1`) for programs: the same needs, answers and documents as the pages and the commands, one module a subject. No computation here."""
