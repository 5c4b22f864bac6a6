"""What two sources disagree on beyond spelling; the fiche; the quality report."""

from datetime import date
from itertools import permutations

from matcher.catalogue.identity.conflicts import source_conflicts
from matcher.catalogue.identity.merge import StoredRecord
from matcher.catalogue.identity.records import ClaimedActivity, CleanRecord
from matcher.catalogue.identity.trust import TEAM
from matcher.catalogue.intake import clean_record as cleanse
from matcher.catalogue.intake import lookups
from matcher.catalogue.intake.clean_record import REPORTED
from matcher.catalogue.steward.fiche import fiche
from matcher.catalogue.steward.quality import quality_report
from matcher.cleaning import coordinates, dates, kinds, numbers, phone, postcode, siret, web
from matcher.cleaning.limits import LIMITS
from matcher.domain.kinds import SupplierKind as K
from matcher.domain.supplier import Evidence, Origin
from matcher.reference import yes_no
from matcher.reference.trades.naf import NAF_UNREADABLE
from tests.factories import clean
from tests.factories import siret as siret_of

TRUST = (TEAM, "premier", "second")


def found(*records: CleanRecord) -> list[str]:
    return [
        conflict.field for conflict in source_conflicts("siret:1", [StoredRecord(record) for record in records], TRUST)
    ]


def one(ref: str = "1", **fields: object) -> CleanRecord:
    return clean(ref, source="premier", **fields)


def other(ref: str = "1", **fields: object) -> CleanRecord:
    return clean(ref, source="second", **fields)


def test_spelling_is_no_conflict_and_another_name_is_one() -> None:
    assert found(one(name="ESAT LES ATELIERS DU MARAIS"), other(name="Association ateliers du Marais")) == []
    assert found(one(name="ASSOC. LE MARAIS"), other(name="Le Marais, entreprise adaptée")) == []
    assert found(one(name="Imprimerie du Canal"), other(name="Jardins de Sambre")) == ["nom"]


def test_each_rule() -> None:
    assert found(one(insee="59392", city="Maubeuge"), other(insee="62041", city="Arras")) == ["commune"]
    assert found(one(insee="75118", city="Paris"), other(insee="75056", city="PARIS")) == []
    assert found(one(kinds=(K.ESAT,)), other(kinds=(K.ACI,))) == ["type"]
    assert found(one(kinds=(K.ESAT,)), other(kinds=(K.EA, K.EATT))) == []
    assert found(one(naf="8130Z"), other(naf="8121Z")) == []
    assert found(one(naf="8130Z"), other(naf="9601A")) == ["NAF"]
    assert found(one(phone="+33320000000"), other(phone="+33320000001")) == ["téléphone"]
    assert found(one(website="http://www.a.fr/x"), other(website="https://a.fr")) == []
    assert found(one(workers=10.0), other(workers=25.0)) == []
    assert found(one(workers=10.0), other(workers=45.0)) == ["effectif"]
    assert found(one(active=True), other(active=False)) == ["convention"]
    assert found(one(siren="123456789"), other(siren="987654321")) == ["SIREN"]
    assert found(one(phone="+33320000000"), other()) == []


def test_one_source_the_team_and_the_gone_make_no_conflict() -> None:
    assert found(one("1", naf="8130Z"), one("2", naf="9601A")) == []
    assert found(clean("1", source=TEAM, naf="8130Z"), one(naf="8130Z"), other(naf="9601A")) == []
    gone = StoredRecord(other(naf="9601A"), gone=True)
    assert source_conflicts("siret:1", [StoredRecord(one(naf="8130Z")), gone], TRUST) == ()
    assert found(one("1", naf="8130Z"), one("2", naf="9601A"), other(naf="9601A")) == [], (
        "they agree through another record"
    )


RECORDS = (
    clean("7", source=TEAM, name="Bon nom", refused=("linge",), as_of=date(2026, 1, 2)),
    one(
        name="Marais", siret="1", workers=5.0, workers_text="5 ETP", phone="+33320000000", as_of=date(2019, 1, 1),
        city="Maubeuge", insee="59392", lat=50.0, lon=4.0, flags=("code NAF illisible",), kinds=(K.EA,),
        activities=(ClaimedActivity("linge.blanchisserie", "Linge", Evidence.DECLARED),),
    ),
    other(
        name="Jardins de Sambre", workers=5.0, workers_text="5 ETP", phone="+33320000001", kinds=(K.EA, K.ESAT),
        city="Maubeuge", insee="59392", activities=(ClaimedActivity("espaces-verts", "Espaces verts", Evidence.GROUP),),
    ),
)  # fmt: skip


def test_a_no_or_a_zero_of_the_team_settles_too() -> None:
    assert found(clean("1", source=TEAM, active=False), one(active=True)) == []
    assert found(clean("1", source=TEAM, workers=0.0), one(workers=12.0)) == []


