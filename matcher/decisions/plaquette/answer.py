"""Builds a plaquette (printable directory of a territory's inclusive suppliers) from the catalogue: only data that its sources allow to share; structures left
out are counted with the reason; and a table of whom to contact."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import Engine, distinct, func, select

from importers.emit import is_box
from matcher.catalogue.identity.merge import Merged, is_over
from matcher.catalogue.identity.trust import short_title
from matcher.catalogue.steward.export import unpublishable
from matcher.catalogue.steward.shareable import mentions, shareable_of
from matcher.catalogue.store.contacts import load_contacts_of_many
from matcher.catalogue.store.read import load_these, read_version
from matcher.catalogue.store.tables import SiteRow, SupplierRow
from matcher.cleaning.phone import shown_phone
from matcher.db import reading
from matcher.decisions.asked import DecisionRefused
from matcher.decisions.clause.facilitators import Facilitator, facilitators_of, load_facilitators
from matcher.decisions.interlocutors import interlocutors_of, load_interlocutors, nobody_known, speak_to_table
from matcher.decisions.plaquette.compute import Ordered, PrintedStructure, is_chosen, order_structures, printed_trades
from matcher.domain.age import source_dated
from matcher.domain.fields import FIELD
from matcher.domain.french import count, enumeration, with_apostrophes
from matcher.domain.kinds import SupplierKind
from matcher.domain.place import Place, PlaceType
from matcher.domain.reading import Lot, RawPlace
from matcher.domain.supplier import Contact, Supplier
from matcher.need.completion import near_places
from matcher.reading.place.areas import codes_within, departements_of
from matcher.reading.place.places import read_places
from matcher.reference.geography.communes import commune
from matcher.reference.source_rules import Use, allows_use, source_rules
from matcher.render.document import DocumentCell, DocumentTable
from matcher.rows import chunks, table_of

MOST_PLACES = 60
_SITES, _SUPPLIERS = table_of(SiteRow), table_of(SupplierRow)
_TOO_WIDE = (PlaceType.POINT, PlaceType.PAYS)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Number of structures of the territory that are not printed and the French reason; `partly`: printed, but without some contacts."""

    count: int
    says: str
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Plaquette:
    """Directory of a territory for one use (public or internal). `remarks`: doubts on the places typed; `its`: structures in printing order; `left_out`: those
    of the territory not printed; `unplaced`: number of suppliers of the catalogue without known commune; `sources`: citations to print; `days`: dates of the
    printed data, the oldest first."""

    places: tuple[Place, ...]
    remarks: tuple[str, ...]
    kinds: tuple[SupplierKind, ...]
    trades: tuple[str, ...]
    use: Use
    on: date
    its: Ordered
    left_out: tuple[LeftOut, ...]
    unplaced: int
    sources: tuple[str, ...]
    catalogue_version: int
    catalogue_suppliers: int
    days: tuple[date, ...] = ()

    @property
    def total(self) -> int:
        """Number of structures printed."""
        return sum(1 for _ in self.its.full)

    @property
    def withheld(self) -> tuple[LeftOut, ...]:
        """The structures of the territory not printed at all, by reason."""
        return tuple(one for one in self.left_out if not one.partly)

    @property
    def known_count(self) -> int:
        """Number of structures of the territory in the catalogue, printed or not."""
        return self.total + sum(one.count for one in self.withheld)

    @property
    def territory(self) -> str:
        """The territory in words: « Maubeuge (59), Nord (département) »."""
        return enumeration([place_said(place) for place in self.places])


def read_territory(typed: Sequence[str]) -> tuple[tuple[Place, ...], tuple[str, ...]]:
    """Parse the typed places; return them with French doubts. Raises DecisionRefused for an unknown place or too many."""
    if not typed:
        raise DecisionRefused("Dites le territoire : une commune, un EPCI, un département ou une région.")
    if len(typed) > MOST_PLACES:
        raise DecisionRefused(f"{MOST_PLACES} lieux au plus : prenez l’EPCI ou le département qui les réunit.")
    places: list[Place] = []
    doubts: list[str] = []
    for text in typed:
        whereabouts = read_places(Lot("", lieux=(RawPlace(text),)))
        here = [place for place in whereabouts.places if place.type not in _TOO_WIDE]
        if not here:
            raise DecisionRefused(_no_territory(text, wide=bool(whereabouts.places)), text, field="lieu")
        places += here
        doubts += whereabouts.doubts
    return tuple(dict.fromkeys(places)), tuple(dict.fromkeys(doubts))


