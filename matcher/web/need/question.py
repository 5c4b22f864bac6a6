"""Questions that the list page asks the buyer to settle doubts in one click (trade, place, reservation, clause), with the counts each answer would give."""

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.domain.french import number
from matcher.domain.place import PlaceOrigin
from matcher.domain.reading import ABOUT_PLACE, WHICH_TRADE, DoubtKind, Reading, ReadingDoubt
from matcher.need.answer import known_for_it
from matcher.need.fields import ASKED_LEVERS
from matcher.need.title import cut_title
from matcher.reading.intent import CLAUSE
from matcher.reading.place.mentions import to_confirm
from matcher.reading.trade.doubt import MOST_OPTIONS, likeliest_of
from matcher.reference.geography.communes import Commune
from matcher.reference.geography.territories import departement
from matcher.reference.levers import eligible_kinds, lever
from matcher.reference.trades.taxonomy import taxonomy
from matcher.web.need.address import NONE
from matcher.web.need.answer import AnsweredQuery, OtherQuery

_MOST_TOWNS = 3
_ALIKE = "Ce nom, ou son début, est celui de plusieurs communes."
# Most characters of a quotation, so that the sentence after it fits on the line.
_LONGEST_QUOTE = 90


@dataclass(frozen=True, slots=True)
class Question:
    """A question to the buyer, its reason (`detail`), its answers, and the kinds of doubt that they settle."""

    asks: str
    detail: str
    answers: tuple[OtherQuery, ...]
    settles: frozenset[DoubtKind] = frozenset()


@dataclass(frozen=True, slots=True)
class TradeQuestion:
    """Question on the trade while it is not sure: its answers, the likeliest first; `ranked` is whether the list already follows the first."""

    answers: tuple[OtherQuery, ...]
    ranked: bool


def trade_question(answer: AnsweredQuery) -> TradeQuestion | None:
    """Return the question on the trade; None where the trade is sure or there are no options."""
    reading = answer.reading
    if reading.understood or not reading.options or answer.full_answer.question:
        return None
    return TradeQuestion(tuple(_trade_offers(answer)), ranked=reading.likely)


def the_question(answer: AnsweredQuery) -> Question | None:
    """Return the question on the first other doubt: place, else reservation, else clause; None where there is none."""
    where = _place_question(answer)
    if not answer.full_answer.question:
        return where or _lever_question(answer)
    # Neither trade nor place is understood: the answers are the towns, else the trades, that the text may mean.
    return Question(
        answer.full_answer.question,
        "Sans l’un ni l’autre, aucune liste ne dirait rien.",
        where.answers if where else tuple(_trade_offers(answer)),
        WHICH_TRADE | {DoubtKind.PLACE_UNKNOWN},
    )


def other_doubts(
    answer: AnsweredQuery, question: Question | None, trade: TradeQuestion | None
) -> tuple[ReadingDoubt, ...]:
    """Return the doubts that the questions do not settle."""
    settled = (question.settles if question else frozenset()) | (WHICH_TRADE if trade else frozenset())
    return tuple(doubt for doubt in answer.reading.doubts if doubt.kind not in settled)


def _place_question(answer: AnsweredQuery) -> Question | None:
    """Return the question on the place: for a town with homonyms (« Saint-Denis »), a name that may not be the lot's place (« nettoyage
    bureaux Hautmont »), or the buyer's own town where the need gives no place; else None."""
    query = answer.query
    typed = query.several("lieu")
    if query.several("ou") or len(typed) > 1:
        return None
    if deduced := [place for place in answer.reading.places if place.origin is PlaceOrigin.ACHETEUR]:
        answers_here = [answer.offer(place.name, query.but(ou=[place.key])) for place in deduced[:_MOST_TOWNS]]
        return _confirm_place(
            answer, deduced[0].name, "C’est là qu’est l’acheteur, et rien ne dit un autre lieu.", answers_here
        )
    confirmation = to_confirm(typed[0], field=True) if typed else to_confirm(query.text("besoin"))
    placed = any(place.origin is not PlaceOrigin.DEFAUT for place in answer.reading.places)
    settled = confirmation is not None and placed and confirmation.doubt not in map(str, answer.reading.doubts)
    if confirmation is None or settled:
        return None
    towns, namesakes = _offered_towns(confirmation.towns)
    answers = [answer.offer(_in_full(town), query.but(ou=[f"insee:{town.code}"])) for town in towns]
    why = namesakes if confirmation.doubt else "Le texte le laisse entendre."
    return _confirm_place(answer, towns[0].name, why, answers)


