"""Watches (saved searches of published lots, for an organisation or one supplier): their page, feed, calendar, files and e-mails."""