def build_plaquette(
    engine: Engine,
    typed: Sequence[str],
    *,
    on: date,
    since: date,
    use: Use = Use.PUBLISH,
    kinds: Collection[SupplierKind] = (),
    trades: Collection[str] = (),
) -> Plaquette:
    """Return the plaquette of the typed places, limited to some kinds and trades (or groups of trades) if given. Contacts dated before `since` are left out.
    Raises DecisionRefused if the territory is not understood."""
    places, remarks = read_territory(typed)
    codes = frozenset(code for place in places for code in codes_within(place))
    with reading(engine) as connection:
        query = select(_SITES.c.supplier_id).distinct()
        ids = {
            key
            for part in chunks(sorted(codes))
            for key in connection.execute(query.where(_SITES.c.insee.in_(part))).scalars()
        }
        suppliers = int(connection.execute(select(func.count()).select_from(_SUPPLIERS)).scalar_one())
        placed = select(func.count(distinct(_SITES.c.supplier_id))).where(_SITES.c.insee != "")
        unplaced = suppliers - int(connection.execute(placed).scalar_one())
        version = read_version(connection)
    whole = {one.id: one for one in load_these(engine, ids) if not kinds or not set(kinds).isdisjoint(one.kinds)}
    # Closed structures are excluded according to any source, even one that may not be published.
    open_ids = [key for key, one in whole.items() if not is_over(one)]
    with reading(engine) as connection:
        shareable = shareable_of(connection, open_ids, use)
    today = load_contacts_of_many(engine, open_ids, since)
    sorter = _StructureSorter(use, codes, tuple(trades), over=len(whole) - len(open_ids))
    for key, merged in shareable.items():
        sorter.add(merged, whole[key], today[key])
    cited = mentions(engine, use)
    return Plaquette(
        places=places,
        remarks=remarks,
        kinds=tuple(kind for kind in SupplierKind if kind in kinds),
        trades=tuple(trades),
        use=use,
        on=on,
        its=order_structures(sorter.printed, trades),
        left_out=tuple(sorter.left_out()),
        unplaced=unplaced,
        sources=tuple(text for source, text in cited.items() if source in sorter.sources),
        catalogue_version=version,
        catalogue_suppliers=suppliers,
        days=tuple(sorted(sorter.days)),
    )


def _no_territory(text: str, *, wide: bool) -> str:
    if wide:
        return f"« {text} » n’a pas les limites d’un territoire : écrivez une commune, un EPCI, un département ou une région."
    near = enumeration([f"« {name} »" for name in near_places(text)], "ou")
    wanted = (
        f"Vouliez-vous dire {near} ?"
        if near
        else "Écrivez une commune et son département, un EPCI, un département ou une région."
    )
    return f"« {text} » n’est pas un territoire connu. {wanted}"


def place_said(place: Place) -> str:
    """Return the name of a place without ambiguity: « Maubeuge (59) », « Nord (département) »."""
    name = with_apostrophes(place.name)
    if place.type is PlaceType.COMMUNE:
        return f"{name} ({enumeration(sorted(departements_of(place)))})"
    return f"{name} ({_EXTENTS[place.type]})" if place.type in _EXTENTS else name


_EXTENTS = {PlaceType.DEPARTEMENT: "département", PlaceType.REGION: "région"}


def _unless_unpublishable(merge: Merged | frozenset[str], whole: Supplier, use: Use) -> Merged | frozenset[str]:
    """Return a structure's record, or for a public document that cannot name it the sources that forbid its publication."""
    if use is not Use.PUBLISH or isinstance(merge, frozenset):
        return merge
    if not unpublishable(merge.supplier):
        return merge
    origins = (origin.source for origin in whole.origins)
    return frozenset(source for source in origins if not allows_use(source, use))


