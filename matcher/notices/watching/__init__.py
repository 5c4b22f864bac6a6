"""Watches: lots that an organisation or a supplier follows, on a page, in a feed, a calendar, a file, a message."""
