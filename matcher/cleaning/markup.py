"""Conversion of HTML (a page, or text pasted from one) to plain text, without menus, scripts and styles, one block per line."""

import re

from matcher.cleaning.names import tidy_text

# Elements that begin a line, elements to remove with their text, and other elements that show a text is HTML.
_BLOCKS = "address|article|blockquote|br|caption|d[dlt]|div|figure|h[1-6]|header|hr|li|main|[ou]l|p|pre|section|table|t[dhr]|title"
_REMOVED = "aside|button|footer|form|iframe|menu|nav|noscript|script|select|style|svg|template"
_OTHERS = "abbr|a|body|b|em|font|head|html|img|i|label|link|meta|small|span|strong|sub|sup|tbody|thead|u"
_BLOCK, _SKIPPED = re.compile(f"^(?:{_BLOCKS})$"), re.compile(f"^(?:{_REMOVED})$")
# « prix < 100 € » and « <S> » are not markup: only known elements count.
_MARKUP = re.compile(rf"</?(?:{_BLOCKS}|{_REMOVED}|{_OTHERS})\b[^<>]*>|<!--|<!doctype", re.IGNORECASE)
# Windows-1252 characters decoded as control characters: « d\x92insertion ».
_OF_WINDOWS = re.compile(r"[\x80-\x9f]")
# Invisible hyphenation mark, which stays in copied text.
_SOFT_HYPHEN = "\u00ad"
# CSS classes of menus that are not <nav>: « main-menu », « breadcrumb », « navbar-nav ».
_MENU = re.compile(
    r"^(?:main[-_]|site[-_])?(?:nav|navbar|navigation|menu|breadcrumb|ariane|cookies?)(?:[-_]|$)", re.IGNORECASE
)
# Most characters and nesting depth that are parsed: parsing is slow with depth.
LONGEST, DEEPEST = 200_000, 200
# The declaration of an XHTML page: the parser takes what begins with it for another XML than a page, and warns.
XML_PROLOG = re.compile(r"^(?:\s*<\?xml[^>]*>?)+")
_NESTING = re.compile(r"<(/?)(?:article|blockquote|div|dl|main|nav|ol|section|table|ul)\b", re.IGNORECASE)


def plain_text(text: str, longest: int = LONGEST) -> str:
    """Return the text of an HTML page, up to `longest` characters, without styles, scripts and menus, one block per line; plain text is returned as
    it is, with Windows-1252 characters repaired and soft hyphens removed."""
    text = text.replace(_SOFT_HYPHEN, "")
    text = _OF_WINDOWS.sub(lambda sign: sign[0].encode("latin-1").decode("cp1252", "replace"), text)
    if not _is_page(text):
        return text
    from bs4 import BeautifulSoup  # slow to import (0.1 s), not needed for plain text

    page = BeautifulSoup(XML_PROLOG.sub("", shallow(text, longest)), "lxml")
    for tag in page.find_all(_SKIPPED) + page.find_all(["div", "ol", "ul"], attrs={"class": _MENU}):
        tag.decompose()
    for tag in page.find_all(_BLOCK):
        tag.insert(0, "\n")
        tag.append("\n")
    return tidy_text(page.get_text())


def is_cut(text: str) -> bool:
    """Return whether a text is a page too long or too deeply nested to be read whole."""
    return _is_page(text) and len(shallow(text)) < len(text)


def _is_page(text: str) -> bool:
    return "<" in text and _MARKUP.search(text) is not None


def shallow(text: str, longest: int = LONGEST) -> str:
    """Return a page cut where it is too long or too deeply nested."""
    depth = 0
    for tag in _NESTING.finditer(text, 0, longest):
        depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            return text[: tag.start()]
    return text[:longest]
