"""Evaluation suite 8: recognition of suppliers by name alone, as accounting ledgers write them, and rejection of firms that the catalogue does not have."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple

from matcher.catalogue.identity.recogniser import Certainty, Recogniser, WrittenSupplier
from matcher.catalogue.identity.records import CleanRecord
from matcher.cleaning.names import name_key
from matcher.evaluation.contracts import Contract
from matcher.evaluation.suites import share_true

LINES, SEED = 1500, 8
# Characters at which two real ledgers cut a name; most names are shorter than the second.
_WIDTHS = (20, 32)
_BRAND, _TOWN_MISSING, _CEDEX, _POST_CODE, _PLAIN = 0.3, 1 / 3, 0.25, 0.6, 0.7


# Words that ledgers add to a name: how it is paid, where the establishment is, a code or an instruction to the accountant.
_PAID = ("{} (VIRT)", "{} (VIRT) SARL", "{} - VIRT")
_PLACED = ("{} - SITE DE {city}", "{} - AGENCE {city}")
_CODED = ("{code} {}", "{} {code}", "{code} NE PLUS JETER {}", "{} NE PLUS JETER")
_NOISES = (_PAID, _PLACED, _CODED)


class NumberlessLine(NamedTuple):
    """A line of a ledger without its number, and the SIRET expected for it."""

    written: WrittenSupplier
    siret: str


def ledger(records: Iterable[CleanRecord], brands: Mapping[str, str], seed: int = SEED) -> list[NumberlessLine]:
    """Return ledger lines that name suppliers drawn, with a seed, from a directory; `brands` gives other names of theirs, by SIRET."""
    random = Random(seed)  # noqa: S311  # a draw to repeat, no secret
    named = [record for record in records if record.siret and record.name]
    drawn = random.sample(named, min(LINES, len(named)))
    return [NumberlessLine(_rewritten(record, brands.get(record.siret, ""), random), record.siret) for record in drawn]


def noisy_ledger(records: Iterable[CleanRecord], seed: int = SEED) -> list[NumberlessLine]:
    """Return ledger lines, drawn with a seed, with words added to each name and no town."""
    random = Random(seed)  # noqa: S311  # a draw to repeat, no secret
    named = [record for record in records if record.siret and record.name and record.city]
    lines = []
    for rank, record in enumerate(random.sample(named, min(LINES, len(named)))):
        words = random.choice(_NOISES[rank % len(_NOISES)])
        city, code = name_key(random.choice(named).city).upper(), random.randrange(10_000, 1_000_000)
        name = words.format(name_key(record.name).upper(), city=city, code=code)
        lines.append(NumberlessLine(WrittenSupplier(name), record.siret))
    return lines


def _rewritten(record: CleanRecord, brand: str, random: Random) -> WrittenSupplier:
    name = brand if brand and random.random() < _BRAND else record.name
    if random.random() < _PLAIN:
        name = name_key(name).upper()
    name = name[: random.choice(_WIDTHS)].strip()
    written = WrittenSupplier(name)
    if random.random() < _TOWN_MISSING:
        return written
    city, post_code = name_key(record.city).upper(), record.post_code
    if random.random() < _CEDEX:
        city, post_code = f"{city} CEDEX", ""
    return replace(written, city=city, post_code=post_code if random.random() < _POST_CODE else "")


def outsiders(contracts: Iterable[Contract], recogniser: Recogniser) -> list[WrittenSupplier]:
    """Return the names of contract winners, each once, but those whose number is in the catalogue: firms that must stay unknown."""
    named: dict[str, str] = {}
    for contract in contracts:
        for winner in contract.get("titulaires") or ():
            if isinstance(winner, Mapping) and (name := str(winner.get("denominationSociale") or "").strip()):
                named.setdefault(name, str(winner.get("id") or ""))
    recognised = ((name, recogniser.recognise(WrittenSupplier(number=number))) for name, number in named.items())
    return [WrittenSupplier(name) for name, by_number in recognised if by_number.certainty is Certainty.UNKNOWN]


def name_figures(lines: Sequence[NumberlessLine], recogniser: Recogniser) -> dict[str, float]:
    """Return the shares of lines surely right, right among the options, surely wrong, and unknown, judged by organisation (SIREN);
    « right among the options » is given by establishment (SIRET) too."""
    recognised = [(line, recogniser.recognise(line.written)) for line in lines]
    sirens = [(line.siret[:9], its, {option.supplier.siret[:9] for option in its.options}) for line, its in recognised]
    return {
        "sûrs et justes": share_true([its.sure is not None and siren in held for siren, its, held in sirens]),
        "juste parmi quatre": share_true([siren in held for siren, _, held in sirens]),
        "établissement parmi quatre": share_true(
            [line.siret in {option.supplier.siret for option in its.options} for line, its in recognised]
        ),
        "sûrs et faux": share_true([its.sure is not None and siren not in held for siren, its, held in sirens]),
        "inconnus": share_true([its.certainty is Certainty.UNKNOWN for _, its in recognised]),
    }


def outsider_counts(written: Iterable[WrittenSupplier], recogniser: Recogniser) -> dict[str, float]:
    """Count, by certainty, the firms absent from the catalogue that are taken for one of its suppliers."""
    counted = Counter(recogniser.recognise(name).certainty for name in written)
    return {
        "pris pour sûrs": counted[Certainty.SURE],
        "à confirmer": counted[Certainty.TO_CONFIRM],
        "inconnus": counted[Certainty.UNKNOWN],
    }
