"""A need in, an answer out: the one door of the command line, the pages, the files and the API. Pure."""
