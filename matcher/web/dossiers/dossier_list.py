"""The list of dossiers as a page shows it: narrowed by its form, in the order of one of its columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import request

from matcher.dossiers.dossier import Stage, State
from matcher.dossiers.files.list_table import COLUMNS, DossierColumn, in_order
from matcher.dossiers.store import DossierFilter, DossierSummary, listed
from matcher.web.frame.app_state import desk, owner
from matcher.web.frame.forms import Line, OneOf, PageForm, day

_DELETED = "supprimé"
_FURTHER = ("acheteur", "territoire", "du", "au")
# Columns of the page, by the name of the order of each, and what it says over it.
SHOWN: Mapping[str, str] = {
    "dossier": "Dossier",
    "acheteur": "Acheteur",
    "etape": "Étape",
    "suivi": "Suivi par",
    "offres": "Offres le",
    "prochaine-le": "Prochaine étape",
    "interested": "Réponses",
    "change": "Changé le",
}


class FilterForm(PageForm):
    """Form that narrows the list of dossiers."""

    texte = Line("Chercher", kind="search")
    etape = OneOf("Étape", [("", "toutes"), *((its, its) for its in Stage)])
    suivi = Line("Suivi par", kind="search")
    offres = day("Offres avant le")
    etat = OneOf("État", [("", "ouverts et clos"), *((its, its) for its in (*State, _DELETED))])
    acheteur = Line("Acheteur ou SIRET", kind="search")
    territoire = Line("Territoire", kind="search")
    du = day("Ouverts depuis le")
    au = day("Jusqu’au")

    @property
    def further(self) -> bool:
        """Whether one of the filters that the page folds is used."""
        return any(self[name].data or name in self.faults for name in _FURTHER)

    def wanted(self) -> DossierFilter:
        """Return the filter that the form asks for."""
        state = self.etat.data
        return DossierFilter(
            buyer=self.acheteur.data,
            territory=self.territoire.data,
            state=State(state) if state in set(State) else None,
            since=self.du.data,
            until=self.au.data,
            deleted=state == _DELETED,
            text=self.texte.data,
            stage=Stage(self.etape.data) if self.etape.data in set(Stage) else None,
            follower=self.suivi.data,
            due_by=self.offres.data,
        )


@dataclass(frozen=True, slots=True)
class DossierOrder:
    """Order of a list as its address says it: one of its `columns`, after « - » the last first; empty for the last changed first."""

    asked: str
    columns: Mapping[str, DossierColumn]

    @property
    def column(self) -> str:
        """The column that it sorts by, "" where it is none."""
        name = self.asked.removeprefix("-")
        return name if name in self.columns else ""

    @property
    def last_first(self) -> bool:
        """Whether it goes from the last to the first."""
        return self.asked.startswith("-")

    def aria(self, column: str) -> str:
        """How a header says to a reader of screens that the list is sorted by it; "" where it is not."""
        return "" if column != self.column else "descending" if self.last_first else "ascending"

    def url(self, column: str) -> str:
        """Address of the same list by another column; the other way where it is by this one already."""
        turned = f"-{column}" if column == self.column and not self.last_first else column
        kept = [(name, text) for name, text in request.args.items(multi=True) if name not in ("tri", "page") and text]
        return f"{request.path}?{urlencode([*kept, ('tri', turned)])}"

    def of(self, found: list[DossierSummary]) -> list[DossierSummary]:
        """Return dossiers in this order."""
        return in_order(found, self.columns[self.column], last_first=self.last_first) if self.column else found


def list_asked() -> tuple[FilterForm, DossierOrder, list[DossierSummary]]:
    """Return the form of the address, its order, and the dossiers that it asks for: none where it has a fault."""
    form, order = FilterForm(request.args), DossierOrder(request.args.get("tri", ""), COLUMNS)
    return form, order, order.of([] if form.faults else listed(desk().engine, owner(), form.wanted()))
