"""Background jobs (« works ») in a database queue, their worker threads, dropped files, and sandboxed processes that parse files."""
