"""A page as tests read it: its text with plain spaces, its links, its forms."""

import random
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any
from urllib.parse import urlencode

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from matcher.web.frame.app_state import EXTENSION, Desk
from tests.waiting import LONGEST_S, tries

# What a person, a script or an enemy may send in any field.
NASTY = (
    "",
    " ",
    "x" * 50_000,
    "🙂🏳️‍🌈",
    "\u202eelliL",
    "مرحبا",
    "'; DROP TABLE supplier; --",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "{{ 7 * 7 }}",
    "=HYPERLINK(\"x\")",
    "%00%ff",
    "\x00\x07",
    "../../etc/passwd",
    "1e400",
    "-1",
    "NaN",
    "9" * 400,
    "12;13;;14",
    "null",
)  # fmt: skip


EACH_NASTY = pytest.mark.slow(reason="each string that breaks programs, in the fields of a page")
# How a page answers what makes no sense, what is too long and what comes too often.
ANSWERED = {200, 400, 404, 409, 413, 422, 429}


def nasty_fields(*fields: str) -> list[tuple[str, str]]:
    """Return each string with a field that takes it, each field in turn from one drawn in each run; every string in every field in a
    thorough run: fields are all read by the same code."""
    if tries(1) > 1:
        return list(product(fields, NASTY))
    first = random.randrange(len(fields))  # noqa: S311  # no secret
    return [(fields[(first + rank) % len(fields)], nasty) for rank, nasty in enumerate(NASTY)]


@dataclass(frozen=True)
class Read:
    """One answer of the pages."""

    status: int
    html: str
    path: str = ""

    @cached_property
    def soup(self) -> BeautifulSoup:
        """The page as a tree."""
        return BeautifulSoup(self.html, "lxml")

    @cached_property
    def text(self) -> str:
        """What is read, every space a plain one."""
        return " ".join(self.soup.get_text(" ").split())

    def all(self, selector: str) -> list[Tag]:
        """Every element of a selector."""
        return list(self.soup.select(selector))

    def one(self, selector: str) -> Tag:
        """The only element of a selector."""
        (found,) = self.all(selector)
        return found

    def link(self, words: str) -> str:
        """The address of the first link that says these words."""
        return next(str(a["href"]) for a in self.all("a[href]") if words in " ".join(a.get_text().split()))

    def values(self, form: Tag) -> list[tuple[str, str]]:
        """What a form would send as it stands, without its buttons."""
        sent: list[tuple[str, str]] = []
        for field in form.select("input[name], select[name], textarea[name]"):
            if field.name == "select":
                option = field.select_one("option[selected]") or field.select_one("option")
                sent.append((str(field["name"]), str(option["value"]) if option else ""))
            elif field.get("type") not in ("checkbox", "radio") or field.has_attr("checked"):
                sent.append((str(field["name"]), str(field.get("value", field.get_text()))))
        return sent


def harmless(page: Read, field: str, nasty: str) -> None:
    """Assert that a page answers a string typed in a field, and runs nothing of it."""
    assert page.status in ANSWERED, (field, nasty[:20], page.status)
    for run in ("<script>alert", "<img src=x", ">49<" if nasty == "{{ 7 * 7 }}" else "<script>alert"):
        assert run not in page.html, (field, nasty[:20])


def finished(app: Flask) -> None:
    """Wait until the works of the server are done."""
    found: Desk = app.extensions[EXTENSION]
    found.worker.wait(LONGEST_S)


def settled(client: FlaskClient, address: str) -> Read:
    """What an address shows once the works of the server are done."""
    finished(client.application)
    return read(client, address)


def read(client: FlaskClient, address: str, pairs: Any = None) -> Read:
    """Open an address, with these arguments, and follow where it leads."""
    answer = client.get(f"{address}?{urlencode(pairs, doseq=True)}" if pairs else address, follow_redirects=True)
    return Read(answer.status_code, answer.text, answer.request.path)


def fill(client: FlaskClient, page: Read, form: str, /, **typed: Any) -> Read:
    """Send a form of a page (a selector) as it stands but for what is typed, and follow where it leads."""
    found = page.one(form)
    sent: dict[str, Any] = {}
    for name, value in page.values(found):
        sent.setdefault(name, []).append(value)
    answer = client.post(str(found["action"]), data={**sent, **typed}, follow_redirects=True)
    return Read(answer.status_code, answer.text, answer.request.path)


def send(
    client: FlaskClient, page: str, action: str, values: dict[str, Any] | None = None, *, follow: bool = True
) -> Read:
    """Send a form of `page` to `action`, with its token, and follow where it leads."""
    token = read(client, page).all('input[name="csrf_token"]')[0]["value"]
    answer = client.post(action, data={"csrf_token": token, **(values or {})}, follow_redirects=follow)
    return Read(answer.status_code, answer.text, answer.request.path)


def contracts(*told: dict[str, str]) -> list[tuple[str, str]]:
    """Return the fields of « Plan de clause » for these contracts."""
    return [(f"contrat-{at}-{name}", value) for at, one in enumerate(told, start=1) for name, value in one.items()]
