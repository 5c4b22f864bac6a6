"""Signal (criterion of the score) of activity: does the supplier do the trade that the lot (a buyer's need) asks for, and by what evidence?

Value: the best evidence over the activities read in the lot, weighted by their confidence: the same activity counts fully, a linked one by the
probability of its link, and never less than an unknown. A supplier whose record names no activity is unknown. One known only for other activities
is worth 0 where it declares them, a little less than an unknown where they are guessed. An activity that the team noted as not done is worth 0.

Shelf: the catalogue's suppliers loaded as arrays, (n,) a value for each; missions: activities that all suppliers of a kind share, such as insertion.
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
from matcher.ranking.shelf.shelf import RANGED, Shelf, ShelfFact
from matcher.ranking.shelf.sphere import Floats
from matcher.ranking.shelf.word_index import Bools
from matcher.ranking.signals.proximity import STRETCH
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.links import ALWAYS, OFTEN, SAME, doing_too
from matcher.reference.trades.naf import naf_activities, naf_said

PRIOR = 0.35
# Least strength of a clue that points to a trade; weaker ones only order the suppliers to call.
LEAST_CLUE = 1 / 3
# Least confidence of a guess, relative to the first of the reading; below, it is noise.
LEAST_SHARE = 0.1
# Beyond this distance (or that up to which those known are listed, where that is more), a supplier of a service counts as unknown.
FAR_KM = 150.0
# Least value that is a reason (just above the prior); that is established without a call (the same trade or one always done with it); and
# that is not even asked about (the same trade, declared).
TELLS, ESTABLISHED, DECLARED = PRIOR + 0.01, 0.6, 1.0
# Kinds that second people of one branch only, which their name states.
OF_A_BRANCH = (SupplierKind.GEIQ,)
# French wording of each type of evidence in a list, and its subject in a longer sentence.
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
# Field of the record that holds each type of evidence, other than declared activities.
FIELDS = {
    Evidence.KIND: "kinds",
    Evidence.DESCRIPTION: "description",
    Evidence.NAF: "naf",
    Evidence.BRAND: "name",
    Evidence.NAME: "name",
}
# Evidence guessed from words, shown with the NAF class for comparison.
GUESSED = frozenset({Evidence.ROME, Evidence.DESCRIPTION, Evidence.SITE, Evidence.BRAND, Evidence.NAME})


# Whether the NAF class of the supplier often or always means some trade.
CLASSED = ShelfFact(
    "classed",
    lambda supplier: any(
        chance >= OFTEN and code not in MISSIONS for code, chance in naf_activities(supplier.naf).items()
    ),
    yes_or_no=True,
)
DOES, DOES_TOO = "fait-il bien ce métier", "fait-il aussi ce métier"


def activity_fit(ask: LotOnShelf) -> Floats:
    """Return (A,) how well each activity of the taxonomy answers the lot, its mode (seconding staff, insertion: the way work is done) included."""
    likeness = _likeness(ask.trades)
    return np.maximum(likeness, doing_too(ask.reading.mode)) if ask.reading.mode else likeness


def _likeness(guesses: Sequence[ActivityGuess]) -> Floats:
    """Return (A,) how well each activity answers these guesses (likeliest first): a named one counts fully, others by their confidence relative
    to the first."""
    shares = [(guess.code, 1.0 if guess.named else guess.confidence / guesses[0].confidence) for guess in guesses]
    likes = [doing_too(code) * np.float32(share) for code, share in shares if share >= LEAST_SHARE]
    return np.asarray(np.max([np.zeros(len(taxonomy().codes)), *likes], axis=0), dtype=np.float32)


def _wanted_by_code(ask: LotOnShelf) -> dict[str, float]:
    return dict(zip(taxonomy().index, ask.once(activity_fit).tolist(), strict=True))


def _first(ask: LotOnShelf) -> str:
    """Return the code of the lot's main activity, else its mode."""
    return ask.trades[0].code if ask.trades else ask.reading.mode


def _team_refusal(ask: LotOnShelf, card: Card) -> RefusedActivity | None:
    """Return the team's note that the supplier does not do the lot's main activity, if any."""
    return refusal(card, _first(ask))


def values(ask: LotOnShelf) -> Floats:
    """Return (n,) the value of the signal, in [0, 1]; NaN where the record has no evidence, or the lot was not understood."""
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
    """Return (n,) True for suppliers known only for other trades; for seconded staff, also for a GEIQ of another branch."""
    if not (ask.trades or ask.reading.mode):
        return np.zeros(len(ask.shelf), dtype=bool)
    others = ask.once(asked_best) == 0
    further = [guess for guess in ask.trades if guess.code != ask.reading.mode and guess.confidence >= TOLD_BESIDE]
    others &= ask.shelf.once(_told_otherwise)
    if ask.reading.mode and further:
        of_a_branch = ask.shelf.kinds.only(OF_A_BRANCH) & (ask.shelf.once(any_trade) > 0)
        others |= of_a_branch & (ask.shelf.does.best(_likeness(further), len(ask.shelf)) == 0)
    return np.asarray(others)


def _told_otherwise(shelf: Shelf) -> Bools:
    """Return (n,) True for suppliers whose record names some trades, and so speaks against those it does not name (`shelf.other`: how likely they are
    done all the same)."""
    return np.asarray(~np.isnan(shelf.other))


