"""Writes the French sentences that explain a published lot to a supplier (« vous »): why it suits, what is unknown or speaks against, why it is not listed."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from matcher.domain.french import count, number, typeset, unit
from matcher.domain.kinds import Family
from matcher.domain.notice import Deadline
from matcher.domain.supplier import Evidence
from matcher.notices.matching import wanted_kinds
from matcher.ranking.ask import LotOnShelf, covers_place
from matcher.ranking.shelf.areas import area_names
from matcher.ranking.signals import activity, capacity, incumbent, kind, references
from matcher.reference.levers import eligible_kinds, lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import ALWAYS
from matcher.reference.trades.naf import naf_said

EVIDENCE: Mapping[Evidence, str] = {
    Evidence.DECLARED: "Vous déclarez « {} »",
    Evidence.ANSWER: "Vous avez répondu faire « {} »",
    Evidence.SHARED: "Vous avez répondu ailleurs faire « {} »",
    Evidence.GROUP: "Vous déclarez la famille « {} »",
    Evidence.KIND: "Mettre du personnel à disposition est votre objet même ({})",
    Evidence.ROME: "Vous recrutez dans ce métier : « {} »",
    Evidence.DESCRIPTION: "Votre présentation cite « {} »",
    Evidence.SITE: "Votre site parle de « {} »",
    Evidence.NAF: "Votre code NAF est {}",
    Evidence.BRAND: "Vous portez le nom du réseau « {} »",
    Evidence.NAME: "Votre nom évoque « {} »",
}
# By gate (a rule that excludes suppliers from a lot's ranking): why the lot is not for the supplier.
REFUSED: Mapping[str, str] = {
    "acheteur": "Vous êtes l’acheteur, ou un service de la commune qui achète",
    "ferme": "Le répertoire Sirene, ou une liste, dit votre établissement fermé",
    "famille": "Le lot est réservé ({article}) : {kinds}",
    "type": "Le lot demande un autre type de structure : {kinds}",
    "type non connu": "Le lot est réservé, et votre type de structure n’est pas connu",
    "inactif": "Votre conventionnement est terminé d’après sa source",
    "refus": "Vous avez répondu non pour ce lot",
    "portee": "Le lieu est hors de la zone d’intervention que vous déclarez",
}
REFUSED_SOCIAL_ECONOMY = "Le lot est réservé ({article}) aux entreprises de l’économie sociale et solidaire : que vous en soyez une n’est pas connu"
OTHER_TRADE = "Les métiers que l’on vous connaît sont autres"
SECONDS = "Vous mettez du personnel à disposition, et le lot n’en demande pas"
OTHER_SITE = "Un autre de vos sites est mieux placé : {name}, {city}"
UNCLEAR = "Le métier ou le lieu du lot n’est pas compris"
TOO_LOW = "D’autres passent devant : vous êtes {rank} de la liste du lot"
SELDOM = "Votre métier n’est pas connu, et votre type de structure répond rarement à ce besoin"
SELDOM_KIND = "Votre type de structure répond rarement à ce besoin"
LACKS_TRADE = "« {} » : ce métier n’est pas connu chez vous"
LACKS_PEOPLE = "Le lot demande plus que ce que votre effectif connu laisse libre"
# The part of a lot that the supplier cannot carry.
REST = "le reste du lot"


def supplier_sentence(text: str) -> str:
    """Return a text as a sentence: capital, French typography, final stop."""
    return typeset(f"{text[:1].upper()}{text[1:]}".replace("'", "’")) + ("" if text.endswith("?") else ".")


def refusal_words(ask: LotOnShelf, gate: str) -> str:
    """Return the sentence for the gate that excludes the supplier."""
    if gate == "type":
        return REFUSED[gate].format(kinds=_join_sorted(ask.reading.lot.kinds))
    if gate != "famille":
        return REFUSED[gate]
    chosen = lever(ask.reading.lever)
    text = REFUSED_SOCIAL_ECONOMY if chosen.families == {Family.ESS} else REFUSED[gate]
    return text.format(article=chosen.article, kinds=_join_sorted(eligible_kinds(chosen.code)))


def beyond(ask: LotOnShelf, row: int) -> str:
    """Return the sentence that a lot is out of reach, with its distance."""
    km = ask.km(row)
    return "Le lot est hors de votre portée" + (f", à {unit(km, 'km')}" if km is not None else "")


def partner(name: str, km: float | None, part: str) -> str:
    """Return the sentence that names a partner, its distance and its part."""
    away = f", à {unit(km, 'km')} de vous" if km is not None else ""
    return f"{name}{away} : {part}"


def time_left(deadline: Deadline | None, now: datetime) -> str:
    """Return the time left to answer, in whole days of the deadline's time zone."""
    if deadline is None:
        return "date limite non connue"
    if deadline.at <= now:
        return "date limite passée"
    days = (deadline.at.date() - now.astimezone(deadline.at.tzinfo).date()).days
    if days > 1:
        return f"dans {count(days, 'jour')}"
    return "demain" if days else f"aujourd’hui à {deadline.at.hour}\u00a0h\u00a0{deadline.at.minute:02d}"


