"""French explanation of why a SIRET or id has no supplier in the catalogue: it asked to be removed, waits for review,
is invalid, or is in no directory."""

from collections.abc import Sequence

from sqlalchemy import Engine, select

from matcher.catalogue.store.read import count_suppliers, find_id, same_siren
from matcher.catalogue.store.tables import OPT_OUTS
from matcher.cleaning.siret import SIREN_ONLY, SIRET_BAD_KEY, clean_siren, clean_siret
from matcher.db import reading
from matcher.domain.french import count, enumeration, number

_MOST_SIBLINGS = 5
_SIREN_LENGTH = 9
_NO_SIRET = {
    SIRET_BAD_KEY: "Ce SIRET est faux (sa clé ne tombe pas juste) : vérifiez la saisie.",
    SIREN_ONLY: "C’est un SIREN : un fournisseur est désigné par le SIRET de son établissement, à quatorze chiffres.",
}


def why_missing(engine: Engine, key: str) -> str:
    """Return French sentences with the reason why `key` (a SIRET or an id) has no supplier, and what can be done."""
    with reading(engine) as connection:
        siret = clean_siret(key.removeprefix("siret:"))
        keys = [key, f"siret:{siret.value}"] if siret.value else [key]
        if connection.execute(select(OPT_OUTS.c.key).where(OPT_OUTS.c.key.in_(keys)).limit(1)).scalar() is not None:
            return f"« {key} » n’est pas dans le catalogue : ce fournisseur a demandé à ne plus y figurer."
        # Callers have found no supplier to show: an id found here is a record without a type, not yet accepted by a person.
        if find_id(connection, key):
            return (
                f"« {key} » attend dans la file à revoir : rien ne dit que ce soit une structure inclusive. "
                "Pour la garder avec un type, ou la laisser de côté : « entremise catalogue review --lignes »."
            )
        sentences = [f"« {key} » n’est pas dans le catalogue ({count(count_suppliers(connection), 'fournisseur')})."]
        siren = (siret.value or "")[:_SIREN_LENGTH] or clean_siren(key).value or ""
        siblings = same_siren(connection, siren) if siren else []
    if siret.flag in _NO_SIRET:
        sentences.append(_NO_SIRET[siret.flag])
    if siblings:
        sentences.append(_same_organisation(siren, siblings))
    elif siret.value is None and not siren and ":" not in key:
        sentences.append("Un SIRET a quatorze chiffres ; un identifiant commence par « siret: » ou « finess: ».")
    elif siret.value and not siret.flag:
        sentences.append("Aucun annuaire importé ne le liste : « entremise catalogue add » permet de l’ajouter.")
    return " ".join(sentences)


def _same_organisation(siren: str, siblings: Sequence[tuple[str, str]]) -> str:
    more = len(siblings) - _MOST_SIBLINGS
    named = [f"« {name} » ({supplier_id})" for supplier_id, name in siblings[:_MOST_SIBLINGS]]
    beyond = f", et {number(more)} de plus" if more > 0 else ""
    return f"De la même organisation (SIREN {siren}), le catalogue connaît {enumeration(named)}{beyond}."
