"""The law by a table that a jurist can read (law.csv): of each need, what is said, its article, what is not said, and why."""

import csv
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.opinion import law_words
from matcher.decisions.opinion.compute import excluded
from matcher.decisions.opinion.law import ToldByBuyer, legal_position
from matcher.domain.reading import Lot, RawPlace, Reading
from matcher.reading.reader import read
from matcher.reference.law import BuyerNature
from matcher.reference.levers import lever
from tests.matcher.decisions.opinion.test_law_words import plain

TABLE = Path(__file__).with_name("law.csv")
REACHED = {True: "oui", False: "non", None: "non connu"}


def table() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def number(text: str) -> float | None:
    return float(text) if text else None


def need(row: dict[str, str]) -> Reading:
    lot = Lot(
        row["objet"],
        cpv=(row["cpv"],) if row["cpv"] else (),
        lieux=(RawPlace(row["lieu"]),) if row["lieu"] else (),
        montant=number(row["montant"]),
        duree=number(row["mois"]),
        date=date.fromisoformat(row["jour"]),
        levier=row["levier"],
    )
    return read(lot)


def law_said(row: dict[str, str]) -> Iterator[str]:
    """Every sentence of the law on a need, the steps of its amounts and the words of its lever among them."""
    reading, day = need(row), date.fromisoformat(row["jour"])
    nature = BuyerNature(row["acheteur"]) if row["acheteur"] else None
    try:
        law = legal_position(reading, day, ToldByBuyer(number(row["ensemble"]), nature, row["dispense"], row["motif"]))
    except DecisionRefused as refused:
        yield str(refused)
        return
    yield law_words.direct(law)
    yield from law_words.sentences(law)
    yield from (f"{step.amount} — {step.changes} : {REACHED[step.reached]}" for step in law_words.ladder(law))
    yield from (" : ".join(duty) for duty in law_words.duties(law))
    yield law_words.basis(law)
    if reading.levier_hint:
        yield f"Levier lu : {lever(reading.levier_hint).label} ({lever(reading.levier_hint).article})"
    if code := row["levier"]:
        why = excluded(code, reading, day)
        yield f"{lever(code).article} : {why or lever(code).sentence}"
        yield f"Article de la clause : {law_words.clause_article(law)}"


@pytest.mark.parametrize("row", table(), ids=lambda row: row["pourquoi"][:60])
def test_the_law_says_what_a_jurist_expects(row: dict[str, str]) -> None:
    said = [plain(sentence) for sentence in law_said(row)]
    if row["dit"]:
        assert any(row["dit"] in sentence and row["article"] in sentence for sentence in said), "\n".join(said)
    if row["ne_dit_pas"]:
        assert not [sentence for sentence in said if row["ne_dit_pas"] in sentence]


def test_the_table_is_large_enough_and_each_row_has_its_article_and_its_reason() -> None:
    rows = table()
    assert len(rows) >= 120
    assert len({tuple(row.values()) for row in rows}) == len(rows)
    assert all(row["article"] and row["pourquoi"] and (row["dit"] or row["ne_dit_pas"]) for row in rows)
