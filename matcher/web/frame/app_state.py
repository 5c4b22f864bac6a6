"""State that the pages read: the `Desk` of the application (database engine, shelf, clock, settings, background jobs), and for each request its account,
organisation, profile and the name that signs. Shelf: the catalogue's suppliers loaded as arrays, for ranking."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, date, datetime
from time import monotonic
from typing import TYPE_CHECKING

from flask import abort, current_app, flash, g, redirect, request, session, url_for
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Scope
from matcher.accounts.calls import TokenCalls
from matcher.accounts.incidents import IncidentCounter
from matcher.accounts.organisations import OrganisationProfile, has_logo, list_organisations, load_organisation
from matcher.accounts.store import Account, Membership, any_account
from matcher.answers.erasing import end_facts_due
from matcher.catalogue.identity.trust import PUBLISHERS, short_title
from matcher.catalogue.steward.privacy import kept_since
from matcher.catalogue.store.contacts import contact_details
from matcher.catalogue.store.field_sources import field_sources
from matcher.catalogue.store.late import Freshness, freshness
from matcher.catalogue.store.read import dated_sources
from matcher.catalogue.store.sample import INVENTED, notice_of
from matcher.catalogue.store.shelf_cache import ReadyShelf, ready_shelf
from matcher.cleaning.numbers import whole_number
from matcher.decisions.purchases import past_suppliers
from matcher.decisions.purchases.past_suppliers import PastSupplier
from matcher.domain.age import DatedSource, SupplierSources
from matcher.domain.contact_details import ContactDetails
from matcher.domain.french import count, enumeration
from matcher.domain.need import BuyerDefaults
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.privacy import mute_facts
from matcher.jobs.worker import Worker, WorkKind
from matcher.jobs.works import WorkStore
from matcher.need.completion import complete_cpv, complete_place
from matcher.ownership import OrganisationId
from matcher.ranking.ask import LotOnShelf
from matcher.ranking.engine import rank
from matcher.ranking.shelf.shelf import Shelf
from matcher.reading.reader import read
from matcher.reference.law import BuyerNature, nature_of
from matcher.render.described_file import head_notice
from matcher.settings import WebSettings, retention_months

if TYPE_CHECKING:  # its libraries are imported only where a provider is configured
    from matcher.accounts.identity_provider import IdentityProvider

EXTENSION = "entremise"
LOOK_AGAIN_S = 5.0
# Attribute of `g`: the database did not answer this request.
DATABASE_AWAY = "database_away"
# The name that signs a change: its form field, and its session key.
SIGNATURE, _KEPT = "qui", "signature"
LONGEST_NAME = 80
NO_NAME = "Dites votre nom : le journal garde qui et quand."


class Desk:
    """State of the application, shared by its threads; `desk()` returns it."""

    def __init__(
        self,
        engine: Engine,
        today: Callable[[], date],
        clock: Callable[[], datetime],
        settings: WebSettings,
        identity_provider: "IdentityProvider | None" = None,
        works: Iterable[WorkKind] = (),
    ) -> None:
        self.engine = engine
        self.today = today
        self.clock = clock
        self.settings = settings
        self.identity_provider = identity_provider
        self.calls = TokenCalls(engine)
        self.incidents = IncidentCounter(engine)
        self.works = WorkStore(engine)
        self.worker = Worker(self.works, works, forget=lambda: end_facts_due(engine, today(), mute_facts))
        self._sources: tuple[int, tuple[DatedSource, ...]] = (-1, ())
        self._ages: tuple[int, float, list[Freshness]] = (-1, 0.0, [])
        self._notice: tuple[float, str] | None = None
        self._team = any_account(engine)
        self._looked = monotonic()

    def team(self) -> bool:
        """Return whether people sign in here: from the first account on, for good.

        Until then the database is queried every few seconds, or at each request where the pages are open to a network; never while it is down."""
        if g.get(DATABASE_AWAY):
            return True
        if not self._team and (self.settings.shared or monotonic() - self._looked >= LOOK_AGAIN_S):
            self._team, self._looked = any_account(self.engine), monotonic()
        return self._team

    def shelf(self) -> Shelf:
        """Return the shelf, the same for a whole request; one small query when the catalogue has not changed."""
        return self._ready().shelf

    def behind(self) -> bool:
        """Return whether the shelf of this request is older than the catalogue's last change."""
        return self._ready().behind

    def _ready(self) -> ReadyShelf:
        if "shelf" not in g:
            g.shelf = ready_shelf(self.engine)
        shelf_ready: ReadyShelf = g.shelf
        return shelf_ready

    def now(self) -> datetime:
        """Return the current time in UTC, as the database stores it."""
        return self.clock().astimezone(UTC)

    def contacts_since(self) -> date:
        """Return the day since which a contact must have been confirmed to be shown or exported (retention period)."""
        return kept_since(self.today(), retention_months())

    def contacts_of(self, ids: Collection[str]) -> Mapping[str, ContactDetails]:
        """Return the contact details of suppliers that may be shown today, by id."""
        return contact_details(self.engine, ids, self.contacts_since())

    def sources_of(self, ids: Collection[str]) -> Mapping[str, SupplierSources]:
        """Return the source and data date of each field of suppliers, by supplier id."""
        return field_sources(self.engine, ids, self.sources())

    def warm(self) -> None:
        """Load the lazy tables (shelf, places, words) by a first ranking, so that no visitor waits for them."""
        complete_place("ma")
        complete_cpv("espaces")
        reading = read(Lot("Entretien des espaces verts", lieux=(RawPlace("dep:59"),)))
        rank(LotOnShelf(reading, self.shelf(), self.today())).top(1)

    def catalogue_line(self) -> str:
        """Return the data that the pages answer from: « 5 870 fournisseurs · FINESS, données de mars 2021 ; Les emplois, données d’avril 2026 »."""
        shelf = self.shelf()
        if not len(shelf):
            return "Catalogue vide"
        dated = (
            f"{its.title}, {its.date_words}"
            for its in self.sources()
            if its.key in REGISTRY and REGISTRY[its.key].scope is Scope.SUPPLIER
        )
        changing = (
            "le catalogue vient de changer : cette page répond encore de sa version d’avant" if self.behind() else ""
        )
        return " · ".join(filter(None, (count(len(shelf), "fournisseur"), " ; ".join(sorted(dated)), changing)))

    def notice(self) -> str:
        """Return the notice at the head of every page and file of this catalogue, empty for none; re-read every few seconds."""
        if self._notice is None or monotonic() - self._notice[0] >= LOOK_AGAIN_S:
            self._notice = (monotonic(), notice_of(self.engine))
        return self._notice[1]

    def sources(self) -> tuple[DatedSource, ...]:
        """Return each imported source with the date of its data, re-read when the catalogue changes."""
        version = self.shelf().version
        if self._sources[0] != version:
            self._sources = (version, dated_sources(self.engine))
        return self._sources[1]

    def ages(self) -> list[Freshness]:
        """Return the age of each downloaded source, re-read every few seconds: an import resets it even if nothing changed."""
        version, looked, ages = self._ages
        if version != self.shelf().version or monotonic() - looked >= LOOK_AGAIN_S:
            ages = freshness(self.engine)
            self._ages = (self.shelf().version, monotonic(), ages)
        return ages


