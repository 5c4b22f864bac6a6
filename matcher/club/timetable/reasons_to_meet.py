"""Writes, in French, the talking points of a meeting between a buyer and a supplier (a pair): for each side, why to meet, and three facts on the other.

Reasons come from the ranking engine and from the wishes of the pair (`bonds`); facts from the catalogue and from what each participant wrote."""

from matcher.catalogue.store.search import activities_shown
from matcher.club.meeting_day.meeting_day import Bond, Participant, ParticipantRole, Tie
from matcher.club.meeting_day.participant_need import ParticipantNeed
from matcher.domain.french import enumeration, number, typeset, unit
from matcher.domain.match import Band, Contribution, Match
from matcher.ranking.reasons import strengths
from matcher.ranking.shelf.card import Card
from matcher.ranking.signals import kind, proximity

# Most reasons a side; the kind of structure is left out, since the badge shows it.
MOST_REASONS, ON_THE_BADGE = 2, kind.SIGNAL.key
LONGEST_NEED = 160


def to_buyer(buyer: Participant, need: ParticipantNeed | None, match: Match | None, bonds: tuple[Bond, ...]) -> str:
    """Return why a buyer should see this supplier: the supplier's strongest reasons for the need, in the order of the signals."""
    about = f"Pour « {_short(need.text)} » : " if need and len(buyer.needs) > 1 else ""
    contributions: list[Contribution] = []
    if match is not None:
        strongest = [one for one in strengths(match) if one.spoken and one.signal != ON_THE_BADGE][:MOST_REASONS]
        contributions = [one for one in match.contributions if one in strongest]
    # The supposed reach is left out: it is an assumption of the engine.
    reasons = " ; ".join((one.spoken or "").partition(f", {proximity.SUPPOSED}")[0] for one in contributions)
    why = reasons or "rien n’est encore connu de ce qu’il fait pour ce besoin : demandez-lui"
    return _typeset(_sentence(f"{about}{why}") + _who_asked(buyer, bonds))


def to_supplier(
    supplier: Participant,
    buyer: Participant,
    need: ParticipantNeed | None,
    match: Match | None,
    bonds: tuple[Bond, ...],
) -> str:
    """Return why a supplier should see this buyer."""
    if need is None:
        return _typeset("Son besoin n’est pas connu : demandez-le." + _who_asked(supplier, bonds))
    hours = f"{number(need.hours)} heures d’insertion à faire, " if need.hours else ""
    verb = "Cherche" if buyer.sort is ParticipantRole.BUYER else f"Attributaire, {hours}cherche"
    band, km = (match.band, match.distance_km) if match else (None, None)
    trade = "c’est proche de votre métier, semble-t-il" if band is Band.INDICE else "dites-lui si vous le faites"
    if band is Band.CONNU:
        trade = "c’est votre métier"
    distance = f"vous êtes à {unit(km, 'km')}" if km is not None else ""
    if match and km is not None and km < 1:
        # In the words of the signal: in the town, or in a territory whose town is not known.
        near = next(one.says for one in match.contributions if one.signal == proximity.SIGNAL.key)
        distance = f"vous êtes {near.partition(' ; ')[0]}"
    why = " ; ".join(filter(None, (f"{verb} « {_short(need.text)} »", trade, distance)))
    return _typeset(_sentence(why) + _who_asked(supplier, bonds))


def on_supplier(card: Card, participant: Participant) -> tuple[str, ...]:
    """Return three facts on a supplier; what is not known is a question to ask."""
    known_trades = [
        f"{'déclare' if proof else 'semble faire'} : {', '.join(labels)}" for proof, labels in activities_shown(card)
    ]
    own_words = (
        f"dit faire : {_short(participant.activity)}" if participant.activity else "activité non connue : à demander"
    )
    workers = f"effectif : {number(card.workers, 1)}" if card.workers is not None else "effectif non connu : à demander"
    where = card.city or participant.place
    reach = f"intervient : {_short(participant.area)}" if participant.area else ""
    facts = (
        ", ".join(filter(None, (enumeration([str(one) for one in card.kinds]) or "type non connu", where, reach))),
        *(known_trades[:1] or [own_words]),
        workers,
    )
    return tuple(_typeset(fact) for fact in facts)


def on_buyer(buyer: Participant, need: ParticipantNeed | None) -> tuple[str, ...]:
    """Return three facts on a buyer or an attributaire; what is not known is a question to ask."""
    if need and need.hours and buyer.sort is ParticipantRole.ATTRIBUTAIRE:
        size = f"{unit(need.hours, 'heures')} d’insertion"
    elif need and need.amount:
        size = f"montant : {unit(need.amount, '€')} HT"
    else:
        size = "montant non connu : à demander"
    place = (need.place if need else "") or buyer.place
    others = [_short(one.text) for one in buyer.needs if one != need]
    facts = (
        size,
        f"lieu : {place}" if place else "lieu non connu : à demander",
        f"cherche aussi : {' ; '.join(others)}" if others else str(buyer.sort),
    )
    return tuple(_typeset(fact) for fact in facts)


def _who_asked(reader: Participant, bonds: tuple[Bond, ...]) -> str:
    """Return which of the pair asked for the meeting, as a sentence to the reader; empty where nobody did."""
    musts = [bond for bond in bonds if bond.tie is Tie.MUST]
    if any(bond.by == reader.key for bond in musts):
        return " Vous l’avez demandé."
    return " Il a demandé à vous voir." if musts else ""


def _typeset(text: str) -> str:
    """Return the text with French spaces and apostrophes, which names and labels of sources may lack."""
    return typeset(text.replace("'", "’"))


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_NEED else f"{text[:LONGEST_NEED].rsplit(' ', 1)[0]}…"
