"""Names of options: in French, one for one thing; former names answer and are not shown."""

import csv
import re

import click
import pytest

from matcher.cleaning.words import words
from matcher.cli.app import cli
from matcher.cli.frame.french import option_names
from matcher.cli.frame.names import ELSEWHERE, FORMER_OPTIONS, nearest, options_today
from matcher.paths import shipped_path
from tests.commands import every
from tests.matcher.cli.conftest import Run

# Names that stay for good because figures and scripts are taken through them, and those that every program has.
CONTRACT = {"--db", "--dry-run", "--format", "--host", "--kind", "--mapping", "--output", "--port", "--top"}
EVERYWHERE = {"--help", "--verbose", "--version"}
# Words for one thing, the one that an option is named by first.
SAME = (
    ("depuis", "du", "des-le"),
    ("jusqu-au", "jusqu-a", "au"),
    ("type", "categorie"),
    ("nombre", "limite", "maximum", "premiers", "derniers"),
    ("repertoire", "chemin"),
    ("annuler", "defaire"),
    ("garder", "conserver"),
    ("par", "auteur"),
    ("vers", "destination"),
    ("lieu", "endroit", "localite"),
    ("montant", "somme"),
    ("motif", "raison"),
    ("courriel", "mail", "email"),
    ("metier", "profession"),
    ("nature", "nature-acheteur"),
    ("fichier", "tableau"),
)
# Words of options that no sentence has: signs of the trade, and words of few people.
SIGNS = {"croire", "fuseau", "cpv", "etp", "id", "npnru", "pmsmp", "siret", "tva", "cluster"}
# English words that some sentence has, cut or misspelt.
ENGLISH = {"file", "from", "keep", "limit", "to", "undo", "wait"}


def shown() -> dict[str, list[str]]:
    """The options that helps show, each with the commands that have it."""
    found: dict[str, list[str]] = {}
    for context in every(cli, "entremise"):
        for name in option_names(context.command):
            found.setdefault(name, []).append(context.command_path)
    return found


def french() -> set[str]:
    """The words of the helps of commands and of the needs that the reading is learned from."""
    texts = [context.command.help or "" for context in every(cli, "entremise")]
    texts += [
        option.help or ""
        for context in every(cli, "entremise")
        for option in context.command.params
        if isinstance(option, click.Option)
    ]
    with shipped_path("data/corpus/besoins.csv").open(encoding="utf-8", newline="") as file:
        texts += [row["objet"] for row in csv.DictReader(file, delimiter=";")]
    return {word for text in texts for word in words(re.sub(r"--[a-z-]+", "", text))}


def test_options_are_named_in_french() -> None:
    known = (french() | SIGNS) - ENGLISH
    names = shown().keys() - CONTRACT - EVERYWHERE
    assert {name for name in names if not known.issuperset(name.strip("-").split("-"))} == set()


def test_one_thing_has_one_name() -> None:
    others = {f"--{other}": f"--{first}" for first, *rest in SAME for other in rest} | dict(FORMER_OPTIONS)
    taken = {"--activite", "--acheteur", "--dossier", *CONTRACT}  # also the names of other things
    assert {
        name: (others[name], where) for name, where in shown().items() if name in others and name not in taken
    } == {}


def test_a_former_name_leads_to_an_option_of_today() -> None:
    names = shown()
    assert set(FORMER_OPTIONS.values()) <= names.keys()
    assert {name for near in ELSEWHERE.values() for name in near} <= names.keys()


@pytest.mark.parametrize(
    ("typed", "names", "taken"),
    [
        (["--since", "a", "--limit=3"], ["--depuis", "--nombre"], ["--depuis", "a", "--nombre=3"]),
        (["--kind", "EA"], ["--type", "--kind"], ["--kind", "EA"]),
        (["--since", "a"], ["--date"], ["--since", "a"]),
        (["--", "--since"], ["--depuis"], ["--", "--since"]),
    ],
)
def test_a_former_name_is_taken_where_the_option_is(typed: list[str], names: list[str], taken: list[str]) -> None:
    assert options_today(typed, names) == taken


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("match", "--lieux", "Lille"), "« --lieux ». Vouliez-vous dire --lieu ?"),
        (("match", "--file", "lots.jsonl"), "« --file ». Vouliez-vous dire --lots ?"),
        (("match", "--fichier", "lots.jsonl"), "« --fichier ». Vouliez-vous dire --lots ?"),
        (("programme", "--file", "a.csv"), "Le fichier se donne sans option : entremise programme FICHIER"),
        (("mtach",), "« mtach ». Vouliez-vous dire match ?"),
    ],
)
def test_the_right_name_comes_first(args: tuple[str, ...], told: str, run: Run) -> None:
    assert told in run(*args).err


def test_names_as_near_are_all_told_and_a_far_one_is_not() -> None:
    assert nearest("sho", ["show", "shop", "match"]) == ["shop", "show"]
    assert nearest("zzz", ["show"]) == []


@pytest.mark.parametrize("typed", [("-h",), ("help",), ("aide",)])
def test_help_is_asked_in_every_way(typed: tuple[str, ...], run: Run) -> None:
    assert run(*typed).out == run("--help").out
    inner = (*typed, "club", "create") if typed != ("-h",) else ("club", "create", "-h")
    assert run(*inner).out == run("club", "create", "--help").out
    assert run("version").out == run("--version").out