def late_line() -> str:
    """Return the sentence of the first page on sources due for a new import; empty where there is none, or the catalogue is empty."""
    current_desk = desk()
    if not len(current_desk.shelf()):
        return ""
    late = [age for age in current_desk.ages() if age.late(current_desk.today())]
    dated_sources = {source.key: source.date_words for source in current_desk.sources()}
    never = [age.key for age in late if not age.last]
    sources_by_state = {
        "Annuaires à reprendre": [f"{short_title(age.key)} (repris {age.when})" for age in late if age.last],
        "Pris d’un fichier, ou en partie": [
            f"{short_title(key)} ({dated_sources[key]})" for key in never if key in dated_sources
        ],
        "Pas encore au catalogue": [short_title(key) for key in never if key not in dated_sources],
    }
    return " ".join(f"{what} : {enumeration(which)}." for what, which in sources_by_state.items() if which)


def source_shown(source: str) -> str:
    """Return the short title of a source as a page shows it; directories of the sample are marked as invented."""
    invented = head_notice() and source in PUBLISHERS
    return f"{short_title(source)} ({INVENTED})" if invented else short_title(source)


def desk() -> Desk:
    """Return the desk of the application that serves this request."""
    desk: Desk = current_app.extensions[EXTENSION]
    return desk


def account() -> Account | None:
    """Return the account signed in, None where nobody signs in."""
    account: Account | None = g.get("account")
    return account


