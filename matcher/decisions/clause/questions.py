"""Inputs of the two decisions on a social clause, its calibration (lots of a contract to publish) and its plan (contracts that were won)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.decisions.calibrated import LEAST_HOURS, ToldOfLot
from matcher.decisions.question import (
    DecisionQuestion,
    amount,
    choice,
    entry,
    figure,
    measure,
    month,
    text,
    texts,
    work_hours,
)
from matcher.decisions.workload import MOST_ETP
from matcher.reference.calibration import SPANS, Span, family_named

MOST_HOURS = 30_000_000.0
MOST_MONTHS = 600.0


def _figure(option: str, span: str, label: str, help_text: str, **more: Any) -> Any:
    """Return the field of a figure of the calibration table, whose lower bound is loose: the calculation refuses implausibly small figures."""
    return figure(option, 0.01, SPANS[span][3], label, help_text, **{"metavar": "EUROS", "unit": "€", **more})


@dataclass(frozen=True, slots=True)
class ClauseFloors:
    """Minimums under which no clause is proposed: `hours` of insertion; `euros`, amount before tax set by a local rule, None without one."""

    hours: float = LEAST_HOURS
    euros: float | None = None


@dataclass(frozen=True, kw_only=True)
class ClauseTerms(DecisionQuestion):
    """Terms of a contract's clause: no clause under `least` hours or an amount of `floor` euros; `charter`: the percentages of the NPNRU charter apply."""

    least: float = work_hours(
        "plancher-heures",
        MOST_HOURS,
        "Heures sous lesquelles ne rien demander",
        "Heures sous lesquelles aucune clause n’est proposée.",
        default=LEAST_HOURS,
        field="plancher",
    )
    floor: float | None = amount(
        "plancher-montant",
        "Le plancher",
        "Montant HT sous lequel votre territoire ne demande rien",
        "Montant HT sous lequel votre territoire n’en demande pas.",
        field="plancher_montant",
    )
    charter: bool = entry(
        "npnru",
        "Quartier du renouvellement urbain (NPNRU) : appliquer les minimums de sa charte",
        "Applique les minimums de la charte d’insertion du NPNRU.",
        default=False,
        flag=True,
    )

    @property
    def floors(self) -> ClauseFloors:
        """The minimums under which no clause is proposed."""
        return ClauseFloors(self.least, self.floor)


@dataclass(frozen=True, kw_only=True)
class LotFigures(DecisionQuestion):
    """Figures of a lot as the buyer gives them, None where not given; units and meaning are those of `ToldOfLot`."""

    family: str = text(
        "famille",
        "",
        "Famille de la table de calage, ou le début de son nom, sinon lue dans l’objet.",
        metavar="NOM",
        most=200,
    )
    percentage: float | None = figure(
        "pourcentage",
        1,
        100,
        "Pourcentage des heures",
        "Pourcentage des heures, sinon l’usage du métier.",
        metavar="POURCENT",
        unit="%",
    )
    share: float | None = _figure(
        "part",
        "share",
        "Part de main-d’œuvre dans le prix",
        "Part de main-d’œuvre dans le prix, si vous la connaissez.",
        metavar="POURCENT",
        unit="%",
    )
    hourly: float | None = _figure(
        "cout", "hourly", "Coût d’une heure de travail", "Coût d’une heure de travail, charges comprises."
    )
    price: float | None = _figure(
        "prix", "price", "Prix facturé d’une heure", "Prix facturé d’une heure, à défaut de part et de coût."
    )
    transferred: bool | None = choice(
        "reprise",
        "Personnel repris de l’ancien titulaire",
        "Le personnel est-il repris ?",
        [("oui", "oui"), ("non", "non")],
        "non connu",
        default=None,
        read={"oui": True, "non": False}.get,
    )
    posts: float | None = figure(
        "postes",
        0,
        MOST_ETP,
        "Postes à pourvoir, si repris",
        "Postes à pourvoir, en ETP, si le personnel est repris.",
        unit="ETP",
    )
    hours: float | None = work_hours(
        "heures", MOST_HOURS, "Heures déjà écrites", "Heures que la clause demande déjà.", zero=True
    )

    @property
    def facts(self) -> ToldOfLot:
        """The figures that the calculation takes."""
        figures = {name: getattr(self, name) for name in ("share", "hourly", "price", "transferred", "posts", "hours")}
        percentage = None if self.percentage is None else Span(self.percentage, self.percentage)
        return ToldOfLot(percentage=percentage, family=family_named(self.family) if self.family else None, **figures)


@dataclass(frozen=True, kw_only=True)
class ToldContract(DecisionQuestion):
    """One contract as entered by the user: `euros` before tax over the whole duration; `percentage` of hours for insertion; `hours_source`: in French,
    of given `hours`; `equal`: same hours for each modality with suppliers; `split`: hours by modality code, None to propose the usual shares. Unknown values
    are None or empty."""

    objet: str = entry(
        "objet", "Objet, comme vous le diriez", "", needed="Dites de quoi est ce contrat, ou effacez sa ligne."
    )
    places: tuple[str, ...] = texts(
        "lieu",
        "Lieux, séparés par « ; »",
        "",
        needed="Dites où il s’exécute : une commune, un EPCI, un département.",
        most=20,
        on_one_line=True,
    )
    euros: float | None = amount(
        "montant", "Le montant", "Montant HT, toute la durée", "Montant HT sur toute la durée, d’où compter les heures."
    )
    months: float | None = measure(
        "mois", MOST_MONTHS, "Durée", "Durée, en mois, sinon celle que dit l’objet.", units=("mois",), unit="mois"
    )
    start: date | None = month(
        "debut", "Début", "Premier mois, par exemple 03/2027, pour connaître la pointe.", hint="Par exemple 03/2027."
    )
    hours: float | None = work_hours("heures", MOST_HOURS, "Heures d’insertion", "")
    percentage: float | None = figure(
        "pourcentage",
        1,
        100,
        "Sinon, part des heures",
        "Part des heures qui est pour l’insertion, sinon l’usage du métier.",
        metavar="POURCENT",
        unit="%",
    )
    buyer: str = text("acheteur", "", "", most=20)
    hours_source: str = "vos heures"
    equal: bool = False
    split: Mapping[str, int] | None = None