@dataclass
class _StructureSorter:
    """Accumulator that sorts structures into printed ones, with sources and dates, and counts of those left out by reason. `kept_in`: by the sources that
    forbid sharing; `personal`: data hidden from a public document as possibly a person's, by kind of contact."""

    use: Use
    codes: frozenset[str]
    trades: tuple[str, ...]
    over: int
    printed: list[PrintedStructure] = field(default_factory=list)
    sources: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)
    kept_in: Counter[frozenset[str]] = field(default_factory=Counter)
    elsewhere: int = 0
    other_trades: Counter[bool] = field(default_factory=Counter)
    personal: Counter[SupplierKind | str] = field(default_factory=Counter)

    def add(self, merge: Merged | frozenset[str], whole: Supplier, today: Sequence[Contact]) -> None:
        """Sort one structure. `merge`: its record from shareable sources, or the set of sources that forbid sharing; `whole`: its record from all sources;
        `today`: its current contacts."""
        merge = _unless_unpublishable(merge, whole, self.use)
        if isinstance(merge, frozenset):
            self.kept_in[merge] += 1
            return
        supplier = replace(merge.supplier, refused_activities=whole.refused_activities)
        sites = [site for site in supplier.sites if site.insee in self.codes]
        trades = printed_trades(supplier)
        if not sites:
            self.elsewhere += 1
        elif self.trades and not any(is_chosen(trade.code, self.trades) for trade in trades):
            self.other_trades[bool(trades)] += 1
        else:
            alone = self.use is Use.PUBLISH and supplier.kinds == (SupplierKind.TIH,)
            self.personal[SupplierKind.TIH] += alone
            self.sources.update(origin.source for origin in supplier.origins)
            self.days.update(filter(None, (origin.date for origin in supplier.origins)))
            contacts = self._contacts(merge, today)
            towns = [with_apostrophes(town.name) if (town := commune(site.insee)) else site.city for site in sites]
            first = sites[0]
            address = ", ".join(filter(None, (first.address, f"{first.post_code} {first.city}".strip())))
            phone, email = shown_phone(contacts["phone"]), contacts["email"]
            if alone:
                address, phone, email = "", "", ""
            sources = (source_dated(short_title(origin.source), origin.date) for origin in supplier.origins)
            self.printed.append(
                PrintedStructure(
                    id=supplier.id,
                    name=supplier.name,
                    kinds=supplier.kinds,
                    siret=supplier.siret,
                    towns=tuple(dict.fromkeys(towns)),
                    address=address,
                    phone=phone,
                    email=email,
                    website=contacts["website"],
                    workers=FIELD["workers"].words(supplier),
                    source=" ; ".join(dict.fromkeys(sources)),
                    trades=trades,
                )
            )

    def _contacts(self, merge: Merged, today: Sequence[Contact]) -> dict[str, str]:
        """Return, by type, the first contact that is both current in the catalogue and given by a shareable source."""
        shown = {(contact.type, contact.value) for contact in today}
        shown_contacts = dict.fromkeys(("phone", "email", "website"), "")
        withheld = False
        for contact in merge.contacts:
            if (contact.type, contact.value) not in shown or shown_contacts[contact.type]:
                continue
            if contact.type == "email" and self.use is Use.PUBLISH and not is_box(contact.value):
                withheld = True
            else:
                shown_contacts[contact.type] = contact.value
        self.personal["email"] += withheld and not shown_contacts["email"]
        return shown_contacts

    def left_out(self) -> Iterator[LeftOut]:
        """Yield the counts of what is not printed; a structure counts once."""
        rules = source_rules()
        for sources, number in sorted(self.kept_in.items(), key=lambda line: (-line[1], sorted(line[0]))):
            titles = enumeration([short_title(key) for key in sorted(sources)])
            why = " ; ".join(dict.fromkeys(rules[key].rights for key in sorted(sources)))
            verb = "n’est connue" if number < 2 else "ne sont connues"
            yield LeftOut(number, f"{count(number, 'structure')} {verb} que par {titles} : {why}")
        away = "dont l’adresse dans ce territoire n’est connue que d’une source qui ne peut pas sortir"
        ask = "à demander à la structure"
        alone = "dont seuls le nom et la commune sont imprimés"
        lines: tuple[tuple[int, str, str, bool], ...] = (
            (
                self.over,
                "structure fermée, ou qui ne figure plus dans sa source",
                "structures fermées, ou qui ne figurent plus dans leur source",
                False,
            ),
            (self.elsewhere, f"structure {away}", f"structures {away}", False),
            (
                self.other_trades[True],
                "structure connue pour d’autres métiers",
                "structures connues pour d’autres métiers",
                False,
            ),
            (
                self.other_trades[False],
                "structure dont le métier n’est pas connu",
                "structures dont le métier n’est pas connu",
                False,
            ),
            (
                self.personal["email"],
                f"courriel qui peut être celui d’une personne : {ask}",
                f"courriels qui peuvent être ceux de personnes : {ask}",
                True,
            ),
            (
                self.personal[SupplierKind.TIH],
                f"travailleur indépendant, {alone}",
                f"travailleurs indépendants, {alone}",
                True,
            ),
        )
        yield from (LeftOut(number, count(number, one, many), partly) for number, one, many, partly in lines if number)


FACILITATOR = "Facilitateur des clauses sociales"
_NOT_PUBLISHED = "nom et coordonnées : à demander à l’équipe"


def people_table(engine: Engine, places: Sequence[Place], *, since: date, use: Use) -> DocumentTable:
    """Return the table of facilitators and other interlocutors of these places; a public document does not name facilitators, who did not consent."""
    near = facilitators_of(load_facilitators(engine, since=since), places)
    lines = [_facilitator_cells(one, use) for one in near] or [
        nobody_known(FACILITATOR, enumeration([one.name for one in places]))
    ]
    known = load_interlocutors(engine, since=since)
    return speak_to_table(interlocutors_of(known, places), tuple(dict.fromkeys(lines)))


def _facilitator_cells(facilitator: Facilitator, use: Use) -> tuple[DocumentCell, ...]:
    source = source_dated("liste de l’équipe", facilitator.as_of)
    if use is Use.PUBLISH:
        return (FACILITATOR, facilitator.territory, facilitator.structure or _NOT_PUBLISHED, *("", "", ""), source)
    named = " : ".join(filter(None, (facilitator.structure, facilitator.name)))
    return (
        FACILITATOR,
        facilitator.territory,
        named,
        " ; ".join(map(shown_phone, facilitator.phones)),
        facilitator.email,
        "",
        source,
    )
