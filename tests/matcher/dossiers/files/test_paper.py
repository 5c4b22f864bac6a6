"""The paper of a dossier: a summary to sign, annexes that an address chooses, no sentence twice, no amount in the title."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta

import pytest
from msgspec import structs

from matcher.domain.french import NO_BREAK
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.asking.campaign import NO_ADDRESS
from matcher.dossiers.asking.told import sections
from matcher.dossiers.changes import AddLot, DescribeDossier
from matcher.dossiers.dossier import CallOutcome, Dossier, Status
from matcher.dossiers.entry_changes import SetStatus
from matcher.dossiers.files.annexes import TITLES
from matcher.dossiers.files.paper import MOST_NAMED, PrintModel, print_model
from matcher.dossiers.frozen_list import freeze
from matcher.journal.change import append
from matcher.need.criteria import distance_weight
from matcher.render.document import DocumentColumn, DocumentKind, DocumentRow, DocumentScale, DocumentTable
from tests.matcher.dossiers.asking.test_told import state
from tests.matcher.dossiers.files.test_workbook import followed
from tests.matcher.dossiers.kept import AT, CANDIDATES, DECISION, HEADER, IDS, SHORTLIST, WHO, opened, with_list

SHARED = (
    "À partir de 216 000 € HT, une condition sociale d’exécution est obligatoire depuis le 22 août 2026 (L2112-2-1)."
)
OPINION = replace(
    DECISION,
    kind=DocumentKind.OPINION,
    answer="Réserver ce lot, à l’article L2113-13.",
    remarks=(SHARED, "3 structures connues pour ce métier.", "À coller dans l’avis de marché : Ce lot est réservé."),
    tables=(*DECISION.tables, DocumentTable("Ce que change le montant", (), (), ("Seuils du 16 novembre 2026.",))),
    scale=DocumentScale(("réserver", "clause seule"), 0),
)


def two_lots() -> Dossier:
    """Two lots of one opinion each, whose candidates are shared out."""
    dossier = append(with_list(IDS[:2]), AddLot("Chemins", freeze(SHORTLIST), IDS[2:]), at=AT, author=WHO)
    return replace(dossier, lots=tuple(replace(lot, opinion=OPINION) for lot in dossier.lots))


def texts(model: PrintModel) -> Iterator[str]:
    """All that is printed but names of columns: facts, sentences, cells that are sentences."""
    yield from (model.notice, *model.shared, *model.unknown, *model.consulted_says)
    for opinion in model.opinions:
        yield from (opinion.answer, *opinion.says, *opinion.law)
    for consulted in model.consulted:
        yield from consulted.says
    for annex in model.annexes:
        for section in annex.sections:
            yield from (*section.paragraphs, *section.items)
            if section.key != "need":  # of two lots asked alike, each has its lines
                yield from (text for _, text in section.facts)


def test_the_summary_says_the_opinion_its_law_who_was_asked_and_what_is_to_be_decided() -> None:
    dossier = followed()
    model = print_model(replace(dossier, lots=(replace(dossier.lots[0], opinion=OPINION),)), zone=UTC)
    facts = dict(model.facts)
    assert (facts["Objet"], facts["Acheteur"], facts["Annexes"]) == (
        "Entretien des espaces verts",
        HEADER.buyer,
        "aucune",
    )
    (opinion,) = model.opinions
    assert opinion.answer == OPINION.answer
    assert opinion.counts == ("5 connues", "1 oui sur 2 consultées")
    assert opinion.law == ("Seuils du 16 novembre 2026.", "Avis du 10 novembre 2026, avec les seuils usuels.")
    assert not any("À coller" in said for said in opinion.says), "the sentence for the notice is an annex"
    (consulted,) = model.consulted
    assert consulted.table is not None
    assert [(row.cells[0], row.cells[-2]) for row in consulted.table.rows] == [
        ("Atelier A", "intéressé"),
        ("ESAT des Trois Ponts", "contacté"),
    ]
    assert consulted.says[0].startswith(f"À contacter, dans l’ordre{NO_BREAK}: Atelier C (Maubeuge, 12{NO_BREAK}km).")
    assert f"Capacité{NO_BREAK}: toutes les structures." in model.unknown
    assert [one.answers for one in model.choices] == [(f"suivre l’avis{NO_BREAK}: réserver",)]
    assert model.annexes == ()
    assert "R2111-1" in model.notice
    assert model.foot == "Dossier 2026-0001 · figé le 16 novembre 2026"
    assert print_model(opened(), zone=UTC).foot.endswith("rien de figé")


def test_annexes_are_those_that_are_asked_for_in_their_order_with_their_letter() -> None:
    model = print_model(followed(), wanted=["ecartes", "listes", "inconnue"], zone=UTC)
    assert [annex.key for annex in model.annexes] == ["listes", "ecartes"]
    assert dict(model.facts)["Annexes"].startswith("A, structures retenues")
    assert "avis" not in [annex.key for annex in model.offered], "an annex that has nothing to say is not offered"
    table = model.annexes[0].sections[0].table
    assert table is not None
    assert f"«{NO_BREAK}déjà vu sur un marché voisin{NO_BREAK}»" in table.rows[0].cells
    assert any(str(cell).startswith(f"SIRET{NO_BREAK}") for cell in table.rows[0].cells)
    assert "Atelier B" in model.annexes[1].sections[0].items[-1]


def test_no_sentence_is_printed_twice() -> None:
    dossier = two_lots()
    asking = {lot.number: sections(dossier, lot.number, ()) for lot in dossier.lots}
    model = print_model(dossier, asking=asking, wanted=TITLES, today=date(2026, 12, 1), zone=UTC)
    assert model.shared[0].startswith("Partout")
    assert all(SHARED not in opinion.says for opinion in model.opinions)
    sentences = Counter(
        said
        for text in texts(model)
        for said in re.split(r"(?<=[.;])\s", text.replace(NO_BREAK, " "))
        if len(said) > 40
    )
    assert [said for said, times in sentences.items() if times > 1] == []


@pytest.mark.parametrize("title", ["Débarras de caves, 160 000 € HT sur 2 ans", "Débarras (montant estimé de 160 k€)"])
def test_no_amount_is_in_the_title(title: str) -> None:
    dossier = append(with_list(), DescribeDossier(replace(HEADER, title=title)), at=AT, author=WHO)
    printed = print_model(dossier, zone=UTC).title
    assert printed.startswith("Débarras")
    assert "160" not in printed
    assert not printed.endswith((",", "("))


def test_those_still_to_contact_are_one_line_counted_beyond_the_first_ten() -> None:
    many = tuple(structs.replace(CANDIDATES[0], id=f"n:{n}", name=f"Atelier {n}") for n in range(40))
    dossier = with_list([one.id for one in many], replace(SHORTLIST, matches=many))
    dossier = append(dossier, SetStatus(1, "n:39", Status.INTERESTED), at=AT + timedelta(days=1), author=WHO)
    (consulted,) = print_model(dossier, zone=UTC).consulted
    assert consulted.table is not None
    assert [row.cells[0] for row in consulted.table.rows] == ["Atelier 39"]
    (said,) = consulted.says
    assert said.count("Atelier") == MOST_NAMED
    assert said.endswith("puis 29 de plus.")


def test_those_without_address_are_one_line_of_the_summary_and_their_names_an_annex() -> None:
    names = [f"Sans adresse {n}" for n in range(300)]
    campaign = state(*((name, None, NO_ADDRESS) for name in names))
    dossier = with_list()
    model = print_model(dossier, asking={1: sections(dossier, 1, [campaign])}, wanted=["reponses"], zone=UTC)
    assert "300 pas interrogées (sans adresse)" in model.consulted[0].says[-1]
    (item,) = model.annexes[0].sections[0].items
    assert item.count("sans adresse") == 1
    assert all(name in item for name in (names[0], names[-1]))


def test_one_sentence_says_what_distance_weighs() -> None:
    near, *others = CANDIDATES[0].contributions
    assert "60 points sur 100" in distance_weight(CANDIDATES)
    without = structs.replace(CANDIDATES[0], contributions=(structs.replace(near, weight=0), *others))
    assert distance_weight([without]).startswith("La distance ne compte pas")
    assert distance_weight(()) == ""


def test_the_answers_noted_since_are_counted_as_given_and_the_opinion_says_that_it_is_older() -> None:
    calls = DocumentTable(
        "Appelez 3 structures, et quoi demander",
        (DocumentColumn("Structure"),),
        tuple(DocumentRow((one.name,)) for one in CANDIDATES[:3]),
    )
    dossier = with_list()
    dossier = replace(dossier, lots=(replace(dossier.lots[0], opinion=replace(OPINION, tables=(calls,))),))
    (before,) = print_model(dossier, zone=UTC).opinions
    assert before.says[0] == f"À appeler d’abord, selon cet avis{NO_BREAK}: Atelier A, Atelier B et Atelier C."
    assert not any("figé avec la liste" in sentence for sentence in before.says)
    for place, (trade, people) in enumerate((("oui", "12"), ("non", "3"))):
        answers = {"metier:espaces-verts": trade, "effectif:combien": people}
        call = RecordCall(1, IDS[place], CallOutcome.INTERESTED, AT.date(), f"k{place}", answers=answers)
        dossier = append(dossier, call, at=AT, author=WHO)
    model = print_model(dossier, zone=UTC)
    (opinion,) = model.opinions
    assert opinion.counts[1:] == ("1 oui sur 2 consultées", "1 intéressée sans « oui » à ce métier")
    assert opinion.says[1].startswith("Cet avis est figé avec la liste, avant les réponses notées depuis")
    assert f"Capacité{NO_BREAK}: Atelier C." in model.unknown