def any_trade(shelf: Shelf) -> Floats:
    """Return (n,) the strength of the best evidence of any trade, without the shared mission."""
    trades = np.array([code not in MISSIONS for code in taxonomy().codes], dtype=np.float32)
    return shelf.does.best(trades, len(shelf))


def has_trade(shelf: Shelf) -> Bools:
    """Return (n,) True for suppliers with a trade by a list, a name or a NAF class."""
    return np.asarray(shelf.once(_told_otherwise) | shelf[CLASSED])


def best(ask: LotOnShelf) -> Floats:
    """Return (n,) the best evidence for the lot's activities, 0 without any."""
    return ask.shelf.does.best(ask.once(activity_fit), len(ask.shelf))


def asked_best(ask: LotOnShelf) -> Floats:
    """Return (n,) the best evidence for the trades asked (`asked_codes`), without those only guessed; 0 without any."""
    guesses = [guess for guess in ask.trades if guess.code in ask.asked_codes]
    if len(guesses) == len(ask.trades):
        return ask.once(best)
    likeness = _likeness(guesses)
    likeness = np.maximum(likeness, doing_too(ask.reading.mode)) if ask.reading.mode else likeness
    return ask.shelf.does.best(likeness, len(ask.shelf))


def _too_far(ask: LotOnShelf) -> Bools:
    """Return (n,) True for suppliers too far to carry out a service, unless they declare an area of intervention."""
    far = max(FAR_KM, STRETCH * (taxonomy().reach_of(_first(ask)) or 0.0))
    return np.asarray((ask.distance_km > far) & ~ask.shelf[RANGED])


def say(ask: LotOnShelf, row: int, value: float | None) -> Saying:
    """Return the French texts: the evidence that counted, another known trade, the team's note, or what is unknown."""
    if not (ask.trades or ask.reading.mode):
        support = "l’insertion est l’objet même du lot : aucun métier à comparer"
        return Saying(*(2 * (support if ask.reading.activities else "activité du lot non comprise",)))
    if value is None:
        return Saying("activité non connue : à demander", "activité non connue", DOES)
    card = ask.shelf.suppliers[row]
    if refused := _team_refusal(ask, card):
        on = day(refused.date) if refused.date else ""
        noted = f"l’équipe note qu’il ne le fait pas{f' ({on})' if on else ''}"
        if refused.source in (ITSELF, ELSEWHERE):
            noted = f"a répondu ne pas le faire{f' le {on}' if on else ''}"
        return Saying(noted, noted, quotes=refused.wording)
    counts = counted_clue(ask, card)
    its_class = naf_said(card.naf)
    if counts is None:  # of a NAF class that sells nothing, homes for instance
        none = f"NAF {its_class} : ces structures ne vendent rien, d’ordinaire"
        return Saying(none, none, DOES, its_class, FIELDS[Evidence.NAF])
    clue, nearness = counts
    words, subject = WORDS[clue.evidence]
    short = words.format(clue.wording)
    if its_class and clue.evidence in GUESSED:
        short += f" ; NAF {its_class}"
    question = DOES if value < DECLARED else ""
    saying = Saying(short, subject + short, question, clue.wording, FIELDS.get(clue.evidence, ""))
    return _with_reservation(ask, row, saying, clue, nearness)


def _with_reservation(ask: LotOnShelf, row: int, saying: Saying, clue: Clue, near: float) -> Saying:
    """Return the texts with a reservation where due: too far, another trade, a weak clue, or a trade only often linked."""
    if 0 < near < SAME:  # for wording only, a secondary trade asked counts fully
        column = taxonomy().index[clue.code]
        near = max([near, *(float(doing_too(code)[column]) for code in ask.asked_codes)])
    if near > 0 and not ask.goods and ask.once(_too_far)[row]:
        far = "mais trop loin pour un service"
        return saying._replace(short=f"{saying.short}, {far}", spoken=f"{saying.spoken}, {far}")
    if near == 0:
        return saying._replace(
            short=f"autre activité : {saying.short}", spoken=f"{saying.spoken} (autre activité)", question=DOES_TOO
        )
    if near * clue.strength < LEAST_CLUE:
        return saying._replace(
            short=f"indice faible, à confirmer : {saying.short}", spoken=f"{saying.spoken}, indice faible"
        )
    if near < np.float32(ALWAYS):  # as the arrays hold it
        return saying._replace(short=f"activité voisine : {saying.short}", spoken=f"{saying.spoken} (activité voisine)")
    return saying


def counted_clue(ask: LotOnShelf, card: Card) -> tuple[Clue, float] | None:
    """Return the supplier's clue that counted, and how near its activity is to the lot's (0: another trade). None where only its NAF class, of
    structures that sell nothing, counted."""
    wanted_by_code = ask.once(_wanted_by_code)
    clues = [clue for clue in card.clues if wanted_by_code[clue.code] > 0 or clue.tells_against]
    if not clues:
        return None
    surest = max(clues, key=lambda clue: (wanted_by_code[clue.code] * clue.strength, clue.strength, clue.code))
    return surest, wanted_by_code[surest.code]


def seconding_told(ask: LotOnShelf, row: int) -> bool:
    """Return whether this signal already states that seconding staff is the supplier's purpose."""
    card = ask.shelf.suppliers[row]
    counts = counted_clue(ask, card)
    return counts is not None and counts[1] > 0 and counts[0].evidence is Evidence.KIND and not _team_refusal(ask, card)


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
