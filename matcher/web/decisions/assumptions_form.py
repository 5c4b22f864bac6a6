"""Form of an opinion's assumptions: the size of the lot, what the law needs to know, the thresholds moved, all in the address."""

from matcher.decisions.assumptions import THRESHOLDS, Assumptions, Threshold
from matcher.decisions.opinion.law import ToldByBuyer
from matcher.decisions.workload import NeedRefused, Workload, need_of
from matcher.domain.reading import Reading
from matcher.reference.law import BUYER_NATURES, BuyerNature, exemptions
from matcher.web.frame.forms import Line, OneOf, PageForm, amount, figure, one_line, whole

# The first that is given tells the size; without any, the amount of the lot does.
SIZES = ("etp", "heures", "quantite")


class SupposedForm(PageForm):
    """Form of what an opinion supposes; a threshold that cannot be used keeps its usual value. Those of `THRESHOLDS` are its fields too."""

    etp = Line("En ETP par an", unit="ETP")
    heures = Line("En heures, sur toute la durée", unit="h")
    quantite = Line("En quantité, par exemple « 12 000 m² »")
    ensemble = amount("Estimation HT de tout le besoin, sinon celle du lot", "L’estimation de tout le besoin", unit="€")
    nature = OneOf(
        "Nature de l’acheteur",
        [("", "d’après son SIRET, sinon non connue"), *BUYER_NATURES.items()],
        "Choisissez la nature de l’acheteur dans la liste.",
    )
    dispense = OneOf(
        "Dispense de condition sociale",
        [("", "aucune"), *((its.code, its.label) for its in exemptions())],
        "Choisissez la dispense dans la liste.",
    )
    motif = Line("Motif de la dispense, gardé avec l’avis")

    @property
    def values(self) -> dict[str, str]:
        """What was typed, by field, where something was."""
        typed = {its.name: one_line(next(iter(its.raw_data or ()), "")) for its in self}
        return {name: text for name, text in typed.items() if text}

    @property
    def assumed(self) -> Assumptions:
        """The hypotheses as they are moved."""
        return Assumptions.moved(**{its.moves: self[its.name].data for its in THRESHOLDS})

    @property
    def told(self) -> ToldByBuyer:
        """What a buyer tells for the law, once the form has no faults."""
        nature = BuyerNature(self.nature.data) if self.nature.data else None
        return ToldByBuyer(self.ensemble.data, nature, self.dispense.data, self.motif.data)

    def need(self, reading: Reading) -> Workload:
        """Return what the lot takes. Raises NeedRefused."""
        etp, hours, quantity = (self[name].data.replace("−", "-") for name in SIZES)
        return need_of(reading, self.assumed, etp=etp, hours=hours, quantity=quantity)

    def refuse(self, refusal: NeedRefused) -> None:
        """Say that the size is refused: under the field it was taken from, the amount's under the first."""
        self.faults[next((name for name in SIZES if self[name].data), SIZES[0])] = str(refusal)


def _field(its: Threshold) -> Line:
    if its.unit:
        return figure(its.label, its.least, its.most, unit=its.unit, empty=its.usual, share=its.unit == "%")
    return whole(its.label, its.least, its.most, empty=its.usual)


for _its in THRESHOLDS:
    setattr(SupposedForm, _its.name, _field(_its))