def name_act(action: str, detail: str = "") -> None:
    """Set the words of this request's line in the audit journal, which otherwise names the right that its page requires; without words, no line."""
    g.act = action, detail


def signature() -> str:
    """Return the name that signs changes, empty where none was given yet."""
    person = account()
    return person.name if person else str(session.get(_KEPT, ""))


def person() -> str:
    """Return the name that owns the background jobs of a request: its login, else its IP address."""
    own_account = account()
    return own_account.login if own_account else str(request.remote_addr)


def signer_of(form: Mapping[str, str]) -> str:
    """Return the name that signs a form: the account's, else the one it gives, saved in the session; empty where there is none or it is too long."""
    if account() is not None or SIGNATURE not in form:
        return signature()
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in form[SIGNATURE]).split())
    if not name or len(name) > LONGEST_NAME:
        return ""
    session[_KEPT] = name
    return name


def named_or_back(author: str, page: str) -> str:
    """Return the author of a form; without one, abort with a redirect to a page and a message that asks for a name."""
    if not author:
        flash(NO_NAME, "refus")
        abort(redirect(page, 303))
    return author


def named_or_fault(author: str, faults: dict[str, str]) -> str:
    """Return the author of a form; without one, add a fault to the form."""
    if not author:
        faults[SIGNATURE] = NO_NAME
    return author


def version_read(current: int) -> int:
    """Return the version of the journal that a form was displayed from, 1 to `current`; abort with 400 without one."""
    version = whole_number(request.form.get("version", ""), range(1, current + 1))
    if version is None:
        abort(400)
    return version


def membership() -> Membership | None:
    """Return the person's membership (organisation, role) of this request, None where nobody signs in, or they have no organisation."""
    membership: Membership | None = g.get("membership")
    return membership


def owner() -> OrganisationId:
    """Return the id of the organisation whose data the request reads and writes; abort with 403 without one."""
    organisation_id: OrganisationId | None = g.get("owner")
    if organisation_id is None:
        abort(403)
    return organisation_id


def profile() -> OrganisationProfile:
    """Return the profile of the organisation, read once a request."""
    if "profile" not in g:
        g.profile = load_organisation(desk().engine, owner()).its
    profile: OrganisationProfile = g.profile
    return profile


def logo_address() -> str:
    """Return the URL of the organisation's logo, empty where it has none."""
    return url_for("organisations.logo") if has_logo(desk().engine, owner()) else ""


def buyer_defaults() -> BuyerDefaults:
    """Return the SIRET and place of the organisation, defaults for a need that names no buyer."""
    own_profile = profile()
    return BuyerDefaults(own_profile.siret, own_profile.place)


def kept_nature() -> BuyerNature | None:
    """Return the legal nature of the organisation as a buyer that it declares, None for none."""
    nature = profile().nature
    return BuyerNature(nature) if nature else None


def buyer_nature() -> BuyerNature | None:
    """Return the legal nature of the organisation as a buyer: declared, else deduced from its SIREN; None for neither."""
    return kept_nature() or nature_of(profile().siret[:9])


def past() -> Mapping[str, PastSupplier]:
    """Return the past suppliers of the organisation by id, read once a request."""
    if "past" not in g:
        g.past = past_suppliers.load_past_suppliers(desk().engine, owner())
    known_suppliers: Mapping[str, PastSupplier] = g.past
    return known_suppliers


def past_said(ids: Iterable[str]) -> Mapping[str, str]:
    """Return a French phrase on the organisation's past purchases from each of these suppliers, by id."""
    return past_suppliers.past_labels(past(), desk().shelf(), ids)


def signed_for_all(form: Mapping[str, str]) -> str:
    """Return the author of a change to the catalogue, which all organisations share: with the organisation's name where there are several."""
    author, member = signer_of(form), membership()
    return (
        f"{author} ({member.organisation})"
        if author and member and len(list_organisations(desk().engine)) > 1
        else author
    )
