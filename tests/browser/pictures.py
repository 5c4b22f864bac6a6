"""`make pictures`: the main pages on the invented sample, desktop and phone, as the images of docs/images and of the README."""

import os
import tempfile
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread
from typing import Literal
from urllib.parse import urlencode

import click
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine

from importers import REGISTRY
from importers.importer import Source
from matcher.catalogue.intake.intake import run_import
from matcher.catalogue.store.sample import mark_sample
from matcher.catalogue.store.shelf_cache import load_shelf
from matcher.cli.admin.demo import SAMPLES, sample_event
from matcher.db import open_database, writing
from matcher.decisions.opinion.document import usual_opinion
from matcher.domain.need import Need
from matcher.domain.reading import Lot, RawPlace
from matcher.dossiers.changes import AddLot
from matcher.dossiers.dossier import DossierHeader, Status
from matcher.dossiers.entry_changes import NoteEntry, SetStatus
from matcher.dossiers.frozen_list import freeze
from matcher.dossiers.store import change_dossier, create_dossier
from matcher.need.answer import answer_to
from matcher.ownership import FIRST_ORGANISATION
from matcher.paths import shipped_path
from matcher.ranking.ask import LotOnShelf
from matcher.web import create_app
from matcher.web.frame.serve import Server
from tests.browser.conftest import CHROMIUM

FOLDER = Path(__file__).resolve().parents[2] / "docs/images"
TODAY = date(2026, 11, 24)
AT = datetime(2026, 11, 16, 13, 32, tzinfo=UTC)
WIDTHS = {"bureau": 1280, "telephone": 390}
OBJET = "Entretien des espaces verts et des berges de la Sambre"
FOLLOWED = 52  # a supplier of the sample event, whose meetings are marked
NEED = {"besoin": OBJET, "lieu": "Maubeuge", "levier": "12"}


def sample(folder: Path) -> tuple[Engine, str, str]:
    """Return a catalogue of the sample with one dossier under way and the sample event, and the ids of its two best candidates."""
    engine = open_database(f"sqlite:///{(folder / 'exemple.sqlite').as_posix()}")
    with writing(engine) as connection:
        mark_sample(connection)
    for key, name in SAMPLES:
        run_import(engine, REGISTRY[key], [Source(shipped_path(f"data/samples/{name}"))], now=AT)
    lot = Lot(OBJET, lieux=(RawPlace("Maubeuge"),), levier="12", date=TODAY)
    shelf = load_shelf(engine)
    found = answer_to(Need(lot), shelf, 20)
    opinion = usual_opinion(engine, LotOnShelf(found.reading, shelf, TODAY))
    kept = tuple(match.id for match in found.matches[:4])
    header = DossierHeader("Entretien des berges de la Sambre", "Commune de Valbrune (fictive)", territory="Nord")
    dossier = create_dossier(engine, FIRST_ORGANISATION, header, author="C. Exemple", now=AT)
    added = AddLot("", freeze(found), kept, AT.date(), opinion=opinion)
    dossier = change_dossier(
        engine, FIRST_ORGANISATION, dossier.id, [added], version=dossier.version, author="C. Exemple", now=AT
    )
    follow = [
        SetStatus(1, kept[0], Status.INTERESTED),
        NoteEntry(1, kept[0], "Équipe libre dès mars."),
        SetStatus(1, kept[1], Status.CONTACTED),
        SetStatus(1, kept[2], Status.NO_ANSWER),
    ]
    change_dossier(engine, FIRST_ORGANISATION, dossier.id, follow, version=dossier.version, author="B. Modèle", now=AT)
    sample_event(engine, shelf, AT)
    return engine, kept[0], kept[1]


@dataclass(frozen=True, slots=True)
class Picture:
    """An image of docs/images: the head of a page by its address, on a screen, after a press on `opens` where it is set.

    `height` is where a row ends, in pixels.
    """

    name: str
    address: str
    screen: str = "bureau"
    height: int = 886
    scheme: Literal["light", "dark"] = "light"
    opens: str = ""


def pictures(first: str, second: str) -> list[Picture]:
    """Return the images to make; `first` is the supplier shown, and compared with `second`."""
    need, plain = urlencode(NEED), urlencode({"besoin": "Entretien des espaces verts", "lieu": "Maubeuge"})
    compared = urlencode({"compare": [first, second]}, doseq=True)
    hours = urlencode({"objet": "Nettoyage des locaux", "lieu": "Arras", "heures": "12 000", "mois": "18"})
    return [
        Picture("candidats", f"/candidats?{plain}", height=765),
        Picture("candidats-sombre", f"/candidats?{plain}", height=765, scheme="dark"),
        Picture("candidats-telephone", f"/candidats?{plain}", "telephone", height=844),
        Picture("carte", f"/candidats?{plain}", height=869, opens="[data-map-fold]"),
        Picture("pourquoi", f"/pourquoi?{plain}&{urlencode({'id': first})}"),
        Picture("comparer", f"/comparer?{plain}&{compared}"),
        Picture("fournisseur", f"/fournisseurs/{first}", height=862),
        Picture("avis", f"/avis?{need}&montant=180000&duree=12", height=735),
        Picture("plan-de-clause", f"/plan-clause?{hours}", height=843),
        Picture("dossier", "/dossiers/1", height=786),
        Picture("appels-telephone", "/dossiers/1/lots/1/appels", "telephone", height=844, opens=".button.main"),
        Picture("club", f"/club/1?{urlencode({'suivre': FOLLOWED})}", height=880),
    ]


@click.command()
def main() -> None:
    """Photographie les pages sur l’exemple, à l’ordinateur et au téléphone, claires et sombres."""
    if CHROMIUM is None:
        raise click.ClickException("Il faut chromium pour photographier les pages.")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        os.environ["ENTREMISE_CACHE"] = temporary
        engine, best, second = sample(Path(temporary))
        server = Server(create_app(engine, today=lambda: TODAY), "127.0.0.1", 0)
        server.listen()
        Thread(target=server.run, daemon=True).start()
        # Its own words, those of a date field among them, follow the environment, not the locale of the pages.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--lang=fr-FR"], env={**os.environ, "LANGUAGE": "fr"}
        )
        for picture in pictures(best, second):
            page = browser.new_page(
                base_url=server.url,
                viewport={"width": WIDTHS[picture.screen], "height": picture.height},
                locale="fr-FR",
                color_scheme=picture.scheme,
            )
            page.goto(picture.address)
            if picture.opens:
                page.click(picture.opens)
                page.evaluate("window.scrollTo(0, 0)")
            page.wait_for_load_state("networkidle")
            path = FOLDER / f"{picture.name}.png"
            page.screenshot(path=path, animations="disabled")
            click.echo(f"{path.relative_to(FOLDER.parents[1])}  {path.stat().st_size // 1024} Kio")
            page.close()
        browser.close()
        server.close()
        engine.dispose()


if __name__ == "__main__":
    main()
