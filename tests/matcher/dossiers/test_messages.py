"""What is sent to suppliers: the same to all, nothing of the estimate, links that mail programs open."""

from dataclasses import replace
from datetime import date, timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from matcher.decisions.clause.followup import HoursPromise
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import NARROW, NO_BREAK
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import Entry
from matcher.dossiers.entry_changes import Consult
from matcher.dossiers.insertion_changes import PromiseHours
from matcher.dossiers.messages import (
    LONGEST_LINK,
    PASTE,
    Message,
    amount_was_sent,
    amounts_in,
    common_questions,
    consultation,
    facts,
    facts_to_say,
    mailto,
    questions_to_ask,
    recipients,
    taken_out,
    with_contact,
    without_amounts,
)
from matcher.journal.change import JournalEntry, append
from matcher.ranking.signals import SIGNALS
from tests.matcher.dossiers.kept import AT, CANDIDATES, HEADER, IDS, WHO, with_list

DOSSIER = with_list()
LOT = DOSSIER.lot(1)
SHORT = Message("Consultation préalable : berges", "Bonjour,\n\nUne question ?")


def test_the_message_says_the_need_the_day_and_the_law_and_not_the_amount() -> None:
    message = consultation(DOSSIER, LOT, LOT.entries, signature="C. Exemple")
    assert message.subject == f"Consultation préalable{NO_BREAK}: Entretien des berges"
    for said in (
        "CA de Valbrune prépare",
        f"Objet{NO_BREAK}: Entretien des espaces verts",
        f"Lieu{NO_BREAK}: Maubeuge\n",
        "avant le 15 décembre 2026",
        "R2111-1",
        "mêmes termes",
        f"Combien de personnes pourriez-vous y affecter, et à partir de quand{NARROW}?",
        "Bien cordialement,\nC. Exemple",
    ):
        assert said in message.text
    assert "180" not in message.text
    assert not any(match.name in message.text for match in CANDIDATES)
    assert message == consultation(DOSSIER, LOT, tuple(reversed(LOT.entries)), signature="C. Exemple")


@pytest.mark.parametrize(
    "sum_",
    [
        "180 000 € HT par an",
        "180 000 HT",
        "180 k€",
        "entre 100 000 et 200 000 euros",
        "1,2 M€",
        "180\u202f000\u00a0€ TTC",
    ],
)
def test_no_sum_leaves_unless_it_is_asked(sum_: str) -> None:
    reading = LOT.frozen.reading
    lot = replace(reading.lot, objet=f"Berges, 40 000 plis, {sum_}, 4 ans", montant=180_000.0)
    held = replace(LOT, frozen=replace(LOT.frozen, reading=replace(reading, lot=lot)))
    dossier = replace(DOSSIER, header=replace(HEADER, title=f"Berges ({sum_})", reference=f"MAPA {sum_}"))
    silent, told = (consultation(dossier, held, LOT.entries, tell_amount=asked) for asked in (False, True))
    assert amounts_in(f"{silent.subject}\n{silent.text}") == ()
    assert "180" not in silent.subject + silent.text
    assert "40 000 plis" in silent.text, "what is no money is told"
    assert "[" not in silent.subject + silent.text, "nothing shows where it stood"
    assert f"Berges, 40 000 plis, 4{NO_BREAK}ans" in silent.text
    assert taken_out(dossier, held) == amounts_in(sum_)
    assert f"Montant estimé{NO_BREAK}: 180{NARROW}000{NO_BREAK}€ HT" in told.text
    assert amounts_in(told.subject)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Débarras, 160 000 € HT sur 2 ans", "Débarras, sur 2 ans"),
        ("Nettoyage pour un montant estimé de 160 000 € HT par an, bâtiment A", "Nettoyage, bâtiment A"),
        ("Lot 1 : budget maximum de 45 000 € TTC. Lot 2 : voirie", "Lot 1. Lot 2 : voirie"),
        ("Entretien pour 60 000 € HT", "Entretien"),
        ("Berges (180 k€)", "Berges"),
        ("180 000 € HT", ""),
        ("Vitres.\nMontant maximum : 600 000 € HT sur toute la durée.\nAccès : badge", "Vitres.\nAccès : badge"),
        ("Vitres\nMontant estimé : 9 000 € HT par an\nRéservation : Non", "Vitres\nRéservation : Non"),
        ("Vitres, 60 000 € HT par an au maximum, toutes reconductions comprises", "Vitres"),
        ("Vitres (60 k€ sur la durée totale de l’accord-cadre)", "Vitres"),
        ("Vitres, 60 000 € HT (périodes de reconduction comprises), à Denain", "Vitres, à Denain"),
        ("Vitres, 60 000 € HT pour la durée du marché de 4 ans", "Vitres, pour la durée du marché de 4 ans"),
        ("40 000 plis ,  4 ans", "40 000 plis ,  4 ans"),
    ],
)
def test_a_sum_goes_with_the_words_that_introduce_it(text: str, left: str) -> None:
    assert without_amounts(text) == left


