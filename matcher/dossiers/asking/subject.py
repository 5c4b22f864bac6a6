"""Subject of a campaign, and the suppliers that it may ask: for a lot of a dossier or trades in a territory, those whose trade no reliable source confirms;
for a meeting, all those registered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from sqlalchemy import Engine

from matcher.catalogue.store.read import load_these
from matcher.domain.match import Band
from matcher.domain.need import NeedChoices
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
    """Return the ids of suppliers near enough to a need whose trade is not confirmed, one per organisation, those with a clue first."""
    ranking = lay_out_bands(rank(LotOnShelf(reading, shelf, today)))
    rows = np.concatenate([ranking.of(Band.INDICE), ranking.of(Band.A_APPELER)])
    return tuple(shelf.ids[row] for row in rows.tolist())


def territory_reading(trades: Sequence[str], departement: str) -> Reading:
    """Return a need as if read from a text: these trades (codes) in a whole département. Raises KeyError for an unknown
    trade; an unknown département is not refused."""
    return understand(need_from({}, NeedChoices(activities=tuple(trades), places=(f"dep:{departement}",))))


def within(suppliers: Iterable[Supplier], place: Departement) -> frozenset[str]:
    """Return the ids of the suppliers that have a site in a département."""
    return frozenset(
        one.id for one in suppliers if any(departement_of(site.insee, site.post_code) == place for site in one.sites)
    )


@dataclass(frozen=True, slots=True)
class CampaignSubject:
    """Subject of a campaign: the suppliers it may ask (`ids`, in the order of asking), a proposed title, and the dossier's lot where it is about one."""

    ids: tuple[str, ...]
    title: str = ""
    trades: tuple[str, ...] = ()
    dossier: Dossier | None = None
    lot: int | None = None

    @property
    def dossier_id(self) -> int | None:
        """Return the dossier's number, None without a dossier."""
        return self.dossier.id if self.dossier else None

    def draft(self, by: Controller, *, title: str = "", objet: str = "", signature: str = "") -> CampaignDraft:
        """Return the draft of the message, signed by `signature`, else by the organisation `by`. About a lot, `objet` replaces the words of its need; else
        `title` replaces the title. Raises ChangeRefused for an amount in the words, or an empty title."""
        if self.dossier is not None and self.lot is not None:
            return about_lot(self.dossier, self.lot, by, objet=objet, signature=signature)
        return about_trades(title or self.title, self.trades, by, signature=signature)


def of_lot(dossier: Dossier, number: int, shelf: Shelf, today: date) -> CampaignSubject:
    """Return the subject about a lot: the suppliers near enough whose trade is not confirmed. Raises ChangeRefused where there is no such lot or the
    dossier is closed."""
    if dossier.deleted or dossier.state is not State.OPEN:
        raise ChangeRefused("Ce dossier est clos ou supprimé : rouvrez-le pour interroger des structures.")
    ids = ids_to_ask(dossier.lot(number).frozen.reading, shelf, today)
    return CampaignSubject(ids, dossier=dossier, lot=number)


def of_territory(
    engine: Engine, shelf: Shelf, trades: Sequence[str], where: Departement, today: date
) -> CampaignSubject:
    """Return the subject about trades (codes) in a département: the suppliers there of whom these trades are not confirmed."""
    names = ", ".join(taxonomy().label(trade) for trade in trades)
    nearby_ids = ids_to_ask(territory_reading(trades, where.code), shelf, today)
    inside = within(load_these(engine, nearby_ids), where)
    return CampaignSubject(tuple(one for one in nearby_ids if one in inside), f"{names}, {where.name}", tuple(trades))


def of_meeting(title: str, ids: Sequence[str], trades: Sequence[str] = ()) -> CampaignSubject:
    """Return the subject about the suppliers (ids) registered for a meeting."""
    return CampaignSubject(tuple(ids), f"avant « {title} »", tuple(trades))
