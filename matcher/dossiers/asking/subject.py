"""Subject of a campaign: a lot of a dossier, the trades of a territory, the suppliers of a meeting; whom it may ask (suppliers whose
trade no reliable source confirms), and its title."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Engine

from matcher.catalogue.store.read import load_these
from matcher.domain.match import Band
from matcher.domain.need import Chosen
from matcher.domain.reading import Reading
from matcher.domain.supplier import Supplier
from matcher.dossiers.asking.campaign import CampaignDraft, about_lot, about_trades
from matcher.dossiers.dossier import Dossier, State
from matcher.journal.change import ChangeRefused
from matcher.need.answer import understand
from matcher.need.fields import need_from
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.bands import lay_out_bands
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reference.geography.territories import Departement, departement_of
from matcher.reference.trades.activities import taxonomy
from matcher.settings import Controller


def ids_to_ask(reading: Reading, shelf: Shelf, today: date) -> tuple[str, ...]:
    """Return the ids of suppliers near enough whose trade is unknown, one per organisation, those with a clue first."""
    ranking = lay_out_bands(rank(LotOnShelf(reading, shelf, today)))
    rows = np.concatenate([ranking.of(Band.INDICE), ranking.of(Band.A_APPELER)])
    return tuple(shelf.ids[row] for row in rows.tolist())


def territory_reading(trades: Sequence[str], departement: str) -> Reading:
    """Return the reading of a territory: these trades (codes) in a whole département. Raises KeyError for an unknown trade code."""
    return understand(need_from({}, Chosen(activities=tuple(trades), places=(f"dep:{departement}",))))


def within(suppliers: Iterable[Supplier], place: Departement) -> frozenset[str]:
    """Return the ids of the suppliers that have a site in a département."""
    return frozenset(
        one.id for one in suppliers if any(departement_of(site.insee, site.post_code) == place for site in one.sites)
    )


@dataclass(frozen=True, slots=True)
class CampaignSubject:
    """Subject of a campaign: those it may ask (`ids`, who comes first is asked first), the title it proposes, and the lot where it is about one."""

    ids: tuple[str, ...]
    title: str = ""
    trades: tuple[str, ...] = ()
    dossier: Dossier | None = None
    lot: int | None = None

    @property
    def dossier_id(self) -> int | None:
        """Number of the dossier, None where it is about none."""
        return self.dossier.id if self.dossier else None

    def draft(self, by: Controller, *, title: str = "", objet: str = "", signature: str = "") -> CampaignDraft:
        """Return the campaign in its words, or with a title of its own (without a lot), or an object of its own (`objet`, with a lot). Raises ChangeRefused."""
        if self.dossier is not None and self.lot is not None:
            return about_lot(self.dossier, self.lot, by, objet=objet, signature=signature)
        return about_trades(title or self.title, self.trades, by, signature=signature)


def of_lot(dossier: Dossier, number: int, shelf: Shelf, today: date) -> CampaignSubject:
    """Return the subject of those of whom the trade is not known, within reach of a lot. Raises ChangeRefused where there is no such lot, or the
    dossier takes no change."""
    if dossier.deleted or dossier.state is not State.OPEN:
        raise ChangeRefused("Ce dossier est clos ou supprimé : rouvrez-le pour interroger des structures.")
    ids = ids_to_ask(dossier.lot(number).frozen.reading, shelf, today)
    return CampaignSubject(ids, dossier=dossier, lot=number)


def of_territory(
    engine: Engine, shelf: Shelf, trades: Sequence[str], where: Departement, today: date
) -> CampaignSubject:
    """Return the subject of those of a département of whom it is not known whether they do these trades (codes)."""
    names = ", ".join(taxonomy().label(trade) for trade in trades)
    near = ids_to_ask(territory_reading(trades, where.code), shelf, today)
    inside = within(load_these(engine, near), where)
    return CampaignSubject(tuple(one for one in near if one in inside), f"{names}, {where.name}", tuple(trades))


def of_meeting(title: str, ids: Sequence[str], trades: Sequence[str] = ()) -> CampaignSubject:
    """Return the subject of the suppliers (ids) that come to a meeting."""
    return CampaignSubject(tuple(ids), f"avant « {title} »", tuple(trades))
