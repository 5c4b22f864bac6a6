"""Websites and e-mail addresses."""

import re

from matcher.cleaning.cleaned import Cleaned

WEBSITE_UNREADABLE = "site internet illisible"
EMAIL_UNREADABLE = "adresse électronique illisible"

_WEBSITE = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.+'-]+@(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE | re.ASCII)


def clean_website(raw: str) -> Cleaned[str]:
    """Return an http(s) address, with `http://` put before a bare host name; anything else is refused."""
    text = raw.strip()
    if not text:
        return Cleaned(None)
    if not _WEBSITE.fullmatch(text):
        return Cleaned(None, WEBSITE_UNREADABLE)
    return Cleaned(text if re.match("https?://", text, re.IGNORECASE) else f"http://{text}")


def clean_email(raw: str) -> Cleaned[str]:
    """Return one e-mail address in lower case."""
    text = raw.strip().removeprefix("mailto:")
    if not text:
        return Cleaned(None)
    return Cleaned(text.lower()) if _EMAIL.fullmatch(text) else Cleaned(None, EMAIL_UNREADABLE)
