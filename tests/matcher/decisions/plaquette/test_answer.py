"""A plaquette of a catalogue: nothing that a source keeps in, nobody who left, all the rest counted; and what is no territory."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from importers.importer import Claim
from matcher.catalogue.steward.privacy import opt_out
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.clause.facilitators import Facilitator, import_facilitators
from matcher.decisions.interlocutors import TO_COMPLETE
from matcher.decisions.plaquette.answer import MOST_PLACES, Plaquette, build_plaquette, people_table, read_territory
from matcher.domain.kinds import SupplierKind
from matcher.reference.source_rules import Use
from tests.factories import raw, siret, taking
from tests.matcher.web.conftest import queries

NOW = datetime(2026, 11, 25, tzinfo=UTC)
ON, SINCE = date(2026, 11, 25), date(2023, 11, 25)
LONG = "Association intercommunale pour l’insertion " * 6


@pytest.fixture
def filled(engine: Engine, tmp_path: Path) -> Engine:
    """At Maubeuge: an ESAT of FINESS and Hosmoz, one closed, one of Hosmoz alone, an EI of Les emplois, the team's TIH and EA; one at Arras."""
    take = taking(engine, tmp_path, NOW)
    esat = {"kind": "ESAT", "source": "finess", "as_of": "2025-01-08"}
    take(
        raw("590000001", "ESAT QUANTA", siret=siret(1), finess="590000001", phone="03 20 00 00 01", **esat),
        raw("590000002", "ESAT FERMÉ", siret=siret(2), finess="590000002", active="non", **esat),
        raw("590000003", "ESAT D’ARRAS", siret=siret(3), finess="590000003", **esat | {"post_code": "62000", "city": "Arras"}),
        key="finess",
    )  # fmt: skip
    take(
        raw("1", "Quanta", source="hosmoz", siret=siret(1), workers="40", email="contact@quanta.example", claims=(Claim("hosmoz", "Nettoyage"),)),
        raw("2", "ESAT DU BOIS", source="hosmoz", siret=siret(4)),
        key="hosmoz",
    )  # fmt: skip
    take(raw("3", "INSERTION", source="emplois", kind="EI", siret=siret(5), phone="03 20 00 00 05"), key="emplois")
    take(
        raw("4", "Léa Exemple", source="equipe", kind="TIH", siret=siret(6), phone="06 20 00 00 06", address="3 rue du Parc"),
        raw("5", f"=HYPERLINK(1) <b>{LONG}", source="equipe", kind="EA", siret=siret(7), email="lea.exemple@ea.example"),
        key="equipe",
    )  # fmt: skip
    return engine


def made(engine: Engine, *typed: str, **options: object) -> Plaquette:
    return build_plaquette(engine, typed or ("Maubeuge",), on=ON, since=SINCE, **options)  # type: ignore[arg-type]


def names(its: Plaquette) -> set[str]:
    return {one.its.name[:14] for one in its.its.full}


def said(its: Plaquette) -> str:
    return " | ".join(one.says for one in its.left_out)


def test_nothing_of_a_source_that_is_not_published_is_printed(filled: Engine) -> None:
    its = made(filled)
    assert names(its) == {"ESAT QUANTA", "Léa Exemple", "=HYPERLINK(1) "}
    quanta = next(one.its for one in its.its.full if one.its.name == "ESAT QUANTA")
    assert (quanta.phone, quanta.email, quanta.workers, quanta.trades) == ("03 20 00 00 01", "", "", ())
    assert quanta.source == "FINESS, janv. 2025"
    assert [one.count for one in its.left_out] == [1, 1, 1, 1, 1]
    assert (
        "1 structure n’est connue que par Les emplois de l’inclusion : conditions de réutilisation non dites"
        in said(its)
    )
    assert "1 structure n’est connue que par Annuaire Hosmoz" in said(its)
    assert "1 structure fermée" in said(its)
    assert its.sources
    assert all("FINESS" in mention for mention in its.sources)


def test_no_name_of_a_private_list_is_printed(engine: Engine, tmp_path: Path) -> None:
    take = taking(engine, tmp_path, NOW)
    take(raw("liste:1", "Zibeline", source="tableur", kind="ACI", siret=siret(8)), key="tableur")
    take(raw("1", "", source="equipe", kind="ACI", siret=siret(8)), key="equipe")
    assert (names(its := made(engine)), said(its).count("1 structure n’est connue que par")) == (set(), 1)
    assert names(made(engine, use=Use.EXPORT)) == {"Zibeline"}


