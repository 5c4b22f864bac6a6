"""Sections of the paper: what was told to all without a name, what was answered for the team alone."""

import io
from dataclasses import replace
from datetime import date, datetime, timedelta

import openpyxl

from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Supplier
from matcher.dossiers.answer_changes import RecordCall
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.campaign import NO_ADDRESS, about_lot
from matcher.dossiers.asking.store import AskedSupplier, Campaign, CampaignState, StoredAnswer
from matcher.dossiers.asking.told import (
    answer_sentence,
    answered_of,
    answers_section,
    counts_of,
    register_of,
    register_table,
    registers,
    sections,
    told_by_hand,
    told_section,
)
from matcher.dossiers.dossier import CallOutcome, Status
from matcher.dossiers.entry_changes import Consult, SetStatus
from matcher.dossiers.files.paper import print_model
from matcher.dossiers.files.workbook import dossier_xlsx
from matcher.journal.change import append
from matcher.mail.links import Correspondence
from matcher.mail.outbox import LINK, MessageState, OutboxMessage
from matcher.ownership import FIRST_ORGANISATION
from tests.matcher.dossiers.asking.campaigns import BY, GREEN, WASH
from tests.matcher.dossiers.kept import AT, IDS, WHO, with_list

GIVEN = GivenAnswer(
    {GREEN: True, WASH: False}, ("Nettoyage",), "32", "30 km", "", "Accueil", "03 27 00 00 01", "", False
)


def state(*answers: tuple[str, GivenAnswer | None, str]) -> CampaignState:
    draft = about_lot(with_list(), 1, BY)
    campaign = Campaign(
        1, FIRST_ORGANISATION, draft.title, 1, 1, draft.trades, draft.subject, draft.text, WHO, AT, None, None
    )
    structures = tuple(
        AskedSupplier(
            number,
            f"essai:{name}",
            left_out,
            "essai",
            None,
            Supplier(f"essai:{name}", name, (SupplierKind.ESAT,)),
            (),
            StoredAnswer(datetime(2026, 11, 20 + number), given, False, None) if given else None,  # noqa: DTZ001  # UTC without zone
        )
        for number, (name, given, left_out) in enumerate(answers, start=1)
    )
    return CampaignState(campaign, structures)


ASKED = state(("Atelier Un", GIVEN, ""), ("Atelier Deux", None, ""), ("Atelier Trois", None, NO_ADDRESS))


def test_what_is_joined_to_the_tender_says_what_was_told_and_asked_and_names_nobody() -> None:
    sent = Consult(1, IDS[:2], "Consultation préalable", "Pouvez-vous nous dire…")
    dossier = append(with_list(), sent, at=AT, author=WHO)
    section = told_section(dossier, 1, [ASKED])
    assert section is not None
    text = "\n".join(section.paragraphs)
    for said in (
        "Informations communiquées",
        "R2111-1",
        "Pouvez-vous nous dire…",
        "dans les mêmes termes",
        "qui appeler",
    ):
        assert said in f"{section.title}\n{text}"
    assert LINK not in text
    assert not any(name in text for name in ("Atelier", "Accueil", "03 27"))
    assert told_section(with_list(), 1, []) is None


def test_the_register_names_who_was_written_to_and_never_gives_the_link() -> None:
    messages = [
        OutboxMessage(
            number,
            "t",
            Correspondence.CAMPAIGN,
            number,
            "a@b.fr",
            "Qui fait quoi",
            f"Bonjour {LINK}",
            state_,
            "",
            1,
            AT,
        )
        for number, state_ in enumerate((MessageState.SENT, MessageState.TO_SEND), start=1)
    ]
    sent = replace(
        ASKED,
        structures=tuple(
            replace(one, messages=(message,)) for one, message in zip(ASKED.structures, messages, strict=False)
        ),
    )
    (row,) = register_of(with_list(), 1, [sent]).rows
    assert row.cells[1:4] == (WHO, "Atelier Un", "message de la campagne, envoyé")
    assert LINK not in str(row.cells[5])
    assert "[lien propre à chaque structure]" in str(row.cells[5])
    dossier = append(with_list(), Consult(1, IDS[:1], "Consultation", "Texte"), at=AT, author=WHO)
    assert [part.key for part in sections(dossier, 1, [sent])] == ["told", "register", "answers"]
    assert [part.key for part in sections(dossier, 1, [])] == ["told", "register"]
    assert sections(with_list(), 1, []) == ()
    told = registers(dossier, {1: [sent]})
    found = openpyxl.load_workbook(io.BytesIO(dossier_xlsx(dossier, lambda ids: {}, registers=told)))["Communiqué"]
    rows = list(found.iter_rows(values_only=True))
    assert [row[3] for row in rows[1:]] == ["Atelier A", "Atelier Un"]
    assert rows[1][5:] == ("«\u00a0Consultation\u00a0»", "Texte")