def test_a_bare_dossier_has_its_message_too() -> None:
    bare = replace(DOSSIER, header=replace(HEADER, buyer="", deadline=None, reference=""))
    message = consultation(bare, LOT, ())
    assert "Nous préparons un achat et consultons" in message.text
    assert f"Pouvez-vous nous dire{NO_BREAK}:" in message.text
    assert message.text.endswith("Bien cordialement,")


def test_a_winner_tells_the_client_and_the_reference_of_the_contract_of_its_lot(winner: None) -> None:
    added = DOSSIER.journal[-1].change
    assert isinstance(added, AddLot)
    promise = HoursPromise(900, date(2027, 1, 4), client="Département de l’Oise", reference="2027-TX-04")
    several = append(DOSSIER, replace(added, title="Collège"), PromiseHours(promise, lot=2), at=AT, author=WHO)
    first, second = (dict(facts(several, lot)) for lot in several.lots)
    assert (second["Client"], second["Référence"]) == ("Département de l’Oise", "2027-TX-04")
    assert (second["Dates"], second["Heures, tout le contrat"][:3]) == ("dès le 4 janvier 2027", "900")
    assert (first["Client"], first["Référence"]) == ("à compléter", HEADER.reference)
    assert dict(facts(DOSSIER, LOT))["Client"] == HEADER.buyer


def test_the_client_of_the_header_is_that_of_each_contract_where_none_notes_its_own(winner: None) -> None:
    added = DOSSIER.journal[-1].change
    assert isinstance(added, AddLot)
    several = append(DOSSIER, replace(added, title="Collège"), at=AT, author=WHO)
    assert [dict(facts(several, lot))["Client"] for lot in several.lots] == [HEADER.buyer] * 2


def test_a_winner_asks_how_many_people_once(winner: None) -> None:
    entries = LOT.entries
    assert any(asked.startswith("Combien de personnes") for one in entries for asked in questions_to_ask(one.match))
    assert sum("combien de personnes" in asked.lower() for asked in common_questions(entries)) == 1


def test_questions_are_those_of_what_is_unknown() -> None:
    (asked,) = questions_to_ask(CANDIDATES[0])
    assert asked.startswith("Combien de personnes")
    known = structs.replace(CANDIDATES[0], contributions=CANDIDATES[0].contributions[:1])
    assert questions_to_ask(known) == ()
    other = structs.replace(CANDIDATES[0].contributions[1], signal="neuf", label="Références")
    assert questions_to_ask(structs.replace(known, contributions=(other, other))) == (
        "Que pouvez-vous nous dire de ceci : références ?",
    )
    for signal in SIGNALS:
        unknown = structs.replace(other, signal=signal.key, label=signal.label)
        assert questions_to_ask(structs.replace(known, contributions=(unknown,)))[0].endswith("?")
        assert "de ceci" not in questions_to_ask(structs.replace(known, contributions=(unknown,)))[0], signal.key
    assert set(questions_to_ask(CANDIDATES[0])) < set(common_questions([Entry(CANDIDATES[0]), Entry(known)]))


