"""Activity: does the supplier do what the lot asks for, and how is it known?

For each activity read in the lot, with its confidence, the best matching evidence of the supplier counts: the same activity in full, one that goes with it
by the chance of its link, never for less than an unknown one. A supplier whose record names no activity is unknown. One known for other activities alone is
worth nothing where it declares them, a little less than an unknown where they are guessed. What the team notes that it does not do is worth zero, whatever
else lets guess.
"""

from collections.abc import Sequence

import numpy as np

from matcher.domain.french import day
from matcher.domain.kinds import SupplierKind
from matcher.domain.reading import ActivityGuess
from matcher.domain.supplier import ELSEWHERE, ITSELF, Evidence, RefusedActivity
from matcher.ranking.ask import TOLD_BESIDE, LotOnShelf, Saying, Signal, all_unknown
from matcher.ranking.shelf.activity_clues import MISSIONS, Clue, refusal
from matcher.ranking.shelf.card import Card
from matcher.ranking.shelf.shelf import Shelf, ShelfFact
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import ALWAYS, OFTEN, SAME, doing_too
from matcher.reference.trades.naf import naf_activities, naf_said

PRIOR = 0.35
# Less sure than one in three, a clue points to no trade: it only orders those to call.
LEAST_CLUE = 1 / 3
# A guess this much less likely than the first of the reading is noise: doing it answers nothing.
LEAST_SHARE = 0.1
# A service is not carried out from this far, nor from beyond its usual reach where that is more (texts and files travel): whoever
# does that trade there counts as one that nothing is known of here.
FAR_KM = 150.0
# From which value a trade is a reason: a hundredth above what nothing known says. From which it is established without a call: the lot's
# own trade or one always done with it, neither one often done with it nor its group alone. From which it is not even asked about: the very
# one, declared.
TELLS, ESTABLISHED, DECLARED = PRIOR + 0.01, 0.6, 1.0
# A kind that seconds people for the trade of its branch, which its name tells.
OF_A_BRANCH = (SupplierKind.GEIQ,)
# How each evidence is said in a list, and what goes before it in a longer sentence.
WORDS = {
    Evidence.DECLARED: ("déclare « {} »", "il "),
    Evidence.ANSWER: ("a répondu faire « {} »", "il "),
    Evidence.SHARED: ("a répondu ailleurs faire « {} »", "il "),
    Evidence.GROUP: ("déclare la famille « {} »", "il "),
    Evidence.KIND: ("mettre du personnel à disposition est son objet même ({})", ""),
    Evidence.ROME: ("recrute dans ce métier : « {} »", "il "),
    Evidence.DESCRIPTION: ("sa présentation cite « {} »", ""),
    Evidence.SITE: ("son site parle de « {} »", ""),
    Evidence.NAF: ("NAF {}", "il a le code "),
    Evidence.BRAND: ("porte le nom du réseau « {} »", "il "),
    Evidence.NAME: ("son nom évoque « {} »", ""),
}
# The field of the record that an evidence is read in, where it is no declared activity.
FIELDS = {
    Evidence.KIND: "kinds",
    Evidence.DESCRIPTION: "description",
    Evidence.NAF: "naf",
    Evidence.BRAND: "name",
    Evidence.NAME: "name",
}
# A guess from words is shown with the class, which a reader may set against it.
GUESSED = frozenset({Evidence.ROME, Evidence.DESCRIPTION, Evidence.SITE, Evidence.BRAND, Evidence.NAME})


# The class of the supplier is often, or always, that of some trade.
CLASSED = ShelfFact(
    "classed",
    lambda supplier: any(
        chance >= OFTEN and code not in MISSIONS for code, chance in naf_activities(supplier.naf).items()
    ),
    yes_or_no=True,
)
DOES, DOES_TOO = "fait-il bien ce métier", "fait-il aussi ce métier"


def activity_fit(ask: LotOnShelf) -> Floats:
    """(A,) how well each activity would answer the lot, its mode too."""
    likeness = _likeness(ask.trades)
    return np.maximum(likeness, doing_too(ask.reading.mode)) if ask.reading.mode else likeness


def _likeness(guesses: Sequence[ActivityGuess]) -> Floats:
    """(A,) how well each activity would answer these guesses, the likeliest first: whole where one is named, else as much as it is likely
    beside the first; nothing answers none."""
    shares = [(guess.code, 1.0 if guess.named else guess.confidence / guesses[0].confidence) for guess in guesses]
    likes = [doing_too(code) * np.float32(share) for code, share in shares if share >= LEAST_SHARE]
    return np.asarray(np.max([np.zeros(len(taxonomy().codes)), *likes], axis=0), dtype=np.float32)


