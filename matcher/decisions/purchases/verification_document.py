"""Checked numbers as their Document and as JSON: a line a number, what it is, which articles it opens, since when, by which source."""

from collections.abc import Iterable
from typing import Any

from matcher.catalogue.identity.trust import short_title
from matcher.decisions.purchases.verification import (
    CheckedNumber,
    InclusiveStanding,
    Verification,
    ended,
    first_seen,
)
from matcher.domain.french import count, day, enumeration, in_groups
from matcher.domain.supplier import Supplier
from matcher.reference.levers import reserving_articles
from matcher.render.document import Document, DocumentColumn, DocumentKind, DocumentRow, DocumentTable

LIMITS = (
    "« Inclusif » est ce que disent les annuaires importés, à leur date : faites confirmer l’agrément ou la convention par la structure avant d’attribuer.",
    "Un numéro inconnu du catalogue n’est pas un refus : les annuaires importés ne le citent pas, ce qui ne dit pas que la structure n’est pas inclusive.",
)
_COLUMNS = tuple(
    map(
        DocumentColumn,
        ("Numéro", "Réponse", "Structure", "Types", "Articles ouverts", "Listé depuis", "Source", "À savoir"),
    )
)
_NAMED = 2
_UNDATED = "jour non connu"
_ORDER = (
    (InclusiveStanding.INCLUSIVE, "inclusif", "inclusifs"),
    (InclusiveStanding.SIBLING, "dont un autre établissement l’est", None),
    (InclusiveStanding.ENDED, "qui ne l’est plus", "qui ne le sont plus"),
    (InclusiveStanding.UNKNOWN, "inconnu du catalogue", "inconnus du catalogue"),
    (InclusiveStanding.WRONG_KEY, "faux (clé)", "faux (clé)"),
    (InclusiveStanding.UNREADABLE, "illisible", "illisibles"),
)


def verification_document(its: Verification, suppliers: int, address: str = "") -> Document:
    """The answer in one sentence, then a line a number; `suppliers` is how many the catalogue has, `address` asks again."""
    repeated = (f"{count(its.repeated, 'numéro répété n’est', 'numéros répétés ne sont')} montré qu’une fois.",)
    return Document(
        kind=DocumentKind.VERIFICATION,
        title="Vérification de SIRET",
        asked=(count(len(its.checked) + its.repeated, "numéro"),),
        answer=headline(its),
        remarks=(*LIMITS, *(repeated if its.repeated else ())),
        tables=(DocumentTable("Les numéros", _COLUMNS, tuple(map(_row, its.checked))),),
        names={one.id: one.name for checked in its.checked for one in checked.suppliers},
        address=address,
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=suppliers,
        on=its.on,
    )


def headline(its: Verification) -> str:
    """The numbers by standing in one sentence; of one number alone, its standing."""
    if len(its.checked) == 1:
        (one,) = its.checked
        bearers = " : ce SIREN est celui de " if one.standing is InclusiveStanding.WRONG_KEY else " : "
        who = f"{bearers}{enumeration(_first(named.name for named in one.suppliers))}" if one.suppliers else ""
        return f"{_number(one)} : {one.standing}{who}."
    counted = {standing: sum(one.standing is standing for one in its.checked) for standing, *_ in _ORDER}
    return f"{enumeration([count(counted[standing], *words) for standing, *words in _ORDER if counted[standing]])}."


def verification_object(its: Verification) -> dict[str, Any]:
    """The whole as JSON: every number in its order; unknown as null."""
    return {
        "headline": headline(its),
        "limits": list(LIMITS),
        "numbers": [_object(one) for one in its.checked],
        "repeated": its.repeated,
        "catalogue": {"version": its.catalogue_version},
        "date": its.on.isoformat(),
    }


def _row(its: CheckedNumber) -> DocumentRow:
    if not its.suppliers:
        return DocumentRow((_number(its), its.standing, "", "", "", "", "", its.flag))
    opened = its.standing is InclusiveStanding.INCLUSIVE
    dated = list(filter(None, map(first_seen, its.suppliers)))
    several = f"{count(len(its.suppliers), 'établissement')} du catalogue" if len(its.suppliers) > 1 else ""
    origins = (origin for one in its.suppliers for origin in one.origins)
    cells = (
        ", ".join(_first(dict.fromkeys(one.name for one in its.suppliers))),
        ", ".join(dict.fromkeys(str(kind) for one in its.suppliers for kind in one.kinds)),
        ", ".join(dict.fromkeys(article for one in its.suppliers for article in reserving_articles(one.kinds)))
        if opened
        else "",
        day(min(dated)) if dated else _UNDATED,
        " ; ".join(
            dict.fromkeys(
                f"{short_title(origin.source)}, {day(origin.date) if origin.date else 'sans date'}"
                for origin in origins
            )
        ),
        " ; ".join(filter(None, (its.flag, several, *_first(dict.fromkeys(_more(one, its) for one in its.suppliers))))),
    )
    return DocumentRow((_number(its), its.standing, *cells), its.suppliers[0].id if len(its.suppliers) == 1 else "")


def _first(said: Iterable[str]) -> list[str]:
    """The first of what is said, and how many more there are: an organisation may have fifty agencies."""
    told = list(filter(None, said))
    more = len(told) - _NAMED
    return [*told[:_NAMED], f"et {count(more, 'autre')}"] if more > 0 else told


def _number(its: CheckedNumber) -> str:
    return in_groups(its.number) if its.number else its.written


def _more(one: Supplier, its: CheckedNumber) -> str:
    """What else is to know of a supplier: closed, ended, carried on, or its own SIRET where another was asked."""
    said = [one.closed_reason or ("convention terminée" if ended(one) else "")]
    if one.successor:
        said.append(f"continue sous le SIRET {in_groups(one.successor)}")
    if its.standing in (InclusiveStanding.SIBLING, InclusiveStanding.WRONG_KEY) and one.siret:
        said.append(f"l’établissement connu est {in_groups(one.siret)}")
    return ", ".join(filter(None, said))


def _object(its: CheckedNumber) -> dict[str, Any]:
    return {
        "written": its.written,
        "number": its.number or None,
        "standing": str(its.standing),
        "flag": its.flag or None,
        "suppliers": [
            {
                "id": one.id,
                "siret": one.siret or None,
                "name": one.name,
                "kinds": [str(kind) for kind in one.kinds],
                "articles": reserving_articles(one.kinds) if not ended(one) else [],
                "since": seen.isoformat() if (seen := first_seen(one)) else None,
                "ended": ended(one),
                "successor": one.successor or None,
                "sources": [
                    {
                        "source": origin.source,
                        "ref": origin.ref,
                        "date": origin.date.isoformat() if origin.date else None,
                    }
                    for origin in one.origins
                ],
            }
            for one in its.suppliers
        ],
    }
