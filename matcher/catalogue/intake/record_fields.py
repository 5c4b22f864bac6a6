"""The fields of a record that reports count: how each is called, whether it is there, and the flags that doubt it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.intake import clean_record as cleanse
from matcher.catalogue.intake import lookups
from matcher.cleaning import coordinates, dates, finess, kinds, naf, numbers, phone, postcode, siret, web
from matcher.cleaning.limits import LIMITS, flags_of
from matcher.domain.fields import FIELDS, SupplierField, known
from matcher.reference.yes_no import YES_NO_UNREADABLE


class RecordField(NamedTuple):
    """A field of the reports, whether a record fills it, and the flags that doubt it, those of what is beyond its limit included."""

    field: SupplierField
    filled: Callable[[CleanRecord], bool]
    flags: frozenset[str]


# Keys of the fields that no one word of a correction names.
_KEYS = {"activities": "activite", "lat": "coordonnees", "active": "convention", "as_of": "date"}
_FILLED: Mapping[str, Callable[[CleanRecord], bool]] = {
    "city": lambda record: bool(record.insee),
    "lat": lambda record: record.lat is not None and not record.approximate,
}
_DOUBTS: Mapping[str, frozenset[str]] = {
    "name": frozenset({cleanse.NAME_MISSING}) | flags_of("brand"),
    "kinds": frozenset({cleanse.KIND_MISSING, kinds.KIND_UNKNOWN}) | flags_of("kind"),
    "siret": frozenset(
        {
            siret.SIRET_UNREADABLE,
            siret.SIRET_ROUNDED,
            siret.SIRET_BAD_KEY,
            siret.SIRET_ZERO_RESTORED,
            siret.SIRET_PSEUDO,
        }
    )
    | {siret.SIREN_ONLY, siret.SIREN_UNREADABLE, siret.SIREN_BAD_KEY, siret.SIREN_ZERO_RESTORED}
    | flags_of("siren"),
    "finess": frozenset({finess.FINESS_UNREADABLE, finess.FINESS_ZERO_RESTORED}),
    "naf": frozenset({naf.NAF_UNREADABLE}),
    "activities": frozenset({cleanse.ACTIVITY_UNKNOWN}) | flags_of("claims", "claim"),
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
    "workers": frozenset({numbers.NUMBER_UNREADABLE, numbers.NUMBER_RANGE}),
    "active": frozenset({YES_NO_UNREADABLE}),
    "as_of": frozenset({dates.DATE_UNREADABLE}),
}


def _field(field: SupplierField) -> RecordField:
    name = field.name
    beyond = flags_of(name) if name in LIMITS else frozenset()
    filled = _FILLED.get(name, lambda record: known(getattr(record, name)))
    return RecordField(field, filled, _DOUBTS.get(name, frozenset()) | beyond)


REPORTED: Mapping[str, RecordField] = {
    _KEYS.get(field.name, field.champ): _field(field) for field in FIELDS if field.asked
}
