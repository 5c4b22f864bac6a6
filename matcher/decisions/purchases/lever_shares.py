"""Splits a purchase programme by recommended action, in lines and euros, and compares its share of social lines with the national target. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from math import fsum

from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.purchases.programme import LineAnswer, Programme
from matcher.domain.french import count, number, unit
from matcher.reference.levers import lever

# Target of the national plan for sustainable purchases (PNAD, 2022-2025): share of a year's contracts, by number and not value, with a social
# consideration. It has ended, without known successor.
PNAD_SHARE = 0.30
PNAD = "repère du PNAD 2022-2025, plan échu, en nombre de contrats"

RESERVE, CONFIRM, CLAUSE, SOURCE, NONE, TO_SETTLE = (
    *("Réserver", "Réserver, à confirmer", "Clause", "Sourcer d’abord", "Personne de connu"),
    "À préciser",
)
# Actions that count as a social consideration, and for which a dossier is opened.
SOCIAL = (RESERVE, CONFIRM, CLAUSE)
_SHARES = {
    OpinionVerdict.RESERVE.value: RESERVE,
    OpinionVerdict.SMALLER.value: RESERVE,
    OpinionVerdict.CONFIRM.value: CONFIRM,
    OpinionVerdict.CLAUSE.value: CLAUSE,
    OpinionVerdict.SOURCE.value: SOURCE,
    OpinionVerdict.NOBODY.value: NONE,
}


@dataclass(frozen=True, slots=True)
class LeverShare:
    """Lines with one recommended action: number, sum of sure euros, of euros that depend on a user's answer, number of unknown amounts."""

    label: str
    lines: int
    amount: float
    supposed: float
    unknown: int


@dataclass(frozen=True, slots=True)
class SocialShare:
    """Part of a programme that could have a social consideration (reserved or clause), or must: `lines` out of `of`, of which `imposed` by the law alone, up
    to `at_most` after the user's answers; in known euros, `amount` and its `reserved` part, out of `whole`."""

    lines: int
    imposed: int
    at_most: int
    of: int
    amount: float
    reserved: float
    whole: float

    @property
    def share(self) -> float | None:
        """The share of the lines, in [0, 1]; None without lines."""
        return self.lines / self.of if self.of else None


def share_label(answer: LineAnswer) -> str:
    """Return the recommended action for a line, as a short French label."""
    return _SHARES[answer.verdict] if answer.sure else TO_SETTLE


def lever_shares(programme: Programme) -> tuple[LeverShare, ...]:
    """Return the shares of a programme by action, which add up to all of it; amounts of lines still to settle count as supposed."""
    shares = []
    for label in (RESERVE, CONFIRM, CLAUSE, SOURCE, NONE, TO_SETTLE):
        lines = [(line, answer) for line, answer in programme.counted_lines if share_label(answer) == label]
        amounts = [(line.worth.euros, line.amount is not None and answer.sure) for line, answer in lines]
        known = [(euros, sure) for euros, sure in amounts if euros is not None]
        sure_amount = fsum(euros for euros, sure in known if sure)
        supposed = fsum(euros for euros, sure in known if not sure)
        shares.append(LeverShare(label, len(lines), sure_amount, supposed, len(amounts) - len(known)))
    return tuple(shares)


def social_share(programme: Programme, owed_by_family: Collection[str] = ()) -> SocialShare:
    """Return the parts of a programme's lines, and of its known euros, that could or must have a social consideration; `owed_by_family`: keys of the lines
    on which the sum of their family imposes it."""
    share_by_label = {share.label: share for share in lever_shares(programme)}
    without = [(line, answer) for line, answer in programme.counted_lines if share_label(answer) in (SOURCE, NONE)]
    due = [line for line, answer in without if answer.due or line.entry.key in owed_by_family]
    # The duty depends on the amount: it is sure where the amount is.
    imposed = [line.amount for line in due if line.amount is not None]
    social = sum(share_by_label[label].lines for label in SOCIAL)
    return SocialShare(
        lines=social + len(imposed),
        imposed=len(imposed),
        at_most=social + len(due) + share_by_label[TO_SETTLE].lines,
        of=len(programme.counted_lines),
        amount=fsum((*(share_by_label[label].amount for label in SOCIAL), *imposed)),
        reserved=share_by_label[RESERVE].amount,
        whole=programme.whole.amount,
    )


def imposed_words(shares: SocialShare) -> str:
    """Return a French sentence: the number of lines counted because the law alone imposes a social condition."""
    return f"Dont {number(shares.imposed)} que la loi impose, même sans levier ({lever('clause').duty}), sauf dispense écrite."


def social_words(shares: SocialShare) -> Iterator[str]:
    """Yield French sentences: share of lines compared with the target, then share of euros, which the target does not count."""
    if shares.share is None:
        return
    more = f", jusqu’à {number(shares.at_most)} selon vos réponses" if shares.at_most > shares.lines else ""
    lines = count(shares.lines, "ligne pourrait porter", "lignes pourraient porter")
    yield (
        f"{lines} une considération sociale sur {number(shares.of)}, soit {unit(100 * shares.share, '%')}{more}. "
        f"À {unit(100 * PNAD_SHARE, '%')} : {PNAD}."
    )
    if shares.imposed:
        yield imposed_words(shares)
    if shares.whole:
        part, reserved = (unit(100 * euros / shares.whole, "%", 1) for euros in (shares.amount, shares.reserved))
        yield f"En argent : {part} des montants connus, dont {reserved} réservés. Le PNAD ne compte pas en argent."
