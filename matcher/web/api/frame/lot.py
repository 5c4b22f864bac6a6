"""The request schemas of a lot (one buyer's need, part of a contract) in the API, as a JSON body or as URL parameters, and their conversion to a `Need`."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from matcher.domain.need import Need, NeedFault
from matcher.need.answer import EMPTY
from matcher.need.fields import need_from
from matcher.ranking.shelf.shelf import Shelf
from matcher.web.frame.app_state import desk
from matcher.web.frame.problem import ProblemDetails

# Characters. The time to read a text grows with its length; no published notice is longer.
_LONGEST = 100_000
_OBJET = Meta(
    description="Le besoin, tel que vous l’écririez.", max_length=_LONGEST, examples=["Entretien des espaces verts"]
)
_CPV = Meta(description="Codes CPV.", examples=[["77310000"]])
_LIEU = "Commune, code postal, département, EPCI, région, ou « insee: », « cp: », « dep: », « reg: », « epci: », « lat,lon »."
_PLACES = Meta(description=_LIEU, examples=[["Maubeuge"]])
_BUYER = Meta(description="SIRET ou SIREN de l’acheteur.")
_DATE = Meta(description="Date du lot.", examples=["2026-11-24"])
_EUROS = Meta(description="Montant hors taxes sur toute la durée, en euros.", examples=[180000])
_MONTHS = Meta(description="Durée, en mois.", examples=[12])
_LEVER = Meta(description="Article ou clause qui écarte qui n’y est pas éligible : 12, 13, 13-1, 14, 15, clause.")
_KINDS = Meta(description="Types de structure gardés : EI, ACI, ETTI, AI, GEIQ, EA, EATT, ESAT…")
_ACTIVITIES = Meta(
    description="Codes d’activités choisies à la place de ce qui est lu, par exemple parmi `options`.",
    examples=[["proprete.locaux"]],
)
_MOST = Meta(max_length=200)
_ID = Meta(description="Votre identifiant du lot, rendu dans la réponse.", examples=["1"])


class LotPlace(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Un lieu en trois parties, comme `lieuExecution` des données essentielles de la commande publique."""

    code: str | None = None
    type: str | None = None
    nom: str | None = None


class LotBody(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Un besoin tel que l’acheteur l’écrit. Il faut au moins un objet ou un code CPV."""

    objet: Annotated[str, _OBJET] = ""
    lot_id: Annotated[str | int | None, _ID] = None
    cpv: Annotated[str | Annotated[list[str], _MOST] | None, _CPV] = None
    lieu: Annotated[str | LotPlace | Annotated[list[str | LotPlace], _MOST] | None, _PLACES] = None
    acheteur_siret: Annotated[str | int | None, _BUYER] = None
    date: Annotated[str | None, _DATE] = None
    montant: Annotated[float | str | None, _EUROS] = None
    duree: Annotated[float | str | None, _MONTHS] = None
    levier: Annotated[str | None, _LEVER] = None
    kind: Annotated[str | Annotated[list[str], _MOST] | None, _KINDS] = None
    activite: Annotated[str | Annotated[list[str], _MOST] | None, _ACTIVITIES] = None


class LotParameters(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Un besoin écrit dans une adresse ; `cpv`, `lieu`, `kind` et `activite` s’y répètent."""

    objet: Annotated[str, _OBJET] = ""
    cpv: Annotated[list[str], _MOST, _CPV] = []
    lieu: Annotated[list[str], _MOST, _PLACES] = []
    acheteur_siret: Annotated[str, _BUYER] = ""
    date: Annotated[str, _DATE] = ""
    montant: Annotated[str, _EUROS] = ""
    duree: Annotated[str, _MONTHS] = ""
    levier: Annotated[str, _LEVER] = ""
    kind: Annotated[list[str], _MOST, _KINDS] = []
    activite: Annotated[list[str], _MOST, _ACTIVITIES] = []


def need_of_lot(lot: msgspec.Struct, *other_fields: str) -> Need:
    """Return the need that a lot describes, without its `other_fields`, which are not of the need. Raises ProblemDetails that names each wrong field."""
    fields: Mapping[str, Any] = msgspec.to_builtins(lot)
    need = need_from({name: value for name, value in fields.items() if name not in other_fields})
    faults, amount = [*need.faults], str(fields.get("montant") or "")
    # A person may write « douze »; from a program it is a mistake.
    if need.lot.montant and not any(map(str.isdigit, amount)):
        faults.append(
            NeedFault("montant", f"Écrivez le montant en chiffres, par exemple 180000. Vous avez écrit « {amount} ».")
        )
    if faults:
        detail = " ".join(str(fault) for fault in faults)
        raise ProblemDetails("besoin-refuse", detail, errors=[{"field": its.field, "says": its.says} for its in faults])
    return need


def shelf_to_rank() -> Shelf:
    """Return the shelf (the catalogue's suppliers loaded as arrays, for ranking). Raises ProblemDetails where it is empty."""
    shelf = desk().shelf()
    if not len(shelf):
        raise ProblemDetails("catalogue-vide", ". ".join(EMPTY))
    return shelf
