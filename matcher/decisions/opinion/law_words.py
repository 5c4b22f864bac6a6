"""Sentences of the law on a lot, in French: what comes first, the duties, what each amount would change."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from matcher.decisions.opinion.law import MOST_YEARS, SMALL_SHARE, LegalPosition
from matcher.domain.french import day, enumeration, unit
from matcher.reference.law import BuyerNature, LegalRule, LegalThreshold
from matcher.reference.levers import lever

DUTIES = (
    "Vos devoirs (R2122-8) : une offre pertinente, une bonne utilisation des deniers publics, et pas toujours le même fournisseur quand "
    "plusieurs peuvent répondre."
)
WHOLE_COUNTS = "tous lots, besoins semblables et reconductions comptés (R2121-1 et suivants)"
NOT_CALLED_OFF = (
    "Cherchez d’abord si une condition sociale est possible autrement ; sinon écrivez le motif (L2112-2-1). Une immersion peut s’y ajouter, "
    "elle ne la remplace pas."
)
_FREELY = "marché d’insertion : procédure adaptée quel que soit le montant (R2123-1, 3°)"
_EXEMPTED, _NO_MOTIVE = (
    "Dispense de condition sociale retenue",
    "Le motif reste à écrire, et à garder avec les pièces du marché",
)
_EXEMPTION_SAID = re.compile(rf"{_EXEMPTED} \(([^)]*)\) : (.*?)\. (?:Motif : (.*)|{_NO_MOTIVE})\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KeptExemption:
    """The exception that a buyer chose on a lot, as its opinion was kept: article, case, and the motive, empty where none was written."""

    article: str
    label: str
    motive: str


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One amount of the law: what changes from it, and whether the need reaches it; None where that is not known."""

    amount: str
    changes: str
    reached: bool | None


def direct(law: LegalPosition) -> str:
    """Say that a need may be bought direct, in one sentence; empty where it may not, or where that is not known."""
    if not law.direct or law.euros is None:
        return ""
    below, years = law.direct_below[0], f", même sur {MOST_YEARS} ans" if law.one_year else ""
    possible = (
        f"Achat direct possible, à {_euros(law)} pour tout le besoin"
        if law.whole_told
        else f"Si ces {_euros(law)} sont tout le besoin, achat direct possible{years}"
    )
    return f"{possible} : ni publicité ni mise en concurrence ({below.article}). Appelez trois structures."


def sentences(law: LegalPosition) -> Iterator[str]:
    """Yield what the law of the day says, the duties of what comes first included."""
    if law.direct and law.euros is not None:
        yield f"L’achat direct va jusqu’à {amounts_said(law.direct_below)}, {WHOLE_COUNTS}. {DUTIES}"
    if law.small_lot is not None:
        yield _small_lot(law)
    yield from duty(law)


def duty(law: LegalPosition) -> Iterator[str]:
    """Yield whether a social condition is owed, save which exceptions, or what lacks to say it; nothing where it is not."""
    its = lever("clause")
    if its.owed_from is None or law.on < its.owed_from:
        return
    since, amounts = f"depuis le {day(its.owed_from)}", amounts_said(law.european)
    if law.owed and law.exemption is not None:
        why = f"Motif : {law.reason}" if law.reason else _NO_MOTIVE
        yield f"{_EXEMPTED} ({law.exemption.article}) : {law.exemption.label.lower()}. {why.rstrip('.')}."
    elif law.owed:
        yield (
            f"À partir de {amounts}, une condition sociale d’exécution est obligatoire {since} ({its.duty}), réservé ou non, sauf quatre cas : "
            "solution immédiatement disponible, pas de lien suffisant avec l’objet, concurrence restreinte ou exécution trop difficile, "
            "travaux de moins de six mois. Le motif est écrit et gardé."
        )
        if law.short_works:
            yield "Ces travaux durent moins de six mois : la dispense du 4° peut s’appliquer."
    elif law.owed is None and law.european:
        yield _may_be_owed(
            law, f"une condition sociale d’exécution est obligatoire {since} à partir de {amounts} ({its.duty})"
        )
    elif law.owed is None:
        yield f"Les seuils européens du {day(law.on)} ne sont pas connus : vérifiez si une condition sociale est obligatoire ({its.duty})."


def exemption_in(said: Iterable[str]) -> KeptExemption | None:
    """Return the exception that the sentences of an opinion say; None where they say none."""
    found = next(filter(None, map(_EXEMPTION_SAID.fullmatch, said)), None)
    return KeptExemption(found[1], found[2], found[3] or "") if found else None


