"""Inputs of the studies of a buyer's table: opinion on a programme of purchases, inclusive share of past spending, families of similar needs."""

from dataclasses import dataclass
from typing import Any

from matcher.decisions.purchases.line import LineFacts
from matcher.decisions.purchases.spending import Tax
from matcher.decisions.question import DecisionQuestion, choice, figure, text
from matcher.reference.law import BUYER_NATURES, BuyerNature

_AMOUNTS = "Ce que sont les montants dont ni la colonne ni la cellule ne disent HT ou TTC"


def _stated_tax(help_text: str) -> Any:
    """Return the field of a statement: the amounts of a table are before tax (« ht ») or include it (« ttc »), None where not stated."""
    return choice("montants", "", help_text, [("ht", "HT"), ("ttc", "TTC")], "", default=None)


@dataclass(frozen=True, kw_only=True)
class TaxQuestion(DecisionQuestion):
    """Inputs on the amounts of past or planned purchases."""

    amounts: str | None = _stated_tax(f"{_AMOUNTS} ; comptés à part sinon.")

    @property
    def tax(self) -> Tax | None:
        """State of the amounts, before tax or with it; None where not stated."""
        return Tax(self.amounts.upper()) if self.amounts else None


@dataclass(frozen=True, kw_only=True)
class SpendingQuestion(TaxQuestion):
    """Inputs on past spending: `place` where similar suppliers are looked for, for lines without one."""

    place: str = text(
        "lieu", help_text="Où chercher des semblables, pour les lignes sans lieu.", metavar="LIEU", most=200
    )


@dataclass(frozen=True, kw_only=True)
class FamiliesQuestion(TaxQuestion):
    """Inputs on purchases to group by similar needs."""

    nature: BuyerNature | None = choice(
        "nature",
        "",
        "La nature de l’acheteur, dont les seuils européens dépendent.",
        BUYER_NATURES.items(),
        "",
        default=None,
        read=BuyerNature,
    )


@dataclass(frozen=True, kw_only=True)
class ProgrammeQuestion(DecisionQuestion):
    """Inputs on a programme of purchases, for the lines that do not say it; `buyer`: SIRET of the buyer."""

    place: str = text(
        "lieu",
        help_text="Lieu des lignes qui n’en disent pas, sinon celui que nomme le titre.",
        metavar="LIEU",
        most=200,
    )
    buyer: str = text("acheteur", help_text="SIRET ou SIREN de l’acheteur, jamais candidat.", metavar="SIRET", most=50)
    amounts: str | None = _stated_tax(f"{_AMOUNTS}.")
    vat: float | None = figure(
        "tva", 0, 100, "Taux de TVA", "Taux qui ramène en HT un montant TTC, en % : 20 sinon.", metavar="TAUX"
    )
    period: str | None = choice(
        "periode",
        "",
        "Ce que sont les montants qui ne se disent ni par an ni en tout.",
        [("an", "par an"), ("total", "en tout")],
        "",
        default=None,
    )
    months: float | None = figure(
        "duree",
        1,
        600,
        "Durée en mois",
        "Durée des lignes dont le montant est par an et qui ne disent pas combien de temps.",
        metavar="MOIS",
    )

    @property
    def line_facts(self) -> LineFacts:
        """The answers that hold for each line."""
        taxed = None if self.amounts is None else self.amounts == "ttc"
        yearly = None if self.period is None else self.period == "an"
        return LineFacts(taxed=taxed, vat=self.vat, yearly=yearly, months=self.months)