def _wanted_by_code(ask: LotOnShelf) -> dict[str, float]:
    return dict(zip(taxonomy().index, ask.once(activity_fit).tolist(), strict=True))


def _told_near(ask: LotOnShelf, clue: Clue, near: float) -> float:
    """Return the chance that a clue's trade answers what is asked, for words: a trade asked beside the first is less sure, and is still asked."""
    if not (0 < near < SAME and ask.asked_codes):
        return near
    column = taxonomy().index[clue.code]
    return max(near, *(float(doing_too(code)[column]) for code in ask.asked_codes))


def _first(ask: LotOnShelf) -> str:
    """Return what the lot is first about."""
    return ask.trades[0].code if ask.trades else ask.reading.mode


def _refused(ask: LotOnShelf, card: Card) -> RefusedActivity | None:
    """Return the note of the team against what the lot is first about."""
    return refusal(card, _first(ask))


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) the best evidence of a wanted activity, in [0, 1]; NaN where the record has none, or the lot was not understood."""
    if not (ask.trades or ask.reading.mode):
        return all_unknown(ask)
    surest = ask.once(best)
    known = np.flatnonzero(surest > 0)
    worth = np.maximum(surest.take(known), np.float32(PRIOR))
    if not ask.goods:
        worth = np.where(ask.once(_too_far).take(known), np.float32(PRIOR), worth)
    worths = ask.shelf.other.copy()
    worths[known] = worth
    names = taxonomy()
    for code in {_first(ask), names.group_of(_first(ask))}:
        worths[ask.shelf.not_done.of(names.index[code])] = 0
    return worths


def only_elsewhere(ask: LotOnShelf) -> Bools:
    """Return (n,) True for whom other trades only are known. A GEIQ seconds people of its branch: one of another is no help."""
    if not (ask.trades or ask.reading.mode):
        return np.zeros(len(ask.shelf), dtype=bool)
    others = ask.once(asked_best) == 0
    beside = [guess for guess in ask.trades if guess.code != ask.reading.mode and guess.confidence >= TOLD_BESIDE]
    others &= ask.shelf.once(_told_otherwise)
    if ask.reading.mode and beside:
        others |= ask.shelf.once(_of_a_branch) & (ask.shelf.does.best(_likeness(beside), len(ask.shelf)) == 0)
    return np.asarray(others)


def _told_otherwise(shelf: Shelf) -> Bools:
    """(n,) True for whom a trade is known by the record."""
    return np.asarray(~np.isnan(shelf.other))


def _of_a_branch(shelf: Shelf) -> Bools:
    """(n,) True for who seconds people of a branch that its record names."""
    return np.asarray(shelf.kinds.only(OF_A_BRANCH) & (shelf.once(any_trade) > 0))


def any_trade(shelf: Shelf) -> Floats:
    """Return (n,) how surely each supplier is known for some trade, whichever it is, the mission that all share aside."""
    trades = np.array([code not in MISSIONS for code in taxonomy().codes], dtype=np.float32)
    return shelf.does.best(trades, len(shelf))


def has_trade(shelf: Shelf) -> Bools:
    """Return (n,) True for suppliers with a trade by a list, a name or a class."""
    return np.asarray(shelf.once(_told_otherwise) | shelf[CLASSED])


def best(ask: LotOnShelf) -> Floats:
    """Return (n,) how surely each supplier is known for what the lot asks, 0 without evidence."""
    return ask.shelf.does.best(ask.once(activity_fit), len(ask.shelf))


def asked_best(ask: LotOnShelf) -> Floats:
    """Return (n,) how surely each supplier is known for a trade that is truly asked, not only guessed beside it; 0 without evidence."""
    guesses = [guess for guess in ask.trades if guess.code in ask.asked_codes]
    if len(guesses) == len(ask.trades):
        return ask.once(best)
    likeness = _likeness(guesses)
    likeness = np.maximum(likeness, doing_too(ask.reading.mode)) if ask.reading.mode else likeness
    return ask.shelf.does.best(likeness, len(ask.shelf))


def _too_far(ask: LotOnShelf) -> Bools:
    """(n,) True where a service would be carried out from too far, by a supplier that declares no area of intervention."""
    far = max(FAR_KM, taxonomy().reach_of(_first(ask)) or 0.0)
    return np.asarray((ask.distance_km > far) & ~ask.shelf.ranged)


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Name the evidence that counted, what the supplier is known to do instead, what the team notes, or which side is not known."""
    if not (ask.trades or ask.reading.mode):
        support = "l’insertion est l’objet même du lot : aucun métier à comparer"
        return Saying(*(2 * (support if ask.reading.activities else "activité du lot non comprise",)))
    if value is None:
        return Saying("activité non connue : à demander", "activité non connue", DOES)
    card = ask.shelf.suppliers[row]
    if refused := _refused(ask, card):
        on = day(refused.date) if refused.date else ""
        noted = f"l’équipe note qu’il ne le fait pas{f' ({on})' if on else ''}"
        if refused.source in (ITSELF, ELSEWHERE):
            noted = f"a répondu ne pas le faire{f' le {on}' if on else ''}"
        return Saying(noted, noted, quotes=refused.wording)
    counts = counted_clue(ask, card)
    its_class = naf_said(card.naf)
    if counts is None:
        none = f"NAF {its_class} : ces structures ne vendent rien, d’ordinaire"
        return Saying(none, none, DOES, its_class, FIELDS[Evidence.NAF])
    clue, near = counts[0], _told_near(ask, *counts)
    words, subject = WORDS[clue.evidence]
    short = words.format(clue.wording)
    if its_class and clue.evidence in GUESSED:
        short += f" ; NAF {its_class}"
    return _shaded(
        ask,
        row,
        Saying(short, subject + short, DOES if value < DECLARED else "", clue.wording, FIELDS.get(clue.evidence, "")),
        near * clue.strength,
        near,
    )