def short(law: LegalPosition) -> str:
    """Say in a few words what the law of the day changes for a need, as far as its own amount tells; empty where nothing."""
    if law.direct:
        return f"achat direct possible, si c’est tout le besoin ({law.direct_below[0].article})"
    return f"condition sociale d’exécution obligatoire ({lever('clause').duty})" if owed(law) else ""


def owed(law: LegalPosition) -> bool:
    """Whether a social condition must be asked for, and no exception was chosen."""
    return bool(law.owed) and law.exemption is None


def clause_article(law: LegalPosition) -> str:
    """Return the article that a clause is asked under."""
    its = lever("clause")
    return its.duty if law.owed else its.article


def ladder(law: LegalPosition) -> tuple[LadderStep, ...]:
    """Return the amounts of the day, the lowest first, and what each would change."""
    its = lever("clause")
    duty = (
        f", et condition sociale d’exécution obligatoire ({its.duty})"
        if its.owed_from and its.owed_from <= law.on
        else ""
    )
    steps = (
        (
            law.direct_below,
            "publicité et mise en concurrence obligatoires (R2122-8)",
            None if law.direct is None else not law.direct,
        ),
        (law.european, f"{_FREELY if law.insertion else 'procédure formalisée'}{duty}", law.above),
    )
    return tuple(LadderStep(amounts_said(may_be), changes, reached) for may_be, changes, reached in steps if may_be)


def basis(law: LegalPosition) -> str:
    """Say which estimate was compared, and with the thresholds of which day."""
    if not law.direct_below and not law.european:
        return f"Les seuils du {day(law.on)} ne sont pas dans la table : rien n’est comparé."
    on = f"Seuils du {day(law.on)}, hors taxes"
    if law.euros is None:
        return f"{on}. Votre estimation n’est pas connue : donnez-la, {WHOLE_COUNTS}."
    if law.whole_told:
        return f"{on}, comparés à {_euros(law)}, votre estimation de tout le besoin."
    if law.one_year:
        return f"{on}, comparés à {_euros(law)} pendant 1 à {MOST_YEARS} ans : la durée du lot n’est pas connue. Donnez-la, ou l’ensemble, {WHOLE_COUNTS}."
    return f"{on}, comparés à {_euros(law)}, le montant de ce lot sur toute sa durée : s’il n’est pas tout le besoin, donnez l’ensemble."


def _small_lot(law: LegalPosition) -> str:
    rule = law.small_lot
    if rule is None or law.lot is None:
        return ""
    if rule.rule is LegalRule.DIRECT:
        allowed = f"peut être acheté directement, sous {unit(rule.euros, '€ HT')} (R2122-8)"
    else:
        allowed = f"peut passer en procédure adaptée, sous {unit(rule.euros, '€ HT')} ({rule.article})"
    return (
        f"Petit lot : à {unit(law.lot, '€ HT')}, ce lot {allowed}, si tous les petits lots ensemble ne dépassent pas "
        f"{unit(100 * SMALL_SHARE, '%')} du besoin."
    )


def _may_be_owed(law: LegalPosition, rule: str) -> str:
    """What is missing to say whether a social condition is owed."""
    if law.euros is None:
        return f"Estimation non connue : {rule}, {WHOLE_COUNTS}."
    missing = [
        *(["si ce sont des travaux"] if law.works is None else []),
        *(["la nature de l’acheteur"] if law.works is False and law.nature is None else []),
        *(["la durée, reconductions comprises"] if law.one_year else []),
    ]
    return f"À {_euros(law)}, dites {enumeration(missing)} : {rule}."


def _euros(law: LegalPosition) -> str:
    """« 30 000 € HT », or of a year: the estimate that counts, where there is one."""
    return f"{unit(law.euros or 0.0, '€ HT')}{' par an' if law.one_year else ''}"


def amounts_said(may_be: tuple[LegalThreshold, ...]) -> str:
    """« 216 000 € HT », or every amount that may apply, each with what it depends on."""
    if len({its.euros for its in may_be}) == 1:
        return unit(may_be[0].euros, "€ HT")
    several = len({its.works for its in may_be}) > 1
    return enumeration([_named(its, several=several) for its in may_be], "ou")


def _named(its: LegalThreshold, *, several: bool) -> str:
    of = [_BUYERS[its.buyer]] if its.buyer else []
    if several:
        of.append("travaux" if its.works else "fournitures et services")
    named = f" ({', '.join(of)})" if of else ""
    return f"{unit(its.euros, '€ HT')}{named}"


_BUYERS = {
    BuyerNature.STATE: "État",
    BuyerNature.OTHER: "autres acheteurs",
    BuyerNature.UTILITY: "entités adjudicatrices",
}
