"""Names of commands and options as users type them: former names that still work, and suggestions for unknown or misspelt names."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

import click

# Former name of a command → command of today: they work throughout version 0.3, and are dropped in 0.4.
RENAMED = {
    "entremise show": "entremise catalogue show",
    "entremise correct": "entremise catalogue correct",
    "entremise add": "entremise catalogue add",
    "entremise withdraw": "entremise catalogue withdraw",
    "entremise conflicts": "entremise catalogue conflicts",
    "entremise quality": "entremise catalogue quality",
    "entremise review": "entremise catalogue review",
    "entremise enrich": "entremise catalogue enrich",
    "entremise imports": "entremise catalogue imports",
    "entremise undo-import": "entremise catalogue undo-import",
    "entremise facilitators": "entremise reference facilitators",
    "entremise opt-out": "entremise privacy opt-out",
    "entremise forget": "entremise privacy forget",
    "entremise purge": "entremise privacy purge",
    "entremise dossier new": "entremise dossier create",
    "entremise campagne status": "entremise campagne show",
    "entremise campagne revoke": "entremise campagne close",
}
# Former name of an option → option of today: not in the help, accepted for good by commands that have the latter and no option of the former name.
FORMER_OPTIONS: Mapping[str, str] = {
    "--acheteur": "--nature",
    "--activite": "--metier",
    "--au": "--jusqu-au",
    "--decided": "--decidees",
    "--derniers": "--nombre",
    "--dossier": "--repertoire",
    "--du": "--depuis",
    "--folder": "--repertoire",
    "--from": "--source",
    "--jusqu-a": "--jusqu-au",
    "--keep": "--garder",
    "--kind": "--type",
    "--leave-out": "--ecarter",
    "--limit": "--nombre",
    "--merged": "--rapprochees",
    "--no-serve": "--sans-pages",
    "--older-than": "--jours",
    "--premiers": "--nombre",
    "--rows": "--lignes",
    "--same": "--meme",
    "--seconds": "--secondes",
    "--since": "--depuis",
    "--to": "--vers",
    "--undo": "--annuler",
    "--until": "--jusqu-au",
    "--wait": "--attendre",
    "--who": "--par",
}
# Option name that a person may expect, from here or from another program → the options that it may mean here, the likeliest first.
ELSEWHERE: Mapping[str, Sequence[str]] = {
    "--amount": ("--montant",),
    "--besoin": ("--objet",),
    "--commune": ("--lieu",),
    "--csv": ("--format",),
    "--database": ("--db",),
    "--fichier": ("--lots",),
    "--file": ("--lots", "--fichier"),
    "--json": ("--format",),
    "--limite": ("--top", "--nombre"),
    "--limit": ("--top",),
    "--need": ("--objet",),
    "--nombre": ("--top",),
    "--place": ("--lieu",),
    "--sortie": ("--output",),
    "--texte": ("--objet",),
    "--ville": ("--lieu",),
}
# Suggestions for a misspelt name: minimum similarity, in [0, 1], and largest gap to the nearest name.
_ALIKE, _BEHIND = 0.6, 0.1
_MOST = 3


def command_today(group: str, args: list[str]) -> list[str]:
    """Return the arguments typed after a group, with a former command name replaced by today's and announced on the error stream."""
    typed = f"{group} {args[0]}"
    today = RENAMED.get(typed)
    if today is None:
        return args
    click.echo(f"« {typed} » s’appelle désormais « {today} ».", err=True)
    return [*today.removeprefix(group).split(), *args[1:]]


def options_today(args: Sequence[str], names: Iterable[str]) -> list[str]:
    """Return the arguments of a command whose options have these `names`, with former option names replaced by today's."""
    names, end = set(names), args.index("--") if "--" in args else len(args)
    former = {old: new for old, new in FORMER_OPTIONS.items() if new in names and old not in names}

    def today(word: str) -> str:
        name, equals, value = word.partition("=")
        return f"{former.get(name, name)}{equals}{value}"

    return [*map(today, args[:end]), *args[end:]]


def nearest(typed: str, names: Iterable[str]) -> list[str]:
    """Return at most three of `names` that a wrong one may mean, the nearest first; only the one that `ELSEWHERE` gives, where it has one."""
    known = list(names)
    if meant := [name for name in ELSEWHERE.get(typed, ()) if name in known]:
        return meant[:1]
    alike = {name: SequenceMatcher(None, name, typed).ratio() for name in known}
    least = max(_ALIKE, max(alike.values(), default=0) - _BEHIND)
    return sorted((name for name in known if alike[name] >= least), key=lambda name: (-alike[name], name))[:_MOST]
