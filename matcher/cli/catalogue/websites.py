"""Command `entremise websites`: crawl suppliers' own sites (respecting robots.txt) for trades and contacts, proposed on their records for confirmation."""

from collections.abc import Collection

import click
from rich.console import Console

from importers.online.faults import PageOutcome
from matcher.catalogue.intake.site_page import robots_in_subprocess
from matcher.catalogue.intake.websites import read_websites
from matcher.catalogue.store.followed import follow_ids
from matcher.cli.frame.departement import DEPARTEMENT
from matcher.cli.frame.options import WholeNumber, catalogue, command, contacts_since, database_option, owner
from matcher.cli.frame.outlet import Outlet, counting, outlet_options
from matcher.clock import now
from matcher.domain.french import count
from matcher.domain.supplier import Supplier
from matcher.dossiers.store import load_dossier
from matcher.erasure import FOLDERS
from matcher.private_files import private_folder
from matcher.reference.geography.territories import Departement, departement_of
from matcher.settings import controller

# French words of the summary for a count of pages, by outcome (singular, plural).
_WORDS = {
    PageOutcome.READ: ("lue", "lues"),
    PageOutcome.ROBOTS: ("refusée par robots.txt", "refusées par robots.txt"),
    PageOutcome.UNREACHABLE: ("injoignable", "injoignables"),
    PageOutcome.PRIVATE: ("à une adresse privée, refusée", "à une adresse privée, refusées"),
    PageOutcome.TOO_BIG: ("trop lourde", "trop lourdes"),
    PageOutcome.NOT_HTML: ("qui n’est pas du HTML lisible", "qui ne sont pas du HTML lisible"),
}


@command("websites", epilog="entremise websites --departement 59")
@click.option(
    "--departement", "place", type=DEPARTEMENT, metavar="CODE", help="Les fournisseurs de ce département seulement."
)
@click.option("--dossier", "number", type=WholeNumber(), metavar="NUMÉRO", help="Ceux de ce dossier seulement.")
@outlet_options("table", "json")
@database_option
def websites_command(place: Departement | None, number: int | None, outlet: Outlet, database: str | None) -> None:
    """Lit, sur les sites des fournisseurs, métiers et contacts.

    Ce qui est trouvé est proposé sur leur fiche, à confirmer.
    ENTREMISE_CONTROLLER_CONTACT dit aux sites qui les lit. Douze pages d’un site au plus, cinq secondes entre deux, là où robots.txt le permet ; un site
    lu depuis moins de six mois n’est pas redemandé. Interrompue, la commande relancée reprend où elle en était.
    """
    from importers.online.websites import WebsiteFetcher

    contact = controller().contact
    engine = catalogue(database)
    ids: Collection[str] | None = None
    if number:
        lots = load_dossier(engine, owner(engine), number).lots
        kept_ids = {entry.match.id for lot in lots for entry in lot.entries if not entry.withdrawn}
        ids = frozenset(follow_ids(engine, kept_ids).values())

    def is_wanted(supplier: Supplier) -> bool:
        if place and not any(departement_of(site.insee, site.post_code) == place for site in supplier.sites):
            return False
        return ids is None or supplier.id in ids

    fetcher = WebsiteFetcher(private_folder(FOLDERS["sites"].path), contact, robots_in_subprocess)
    since = contacts_since()
    with counting("Lecture des sites") as progress:
        report = read_websites(engine, fetcher, wanted=is_wanted, contacts_since=since, now=now, progress=progress)

    def show(out: Console) -> None:
        if not report.sites:
            out.out("Aucun site à lire : aucun fournisseur n’en donne, ou tous ont été lus depuis moins de six mois.")
            return
        figures = report.pages
        pages = ", ".join(count(figures[outcome], *words) for outcome, words in _WORDS.items() if figures[outcome])
        tradeless = count(report.without_trade, "page lue", "pages lues")
        out.out(f"{count(report.sites, 'site')} ; pages : {pages} ; {tradeless} sans métier.")
        shared = f"dont {report.shared} de sites communs à plusieurs établissements"
        out.out(f"{count(report.found, 'proposition')} à confirmer sur les fiches, {shared}.")

    outlet.send(table=show, json=report.as_dict)
