"""The form that a supplier fills in by its link: the trades that it is asked to confirm, its answer (trades, workers, area, contact), checks. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from matcher.answers.sharing import BOXES
from matcher.catalogue.identity.trust import STRUCTURE, source_title
from matcher.catalogue.intake.lookups import Lookups
from matcher.catalogue.steward.stated_record import ACTIVITY, REFUSED, CorrectionRefused, stated_record
from matcher.domain.supplier import Supplier
from matcher.journal.change import tidy_lines
from matcher.reference.trades.activities import taxonomy

MOST_TRADES = 8
MOST_ADDED = 3
LONGEST_FIELD = 200
ASKED_NOW = "ce qui est cherché"
ANSWERED = "votre réponse"

# Field of a catalogue correction (`champ`) → field of `GivenAnswer`.
_CHAMPS = {
    "effectif": "workers",
    "zone": "area",
    "capacite": "capacity",
    "marche": "contract_size",
    "duree": "contract_duration",
    "saison": "contract_season",
    "prix": "price_basis",
    "telephone": "phone",
    "courriel": "email",
}


@dataclass(frozen=True, slots=True)
class BelievedTrade:
    """A trade that the catalogue believes a supplier does, or that the campaign asks of all: its code, its label, and why it is proposed."""

    code: str
    label: str
    why: str


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer as typed. `trades`: code → whether the supplier does it; `added`: other trades, in words; `available`: whether the need suits it, None
    where not answered; `shared`: boxes of what may be shared with other installations."""

    trades: dict[str, bool] = field(default_factory=dict)
    added: tuple[str, ...] = ()
    workers: str = ""
    area: str = ""
    capacity: str = ""
    contact: str = ""
    phone: str = ""
    email: str = ""
    available: bool | None = None
    shared: tuple[str, ...] = ()
    contract_size: str = ""
    price_basis: str = ""
    contract_duration: str = ""
    contract_season: str = ""

    def statement(self) -> dict[str, list[str]]:
        """Return the answer as a catalogue correction: `champ` → values, without empty fields."""
        done = [*(code for code, does in self.trades.items() if does), *self.added]
        statement = {ACTIVITY: done, REFUSED: [code for code, does in self.trades.items() if not does]}
        statement |= {champ: [getattr(self, name)] for champ, name in _CHAMPS.items() if getattr(self, name)}
        return {champ: written for champ, written in statement.items() if written}

    @property
    def empty(self) -> bool:
        """Return True where nothing is answered."""
        return not self.statement() and not self.contact and self.available is None


def tidy_answer(answer: GivenAnswer) -> GivenAnswer:
    """Return an answer with each text on one line and cut to `LONGEST_FIELD`, and without unknown trade codes."""
    texts = {
        one.name: _line(getattr(answer, one.name))
        for one in fields(answer)
        if isinstance(getattr(answer, one.name), str)
    }
    known = {code: does for code, does in answer.trades.items() if code in taxonomy().index}
    added = tuple(dict.fromkeys(filter(None, map(_line, answer.added))))[:MOST_ADDED]
    shared = tuple(box for box in BOXES if box in answer.shared)
    return GivenAnswer(trades=known, added=added, available=answer.available, shared=shared, **texts)


def faults(answer: GivenAnswer, lookups: Lookups) -> dict[str, str]:
    """Return the faults of an answer, field → French sentence with what to write instead."""
    faults_by_field: dict[str, str] = {}
    for champ, written in answer.statement().items():
        try:
            stated_record(0, {champ: written}, on=date.min, lookups=lookups, source=STRUCTURE)
        except CorrectionRefused as refusal:
            faults_by_field[_CHAMPS.get(champ, "added")] = str(refusal)
    if answer.empty:
        faults_by_field["trades"] = "Rien n’est répondu : dites oui ou non à un métier au moins."
    return faults_by_field


def trades_to_confirm(
    supplier: Supplier, codes_asked: Sequence[str], answered: Sequence[str] = ()
) -> tuple[BelievedTrade, ...]:
    """Return the trades to propose on the form: those the campaign asks of all, those of the catalogue, then those answered before."""
    names = taxonomy()
    sources_by_code = {code: ASKED_NOW for code in codes_asked if code in names.index}
    for activity in supplier.activities:
        if activity.code in names.index:
            source = source_title(activity.source)
            is_declared = activity.evidence.is_declared
            sources_by_code[activity.code] = (
                source if is_declared else f"{activity.evidence} ({source}) : peut être faux"
            )
    for code in answered:
        if code in names.index:
            sources_by_code.setdefault(code, ANSWERED)
    return tuple(BelievedTrade(code, names.label(code), why) for code, why in sources_by_code.items())[:MOST_TRADES]


def _line(text: str) -> str:
    return " ".join(tidy_lines(text).split())[:LONGEST_FIELD]
