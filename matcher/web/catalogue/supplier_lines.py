"""Builds the lines of the supplier page from a supplier's data: label, chosen values with their sources, values of other sources, words for « unknown »."""

from collections.abc import Iterable
from dataclasses import dataclass

from matcher.catalogue.identity.signs_of_life import NONE_DATED
from matcher.catalogue.steward.fiche import Fiche, FieldStory
from matcher.cleaning.phone import shown_phone
from matcher.domain.fields import FIELD, FichePart, SupplierField, ValueKind
from matcher.domain.french import UNKNOWN, count, day, enumeration, in_groups
from matcher.domain.kinds import SupplierKind
from matcher.domain.supplier import Evidence, Origin
from matcher.reference.levers import eligible, levers
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.naf import naf_label
from matcher.web.frame.app_state import source_shown

_DEDUCED = "déduit du type"
_RESERVING = "L2113-"  # the articles that reserve a lot
MOST_REFERENCES = 6


@dataclass(frozen=True, slots=True)
class Note:
    """Source of a value: its short title, and the record it comes from."""

    source: str
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its text, a text `beside` it, its link, its badge, whether it is sure, its sources (`notes`).

    `code` is the activity that a person may mark as not done by the supplier.
    """

    words: str
    beside: str = ""
    link: str = ""
    badge: SupplierKind | None = None
    sure: bool = True
    notes: tuple[Note, ...] = ()
    code: str = ""


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of the page: `edit` is the form that corrects it; `beaten` the values not chosen; `lack` the text for no value; `several` if values add up."""

    label: str
    edit: str
    values: tuple[Value, ...]
    beaten: tuple[Value, ...] = ()
    lack: str = UNKNOWN
    several: bool = False


def lines(fiche: Fiche) -> tuple[LedgerLine, ...]:
    """Return the lines of a supplier, in a buyer's order of interest; an empty line shows its `lack`, or is left out without one."""
    parts: dict[FichePart | None, list[LedgerLine]] = {part: [] for part in FichePart}
    for story in fiche.fields:
        parts[story.field.part].append(_line(story))
    kinds = tuple(
        Value(SupplierKind(each.value).label, badge=SupplierKind(each.value), notes=notes(each.origins))
        for each in fiche.kinds
    )
    sign = fiche.last_sign
    refused = tuple(
        Value(wording, notes=(Note("l’équipe", Origin("equipe", "", on)),)) for wording, on in fiche.refused
    )
    signs = (Value(day(sign.day), beside=sign.what, notes=(Note(source_shown(sign.source)),)),) if sign else ()
    ledger_lines = (
        _identifiers(fiche),
        LedgerLine("Types", "type", kinds),
        _answers(fiche),
        _activities(fiche),
        LedgerLine("Ne fait pas", "ne-fait-pas" if refused else "", refused, lack=""),
        *parts[FichePart.REACH],
        *parts[FichePart.MEANS],
        _references(fiche),
        LedgerLine("Dernier signe de vie", "", signs, lack=NONE_DATED),
        *parts[FichePart.STANDING],
        *(_contact(fiche, FIELD[kind]) for kind in ("phone", "email", "website")),
        *parts[FichePart.REGISTER],
        *parts[FichePart.SAID],
    )
    return tuple(line for line in ledger_lines if line is not None and (line.values or line.lack))


def notes(origins: Iterable[Origin]) -> tuple[Note, ...]:
    """Return the notes of origins, without duplicates of source and day."""
    distinct_notes = {
        (source_shown(origin.source), origin.date): Note(source_shown(origin.source), origin) for origin in origins
    }
    return tuple(distinct_notes.values())


def _line(story: FieldStory) -> LedgerLine:
    field = story.field
    is_naf = field.kind is ValueKind.NAF
    best, beaten = (
        tuple(
            Value(sourced.value, beside=naf_label(sourced.value) if is_naf else "", notes=notes(sourced.origins))
            for sourced in values
        )
        for values in (story.kept, story.beaten)
    )
    lack = "" if field.part is FichePart.SAID else UNKNOWN
    return LedgerLine(field.heading, field.champ, best, beaten, lack, several=field.kind is ValueKind.LIST)