def test_the_record_that_names_the_supplier_gives_its_siren() -> None:
    own, stranger = siret_of(1), siret_of(2)
    naming = other(siret=own, siren=own[:9])
    for record in (one(siren=stranger[:9]), one(siret=stranger, siren=stranger[:9])):
        stored = [StoredRecord(record), StoredRecord(naming)]
        fields = {story.field.name: story for story in fiche(f"siret:{own}", stored, TRUST).fields}
        kept, beaten = fields["siren"].kept, fields["siren"].beaten
        assert ([each.value for each in kept], [each.value for each in beaten]) == ([own[:9]], [stranger[:9]])
        assert [each.value for each in fields["siret"].kept] == [own]
        (conflict,) = source_conflicts(f"siret:{own}", stored, TRUST)
        assert (conflict.kept.value, conflict.other.value) == (own[:9], stranger[:9])


def test_a_fiche_tells_every_value_its_source_and_what_it_beat() -> None:
    told = fiche("siret:1", [StoredRecord(record) for record in RECORDS], TRUST, siblings=[("siret:2", "Sœur")])
    fields = {story.field.name: story for story in told.fields}
    name = fields["name"]
    assert [(kept.value, kept.origins) for kept in name.kept] == [("Bon nom", (Origin(TEAM, "7", date(2026, 1, 2)),))]
    assert [value.value for value in name.beaten] == ["Marais", "Jardins de Sambre"]
    workers = fields["workers"]
    (kept,) = workers.kept
    assert (kept.value, [o.source for o in kept.origins]) == ("5 ETP", ["premier", "second"])
    assert fields["turnover"].kept == ()
    assert {value.value: len(value.origins) for value in told.kinds} == {"EA": 2, "ESAT": 1}
    assert [value.value for value in told.activities] == ["Espaces verts (famille déclarée)"]
    assert told.refused[0][1] == date(2026, 1, 2)
    assert [[o.source for o in origins] for _, origins in told.sites] == [["premier", "second"]]
    assert [conflict.field for conflict in told.conflicts] == ["téléphone"], "the team has settled the name"
    assert told.flags[0].origins[0].source == "premier"
    assert told.siblings == (("siret:2", "Sœur"),)
    assert not any("Que fait-il" in question or "joindre" in question for question in told.questions)
    assert any("se déplace" in question for question in told.questions)


def test_a_fiche_hides_old_contacts_and_does_not_depend_on_order() -> None:
    stored = [StoredRecord(record) for record in RECORDS]
    hidden = fiche("siret:1", stored, TRUST, contacts_since=date(2023, 1, 1))
    assert [value.value for _, value in hidden.contacts] == ["+33320000001"]
    assert hidden.hidden_contacts == 1
    imported = [item._replace(seen=date(2020, 1, 1)) for item in stored]
    late = fiche("siret:1", imported, TRUST, contacts_since=date(2023, 1, 1))
    assert (late.contacts, late.hidden_contacts) == ((), 2)
    assert len({repr(fiche("siret:1", list(order), TRUST)) for order in permutations(stored)}) == 1


def test_the_quality_report_counts_what_intake_kept() -> None:
    suppliers = [
        ("siret:1", [StoredRecord(record) for record in RECORDS]),
        ("siret:2", [StoredRecord(other("2", siret="2", flags=("SIRET invalide (clé)",)))]),
        ("siret:3", [StoredRecord(other("3"), gone=True)]),
    ]
    report = quality_report(suppliers, TRUST, date(2024, 1, 1))
    assert (report.suppliers, report.without_activity, report.without_place, report.without_contact) == (3, 2, 2, 2)
    assert (report.conflicting_suppliers, report.conflicts) == (1, {"téléphone": 1})
    team, premier, second = report.sources
    assert [source.source for source in report.sources] == [TEAM, "premier", "second"]
    assert (second.records, second.gone, second.undated) == (2, 1, 2)
    assert (second.fields["siret"].filled, second.fields["siret"].doubtful) == (1, 1)
    assert (premier.fields["naf"].unreadable, premier.fields["telephone"].stale) == (1, 1)
    assert (premier.fields["telephone"].conflicting, second.fields["telephone"].conflicting) == (1, 1)
    assert team.fields["nom"].filled == 1
    asked = dict(report.to_ask)
    assert TEAM not in asked
    assert asked["second"][0].startswith("le courriel : manque à 2 fiches sur 2")
    assert len(asked["second"]) == 4
    assert quality_report([], TRUST, date(2024, 1, 1)).sources == ()


def test_every_flag_of_intake_belongs_to_a_field() -> None:
    modules = (coordinates, dates, kinds, numbers, phone, postcode, siret, web, yes_no, cleanse, lookups)
    flags = {
        value
        for module in modules
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str)
    }
    flags.add(NAF_UNREADABLE)
    assert len(flags) > 20
    # What is said of a number that someone types, and of a programme of purchases: no record of a directory is read so.
    flags -= {siret.SIREN_OF_VAT, siret.VAT_BAD_KEY, dates.YEAR_UNTOLD}
    # What is quoted in them stands beside a flag that is counted, or is of a cell that was read for the rest.
    flags -= {cleanse.SIRET_WRITTEN, cleanse.TRADE_UNREAD}
    beyond = {limit.flag for limit in LIMITS.values()}
    known = {flag.removesuffix(f" ({kind.field.label})") for kind in REPORTED.values() for flag in kind.flags}
    assert flags == known - beyond
    assert len(known & beyond) > 20
