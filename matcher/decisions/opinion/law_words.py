"""French sentences on the legal position of a lot: direct purchase, procedure, mandatory social condition and its exemptions, ladder of thresholds."""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from matcher.decisions.opinion.law import MOST_YEARS, SMALL_SHARE, LegalPosition
from matcher.domain.french import count, day, enumeration, unit
from matcher.reference.law import BuyerNature, LegalRule, LegalThreshold
from matcher.reference.levers import lever

DUTIES = (
    "Vos devoirs (R2122-8) : une offre pertinente, une bonne utilisation des deniers publics, et pas toujours le même fournisseur quand "
    "plusieurs peuvent répondre."
)
WHOLE_COUNTS = "tous lots, besoins semblables et reconductions comptés (R2121-1 et suivants)"
NO_AUTOMATIC_EXEMPTION = (
    "Cherchez d’abord si une condition sociale est possible autrement ; sinon écrivez le motif (L2112-2-1). Une immersion peut s’y ajouter, "
    "elle ne la remplace pas."
)
TO_CHECK = "à vérifier"
_MAXIMUM = "maximum écrit, que l’on compare aux seuils (R2121-8)"
ADAPTED = "procédure adaptée quel que soit le montant (R2123-1, 3°)"
_EXEMPTED, _NO_MOTIVE = (
    "Dispense de condition sociale retenue",
    "Le motif reste à écrire, et à garder avec les pièces du marché",
)
_EXEMPTION_SAID = re.compile(rf"{_EXEMPTED} \(([^)]*)\) : (.*?)\. (?:Motif : (.*)|{_NO_MOTIVE})\.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class KeptExemption:
    """The exemption that a buyer chose, parsed from a stored opinion: article, case, and motive (may be empty)."""

    article: str
    label: str
    motive: str


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One threshold: its amount, the rules that change from it, and whether the need reaches it (None if unknown)."""

    amount: str
    changes: str
    reached: bool | None


def direct(law: LegalPosition) -> str:
    """Return a sentence that direct purchase is possible, or "" if it is not or is unknown."""
    if not law.direct or law.euros is None:
        return ""
    below, years = law.direct_below[0], f", même sur {MOST_YEARS} ans" if law.one_year else ""
    possible = f"Si ces {_euros(law)} sont tout le besoin, achat direct possible{years}"
    if law.whole_told:
        possible = f"Achat direct possible, à {_euros(law)} pour tout le besoin"
    elif law.procedure is not None:
        possible = f"Si les {law.procedure.count} lots de la procédure ({_euros(law)}) sont tout le besoin, achat direct possible"
    return f"{possible} : ni publicité ni mise en concurrence ({below.article})."


def law_sentences(law: LegalPosition) -> Iterator[str]:
    """Yield the sentences on the procedure, direct purchase, small lots and the social condition."""
    if law.is_adapted and law.own_law is None and not law.direct:
        if law.service is None:
            kind = (
                "Marché d’insertion et de qualification (MIQP), ouvert à tous s’il n’est pas réservé en plus (L2113-13)"
            )
        else:
            read = ", d’après le métier lu : donnez le code CPV" if law.by_trade else ""
            checked = f", {TO_CHECK} dans la liste annexée au code" if law.by_trade or law.service.to_check else ""
            kind = f"Service social ou spécifique ({law.service.label.lower()}{read}{checked})"
        european_notice = (
            f" ; avis au Journal officiel de l’Union européenne à partir de {amounts_said(law.notice)} (R2131-15)"
            if law.notice
            else ""
        )
        yield f"{kind} : {ADAPTED}{european_notice}."
    if law.direct and law.euros is not None:
        yield f"L’achat direct va jusqu’à {amounts_said(law.direct_below)}, {WHOLE_COUNTS}. {DUTIES}"
    if law.small_lot is not None:
        yield _small_lot(law)
    yield from duty(law)


def own_law_sentence(law: LegalPosition) -> str:
    """Return a sentence that the territory has its own law, or "" if the code applies."""
    if law.own_law is None:
        return ""
    return (
        f"{law.own_law.name} : {law.own_law.rule}, l’État seul le code de la commande publique, avec des adaptations {TO_CHECK} ; aucun seuil "
        "n’est comparé ici."
    )


def duty(law: LegalPosition) -> Iterator[str]:
    """Yield sentences on the social condition: mandatory, exempted, or the facts missing to decide; or those on the territory's own law. Else nothing."""
    clause = lever("clause")
    if law.own_law is not None:
        yield own_law_sentence(law)
        return
    if law.exemption is not None and not law.owed:
        idle = "ce qui n’est pas établi ici" if law.owed is None else "ce qu’elle n’est pas ici : elle est sans objet"
        yield f"Dispense choisie ({law.exemption.article}) : elle ne vaut que si une condition sociale est obligatoire, {idle}."
    if clause.owed_from is None or law.on < clause.owed_from:
        return
    compared = law.notice if law.is_adapted else law.european
    since, amounts = f"depuis le {day(clause.owed_from)}", f"{amounts_said(compared)}{_buyer_read(law, compared)}"
    if law.owed and law.exemption is not None:
        why = f"Motif : {law.reason}" if law.reason else _NO_MOTIVE
        yield f"{_EXEMPTED} ({law.exemption.article}) : {law.exemption.label.lower()}. {why.rstrip('.')}."
    elif law.owed:
        yield (
            f"À partir de {amounts}, une condition sociale d’exécution est obligatoire {since} ({clause.duty}), réservé ou non, sauf quatre cas : "
            "solution immédiatement disponible, pas de lien suffisant avec l’objet, concurrence restreinte ou exécution trop difficile, "
            "travaux de moins de six mois. Le motif est écrit et gardé."
        )
        if law.short_works:
            yield "Ces travaux durent moins de six mois : la dispense du 4° peut s’appliquer."
    elif law.owed is None:
        yield _missing_facts(
            law, f"une condition sociale d’exécution est obligatoire {since} à partir de {amounts} ({clause.duty})"
        )


def duties(law: LegalPosition) -> Iterator[tuple[str, str, str]]:
    """Yield (name, demand, article) of the buyer's other duties for such purchases."""
    for buyer_duty in law.duties:
        yield (
            buyer_duty.name,
            buyer_duty.demand,
            f"{buyer_duty.article} ({TO_CHECK})" if buyer_duty.to_check else buyer_duty.article,
        )


def exemption_in(sentences: Iterable[str]) -> KeptExemption | None:
    """Parse the exemption out of the sentences of a stored opinion; None if there is none."""
    match = next(filter(None, map(_EXEMPTION_SAID.fullmatch, sentences)), None)
    return KeptExemption(match[1], match[2], match[3] or "") if match else None


def law_in_short(law: LegalPosition) -> str:
    """Return a short phrase on the main legal consequence for a need, or ""."""
    if law.own_law is not None:
        return f"{law.own_law.name} : un droit propre"
    if law.direct:
        return f"achat direct possible, si c’est tout le besoin ({law.direct_below[0].article})"
    return condition_words() if owes_condition(law) else ""


def condition_words() -> str:
    """Return the short phrase that a social condition is mandatory, with its article."""
    return f"condition sociale d’exécution obligatoire ({lever('clause').duty})"


def no_directory(code: str, unlisted: Collection[str]) -> str:
    """Return a sentence that the catalogue has no directory of suppliers for a lever (some may exist), or ""."""
    sentence = lever(code).unlisted if code in unlisted else ""
    return f"{sentence[:1].upper()}{sentence[1:]}"


def condition_due(law: LegalPosition, *, hours: bool) -> str:
    """Return a phrase, to follow a clause, that a social condition is mandatory; "" if it is not. `hours`: the clause has a number of hours, which is not
    mandatory."""
    if not owes_condition(law):
        return ""
    but = ", ce nombre d’heures ne l’est pas" if hours else ""
    but += ", sauf la dispense des travaux de moins de six mois" if law.short_works else ""
    return f" ; une condition sociale est obligatoire ({lever('clause').duty}){but}"


def due_otherwise(law: LegalPosition) -> str:
    """Return a phrase, to follow « no clause », that another social condition is mandatory; "" if none is."""
    words = f" ; une autre condition sociale est due, ou le motif d’une dispense ({clause_article(law)})"
    return words if owes_condition(law) else ""


def owes_condition(law: LegalPosition) -> bool:
    """Return whether a social condition is mandatory and no exemption was chosen."""
    return bool(law.owed) and law.exemption is None


def clause_article(law: LegalPosition) -> str:
    """Return the article on which a social clause is based."""
    clause = lever("clause")
    return clause.duty if owes_condition(law) else clause.article


def ladder(law: LegalPosition) -> tuple[LadderStep, ...]:
    """Return the thresholds of the day of the position (`law.on`), in the order of the notice and the procedure that they change, with their effects;
    equal amounts are merged."""
    clause = lever("clause")
    in_force = clause.is_duty(law.on)
    condition = f", et {condition_words()}" if in_force else ""
    competed = None if law.direct is None else not law.direct
    if law.is_adapted:
        free = f"mise en concurrence, publicité librement adaptée (R2122-8 ; R2131-14, {TO_CHECK})"
        unsettled = f"condition sociale d’exécution : {TO_CHECK} pour ces services ({clause.duty})"
        published = f"avis au Journal officiel de l’Union européenne (R2131-15), {ADAPTED}{condition}"
        steps = (
            (law.direct_below, free, competed),
            (law.european if in_force else (), unsettled, law.above),
            (law.notice, published, law.noticed),
        )
    else:
        texts = " ; ".join(dict.fromkeys(below.article for below in law.direct_below))
        steps = (
            (law.direct_below, f"publicité et mise en concurrence obligatoires ({texts})", competed),
            (
                law.notice,
                "avis au BOAMP ou dans un journal d’annonces légales (R2131-12 ; acheteur public, hors EPIC de l’État)",
                law.noticed,
            ),
            (law.european, f"procédure formalisée (R2124-1){condition}", law.above),
        )
    merged: dict[str, LadderStep] = {}
    for may_be, changes, is_reached in steps:
        if may_be:
            amount = amounts_said(may_be)
            before = f"{merged[amount].changes}, " if amount in merged else ""
            merged[amount] = LadderStep(amount, f"{before}{changes}", is_reached)
    return tuple(merged.values())


def basis(law: LegalPosition) -> str:
    """Return a sentence on the estimate compared and the day of the thresholds; "" outside the code."""
    if law.own_law is not None:
        return ""
    if not (law.direct_below or law.european or law.notice):
        return f"Les seuils du {day(law.on)} ne sont pas dans la table : rien n’est comparé."
    absent = "" if law.direct_below and law.european else " (d’autres de ce jour ne sont pas dans la table)"
    on = f"Seuils du {day(law.on)}{absent}{_buyer_read(law, law.european)}, hors taxes"
    if law.euros is None:
        return f"{on}. Votre estimation n’est pas connue : donnez-la, {WHOLE_COUNTS}."
    if law.whole_told:
        return f"{on}, comparés à {_euros(law)}, votre estimation de tout le besoin."
    if (lots := law.procedure) is not None:
        unpriced = f" ({count(lots.unknown, 'lot')} sans montant connu)" if lots.unknown else ""
        written = (
            f" ; {count(lots.maxima, 'lot y compte par son', 'lots y comptent par leur')} {_MAXIMUM}"
            if lots.maxima
            else ""
        )
        return (
            f"{on}. Les {lots.count} lots de la procédure : {_euros(law)}{unpriced}, somme que l’on compare aux seuils (R2121-1){written} ; s’ils ne sont "
            "pas tout le besoin, donnez l’ensemble."
        )
    if law.is_maximum:
        years = f" pendant 1 à {MOST_YEARS} ans, faute de durée" if law.one_year else ""
        return f"{on}, comparés à {_euros(law)}{years}, {_MAXIMUM} : s’il n’est pas tout le besoin, donnez l’ensemble."
    if law.one_year:
        return f"{on}, comparés à {_euros(law)} pendant 1 à {MOST_YEARS} ans : la durée du lot n’est pas connue. Donnez-la, ou l’ensemble, {WHOLE_COUNTS}."
    return f"{on}, comparés à {_euros(law)}, le montant de ce lot sur toute sa durée : s’il n’est pas tout le besoin, donnez l’ensemble."


def _buyer_read(law: LegalPosition, thresholds: Collection[LegalThreshold]) -> str:
    """Return, in brackets, the words of the text that propose the nature of the buyer on which thresholds depend; "" if the buyer gives
    it or it does not count."""
    if not law.nature_words or not any(its.buyer for its in thresholds):
        return ""
    return f" (acheteur lu dans le texte, à confirmer : « {law.nature_words} »)"


def _small_lot(law: LegalPosition) -> str:
    rule = law.small_lot
    if rule is None or law.lot is None:
        return ""
    allowed = "être acheté directement" if rule.rule is LegalRule.DIRECT else "passer en procédure adaptée"
    return (
        f"Petit lot : à {unit(law.lot, '€ HT')}, ce lot peut {allowed}, sous {unit(rule.euros, '€ HT')} ({rule.article}), si tous les petits "
        f"lots ensemble ne dépassent pas {unit(100 * SMALL_SHARE, '%')} du besoin."
    )


def _missing_facts(law: LegalPosition, rule: str) -> str:
    """Return a sentence on the facts missing to decide whether a social condition is mandatory."""
    duty_article = lever("clause").duty
    if not law.european:
        return f"Les seuils européens du {day(law.on)} ne sont pas connus : vérifiez si une condition sociale est obligatoire ({duty_article})."
    if law.is_adapted:
        at = "Estimation non connue" if law.euros is None else f"À {_euros(law)}"
        return (
            f"{at} : que la condition sociale d’exécution ({duty_article}) soit due est {TO_CHECK} : dès {amounts_said(law.european)}, le seuil "
            f"des autres services, ou dès {amounts_said(law.notice)}, le leur."
        )
    if law.euros is None:
        return f"Estimation non connue : {rule}, {WHOLE_COUNTS}."
    missing = [
        *(["si ce sont des travaux (code CPV)"] if law.works is None else []),
        *(["la nature de l’acheteur"] if law.works is False and law.nature is None else []),
        *(["la durée, reconductions comprises"] if law.one_year else []),
        *(["le montant de chaque lot sur toute sa durée"] if law.procedure and law.procedure.is_partial else []),
    ]
    return f"À {_euros(law)}, dites {enumeration(missing)} : {rule}."


def _euros(law: LegalPosition) -> str:
    """Return the estimate compared, « 30 000 € HT », « … par an » or « au moins … »."""
    at_least = "au moins " if law.procedure and law.procedure.is_partial else ""
    return f"{at_least}{unit(law.euros or 0.0, '€ HT')}{' par an' if law.one_year else ''}"


def amounts_said(may_be: tuple[LegalThreshold, ...]) -> str:
    """Return the thresholds that may apply, « 216 000 € HT », each with its condition if there are several, and « à vérifier » if needed."""
    amounts = {its.euros: [one for one in may_be if one.euros == its.euros] for its in may_be}
    several = len({its.works for its in may_be}) > 1
    named = [
        unit(euros, "€ HT") if len(amounts) == 1 else _threshold_words(euros, own, several=several)
        for euros, own in amounts.items()
    ]
    checked = f", {TO_CHECK}" if any(its.to_check for its in may_be) else ""
    return f"{enumeration(named, 'ou')}{checked}"


def _threshold_words(euros: float, own: Sequence[LegalThreshold], *, several: bool) -> str:
    of = [_BUYERS[its.buyer] for its in own if its.buyer]
    if several:
        of.append("travaux" if own[0].works else "fournitures et services")
    named = f" ({', '.join(of)})" if of else ""
    return f"{unit(euros, '€ HT')}{named}"


_BUYERS = {
    BuyerNature.STATE: "État",
    BuyerNature.OTHER: "autres acheteurs",
    BuyerNature.UTILITY: "entités adjudicatrices",
}