def _identifiers(fiche: Fiche) -> LedgerLine:
    story = next(story for story in fiche.fields if story.field is FIELD["siret"])
    finess = tuple(Value(each.value, beside="FINESS", notes=notes(each.origins)) for each in fiche.finess)
    siret, beaten = (
        tuple(Value(in_groups(each.value), notes=notes(each.origins)) for each in values)
        for values in (story.kept, story.beaten)
    )
    edit = "" if siret else "siret"
    return LedgerLine("SIRET" if siret or not finess else "Numéro FINESS", edit, (*siret, *finess), beaten)


def _answers(fiche: Fiche) -> LedgerLine | None:
    """Return the line of the reserved lots that the supplier's kinds may answer, None without a kind."""
    if not fiche.supplier.kinds:
        return None
    reserved = [
        lever.article.replace("-", "\u2011")
        for lever in levers()
        if lever.article.startswith(_RESERVING) and eligible(lever.code, fiche.supplier.kinds)
    ]
    first = f"à un lot réservé {enumeration(reserved, 'ou')}" if reserved else "à aucun lot réservé"
    return LedgerLine("Peut répondre", "", (Value(f"{first}, à une clause sociale", notes=(Note(_DEDUCED),)),))


def _activities(fiche: Fiche) -> LedgerLine:
    """Return the line of activities: one value for each, all sources together, with their wording where it differs from the label."""
    labels = taxonomy()
    places_by_code: dict[str, list[int]] = {}
    for at, activity in enumerate(fiche.supplier.activities):
        places_by_code.setdefault(activity.code, []).append(at)
    values = []
    for code, places in places_by_code.items():
        activities = [fiche.supplier.activities[at] for at in places]
        wordings = dict.fromkeys(each.wording for each in activities if each.wording != labels.label(code))
        origins = [origin for at in places for origin in fiche.activities[at].origins]
        sure = activities[0].evidence.is_declared
        evidence_words = "" if activities[0].evidence is Evidence.DECLARED else str(activities[0].evidence)
        wordings_said = " ; ".join(f"« {wording} »" for wording in wordings)
        words = ", ".join(filter(None, (evidence_words, wordings_said)))
        values.append(Value(labels.label(code), words, sure=sure, notes=notes(origins), code=code))
    presented = any(story.kept for story in fiche.fields if story.field is FIELD["description"])
    lack = f"aucune activité déclarée{' hors de sa présentation, plus bas' if presented else ''}"
    return LedgerLine("Activités", "activite", tuple(values), lack=lack, several=True)


def _references(fiche: Fiche) -> LedgerLine:
    """Return the line of public contracts won, at most `MOST_REFERENCES`; those of another establishment of the company are less sure."""
    values = tuple(
        Value(
            f"« {each.objet} »",
            beside=", ".join(
                filter(
                    None,
                    (
                        each.buyer_name or (f"acheteur {in_groups(each.buyer)}" if each.buyer else ""),
                        each.won_for,
                        "" if each.own else "même organisation, autre établissement ou non précisé",
                    ),
                )
            ),
            sure=each.own,
            notes=(Note(source_shown(each.source), Origin(each.source, each.ref, each.notified)),),
        )
        for each in fiche.references[:MOST_REFERENCES]
    )
    more = len(fiche.references) - len(values)
    last = (Value(f"et {count(more, 'autre marché', 'autres marchés')}"),) if more else ()
    return LedgerLine("Références", "", (*values, *last), lack="aucun marché retrouvé sous ce numéro")


def _contact(fiche: Fiche, field: SupplierField) -> LedgerLine:
    kind = field.name
    values = []
    for name, each in fiche.contacts:
        if name != kind:
            continue
        # Only http links: a « javascript: » address would run a script.
        link = each.value if each.value.startswith(("http://", "https://")) else ""
        if kind == "phone":
            link = "tel:" + "".join(char for char in each.value if char.isdigit() or char == "+")
        elif kind == "email":
            link = f"mailto:{each.value}"
        words = shown_phone(each.value) if kind == "phone" else each.value
        values.append(Value(words, link=link, notes=notes(each.origins)))
    return LedgerLine(field.heading, field.champ, tuple(values[:1]), tuple(values[1:]))
