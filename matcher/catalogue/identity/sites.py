"""Sites (places of work) of a supplier, from its records: records that name the same place make one site; the most trusted source
(first in the order of precedence, `identity.trust`) names it."""

from collections.abc import Sequence
from dataclasses import replace

from matcher.catalogue.identity.records import REGISTERS, CleanRecord
from matcher.catalogue.identity.references import Directory, directory_of
from matcher.catalogue.identity.trust import STATED, TEAM
from matcher.cleaning.coordinates import Point, point_distance_km
from matcher.cleaning.names import name_key
from matcher.cleaning.postcode import address_key
from matcher.domain.supplier import Site

SAME_SITE_KM = 0.3


def united_sites(records: Sequence[CleanRecord], registers: Sequence[CleanRecord] = ()) -> tuple[Site, ...]:
    """Return the distinct sites of `records`, sorted by trust: the first record names a site, others complete it.

    An address of `registers` is a legal address first: it completes a known site, and makes one only where no directory gives any.
    """
    sites = list(_distinct(records))
    for site in filter(None, map(_site_of, registers)):
        _complete_known(sites, site)
    return tuple(sites) or _distinct(registers)


def _distinct(records: Sequence[CleanRecord]) -> tuple[Site, ...]:
    """The sites of the first source that gives any, and those with a FINESS number of their own.

    Another place from a less trusted source is an old address or a variant: it completes a site, and makes none.
    """
    sites: list[Site] = []
    giver: Directory | None = None
    for record in records:
        site = _site_of(record)
        if site is None:
            continue
        directory = directory_of(record.source, record.ref)
        giver = giver or directory
        if not _complete_known(sites, site) and (directory == giver or record.finess):
            sites.append(site)
    return tuple(sites)


def _complete_known(sites: list[Site], site: Site) -> bool:
    """Complete the first of `sites` at the same place as `site`; return False where none is."""
    for position, known in enumerate(sites):
        if not _same_place(known, site):
            continue
        completed = replace(
            known,
            address=known.address or site.address,
            post_code=known.post_code or site.post_code,
            finess=known.finess or site.finess,
        )
        if _exact_point(known) is None and (_exact_point(site) is not None or known.lat is None):
            completed = replace(completed, lat=site.lat, lon=site.lon, approximate=site.approximate)
        sites[position] = completed
        return True
    return False


def corrected_sites(records: Sequence[CleanRecord]) -> tuple[Site, ...]:
    """Return the sites of `records`, sorted by trust; a place written by the team replaces the main site."""
    directories = [record for record in records if record.source not in STATED and record.source not in REGISTERS]
    sites = united_sites(directories, [record for record in records if record.source in REGISTERS])
    team_site = next((site for record in records if record.source == TEAM and (site := _site_of(record))), None)
    if team_site is None:
        return sites
    main = sites[0] if sites else team_site
    corrected = replace(team_site, name=main.name or team_site.name, finess=main.finess or team_site.finess)
    return (corrected, *(site for site in sites[1:] if not _same_place(corrected, site)))


def _site_of(record: CleanRecord) -> Site | None:
    if not (record.city or record.post_code or record.insee or record.lat is not None):
        return None
    return Site(
        name=record.brand or record.name,
        address=record.address,
        post_code=record.post_code,
        city=record.city,
        insee=record.insee,
        lat=record.lat,
        lon=record.lon,
        approximate=record.approximate,
        finess=record.finess,
    )


def _same_place(a: Site, b: Site) -> bool:
    if _commune(a) != _commune(b):
        return False
    exact_a, exact_b = _exact_point(a), _exact_point(b)
    if exact_a is None or exact_b is None:  # one address per establishment: another spelling is not a second site
        return True
    key_a, key_b = address_key(a.address), address_key(b.address)
    return (key_a == key_b and key_a != "") or point_distance_km(exact_a, exact_b) < SAME_SITE_KM


def _commune(site: Site) -> tuple[str, str]:
    return ("insee", site.insee) if site.insee else (site.post_code, name_key(site.city))


def _exact_point(site: Site) -> Point | None:
    if site.lat is None or site.lon is None or site.approximate:
        return None
    return Point(site.lat, site.lon)
