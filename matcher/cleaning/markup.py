"""A text pasted from a web page to what a person reads of it."""

import re

from matcher.cleaning.names import tidy_text

# Elements that begin a line, elements whose text nobody reads, and the others that only a page has, and no plain text.
_BLOCKS = "address|article|blockquote|br|caption|d[dlt]|div|figure|h[1-6]|header|hr|li|main|[ou]l|p|pre|section|table|t[dhr]|title"
_UNREAD = "aside|button|footer|form|iframe|menu|nav|noscript|script|select|style|svg|template"
_OTHERS = "abbr|a|body|b|em|font|head|html|img|i|label|link|meta|small|span|strong|sub|sup|tbody|thead|u"
_BLOCK, _SKIPPED = re.compile(f"^(?:{_BLOCKS})$"), re.compile(f"^(?:{_UNREAD})$")
# « prix < 100 € » and « <S> » are no markup: an element must be one that pages have.
_MARKUP = re.compile(rf"</?(?:{_BLOCKS}|{_UNREAD}|{_OTHERS})\b[^<>]*>|<!--|<!doctype", re.IGNORECASE)
# « d\x92insertion »: apostrophes, dashes and œ of Windows-1252 that went through as control signs.
_OF_WINDOWS = re.compile(r"[\x80-\x9f]")
# Where a word may be cut at the end of a line, which nobody sees: it stays in what is copied.
_SOFT_HYPHEN = "\u00ad"
# What classes call the menus that are no <nav>: « main-menu », « breadcrumb », « navbar-nav ».
_MENU = re.compile(
    r"^(?:main[-_]|site[-_])?(?:nav|navbar|navigation|menu|breadcrumb|ariane|cookies?)(?:[-_]|$)", re.IGNORECASE
)
# A page has no more than these many signs, nor more elements one in another; what follows is no notice, and parsing is slow with depth.
LONGEST, DEEPEST = 200_000, 200
_NESTING = re.compile(r"<(/?)(?:article|blockquote|div|dl|main|nav|ol|section|table|ul)\b", re.IGNORECASE)


def plain_text(text: str, longest: int = LONGEST) -> str:
    """Return the text of a page without its styles, scripts and menus, a block a line; a text without markup as it was typed, signs of
    Windows apart, which browsers read so too, and soft hyphens. A page is read up to `longest` signs.
    """
    text = text.replace(_SOFT_HYPHEN, "")
    text = _OF_WINDOWS.sub(lambda sign: sign[0].encode("latin-1").decode("cp1252", "replace"), text)
    if not _is_page(text):
        return text
    from bs4 import BeautifulSoup  # a tenth of a second to import, which a plain text would wait for

    page = BeautifulSoup(shallow(text, longest), "lxml")
    for tag in page.find_all(_SKIPPED) + page.find_all(["div", "ol", "ul"], attrs={"class": _MENU}):
        tag.decompose()
    for tag in page.find_all(_BLOCK):
        tag.insert(0, "\n")
        tag.append("\n")
    return tidy_text(page.get_text())


def is_cut(text: str) -> bool:
    """Return whether a text is a page that is too long, or too deep, to be read to its end."""
    return _is_page(text) and len(shallow(text)) < len(text)


def _is_page(text: str) -> bool:
    return "<" in text and _MARKUP.search(text) is not None


def shallow(text: str, longest: int = LONGEST) -> str:
    """Return a page up to where it is too long, or its elements lie too deep in one another."""
    depth = 0
    for tag in _NESTING.finditer(text, 0, longest):
        depth += -1 if tag[1] else 1
        if depth > DEEPEST:
            return text[: tag.start()]
    return text[:longest]
