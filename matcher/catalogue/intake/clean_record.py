"""Cleaning of a source's raw records into `CleanRecord`s: each field by its cleaner; a repair or an unreadable value becomes a French flag."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, replace
from textwrap import shorten
from typing import Any, NamedTuple, TypeVar

from importers.importer import AwardRecord, Claim, SupplierRecord
from matcher.catalogue.identity.records import REGISTERS, ClaimedActivity, CleanRecord
from matcher.catalogue.identity.references import join_reference, opaque
from matcher.catalogue.intake import lookups
from matcher.catalogue.intake.lookups import COMMUNE_UNKNOWN, Located, Lookups
from matcher.cleaning import Cleaned, coordinates, dates, kinds, numbers, phone, postcode, siret, web
from matcher.cleaning.amounts import clean_amount
from matcher.cleaning.area import clean_area
from matcher.cleaning.coordinates import COORDINATES_FAR, Point, RawPoint, near, project
from matcher.cleaning.dates import clean_date
from matcher.cleaning.kinds import clean_kinds
from matcher.cleaning.limits import LIMITS, cut_to_limit, flags_of
from matcher.cleaning.names import tidy, tidy_text
from matcher.cleaning.numbers import clean_number
from matcher.cleaning.phone import Contacts, clean_contacts, clean_phones
from matcher.cleaning.postcode import clean_post_code, join_address, post_code_before, split_cedex
from matcher.cleaning.siret import SIREN_ONLY, SIRET_BAD_KEY, clean_finess, clean_siren, clean_siret
from matcher.cleaning.web import clean_email, clean_website
from matcher.domain.fields import FIELD, FIELDS, SupplierField, ValueKind, is_known
from matcher.domain.supplier import Evidence
from matcher.reference.sizes import clean_headcount
from matcher.reference.trades.naf import NAF_UNREADABLE, clean_naf
from matcher.reference.yes_no import YES_NO_UNREADABLE, clean_ended, clean_yes_no

NAME_MISSING = "nom manquant"
KIND_MISSING = "type de structure non précisé"
ACTIVITY_UNKNOWN = "activité déclarée non reconnue"
SIRET_WRITTEN = "SIRET écrit par la source, et non repris : {}"
TRADE_UNREAD = "métier non reconnu : « {} »"

# A character that PostgreSQL refuses in texts.
_NUL = "\x00"
_OPEN = {"A": True, "F": False}
_SHOWN = 60  # characters shown of an unrecognised trade
_BETWEEN_ITEMS = re.compile(r"[;,|\n]")

T = TypeVar("T")
R = TypeVar("R", SupplierRecord, AwardRecord)


# Flags of a kind of values, that of any field.
_OF_KIND: Mapping[ValueKind, frozenset[str]] = {
    ValueKind.NUMBER: frozenset({numbers.NUMBER_UNREADABLE, numbers.NUMBER_RANGE}),
    ValueKind.EUROS: frozenset({numbers.NUMBER_UNREADABLE}),
    ValueKind.YES_NO: frozenset({YES_NO_UNREADABLE}),
}


def _flag_of(field: SupplierField, flag: str) -> str:
    """« nombre illisible (effectif) », and any other flag unchanged."""
    return f"{flag} ({field.label})" if flag in _OF_KIND.get(field.kind, ()) else flag


class _Doubts:
    """Collects the flags of one record while its fields are cleaned."""

    def __init__(self, flags: Sequence[str] = ()) -> None:
        self.flags: dict[str, None] = dict.fromkeys(flags)

    def take(self, cleaned: Cleaned[T]) -> T | None:
        if cleaned.flag:
            self.add(cleaned.flag)
        return cleaned.value

    def take_of(self, field: SupplierField, cleaned: Cleaned[T]) -> T | None:
        """Take a value whose flag, one of a kind of values, gets the label of the field."""
        return self.take(Cleaned(cleaned.value, _flag_of(field, cleaned.flag)))

    def add(self, flag: str) -> None:
        self.flags[flag] = None


def clean_records(records: Sequence[SupplierRecord], lookups: Lookups) -> list[CleanRecord]:
    """Return the records cleaned, in order. No record is dropped: an unreadable value becomes unknown, with a flag."""
    cut = []
    for record in records:
        if words := record.ref_words:  # a reference must not contain a person's name
            record = replace(record, source_ref=record.source_ref.replace(words, opaque(words), 1), ref_words="")
        cut.append(cut_to_limits(record))
    points = project([RawPoint(record.x, record.y, record.projection) for record, _ in cut])
    return [_clean(record, _Doubts(flags), point, lookups) for (record, flags), point in zip(cut, points, strict=True)]


def cut_to_limits(record: R) -> tuple[R, tuple[str, ...]]:
    """Return a raw record with each field cut to its limit, and a flag for each field cut."""
    names = (field.name for field in fields(record) if field.name in LIMITS)
    beyond = {name: value for name in names if len(value := getattr(record, name)) > LIMITS[name].most}
    shortened: dict[str, Any] = {name: cut_to_limit(name, value).value for name, value in beyond.items()}
    return replace(record, **shortened) if shortened else record, tuple(LIMITS[name].flag for name in beyond)


def _clean(record: SupplierRecord, doubts: _Doubts, projected: Cleaned[Point], lookups: Lookups) -> CleanRecord:
    claims = [Claim(claim.vocabulary, doubts.take(cut_to_limit("claim", claim.text)) or "") for claim in record.claims]
    siret, siren = _identifiers(record, doubts)
    city = split_cedex(record.city)
    post_code = doubts.take(clean_post_code(record.post_code or post_code_before(record.city))) or ""
    commune = lookups.locate(record.insee.strip(), post_code, city.name, record.departement.strip())
    if commune is None and (record.insee or record.post_code or city.name):
        doubts.add(COMMUNE_UNKNOWN)
    elif commune and commune.flag:
        doubts.add(commune.flag)
    point, approximate = _choose_point(doubts.take(projected), commune, doubts)
    kinds = doubts.take(clean_kinds(record.kind)) or ()
    if not record.kind.strip() and record.source not in REGISTERS:
        doubts.add(KIND_MISSING)
    if not record.name.strip() and record.source not in REGISTERS:
        doubts.add(NAME_MISSING)
    contacts = _contacts(record, doubts)
    closed, is_open = doubts.take(clean_date(record.closed)), _OPEN.get(record.state.strip().upper())
    return CleanRecord(
        source=record.source,
        ref=join_reference(record.listing, record.source_ref.replace(_NUL, " ")),
        kinds=kinds,
        siret=siret,
        siren=siren,
        finess=doubts.take(clean_finess(record.finess)) or "",
        address=join_address(record.address, record.address_extra),
        post_code=post_code,
        city=tidy((commune and commune.name) or city.name),
        cedex=city.cedex,
        insee=commune.insee if commune else "",
        lat=point.lat if point else None,
        lon=point.lon if point else None,
        approximate=approximate,
        phone=next(iter(contacts.phones), ""),
        email=next(iter(contacts.emails), ""),
        other_contacts=tuple(
            (kind, value)
            for kind, values in (("phone", contacts.phones), ("email", contacts.emails))
            for value in values[1:]
        ),
        claims=tuple((claim.vocabulary, claim.text.replace(_NUL, " ")) for claim in claims),
        activities=_activities(claims, lookups, doubts),
        **_values(record, lookups, doubts),
        as_of=doubts.take(clean_date(record.as_of)),
        open=False if is_open is None and closed else is_open,
        closed=closed,
        successor=doubts.take(clean_siret(record.successor)) or "",
        flags=tuple(doubts.flags),
    )


def _values(record: SupplierRecord, lookups: Lookups, doubts: _Doubts) -> dict[str, Any]:
    """The cleaned values of the fields that have a cleaner by kind, and of their companion fields; unknown values are left out."""
    values: dict[str, Any] = {}
    for field in FIELDS:
        if cleaner := _CLEANERS.get(field.kind):
            raw = getattr(record, field.name)
            values[field.name] = doubts.take_of(field, cleaner(raw)) if raw else _EMPTY_VALUES[field.kind]
            if field.beside:
                values[field.beside] = _COMPANIONS[field.kind](raw, lookups)
    if values["active"] is None:
        values["active"] = doubts.take_of(FIELD["active"], clean_ended(record.ended))
    return {name: value for name, value in values.items() if value is not None}


_CLEANERS: Mapping[ValueKind, Callable[[str], Cleaned[Any]]] = {
    ValueKind.TEXT: lambda raw: Cleaned(tidy(raw)),
    ValueKind.LONG_TEXT: lambda raw: Cleaned(tidy_text(raw)),
    ValueKind.LIST: lambda raw: Cleaned(tuple(filter(None, map(tidy, _BETWEEN_ITEMS.split(raw))))),
    ValueKind.NUMBER: clean_number,
    ValueKind.EUROS: lambda raw: clean_amount(raw, months=12),
    ValueKind.YES_NO: clean_yes_no,
    ValueKind.AREA: lambda raw: Cleaned(tidy(raw)),
    ValueKind.NAF: clean_naf,
    ValueKind.HEADCOUNT: clean_headcount,
    ValueKind.WEBSITE: clean_website,
}
# The cleaned value of an empty cell, by kind, computed once: most cells are empty.
_EMPTY_VALUES = {kind: cleaner("").value for kind, cleaner in _CLEANERS.items()}
_COMPANIONS: Mapping[ValueKind, Callable[[str, Lookups], Any]] = {
    ValueKind.NUMBER: lambda raw, _: tidy(raw),
    ValueKind.AREA: lambda raw, lookups: clean_area(raw, lookups.areas) if raw.strip() else (),
}


def _identifiers(record: SupplierRecord, doubts: _Doubts) -> tuple[str, str]:
    """The (SIRET, SIREN) of a record. A SIRET with a wrong check digit is dropped; its first nine digits are kept if they are a valid SIREN."""
    cleaned = clean_siret(record.siret)
    siret = doubts.take(cleaned) or ""
    written_siren = doubts.take(clean_siren(record.siret if cleaned.flag == SIREN_ONLY else record.siren))
    siren = written_siren or siret[:9]
    if cleaned.flag == SIRET_BAD_KEY:
        doubts.add(SIRET_WRITTEN.format(tidy(record.siret)))
        return "", siren if written_siren or not clean_siren(siren).flag else ""
    return siret, siren


def _contacts(record: SupplierRecord, doubts: _Doubts) -> Contacts:
    """The telephones and e-mails of a record, those of dedicated columns first."""
    mixed = doubts.take(clean_contacts(record.contact)) or Contacts((), ())
    phones = (*(doubts.take(clean_phones(record.phone)) or ()), *mixed.phones)
    emails = (*filter(None, [doubts.take(clean_email(record.email))]), *mixed.emails)
    return Contacts(tuple(dict.fromkeys(emails)), tuple(dict.fromkeys(phones)))


def _choose_point(point: Point | None, commune: Located | None, doubts: _Doubts) -> tuple[Point | None, bool]:
    centre = commune.centre if commune else None
    if point is None:
        return centre, centre is not None
    if near(point, centre, commune.insee if commune else ""):
        return point, False
    doubts.add(COORDINATES_FAR)
    return centre, True


def _activities(claims: Sequence[Claim], lookups: Lookups, doubts: _Doubts) -> tuple[ClaimedActivity, ...]:
    claimed_activities: dict[tuple[str, str], ClaimedActivity] = {}
    for claim in claims:
        text = claim.text.replace(_NUL, " ")
        targets = lookups.claim_targets(claim.vocabulary, text)
        if not targets and claim.text.strip():
            doubts.add(ACTIVITY_UNKNOWN)
        elif claim.vocabulary == "libre":
            for part in lookups.unread_trades(text):
                doubts.add(TRADE_UNREAD.format(shorten(part, _SHOWN, placeholder="…")))
        for code, wording in targets:
            declared = Evidence.DECLARED if "." in code else Evidence.GROUP  # a leaf is written group.leaf
            evidence = Evidence.ROME if claim.vocabulary == "rome" else declared
            claimed_activities.setdefault((code, wording), ClaimedActivity(code, wording, evidence))
    return doubts.take(cut_to_limit("activities", tuple(claimed_activities.values()))) or ()


class RecordField(NamedTuple):
    """A field of the quality report: whether a record fills it, and the flags that make it doubtful."""

    field: SupplierField
    filled: Callable[[CleanRecord], bool]
    flags: frozenset[str]


# Report keys of the fields that have no `champ` (name in a correction), or another one.
_KEYS = {"activities": "activite", "lat": "coordonnees", "active": "convention", "as_of": "date"}
_FILLED: Mapping[str, Callable[[CleanRecord], bool]] = {
    "city": lambda record: bool(record.insee),
    "lat": lambda record: record.lat is not None and not record.approximate,
}
_DOUBTS: Mapping[str, frozenset[str]] = {
    "name": frozenset({NAME_MISSING}) | flags_of("brand"),
    "kinds": frozenset({KIND_MISSING, kinds.KIND_UNKNOWN}) | flags_of("kind"),
    "siret": frozenset({siret.SIRET_UNREADABLE, siret.SIRET_ROUNDED, siret.SIRET_BAD_KEY})
    | {siret.SIRET_ZERO_RESTORED, siret.SIRET_PSEUDO}
    | {siret.SIREN_ONLY, siret.SIREN_UNREADABLE, siret.SIREN_BAD_KEY, siret.SIREN_ZERO_RESTORED}
    | flags_of("siren"),
    "finess": frozenset({siret.FINESS_UNREADABLE, siret.FINESS_ZERO_RESTORED}),
    "naf": frozenset({NAF_UNREADABLE}),
    "activities": frozenset({ACTIVITY_UNKNOWN}) | flags_of("claims", "claim"),
    "city": frozenset({lookups.COMMUNE_UNKNOWN, lookups.COMMUNE_OF_POST_CODE, lookups.COMMUNE_OF_NAME})
    | {postcode.POST_CODE_UNREADABLE, postcode.POST_CODE_ZERO_RESTORED}
    | flags_of("post_code", "insee", "departement"),
    "address": flags_of("address_extra"),
    "lat": frozenset({coordinates.PROJECTION_UNKNOWN, coordinates.COORDINATES_UNREADABLE})
    | {coordinates.COORDINATES_SWAPPED, coordinates.COORDINATES_ABROAD, coordinates.COORDINATES_FAR}
    | flags_of("x", "y", "projection"),
    "phone": frozenset({phone.PHONE_UNREADABLE, phone.PHONE_ZERO_RESTORED, phone.PHONE_SEVERAL, phone.PHONES_KEPT})
    | {phone.PHONES_PARTLY, phone.CONTACT_UNREADABLE, phone.CONTACT_PARTLY}
    | flags_of("contact"),
    "email": frozenset({web.EMAIL_UNREADABLE}),
    "website": frozenset({web.WEBSITE_UNREADABLE}),
    "active": flags_of("ended"),
    "as_of": frozenset({dates.DATE_UNREADABLE}),
}


def _field(field: SupplierField) -> RecordField:
    name = field.name
    beyond = flags_of(name) if name in LIMITS else frozenset()
    filled = _FILLED.get(name, lambda record: is_known(getattr(record, name)))
    of_kind = frozenset(_flag_of(field, flag) for flag in _OF_KIND.get(field.kind, ()))
    return RecordField(field, filled, _DOUBTS.get(name, frozenset()) | of_kind | beyond)


REPORTED: Mapping[str, RecordField] = {
    _KEYS.get(field.name, field.champ): _field(field) for field in FIELDS if field.asked
}
