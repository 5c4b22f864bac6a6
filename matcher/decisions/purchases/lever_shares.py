"""Shares of a programme by what can be done of its lines, and its lines with a social consideration beside the national mark. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import fsum

from matcher.decisions.opinion.compute import OpinionVerdict
from matcher.decisions.purchases.programme import LineAnswer, Programme
from matcher.domain.french import count, number, unit

# The national plan for sustainable purchases (PNAD) of 2022-2025 asked a social consideration of this share of the contracts notified in a
# year: it counted contracts, not money. It has ended, and nothing is known to follow it.
PNAD_SHARE = 0.30
PNAD = "repère du PNAD 2022-2025, plan échu, en nombre de contrats"

RESERVE, CONFIRM, CLAUSE, SOURCE, NONE, TO_SETTLE = (
    *("Réserver", "Réserver, à confirmer", "Clause", "Sourcer d’abord", "Aucun levier"),
    "À préciser",
)
# What could have a social consideration, and a dossier is opened for.
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
    """The lines of which one thing can be done: how many, their sure euros, the euros that depend on an answer, how many have none."""

    label: str
    lines: int
    amount: float
    supposed: float
    unknown: int


@dataclass(frozen=True, slots=True)
class SocialShare:
    """Lines of a programme that could have a social consideration, reserved or with a clause: `lines` of `of`, up to `at_most` by the answers to come; of the
    known euros, the `amount` of these and that `reserved`, each of `whole`."""

    lines: int
    at_most: int
    of: int
    amount: float
    reserved: float
    whole: float

    @property
    def share(self) -> float | None:
        """The share of the lines, in [0, 1]; None where there is none."""
        return self.lines / self.of if self.of else None


def share_label(answer: LineAnswer) -> str:
    """Return what can be done of a line, in a word or two."""
    return _SHARES[answer.verdict] if answer.sure else TO_SETTLE


def lever_shares(programme: Programme) -> tuple[LeverShare, ...]:
    """Return the shares of a programme, which add up to all of it. The amount of a line to settle depends on its answer, whatever it is."""
    shares = []
    for label in (RESERVE, CONFIRM, CLAUSE, SOURCE, NONE, TO_SETTLE):
        lines = [(line, answer) for line, answer in programme.counted_lines if share_label(answer) == label]
        amounts = [(line.worth.euros, line.amount is not None and answer.sure) for line, answer in lines]
        known = [(euros, sure) for euros, sure in amounts if euros is not None]
        sure_amount = fsum(euros for euros, sure in known if sure)
        supposed = fsum(euros for euros, sure in known if not sure)
        shares.append(LeverShare(label, len(lines), sure_amount, supposed, len(amounts) - len(known)))
    return tuple(shares)


def social_share(programme: Programme) -> SocialShare:
    """Return the share of a programme's lines that could have a social consideration, and apart that of its known euros."""
    by = {share.label: share for share in lever_shares(programme)}
    social = sum(by[label].lines for label in SOCIAL)
    return SocialShare(
        lines=social,
        at_most=social + by[TO_SETTLE].lines,
        of=len(programme.counted_lines),
        amount=fsum(by[label].amount for label in SOCIAL),
        reserved=by[RESERVE].amount,
        whole=programme.whole.amount,
    )


def social_words(social_share: SocialShare) -> Iterator[str]:
    """Yield, in French, the share of the lines beside the mark, then that of the euros, which the mark does not count."""
    if social_share.share is None:
        return
    more = (
        f", jusqu’à {number(social_share.at_most)} selon vos réponses"
        if social_share.at_most > social_share.lines
        else ""
    )
    lines = count(social_share.lines, "ligne pourrait porter", "lignes pourraient porter")
    yield (
        f"{lines} une considération sociale sur {number(social_share.of)}, soit {unit(100 * social_share.share, '%')}{more}. "
        f"À {unit(100 * PNAD_SHARE, '%')} : {PNAD}."
    )
    if social_share.whole:
        part, reserved = (
            unit(100 * euros / social_share.whole, "%", 1) for euros in (social_share.amount, social_share.reserved)
        )
        yield f"En argent : {part} des montants connus, dont {reserved} réservés. Le PNAD ne compte pas en argent."
