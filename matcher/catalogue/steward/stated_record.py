"""Parsing of a correction as a person writes it (« commune=59600 Maubeuge ») into a cleaned record, by the cleaners of imports; a value that they
do not understand refuses the whole correction."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from rapidfuzz import process

from importers.importer import SupplierRecord
from matcher.catalogue.identity.records import ClaimedActivity, CleanRecord
from matcher.catalogue.identity.trust import SHARED, STRUCTURE, TEAM
from matcher.catalogue.intake.clean_record import KIND_MISSING, NAME_MISSING, clean_records
from matcher.catalogue.intake.lookups import COMMUNE_OF_POST_CODE, Lookups
from matcher.cleaning.names import name_key
from matcher.cleaning.phone import PHONE_ZERO_RESTORED, clean_phone
from matcher.cleaning.postcode import POST_CODE_ZERO_RESTORED
from matcher.cleaning.siret import FINESS_ZERO_RESTORED, SIREN_ZERO_RESTORED, SIRET_ZERO_RESTORED
from matcher.domain.fields import FIELDS, is_known
from matcher.domain.supplier import Evidence, Site
from matcher.reference.trades.activities import taxonomy

Said = Mapping[str, Sequence[str]]

ACTIVITY, REFUSED, WRONG_NUMBER = "activite", "ne-fait-pas", "faux-numero"
# Champ (field name as a person types it) → raw field of a record. The three above have their own code and may be repeated.
_RAW = {field.champ: field.name for field in FIELDS if field.champ} | {
    "type": "kind",
    "latitude": "y",
    "longitude": "x",
}
CHAMPS = (*_RAW, ACTIVITY, WRONG_NUMBER)
_REPEATED = (ACTIVITY, REFUSED, WRONG_NUMBER)

_PLACE = ("adresse", "code-postal", "commune", "latitude", "longitude")
# Raw field → field of the cleaned record that is filled if the value was understood, where the names differ.
_UNDERSTOOD = {"kind": "kinds", "city": "insee", "x": "lon", "y": "lat"}
# Flags that do not refuse a correction: a repair, or a field not written. Any other flag does.
_HARMLESS = {
    *(KIND_MISSING, NAME_MISSING, COMMUNE_OF_POST_CODE, SIRET_ZERO_RESTORED, SIREN_ZERO_RESTORED),
    *(FINESS_ZERO_RESTORED, PHONE_ZERO_RESTORED, POST_CODE_ZERO_RESTORED),
}
_ABSENT = {KIND_MISSING, NAME_MISSING}
_COMMUNE = re.compile(r"(?:(?P<post_code>\d{5})\s+)?(?P<city>[^()]+?)\s*(?:\((?P<dep>\d{2,3}|2[AB])\))?", re.IGNORECASE)
_INSEE = re.compile(r"\d[\dAB]\d{3}")
_SUGGESTIONS, _NEAR_ENOUGH = 3, 70
_EVIDENCE = {TEAM: Evidence.DECLARED, STRUCTURE: Evidence.ANSWER, SHARED: Evidence.SHARED}


class CorrectionRefused(Exception):
    """A correction that cannot be accepted. Nothing was written; the French message gives what to write instead."""


def stated_record(
    number: int, statement: Said, *, on: date, lookups: Lookups, main_site: Site | None = None, source: str = TEAM
) -> CleanRecord:
    """Return the record of correction `number`: `statement` maps a champ (or `ne-fait-pas`) to the values written.

    A partial place is completed from `main_site`, the site being corrected. Raises CorrectionRefused.
    """
    options = {champ: _single_value(champ, values) for champ, values in statement.items() if champ not in _REPEATED}
    values: dict[str, Any] = {"name": ""} | {_RAW[champ]: value for champ, value in options.items()}
    if ("latitude" in options) != ("longitude" in options):
        raise CorrectionRefused("Donnez latitude et longitude ensemble, en degrés : latitude=50.28 et longitude=3.97.")
    values |= _place_fields(options, main_site)
    raw = SupplierRecord(
        source=source, source_ref=str(number), line=0, projection="WGS84" if "latitude" in options else "", **values
    )
    (clean,) = clean_records([raw], lookups)
    _refuse_doubts(options, clean)
    activities = tuple(
        ClaimedActivity(code, wording, _EVIDENCE[source] if "." in code else Evidence.GROUP)
        for text in statement.get(ACTIVITY, ())
        for code, wording in _activities(text, lookups)
    )
    refused = dict.fromkeys(code for text in statement.get(REFUSED, ()) for code, _ in _activities(text, lookups))
    wrong_numbers = []
    for written in statement.get(WRONG_NUMBER, ()):
        if not (phone := clean_phone(written).value):
            raise CorrectionRefused(
                f"« {WRONG_NUMBER}={written} » n’est pas un numéro de téléphone. Rien n’a été écrit."
            )
        wrong_numbers.append(phone)
    return replace(
        _with_main_site(options, clean, main_site),
        activities=activities,
        refused=tuple(refused),
        wrong_numbers=tuple(wrong_numbers),
        as_of=on,
        flags=tuple(flag for flag in clean.flags if flag not in _ABSENT),
    )


def _single_value(champ: str, values: Sequence[str]) -> str:
    if champ not in _RAW:
        raise CorrectionRefused(f"Champ inconnu : « {champ} ». Champs possibles : {', '.join(CHAMPS)}.")
    if len(values) > 1:
        raise CorrectionRefused(f"« {champ} » est donné deux fois : gardez une valeur.")
    if not values[0].strip():
        raise CorrectionRefused(
            f"« {champ} » est vide : écrivez la bonne valeur. Pour effacer une donnée : entremise privacy forget."
        )
    return values[0].strip()


def _place_fields(options: Mapping[str, str], main: Site | None) -> dict[str, str]:
    """The raw place fields that are meant: those given, completed from the main site as long as the commune stays the same."""
    if not any(champ in options for champ in _PLACE):
        return {}
    values: dict[str, str] = {}
    if commune := options.get("commune"):
        if _INSEE.fullmatch(commune.upper()) and "code-postal" not in options:
            values |= {"insee": commune.upper(), "city": ""}
        elif match := _COMMUNE.fullmatch(commune):
            values |= {"city": match["city"], "departement": match["dep"] or ""}
            if match["post_code"]:
                values["post_code"] = match["post_code"]
    elif main is not None:
        values |= {"city": main.city}
        if "code-postal" not in options:
            values |= {"post_code": main.post_code, "insee": main.insee}
    return values


def _with_main_site(values: Mapping[str, str], clean: CleanRecord, main: Site | None) -> CleanRecord:
    """The record with the main site's address and point, where neither is given and the commune is the same."""
    if main is None or not clean.insee or clean.insee != main.insee or "adresse" in values:
        return clean
    clean_record = replace(clean, address=main.address, post_code=clean.post_code or main.post_code)
    if "latitude" in values:
        return clean_record
    return replace(clean_record, lat=main.lat, lon=main.lon, approximate=main.approximate)


