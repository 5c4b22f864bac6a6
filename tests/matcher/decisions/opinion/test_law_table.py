"""The law by a table that a jurist can read (law.csv): of each need, what is said with its article, what is not said, and why."""

import csv
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from matcher.decisions.asked import DecisionRefused
from matcher.decisions.assumptions import DEFAULT
from matcher.decisions.opinion import law_words, next_steps, words
from matcher.decisions.opinion.compute import opinion_on
from matcher.decisions.opinion.law import ToldByBuyer, legal_position
from matcher.decisions.workload import Workload
from matcher.domain.reading import Lot, RawPlace
from matcher.reading.reader import read
from matcher.reference.law import BuyerNature
from matcher.reference.levers import lever
from tests.matcher.decisions.opinion.test_law_words import plain
from tests.matcher.decisions.people import candidate

TABLE = Path(__file__).with_name("law.csv")
OBJECT, EXPECTED, REASON = {"objet", "cpv"}, {"dit", "article", "ne_dit_pas"}, {"pourquoi"}
REACHED = {True: "oui", False: "non", None: "non connu"}
# Three of each kind that a lot can be reserved to, so that every lever has its sentence for the notice.
CONFIRMED = [candidate(f"{kind} {n}", kind) for kind in ("ESAT", "EI", "SEP", "ESS") for n in range(3)]

Row = dict[str, str]


def table() -> list[Row]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def number(text: str) -> float | None:
    return float(text) if text else None


def expected(row: Row) -> list[tuple[str, str]]:
    """The (words, article) of the sentences that a row expects."""
    return list(zip(row["dit"].split(" | "), row["article"].split(" | "), strict=True))


def law_said(row: Row) -> tuple[str, ...]:
    """Every sentence of the law on a need: its amounts, its duties, and the lever that the buyer chose."""
    return _law_said(*(row[column] for column in row if column not in EXPECTED | REASON))


@cache
def _law_said(*given: str) -> tuple[str, ...]:
    objet, cpv, montant, mois, jour, acheteur, lieu, levier, dispense, motif, ensemble = given
    lot = Lot(
        objet,
        cpv=(cpv,) if cpv else (),
        lieux=(RawPlace(lieu),) if lieu else (),
        montant=number(montant),
        duree=number(mois),
        date=date.fromisoformat(jour),
        levier=levier,
    )
    reading, nature = read(lot), BuyerNature(acheteur) if acheteur else None
    try:
        told = ToldByBuyer(whole=number(ensemble), nature=nature, exemption=dispense, reason=motif)
        law = legal_position(reading, date.max, told)
    except DecisionRefused as refused:
        return (plain(str(refused)),)
    said = [
        law_words.direct(law),
        *law_words.law_sentences(law),
        *(f"{step.amount} — {step.changes} : {REACHED[step.reached]}" for step in law_words.ladder(law)),
        *(" : ".join(duty) for duty in law_words.duties(law)),
        law_words.basis(law),
    ]
    if reading.levier_hint:
        said.append(f"Levier lu : {lever(reading.levier_hint).label}")
    if levier:
        opinion = opinion_on(CONFIRMED, reading, law, Workload(None, "essai"), DEFAULT, {})
        said += [words.conclusion(opinion), next_steps.notice_sentence(opinion)]
    return tuple(map(plain, said))


@pytest.mark.parametrize("row", table(), ids=lambda row: row["pourquoi"][:60])
def test_the_law_says_what_a_jurist_expects(row: Row) -> None:
    said = law_said(row)
    for says, article in expected(row):
        assert any(says in sentence and article in sentence for sentence in said), "\n".join((says, *said))
    assert not row["ne_dit_pas"] or not [sentence for sentence in said if row["ne_dit_pas"] in sentence]


def test_no_two_rows_are_the_same_need_nor_expect_the_same_of_two_objects() -> None:
    rows = table()
    assert len(rows) >= 120
    for beside in (EXPECTED | REASON, OBJECT | REASON):
        alike = [tuple(value for column, value in row.items() if column not in beside) for row in rows]
        assert [one for one in set(alike) if alike.count(one) > 1] == []


def test_every_row_can_fail() -> None:
    rows = table()
    for row in rows:
        assert all(says and article and article != says for says, article in expected(row)), row
        for says, article in expected(row):
            elsewhere = (any(says in one and article in one for one in law_said(other)) for other in rows)
            assert not all(elsewhere), f"every need says « {says} »: it tells nothing of this one"
        if absent := row["ne_dit_pas"]:
            assert any(absent in one for other in rows for one in law_said(other)), f"no need says « {absent} »"