def _activity(ask: LotOnShelf, row: int, value: float | None) -> str:
    if value is None:
        trade = taxonomy().label(ask.asked_codes[0])
        return f"Le lot demande « {trade} ». Votre métier n’est pas connu : est-ce bien le vôtre ?"
    supplier = ask.shelf.suppliers[row]
    counts = activity.counted_clue(ask, supplier)
    if counts is None:
        return f"Votre code NAF est {naf_said(supplier.naf)} : ces structures ne vendent rien, d’ordinaire"
    clue, nearness = counts
    evidence = EVIDENCE[clue.evidence].format(clue.wording)
    if nearness == 0:
        return f"{evidence} : c’est une autre activité"
    if nearness * clue.strength < activity.LEAST_CLUE:
        return f"{evidence} : indice faible, est-ce bien votre métier ?"
    return evidence if nearness >= ALWAYS else f"{evidence} : c’est une activité voisine"


def _proximity(ask: LotOnShelf, row: int, value: float | None) -> str:
    if value is None:
        return "Votre adresse n’est pas située : venez-vous jusqu’au lieu du lot ?"
    km, place = ask.km(row), ask.nearest_place(row)
    where = f" ({place.name})" if place else ""
    facts = []
    if km is not None:
        facts.append(f"le lot est sur place{where}" if km < 1 else f"le lot est à {unit(km, 'km')}{where}")
    if ask.once(covers_place)[row]:
        facts.append(f"vous déclarez intervenir : {area_names(ask.shelf.suppliers[row].area_codes)}")
    return " ; ".join(facts)


def _kind(ask: LotOnShelf, row: int, value: float | None) -> str:
    if value is None:
        return "Votre type de structure n’est pas connu"
    supplier_kinds = wanted_kinds(ask)
    kinds_held = [each for each in ask.shelf.suppliers[row].kinds if each in supplier_kinds]
    if supplier_kinds and not kinds_held:
        return f"Le texte demande plutôt {_join_sorted(supplier_kinds)}"
    if value < kind.SOMETIMES:
        return SELDOM_KIND
    return f"Le lot demande votre type de structure ({', '.join(kinds_held)})" if kinds_held else ""


def _capacity(ask: LotOnShelf, row: int, value: float | None) -> str:
    etp, workers = ask.once(capacity.etp_needed), float(ask.shelf[capacity.WORKERS][row])
    needs = "" if etp is None else f"effectif demandé : environ {number(etp, 1)} ETP"
    if not needs:
        return ""
    own = f" ; le vôtre, d’après sa source : {number(workers, 1)}" if workers > 0 else ". Le vôtre n’est pas connu"
    return f"{needs}{own}"


def _award_words(ask: LotOnShelf, award: int, words: str) -> str:
    """Return the sentence on a contract won by the supplier or by its organisation; `words` stand between the holder and the contract."""
    awards = ask.shelf.awards
    holder = "Vous avez" if awards.own[award] else "Votre organisation (même SIREN) a"
    return f"{holder} {words} {awards.sentences[award]}"


def _join_sorted(kinds: Iterable[str]) -> str:
    return ", ".join(sorted(kinds))


# By signal of the ranking; the other signals have no sentence for the supplier.
SAID: Mapping[str, Callable[[LotOnShelf, int, float | None], str]] = {
    "activity": _activity,
    "proximity": _proximity,
    "kind": _kind,
    "references": lambda ask, row, value: (
        "Vos marchés comparables ne sont pas connus"
        if value is None
        else _award_words(ask, references.counted_award(ask, row), "tenu")
    ),
    "incumbent": lambda ask, row, value: (
        "" if value is None else _award_words(ask, incumbent.latest(ask, row), "déjà travaillé pour cet acheteur :")
    ),
    "capacity": _capacity,
}