def _refuse_doubts(values: Mapping[str, str], clean: CleanRecord) -> None:
    doubts = [flag for flag in clean.flags if flag not in _HARMLESS]
    lost = [
        f"« {champ}={value} »"
        for champ, value in values.items()
        if not is_known(getattr(clean, _UNDERSTOOD.get(_RAW[champ], _RAW[champ])))
    ]
    if not doubts and not lost:
        return
    what = ", ".join(lost or (f"« {champ}={value} »" for champ, value in values.items()))
    hint = ""
    if any(champ in values for champ in ("commune", "code-postal")) and not clean.insee:
        hint = " Précisez la commune : « 59600 Maubeuge », « Maubeuge (59) » ou son code INSEE."
    raise CorrectionRefused(f"{what} : {' ; '.join(doubts) or 'valeur non comprise'}. Rien n’a été écrit.{hint}")


def _activities(text: str, lookups: Lookups) -> tuple[tuple[str, str], ...]:
    """(code, wording) of an activity given by code, label or free words. Raises CorrectionRefused, with the nearest labels."""
    names = taxonomy()
    code = text.strip()
    if code in names.index:
        return ((code, names.label(code)),)
    exact = [code for code in names.codes if name_key(names.label(code)) == name_key(text)]
    if exact:
        return ((exact[0], text.strip()),)
    if targets := lookups.claim_targets("libre", text):
        return targets
    labels = {code: names.label(code) for code in names.codes}
    near = process.extract(
        name_key(text),
        {code: name_key(label) for code, label in labels.items()},
        limit=_SUGGESTIONS,
        score_cutoff=_NEAR_ENOUGH,
    )
    hint = " ; ".join(f"{labels[code]} ({code})" for _, _, code in near)
    raise CorrectionRefused(f"Activité non reconnue : « {text} ».{f' Vouliez-vous dire : {hint} ?' if hint else ''}")
