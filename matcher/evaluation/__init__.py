"""Floor beside the doors: the suites that measure reading and ranking on labelled lots. Called by the command line alone."""