def test_a_link_opens_the_message_to_one_or_to_several_that_do_not_see_each_other() -> None:
    (link,) = mailto(["Contact@Atelier.example", "pas une adresse"], SHORT)
    parts = urlsplit(link.url)
    assert (parts.scheme, unquote(parts.path), link.whole) == ("mailto", "contact@atelier.example", True)
    assert parse_qs(parts.query) == {"subject": [SHORT.subject], "body": ["Bonjour,\r\n\r\nUne question ?"]}
    (both,) = mailto(["a@b.example", "c@d.example", "a@b.example"], SHORT)
    assert both.url.startswith("mailto:?bcc=a@b.example,c@d.example&subject=")
    (nobody,) = mailto([], SHORT)
    assert nobody.url.startswith("mailto:?subject=")


def test_what_is_too_long_is_pasted_and_too_many_addresses_are_shared() -> None:
    (link,) = mailto(["a@b.example"], Message("s", "é" * 2000))
    assert not link.whole
    assert unquote(link.url).endswith(PASTE)
    many = [f"contact{number}@atelier-{number}.example" for number in range(150)]
    links = mailto(many, SHORT)
    assert len(links) > 1
    assert all(len(one.url) <= LONGEST_LINK for one in links)
    sent = [address for one in links for address in parse_qs(urlsplit(one.url).query)["bcc"][0].split(",")]
    assert sent == many


@given(st.text(max_size=40), st.text(max_size=60), st.lists(st.text(max_size=20), max_size=3))
def test_no_text_breaks_out_of_a_link(subject: str, text: str, addresses: list[str]) -> None:
    subject, text = subject.encode("utf-8", "replace").decode(), text.encode("utf-8", "replace").decode()
    for link in mailto([*addresses, "a@b.example"], Message(subject, text)):
        fields = parse_qs(urlsplit(link.url).query, keep_blank_values=True)
        assert set(fields) <= {"subject", "body", "bcc"}
        assert fields["subject"] == [" ".join(subject.split())]
        assert "\n" not in link.url
        assert "\r" not in link.url


def test_recipients_are_those_of_the_catalogue_today() -> None:
    contacts = {IDS[0]: ContactDetails(email="a@b.example"), IDS[1]: ContactDetails(phone="03 20 00 00 01")}
    entries = (*LOT.entries, replace(Entry(CANDIDATES[0]), withdrawn=True))
    first, second = recipients(entries, contacts)
    assert (first.contact, second.contact) == (contacts[IDS[0]], contacts[IDS[1]])
    assert first.questions == questions_to_ask(CANDIDATES[0])


def test_a_day_that_is_past_is_not_asked_for() -> None:
    last = HEADER.deadline
    assert last
    for today, is_said in ((last, True), (last + timedelta(days=1), False)):
        message = consultation(DOSSIER, LOT, LOT.entries, today=today)
        assert ("avant le 15 décembre 2026" in message.text) is is_said


def test_the_need_is_told_without_its_amount_until_a_message_gave_it() -> None:
    reading = LOT.frozen.reading
    lot = replace(
        LOT,
        frozen=replace(
            LOT.frozen, reading=replace(reading, lot=replace(reading.lot, objet="Berges, 90 000 € HT sur 3 ans"))
        ),
    )
    assert dict(facts_to_say(DOSSIER, lot))["Objet"] == "Berges, sur 3 ans"
    assert dict(facts_to_say(DOSSIER, lot, tell_amount=True))["Objet"] == "Berges, 90 000 € HT sur 3 ans"
    for number, text, is_told in (
        (1, "Bonjour", False),
        (2, "Budget : 90 000 € HT", False),
        (1, "Budget : 90 000 € HT", True),
    ):
        event = JournalEntry(9, AT, WHO, Consult(number, IDS[:1], "Berges", text))
        assert amount_was_sent(replace(DOSSIER, journal=(*DOSSIER.journal, event)), LOT) is is_told


def test_only_those_with_an_email_or_a_telephone_can_have_had_a_message() -> None:
    contacts = {IDS[0]: ContactDetails(email="a@a.example"), IDS[1]: ContactDetails(phone="0327000000")}
    contacts[IDS[2]] = ContactDetails(address="1 rue du Pont")
    assert [entry.match.id for entry in with_contact(LOT.entries, contacts)] == list(IDS[:2])
    assert with_contact(LOT.entries, {}) == ()
