"""Questions that a list asks: which trade, where it is not sure, and one other doubt that a click can settle; what each answer would give."""

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.domain.french import number
from matcher.domain.place import PlaceOrigin
from matcher.domain.reading import ABOUT_PLACE, WHICH_TRADE, DoubtKind, ReadingDoubt
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
# Signs of what a text says that leave its consequence on the same line.
_LONGEST_QUOTE = 90


@dataclass(frozen=True, slots=True)
class Question:
    """The one doubt worth asking, why, its answers, and the kinds of doubt that it stands for."""

    asks: str
    detail: str
    answers: tuple[OtherQuery, ...]
    settles: frozenset[DoubtKind] = frozenset()


@dataclass(frozen=True, slots=True)
class TradeQuestion:
    """Question of the trade while it is not sure: its answers, the likeliest first, by which the list is `ranked` once likely enough."""

    answers: tuple[OtherQuery, ...]
    ranked: bool


def trade_question(answer: AnsweredQuery) -> TradeQuestion | None:
    """Return the question of the trade; None where it is sure, or where nothing is to choose among."""
    reading = answer.reading
    if reading.understood or not reading.options or answer.full_answer.question:
        return None
    return TradeQuestion(tuple(_trades(answer)), ranked=reading.likely)


def the_question(answer: AnsweredQuery) -> Question | None:
    """Return the first other doubt that a click can settle: where, else under which article, else a clause; None where there is none."""
    where = _where(answer)
    if not answer.full_answer.question:
        return where or _reserved(answer) or _clause(answer)
    # Neither trade nor place: the question that every door asks, with the town or the trades that the text may mean.
    return Question(
        answer.full_answer.question,
        "Sans l’un ni l’autre, aucune liste ne dirait rien.",
        where.answers if where else tuple(_trades(answer)),
        WHICH_TRADE | {DoubtKind.PLACE_UNKNOWN},
    )


def other_doubts(
    answer: AnsweredQuery, question: Question | None, trade: TradeQuestion | None
) -> tuple[ReadingDoubt, ...]:
    """Return the doubts that the questions do not settle."""
    settled = (question.settles if question else frozenset()) | (WHICH_TRADE if trade else frozenset())
    return tuple(doubt for doubt in answer.reading.doubts if doubt.kind not in settled)


def _where(answer: AnsweredQuery) -> Question | None:
    """A town named as people type it: one of several of its name (« Saint-Denis »), or that may be another than that of the lot
    (« nettoyage bureaux Hautmont »); or the buyer's own, where no other is given."""
    query = answer.query
    typed = query.several("lieu")
    if query.several("ou") or len(typed) > 1:
        return None
    if deduced := [place for place in answer.reading.places if place.origin is PlaceOrigin.ACHETEUR]:
        here = [answer.offer(place.name, query.but(ou=[place.key])) for place in deduced[:_MOST_TOWNS]]
        return _place_asked(answer, deduced[0].name, "C’est là qu’est l’acheteur, et rien ne dit un autre lieu.", here)
    confirmation = to_confirm(typed[0], field=True) if typed else to_confirm(query.text("besoin"))
    placed = any(place.origin is not PlaceOrigin.DEFAUT for place in answer.reading.places)
    settled = confirmation is not None and placed and confirmation.doubt not in map(str, answer.reading.doubts)
    if confirmation is None or settled:
        return None
    towns = confirmation.towns[:_MOST_TOWNS]
    answers = [answer.offer(_in_full(its), query.but(ou=[f"insee:{its.code}"])) for its in towns]
    why = "Plusieurs communes portent ce nom." if confirmation.doubt else "Le texte le laisse entendre."
    return _place_asked(answer, towns[0].name, why, answers)


def _place_asked(answer: AnsweredQuery, name: str, why: str, here: list[OtherQuery]) -> Question:
    """Return whether the lot is done at a place, why one may think so, with what each such place would give."""
    elsewhere = OtherQuery("Non, ailleurs", answer.query.but(ou=NONE), answer.listing.standing, answer.known_count)
    return Question(
        f"le lot s’exécute-t-il à {name} ?",
        f"{why} Si oui, {_known(here[0].known)} à portée.",
        (*here, elsewhere),
        ABOUT_PLACE,
    )


def _in_full(town: Commune) -> str:
    county = departement(town.departement)
    return f"{town.name} ({county.name})" if county and county.name != town.name else town.name


def _reserved(answer: AnsweredQuery) -> Question | None:
    """The text reserves the lot: only the buyer can confirm it, for it refuses suppliers."""
    hint = answer.reading.levier_hint
    if not _may_be_reserved(answer) or answer.reading.reserved_by:
        return None
    yes = answer.offer("Oui", answer.query.but(levier=hint))
    no = answer.offer("Non", answer.query.but(levier=NONE))
    eligible = ", ".join(sorted(eligible_kinds(hint)))
    others = f"de {number(answer.known_count)}" if answer.known_count else "d’aucun"
    before = "" if yes.known == answer.known_count else f" au lieu {others}"
    return Question(
        f"le lot est-il réservé ({lever(hint).article} : {eligible}) ?",
        f"Le texte le laisse entendre. Si oui, {_known(yes.known)}{before}, et les autres types de structures sont écartés.",
        (yes, no),
    )


def the_settled(answer: AnsweredQuery) -> Question | None:
    """Return the question about the lever as the text answers it outright, and what each change would give; None where it does not."""
    hint, words = answer.reading.levier_hint, answer.reading.reserved_by
    if not words or not _may_be_reserved(answer):
        return None
    eligible = ", ".join(sorted(eligible_kinds(hint)))
    no = answer.offer("Il n’est pas réservé : montrer tous les types", answer.query.but(levier=NONE))
    return Question(
        f"réservé ({lever(hint).article} : {eligible})",
        f"« {cut_title(words, _LONGEST_QUOTE)} ». Les autres types sont écartés ; avec eux, {_known(no.known)}.",
        (no,),
    )


def _may_be_reserved(answer: AnsweredQuery) -> bool:
    hint = answer.reading.levier_hint
    return not answer.query.text("levier") and hint in ASKED_LEVERS and not lever(hint).open_to_all


def _trades(answer: AnsweredQuery) -> Iterator[OtherQuery]:
    """Each of the likeliest trades; before them, where several are asked for, all of these, as the list is ranked."""
    reading, label = answer.reading, taxonomy().label
    likely = [guess.code for guess in likeliest_of(reading)]
    several = [reading.asked] if len(likely) > 1 else []
    alone = [(code,) for code in reading.options]
    for codes in [*several, *alone][:MOST_OPTIONS]:
        shown = [code for code in codes if code in likely] or codes
        yield answer.offer(" et ".join(map(label, shown)), answer.query.but(activite=codes))


def _clause(answer: AnsweredQuery) -> Question | None:
    """The text hints at a clause of insertion: proposed, for it changes who answers best and refuses nobody."""
    hint = answer.reading.levier_hint
    if hint != CLAUSE or answer.reading.reserved_by or answer.query.text("levier"):
        return None
    return Question(
        f"prévoir une clause sociale d’insertion ({lever(hint).article}) ?",
        "Le texte le laisse entendre. Une clause n’écarte personne : la liste met devant qui peut la réaliser auprès d’un titulaire.",
        (answer.offer("Oui", answer.query.but(levier=hint)), answer.offer("Non", answer.query.but(levier=NONE))),
    )


def _known(value: int) -> str:
    return known_for_it(value) if value else "aucune structure connue"
