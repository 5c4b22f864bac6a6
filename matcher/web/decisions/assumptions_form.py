"""Form of an opinion's assumptions: the size of the lot, what the law needs to know, the thresholds moved, all in the address."""

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.cleaning.amounts import clean_amount
from matcher.decisions.assumptions import DEFAULT, Assumptions
from matcher.decisions.opinion.law import NOTHING_TOLD, ToldByBuyer
from matcher.decisions.workload import NeedRefused, Workload, need_of
from matcher.domain.french import number
from matcher.domain.reading import Reading
from matcher.reference.law import BuyerNature, exemptions
from matcher.web.need.address import Arguments

_LONGEST = 300


@dataclass(frozen=True, slots=True)
class AssumptionField:
    """One field of the form: what it is called, in what it is counted."""

    name: str
    label: str
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A hypothesis that can be moved: `moves` names it in Assumptions; `least` and `most` are as written, a share in percent."""

    field: AssumptionField
    moves: str
    least: int
    most: int
    share: bool = False
    whole: bool = False

    @property
    def usual(self) -> str:
        """Default value, as one would write it; empty where it depends on the trade."""
        held = getattr(DEFAULT, self.moves)
        return "" if held is None else number(100 * held if self.share else held)

    def read(self, written: str) -> float | int | None:
        """Return the figure, None where it cannot be used."""
        told = clean_amount(written.rstrip(" %"))
        value = told.value
        if value is None or told.flag or not self.least <= value <= self.most or (self.whole and value % 1):
            return None
        return value / 100 if self.share else int(value) if self.whole else value


# The first that is given tells the size; without any, the amount of the lot does.
SIZES = (
    AssumptionField("etp", "En ETP par an", "ETP"),
    AssumptionField("heures", "En heures, sur toute la durée", "h"),
    AssumptionField("quantite", "En quantité, par exemple « 12 000 m² »"),
)
THRESHOLDS = (
    Threshold(AssumptionField("reponse", "Chance qu’un candidat consulté réponde", "%"), "bid", 1, 100, share=True),
    Threshold(AssumptionField("offres", "Offres voulues au moins"), "bids", 1, 20, whole=True),
    Threshold(
        AssumptionField("confiance", "Chance voulue de les avoir, pour réserver", "%"), "enough", 1, 99, share=True
    ),
    Threshold(AssumptionField("candidats", "Candidats qu’un lot doit garder"), "wanted", 1, 50, whole=True),
    Threshold(
        AssumptionField("appels", "Structures de métier non connu que vous appellerez"), "calls", 0, 200, whole=True
    ),
    Threshold(
        AssumptionField("part", "Part de son effectif qu’une structure peut donner", "%"), "share", 1, 100, share=True
    ),
    Threshold(
        AssumptionField("plancher", "Organisations crédibles qu’il faut pour réserver"), "floor", 1, 50, whole=True
    ),
    Threshold(
        AssumptionField("euros", "Montant HT que fait un ETP en un an, sinon celui du métier", "€"),
        "euros_per_etp",
        1_000,
        1_000_000,
    ),
)
# What a buyer tells for the law of the day to be said.
WHOLE = AssumptionField("ensemble", "Estimation HT de tout le besoin, sinon celle du lot", "€")
REASON = AssumptionField("motif", "Motif de la dispense, gardé avec l’avis")
NATURE, EXEMPTED = "nature", "dispense"
NAMES = (
    *(field.name for field in SIZES),
    *(its.field.name for its in THRESHOLDS),
    *(WHOLE.name, NATURE, EXEMPTED, REASON.name),
)


@dataclass(frozen=True, slots=True)
class Supposed:
    """`values` by name, as typed and only where something is; `told` what they tell for the law; `faults` what cannot be used, in French."""

    values: Mapping[str, str]
    assumed: Assumptions
    told: ToldByBuyer
    faults: Mapping[str, str]

    @classmethod
    def of(cls, arguments: Arguments) -> "Supposed":
        """Take from the arguments of a request the size and the thresholds; a threshold that cannot be used keeps its usual value."""
        given = {name: " ".join(next(iter(arguments.getlist(name)), "").split())[:_LONGEST] for name in NAMES}
        values = {name: "".join(c for c in text if c.isprintable()) for name, text in given.items()}
        values = {name: text for name, text in values.items() if text}
        moved = {its.moves: getattr(DEFAULT, its.moves) for its in THRESHOLDS}
        faults = {}
        for its in THRESHOLDS:
            if written := values.get(its.field.name):
                value = its.read(written.replace("−", "-"))
                if value is None:
                    faults[its.field.name] = _fault(its, written)
                else:
                    moved[its.moves] = value
        told, wrong = _told(values)
        return cls(values, Assumptions.moved(**moved), told, faults | wrong)

    def need(self, reading: Reading) -> Workload:
        """Return what the lot takes. Raises NeedRefused."""
        etp, hours, quantity = (self.values.get(field.name, "").replace("−", "-") for field in SIZES)
        return need_of(reading, self.assumed, etp=etp, hours=hours, quantity=quantity)

    def refused(self, refusal: NeedRefused) -> dict[str, str]:
        """Return the faults once the size is refused: it stands under the field it was taken from, the amount's under the first."""
        told = next((field.name for field in SIZES if field.name in self.values), SIZES[0].name)
        return {**self.faults, told: str(refusal)}


def _told(values: Mapping[str, str]) -> tuple[ToldByBuyer, dict[str, str]]:
    """What a buyer tells for the law, and what of it cannot be used, by field."""
    faults: dict[str, str] = {}
    whole = clean_amount(values.get(WHOLE.name, ""))
    if WHOLE.name in values and (not whole.value or whole.flag):
        said = f" ({whole.flag})" if whole.flag else ""
        faults[WHOLE.name] = (
            f"L’estimation de tout le besoin : un montant hors taxes{said}, par exemple 180 000. Vous avez écrit « {values[WHOLE.name]} »."
        )
    nature, exempted = values.get(NATURE, ""), values.get(EXEMPTED, "")
    if nature and nature not in set(BuyerNature):
        faults[NATURE] = "Choisissez la nature de l’acheteur dans la liste."
    if exempted and exempted not in {its.code for its in exemptions()}:
        faults[EXEMPTED] = "Choisissez la dispense dans la liste."
    if faults:
        return NOTHING_TOLD, faults
    told = ToldByBuyer(
        whole.value if WHOLE.name in values else None,
        BuyerNature(nature) if nature else None,
        exempted,
        values.get(REASON.name, ""),
    )
    return told, faults


def _fault(its: Threshold, written: str) -> str:
    whole = "un nombre entier" if its.whole else "un nombre"
    return f"{its.field.label} : {whole}, de {number(its.least)} à {number(its.most)}. Vous avez écrit « {written} »."
