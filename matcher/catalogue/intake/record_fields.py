"""The fields of a record: how each is called, whether it is there, and the flags that doubt it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.intake import clean_record as cleanse
from matcher.catalogue.intake import lookups
from matcher.cleaning import coordinates, dates, finess, kinds, naf, numbers, phone, postcode, siret, web
from matcher.cleaning.limits import flags_of


class RecordField(NamedTuple):
    """A field of the report: its French name, how to ask for it, whether a record fills it, and the flags that doubt it."""

    label: str
    ask: str
    filled: Callable[[CleanRecord], bool]
    flags: frozenset[str] = frozenset()


FIELDS: Mapping[str, RecordField] = {
    "nom": RecordField(
        "nom", "le nom", lambda r: bool(r.name), frozenset({cleanse.NAME_MISSING}) | flags_of("name", "brand")
    ),
    "type": RecordField(
        "type",
        "le type de structure",
        lambda r: bool(r.kinds),
        frozenset({cleanse.KIND_MISSING, kinds.KIND_UNKNOWN}) | flags_of("kind"),
    ),
    "siret": RecordField(
        "SIRET",
        "le SIRET",
        lambda r: bool(r.siret),
        frozenset({siret.SIRET_UNREADABLE, siret.SIRET_BAD_KEY, siret.SIRET_ZERO_RESTORED, siret.SIRET_PSEUDO})
        | {siret.SIREN_ONLY, siret.SIREN_UNREADABLE, siret.SIREN_BAD_KEY, siret.SIREN_ZERO_RESTORED}
        | flags_of("siret", "siren"),
    ),
    "finess": RecordField(
        "FINESS",
        "le numéro FINESS",
        lambda r: bool(r.finess),
        frozenset({finess.FINESS_UNREADABLE, finess.FINESS_ZERO_RESTORED}) | flags_of("finess"),
    ),
    "naf": RecordField(
        "code NAF", "le code NAF", lambda r: bool(r.naf), frozenset({naf.NAF_UNREADABLE}) | flags_of("naf")
    ),
    "activite": RecordField(
        "activité",
        "les activités",
        lambda r: bool(r.activities),
        frozenset({cleanse.ACTIVITY_UNKNOWN}) | flags_of("claims", "claim", "activities"),
    ),
    "commune": RecordField(
        "commune",
        "la commune",
        lambda r: bool(r.insee),
        frozenset({lookups.COMMUNE_UNKNOWN, lookups.COMMUNE_OF_POST_CODE, lookups.COMMUNE_OF_NAME})
        | {postcode.POST_CODE_UNREADABLE, postcode.POST_CODE_ZERO_RESTORED}
        | flags_of("post_code", "city", "insee", "departement"),
    ),
    "adresse": RecordField("adresse", "l’adresse", lambda r: bool(r.address), flags_of("address", "address_extra")),
    "coordonnees": RecordField(
        "coordonnées",
        "les coordonnées",
        lambda r: r.lat is not None and not r.approximate,
        frozenset({coordinates.PROJECTION_UNKNOWN, coordinates.COORDINATES_UNREADABLE, coordinates.COORDINATES_SWAPPED})
        | {coordinates.COORDINATES_ABROAD, coordinates.COORDINATES_FAR}
        | flags_of("x", "y", "projection"),
    ),
    "telephone": RecordField(
        "téléphone",
        "le téléphone",
        lambda r: bool(r.phone),
        frozenset(
            {
                phone.PHONE_UNREADABLE,
                phone.PHONE_ZERO_RESTORED,
                phone.PHONE_SEVERAL,
                phone.PHONES_KEPT,
                phone.PHONES_PARTLY,
            }
        )
        | {phone.CONTACT_UNREADABLE, phone.CONTACT_PARTLY}
        | flags_of("phone", "contact"),
    ),
    "courriel": RecordField(
        "courriel", "le courriel", lambda r: bool(r.email), frozenset({web.EMAIL_UNREADABLE}) | flags_of("email")
    ),
    "site": RecordField(
        "site web", "le site web", lambda r: bool(r.website), frozenset({web.WEBSITE_UNREADABLE}) | flags_of("website")
    ),
    "presentation": RecordField(
        "présentation", "la présentation", lambda r: bool(r.description), flags_of("description")
    ),
    "effectif": RecordField(
        "effectif",
        "l’effectif",
        lambda r: r.workers is not None,
        frozenset({numbers.NUMBER_UNREADABLE, numbers.NUMBER_RANGE}) | flags_of("workers"),
    ),
    "zone": RecordField("zone", "la zone d’intervention", lambda r: bool(r.area), flags_of("area")),
    "convention": RecordField(
        "convention", "l’état de la convention", lambda r: r.active is not None, flags_of("active")
    ),
    "date": RecordField(
        "date",
        "la date de mise à jour",
        lambda r: r.as_of is not None,
        frozenset({dates.DATE_UNREADABLE}) | flags_of("as_of"),
    ),
}