def _offered_towns(towns: tuple[Commune, ...]) -> tuple[tuple[Commune, ...], str]:
    """Return the towns to offer, with the one of that very name (« Bourg ») where others only begin so, and a French sentence on their names."""
    shortest = min(towns, key=lambda town: len(town.name))
    likely = towns[:_MOST_TOWNS]
    offered = likely if shortest in likely else (*likely[:-1], shortest)
    same = [town for town in towns if town.name == shortest.name]
    return offered, "Plusieurs communes portent ce nom." if len(same) > 1 else _ALIKE


def _confirm_place(answer: AnsweredQuery, name: str, why: str, answers_here: list[OtherQuery]) -> Question:
    """Build the question « is the lot at this place? », with its reason, the answers `here` and the answer « elsewhere »."""
    elsewhere = OtherQuery("Non, ailleurs", answer.query.but(ou=NONE), answer.listing.standing, answer.known_count)
    return Question(
        f"le lot s’exécute-t-il à {name} ?",
        f"{why} Si oui, {_known_words(answers_here[0].known)} à portée.",
        (*answers_here, elsewhere),
        ABOUT_PLACE,
    )


def _in_full(town: Commune) -> str:
    county = departement(town.departement)
    return f"{town.name} ({county.name})" if county and county.name != town.name else town.name


def _lever_question(answer: AnsweredQuery) -> Question | None:
    """Return the question on the lever at which the text hints: « is the lot reserved? », which only the buyer can confirm, as it refuses suppliers,
    or « add a social clause? », which changes the ranking and refuses nobody; None where there is no such hint."""
    hint = answer.reading.levier_hint
    clause = hint == CLAUSE and not answer.query.text("levier")
    if answer.reading.reserved_by or not (clause or _may_be_reserved(answer)):
        return None
    yes = answer.offer("Oui", answer.query.but(levier=hint))
    no = answer.offer("Non", answer.query.but(levier=NONE))
    if clause:
        return Question(
            f"prévoir une clause sociale d’insertion ({lever(hint).article}) ?",
            "Le texte le laisse entendre. Une clause n’écarte personne : la liste met devant qui peut la réaliser auprès d’un titulaire.",
            (yes, no),
        )
    eligible = ", ".join(sorted(eligible_kinds(hint)))
    others = f"de {number(answer.known_count)}" if answer.known_count else "d’aucun"
    before = "" if yes.known == answer.known_count else f" au lieu {others}"
    return Question(
        f"le lot est-il réservé ({lever(hint).article} : {eligible}) ?",
        f"Le texte le laisse entendre. Si oui, {_known_words(yes.known)}{before}, et les autres types de structures sont écartés.",
        (yes, no),
    )


def the_settled(answer: AnsweredQuery) -> Question | None:
    """Return the reservation that the text states outright, quoted, with the offer to lift it; None where the text states none."""
    hint, words = answer.reading.levier_hint, answer.reading.reserved_by
    if not words or not _may_be_reserved(answer):
        return None
    eligible = ", ".join(sorted(eligible_kinds(hint)))
    no = answer.offer("Il n’est pas réservé : montrer tous les types", answer.query.but(levier=NONE))
    return Question(
        f"réservé ({lever(hint).article} : {eligible})",
        f"« {cut_title(words, _LONGEST_QUOTE)} ». Les autres types sont écartés ; avec eux, {_known_words(no.known)}.",
        (no,),
    )


def _may_be_reserved(answer: AnsweredQuery) -> bool:
    hint = answer.reading.levier_hint
    return not answer.query.text("levier") and hint in ASKED_LEVERS and not lever(hint).open_to_all


def _trade_offers(answer: AnsweredQuery) -> Iterator[OtherQuery]:
    """Yield the query of each likely trade, after that of all trades together where several are asked for."""
    for label, codes in trade_choices(answer.reading):
        yield answer.offer(label, answer.query.but(activite=codes))


def trade_choices(reading: Reading) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (label, codes) of each answer to the question of a reading's trade, the likeliest first; none where the trade is understood."""
    if reading.understood:
        return
    label = taxonomy().label
    likely = [guess.code for guess in likeliest_of(reading)]
    several = [reading.asked] if len(likely) > 1 else []
    single = [(code,) for code in reading.options]
    for codes in [*several, *single][:MOST_OPTIONS]:
        shown = [code for code in codes if code in likely] or codes
        yield " et ".join(map(label, shown)), codes


def _known_words(value: int) -> str:
    return known_for_it(value) if value else "aucune structure connue"
