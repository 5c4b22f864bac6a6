"""Builds the header and stage of a sourcing file (« dossier »: a buyer's list of suppliers for one purchase) opened from a published lot."""

from importers.notices import NOTICES
from matcher.catalogue.identity.trust import short_title
from matcher.domain.french import day, enumeration
from matcher.domain.notice import PublishedNotice
from matcher.dossiers.dossier import Course, DossierHeader, Stage
from matcher.need.title import cut_title
from matcher.notices.deadlines import PARIS
from matcher.notices.store import KeptLot
from matcher.reference.geography.territories import departement

_SIRET = 14
NEXT_STEP = "Remise des offres"


def notice_said(notice: PublishedNotice) -> str:
    """Return a notice in words: « avis n° 26-1234, BOAMP, publié le 20 novembre 2026 »."""
    known = NOTICES.get(notice.source)
    source = known.title.partition(",")[0] if known else short_title(notice.source)
    when = f"publié le {day(notice.published)}" if notice.published else "sans date de parution"
    return f"avis n° {notice.ref}, {source}, {when}"


def reference_of(lot: KeptLot) -> str:
    """Return the reference of a published lot's dossier: unique, and not changed by later notices."""
    return f"avis publié {lot.id}"


def dossier_header(lot: KeptLot) -> DossierHeader:
    """Return the header of the dossier of a lot."""
    buyer = lot.notice.buyer
    names = [area.name for code in lot.departements if (area := departement(code))]
    return DossierHeader(
        title=cut_title(lot.published.title or lot.notice.title),
        buyer=cut_title(lot.notice.buyer_name),
        buyer_siret=buyer if len(buyer) == _SIRET else "",
        territory=cut_title(enumeration(names)) if names else "",
        reference=reference_of(lot),
    )


def dossier_course(lot: KeptLot) -> Course:
    """Return the stage of a lot's dossier: in tender until the lot's deadline."""
    deadline = lot.published.deadline
    last = deadline.at.astimezone(PARIS).date() if deadline else None
    return Course(Stage.TENDER, last, next_step=NEXT_STEP if last else "", next_on=last)