def test_the_team_reads_the_answers_and_why_others_were_not_asked() -> None:
    section = answers_section([ASKED])
    assert section is not None
    assert section.table is not None
    (row,) = section.table.rows
    assert row.cells[0] == "Atelier Un"
    assert "pas" in str(row.cells[2])
    assert section.items == (
        "1, sans adresse : aucune source ne donne de courriel : Atelier Trois.".replace(" :", "\u00a0:"),
    )
    assert answers_section([]) is None
    assert (
        counts_of([ASKED]).replace("\u00a0", " ")
        == "2 structures interrogées, 1 réponse, 1 pas interrogée (sans adresse)."
    )


def test_an_answer_is_said_without_whom_to_call() -> None:
    said = answer_sentence(GIVEN)
    assert "effectif" in said
    assert "pas intéressée par ce besoin" in said
    assert "Accueil" not in said
    assert "03 27" not in said


def test_the_last_answer_comes_first() -> None:
    both = state(("A", GIVEN, ""), ("B", replace(GIVEN, available=None), ""))
    assert [one.name for one in answered_of([both])] == ["B", "A"]


def test_the_paper_has_who_answered_in_its_summary_and_the_rest_in_annexes() -> None:
    told, answers = told_section(with_list(), 1, [ASKED]), answers_section([ASKED])
    assert told is not None
    assert answers is not None
    paper = print_model(with_list(), asking={1: (told, answers)}, wanted=["informations", "reponses"])
    table = paper.consulted[0].table
    assert table is not None
    assert table.rows[0].cells[0] == "Atelier Un"
    assert counts_of([ASKED]) in paper.consulted[0].says
    assert [annex.key for annex in paper.annexes] == ["informations", "reponses"]


SENT = Consult(1, IDS[:2], "Consultation préalable", "Pouvez-vous nous dire…")


def test_a_call_says_the_questions_put_and_that_nothing_was_said_to_nobody() -> None:
    dossier = with_list()
    for place, (outcome, key) in enumerate(((CallOutcome.INTERESTED, "a"), (CallOutcome.NO_ANSWER, "b"))):
        call = RecordCall(1, IDS[place], outcome, date(2026, 11, 20), key, ("reserve", "reponse"))
        dossier = append(dossier, call, at=AT, author=WHO)
    spoken, silent = (row.cells for row in register_table(told_by_hand(dossier, 1)).rows)
    assert spoken[2:4] == ("Atelier A", "appel : intéressé")
    assert str(spoken[4]).replace("\u202f", " ") == "Répondriez-vous à un lot réservé ? Y répondriez-vous ?"
    assert silent[2:5] == ("Atelier B", "appel : pas de réponse", "rien n’a pu être dit")


def test_each_supplier_has_its_line_in_order_of_time() -> None:
    dossier = append(with_list(), SENT, at=AT + timedelta(days=2), author=WHO)
    dossier = append(dossier, SetStatus(1, IDS[2], Status.CONTACTED, date(2026, 11, 17)), at=AT, author="Zoé")
    dossier = append(dossier, SetStatus(1, IDS[2], Status.INTERESTED), at=AT, author="Zoé")
    rows = register_table(told_by_hand(dossier, 1)).lines()
    assert [row[:4] for row in rows] == [
        ("17 novembre 2026", "Zoé", "Atelier C", "contact noté"),
        ("18 novembre 2026", WHO, "Atelier A", "message"),
        ("18 novembre 2026", WHO, "Atelier B", "message"),
    ]
    assert [row[5] for row in rows] == ["", SENT.text, SENT.text]
    assert rows[0][4] == "non noté"
    assert list(told_by_hand(dossier, 2)) == []
    assert register_table(()).rows == ()
