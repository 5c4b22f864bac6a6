"""Assumptions (« hypothèses ») of the opinion on reserving a lot, which a buyer can change: workforce share, calls, ETP… Each has a default, and French
sentences give them with their sources."""

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.decisions.question import DecisionQuestion, figure, share, whole
from matcher.domain.french import count, unit
from matcher.reference.calibration import HOURS_PER_ETP


@dataclass(frozen=True, kw_only=True)
class Assumptions(DecisionQuestion):
    """The assumptions: pages, commands and the API ask the first five; the others are fixed.

    `calls`: most suppliers of unknown trade that the buyer will call (others do not count). `share`: part of its workforce that a supplier can give one lot.
    `floor`: organisations, confirmed for the trade and of a sufficient workforce, needed to advise a reservation. `least_expected`: expected number of
    organisations that do the trade, among those to call, from which calling them is advised.
    `dependency`: share of a supplier's turnover above which a lot makes it dependent. `wanted`: candidates that a lot should have.
    `euros_per_etp`: turnover of one full-time equivalent a year; None for the trade's figure in the calibration table.
    """

    wanted: int = whole("candidats", 1, 50, 3, "Candidats qu’un lot doit garder")
    calls: int = whole("appels", 0, 200, 20, "Structures de métier non connu que vous appellerez")
    share: float = share("part", "Part de son effectif qu’une structure peut donner", 0.5)
    floor: int = whole("plancher", 1, 50, 3, "Organisations confirmées qu’il faut pour réserver")
    euros_per_etp: float | None = figure(
        "euros-par-etp",
        1_000,
        1_000_000,
        "Montant HT que fait un ETP en un an, sinon celui du métier",
        field="euros",
        metavar="EUROS",
        unit="€",
    )
    least_expected: float = 0.5
    dependency: float = 0.30
    hours_per_etp: float = HOURS_PER_ETP

    def __post_init__(self) -> None:
        """Raise ValueError, in French, for a figure out of its range."""
        if not 0 < self.share <= 1:
            raise ValueError("La part de l’effectif disponible pour un lot doit être entre 0 et 100 %.")
        if min(self.wanted, self.floor) < 1 or self.calls < 0:
            raise ValueError(
                "Il faut vouloir au moins un candidat et une organisation confirmée, et un nombre d’appels qui ne soit pas négatif."
            )
        if not 0 < self.dependency <= 1:
            raise ValueError("Le seuil de dépendance doit être entre 0 et 100 %.")
        if self.hours_per_etp <= 0 or (self.euros_per_etp is not None and self.euros_per_etp <= 0):
            raise ValueError("Les heures et le montant par ETP doivent être positifs.")

    def says(self) -> Iterator[str]:
        """Yield each assumption as a French sentence."""
        for sentence, _ in self.sourced_sentences():
            yield sentence

    def sourced_sentences(self) -> Iterator[tuple[str, str]]:
        """Yield each assumption as a French sentence, with the source of its figures."""
        yield from zip(self._sentences(), SOURCES, strict=True)

    def _sentences(self) -> Iterator[str]:
        yield (
            f"Réserver demande {count(self.floor, 'organisation confirmée', 'organisations confirmées')} au moins : sa réponse, un métier qu’elle "
            "déclare ou un marché gagné le dit, et son effectif suffit où la taille du lot est connue. Un code NAF, un nom, une marque ou un type sont à confirmer."
        )
        yield (
            f"Quand rien ne dit le métier d’une structure, elle compte pour la part des structures de son type qui l’exercent "
            f"(table des métiers exercés), et {count(self.calls, 'structure')} de la sorte au plus : celles que vous appellerez."
        )
        yield f"Une structure peut donner à un seul lot {unit(100 * self.share, '%')} de son effectif ; un effectif non connu suit les tailles de son type."
        yield f"Un lot doit garder {count(self.wanted, 'candidat')}, pour dire jusqu’à quelle taille il peut aller."
        yield f"Au-delà de {unit(100 * self.dependency, '%')} de son chiffre d’affaires, un lot rend une structure dépendante : à dire, sans l’écarter."
        turnover = (
            "le montant qu’il réalise dépend du métier (table de calage)"
            if self.euros_per_etp is None
            else f"environ {unit(self.euros_per_etp, '€ HT')} par an, votre chiffre"
        )
        yield f"Un ETP fait {unit(self.hours_per_etp, 'heures')} par an ; {turnover}."


# Source of the figures of each sentence, in the same order.
SOURCES = (
    "seuil de décision : à vous de le choisir",
    "hypothèse du projet, confrontée aux titulaires de marchés réels ; le nombre d’appels est à vous",
    "part : à vous de la juger ; tailles par type : Dares, Drees, UNEA et Fédération des GEIQ, 2018 à 2021",
    "seuil de décision : à vous de le choisir",
    "usage des acheteurs ; chiffre d’affaires déclaré par la structure, quand il est connu",
    "durée légale du travail par an ; part de main-d’œuvre, coût horaire ou chiffre d’affaires par métier : INSEE, branches, maisons de l’emploi",
)
DEFAULT = Assumptions()
