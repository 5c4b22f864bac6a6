"""Names that a person types: former ones that still answer, and those nearest to one that no command has."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher

import click

# Former names of commands, each with the command that it runs today: they answer throughout version 0.3, and go with 0.4.
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
# Former names of options: no help shows them, and each is taken, for good, by every command that has the option of today and none of this name.
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
# What other programs call an option: those that it may be here, the likeliest first.
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
# Of a name misspelt: how alike a name is at least, from 0 to 1, and how far behind the nearest it may be.
_ALIKE, _BEHIND = 0.6, 0.1
_MOST = 3


def command_today(group: str, args: list[str]) -> list[str]:
    """Return what was typed after the path of a group, the name of its command that of today; a former one is announced on the error stream."""
    typed = f"{group} {args[0]}"
    today = RENAMED.get(typed)
    if today is None:
        return args
    click.echo(f"« {typed} » s’appelle désormais « {today} ».", err=True)
    return [*today.removeprefix(group).split(), *args[1:]]


def options_today(args: Sequence[str], names: Iterable[str]) -> list[str]:
    """Return what was typed after a command that has options of these `names`, each former name that of today."""
    names, end = set(names), args.index("--") if "--" in args else len(args)
    former = {old: new for old, new in FORMER_OPTIONS.items() if new in names and old not in names}

    def today(word: str) -> str:
        name, equals, value = word.partition("=")
        return f"{former.get(name, name)}{equals}{value}"

    return [*map(today, args[:end]), *args[end:]]


def nearest(typed: str, names: Iterable[str]) -> list[str]:
    """Return which of these names a misspelt one may be, the nearest first; what other programs call an option before all."""
    known = list(names)
    if meant := [name for name in ELSEWHERE.get(typed, ()) if name in known]:
        return meant[:1]
    alike = {name: SequenceMatcher(None, name, typed).ratio() for name in known}
    least = max(_ALIKE, max(alike.values(), default=0) - _BEHIND)
    return sorted((name for name in known if alike[name] >= least), key=lambda name: (-alike[name], name))[:_MOST]
