"""What an opinion supposes: each figure has a name, a unit, a source, and can be moved by the person who decides."""

from dataclasses import dataclass

# Hours a full-time equivalent works in a year (domain.md; 25 M hours for about 15,700 ETP nationally in 2021 is 1,592).
HOURS_PER_ETP = 1607.0
# Euros before tax that one full-time equivalent turns over in a year of labour-intensive services: about 25 € an hour.
EUROS_PER_ETP = 40_000.0


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The figures that a buyer can move.

    `bid`: the chance that a credible candidate who has been consulted bids, `bid_low` to `bid_high` its range. No record of bids
    exists in the open data: it is a hypothesis of the trade, and the range is what counts. `share`: the part of its workforce that
    a supplier can give one lot, `unknown_suffices` the chance that a workforce which is not known suffices. `enough`: how sure one wants to be of at least `bids` bids before reserving. `dependency`: the
    share of its turnover above which a buyer worries. `wanted`: the candidates one wants a lot to keep.
    """

    bid: float = 0.5
    bid_low: float = 0.3
    bid_high: float = 0.7
    share: float = 0.5
    unknown_suffices: float = 0.5
    bids: int = 2
    enough: float = 0.6
    dependency: float = 0.30
    wanted: int = 3
    hours_per_etp: float = HOURS_PER_ETP
    euros_per_etp: float = EUROS_PER_ETP

    def __post_init__(self) -> None:
        """Raises ValueError, in French, for figures that contradict each other."""
        if not 0 <= self.bid_low <= self.bid <= self.bid_high <= 1:
            raise ValueError("La chance qu’un candidat réponde doit être entre 0 et 100 %, dans sa fourchette.")
        if not 0 < self.share <= 1:
            raise ValueError("La part de l’effectif disponible pour un lot doit être entre 0 et 100 %.")
        if self.bids < 1 or self.wanted < 1:
            raise ValueError("Il faut vouloir au moins une offre et au moins un candidat.")
        if not 0 < self.enough < 1:
            raise ValueError("La confiance voulue doit être entre 0 et 100 %.")
        if self.hours_per_etp <= 0 or self.euros_per_etp <= 0:
            raise ValueError("Les heures et le montant par ETP doivent être positifs.")


DEFAULT = Assumptions()