def test_each_structure_of_the_territory_is_printed_or_counted_once(filled: Engine) -> None:
    its = made(filled)
    structures = sum(one.count for one in its.left_out if "structure" in one.says.split(" ")[1])
    assert its.total + structures == 6


def test_a_working_document_prints_what_may_be_handed_over(filled: Engine) -> None:
    its = made(filled, use=Use.EXPORT)
    assert names(its) == {"ESAT QUANTA", "INSERTION", "Léa Exemple", "=HYPERLINK(1) "}
    assert "Hosmoz" in said(its)
    assert {one.its.email for one in its.its.full} >= {"lea.exemple@ea.example"}


def test_what_may_be_a_persons_is_not_published(filled: Engine) -> None:
    its = made(filled)
    by_kind = {one.its.kinds: one.its for one in its.its.full}
    alone, adapted = by_kind[(SupplierKind.TIH,)], by_kind[(SupplierKind.EA,)]
    assert (alone.phone, alone.address, alone.towns, adapted.email) == ("", "", ("Maubeuge",), "")
    assert "1 courriel qui peut être celui d’une personne" in said(its)
    assert "seuls le nom et la commune sont imprimés" in said(its)


def test_who_left_the_catalogue_is_nowhere(filled: Engine) -> None:
    opt_out(filled, f"siret:{siret(1)}", author="Léa", motive="courriel", now=NOW)
    its = made(filled)
    assert "ESAT QUANTA" not in names(its)
    assert "QUANTA" not in said(its)


def test_kinds_and_trades_narrow_it_and_say_what_is_left(filled: Engine) -> None:
    assert names(made(filled, kinds=[SupplierKind.ESAT])) == {"ESAT QUANTA"}
    its = made(filled, trades=["proprete"])
    assert its.total == 0
    assert "3 structures dont le métier n’est pas connu" in said(its)


def test_several_places_count_a_structure_once(filled: Engine) -> None:
    its = made(filled, "Maubeuge", "Nord (59)", "Arras")
    assert its.total == 4
    assert its.territory == "Maubeuge (59), Nord (département) et Arras (62)"


def test_a_place_without_structures_says_so(filled: Engine) -> None:
    its = made(filled, "Laon")
    assert (its.total, its.left_out, its.its.sections) == (0, (), ())


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (["Nrod"], "« Nrod » n’est pas un territoire connu. Vouliez-vous dire « Nord »"),
        (["Maubeuge", "zzzzqq"], "« zzzzqq » n’est pas un territoire connu. Écrivez une commune"),
        (["France"], "« France » n’a pas les limites d’un territoire"),
        ([], "Dites le territoire"),
        (["Maubeuge"] * (MOST_PLACES + 1), f"{MOST_PLACES} lieux au plus"),
    ],
)
def test_what_is_no_territory_is_refused(typed: list[str], why: str) -> None:
    with pytest.raises(DecisionRefused) as refused:
        read_territory(typed)
    assert str(refused.value).startswith(why)


def test_the_cost_does_not_grow_with_the_rest_of_the_catalogue(filled: Engine, tmp_path: Path) -> None:
    with queries(filled) as few:
        made(filled)
    more = [raw(f"{100 + n}", f"ESAT {n}", source="equipe", siret=siret(100 + n)) for n in range(60)]
    taking(filled, tmp_path, NOW)(*more, key="equipe")
    with queries(filled) as many:
        assert made(filled).total == 63
    assert len(many) == len(few)


SHOWN_SINCE = date(2023, 11, 25)
LEA = Facilitator(
    "Léa Exemple", "Plie fictif", "Maubeuge", ("insee:59392",), ("+33320000000",), "lea@plie.example", None
)


def test_a_facilitator_is_named_inside_and_the_structure_alone_is_published(engine: Engine) -> None:
    places, _ = read_territory(["Nord (59)"])
    assert people_table(engine, places, since=SHOWN_SINCE, use=Use.EXPORT).lines()[0][2] == TO_COMPLETE
    import_facilitators(engine, [LEA], now=datetime(2026, 11, 25, tzinfo=UTC))
    inside = people_table(engine, places, since=SHOWN_SINCE, use=Use.EXPORT).lines()[0]
    assert inside[1:5] == ("Maubeuge", "Plie fictif : Léa Exemple", "03 20 00 00 00", "lea@plie.example")
    published = people_table(engine, places, since=SHOWN_SINCE, use=Use.PUBLISH).lines()
    assert published[0][1:5] == ("Maubeuge", "Plie fictif", "", "")
    assert "Léa" not in str(published)