def _shaded(ask: LotOnShelf, row: int, saying: Saying, worth: float, near: float) -> Saying:
    """The same, with what makes it less than the trade itself: too far, another trade, a weak clue, a trade that only often goes with it."""
    if near > 0 and not ask.goods and ask.once(_too_far)[row]:
        far = "mais trop loin pour un service"
        return saying._replace(short=f"{saying.short}, {far}", spoken=f"{saying.spoken}, {far}")
    if near == 0:
        return saying._replace(
            short=f"autre activité : {saying.short}", spoken=f"{saying.spoken} (autre activité)", question=DOES_TOO
        )
    if worth < LEAST_CLUE:
        return saying._replace(
            short=f"indice faible, à confirmer : {saying.short}", spoken=f"{saying.spoken}, indice faible"
        )
    if near < np.float32(ALWAYS):  # as the arrays hold it
        return saying._replace(short=f"activité voisine : {saying.short}", spoken=f"{saying.spoken} (activité voisine)")
    return saying


def counted_clue(ask: LotOnShelf, card: Card) -> tuple[Clue, float] | None:
    """Return the clue of a supplier that counted, and how near its activity is to what is asked: 0 for another trade. None where its class alone
    counted, of structures that sell nothing."""
    wanted_by_code = ask.once(_wanted_by_code)
    clues = [clue for clue in card.clues if wanted_by_code[clue.code] > 0 or clue.tells_against]
    if not clues:
        return None
    surest = max(clues, key=lambda clue: (wanted_by_code[clue.code] * clue.strength, clue.strength, clue.code))
    return surest, wanted_by_code[surest.code]


def seconding_told(ask: LotOnShelf, row: int) -> bool:
    """Return True where the words of this signal are already that to second staff is what the supplier is for."""
    card = ask.shelf.suppliers[row]
    counts = counted_clue(ask, card)
    return counts is not None and counts[1] > 0 and counts[0].evidence is Evidence.KIND and not _refused(ask, card)


TOLD = (
    "Ce que le lot demande, comparé à ce que le fournisseur déclare ou laisse deviner (métiers recrutés, "
    "présentation, code NAF, marque, nom). Le même métier vaut plein, un métier qui va avec lui une part, plus grande "
    "s’il va toujours avec lui que s’il ne le fait que souvent ou parfois ; ce qui n’est que deviné "
    "vaut moins. Un métier que l’équipe sait ne pas être le sien vaut zéro."
)
SIGNAL = Signal(
    key="activity",
    label="Activité",
    told=TOLD,
    prior=PRIOR,
    values=values,
    say=say,
    mail="Quelles prestations de ce type réalisez-vous aujourd’hui, et pour qui ?",
    field="activities",
    facts=(CLASSED,),
    speaks_for=TELLS,
    speaks_against=PRIOR,
)
