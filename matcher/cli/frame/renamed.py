"""Former names of commands: each runs what it names today and says so. They answer throughout version 0.3, and go with 0.4."""

import click

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


def named_today(group: str, args: list[str]) -> list[str]:
    """Return what was typed after the path of a group, the name of its command that of today; a former one is told on the error stream."""
    typed = f"{group} {args[0]}"
    today = RENAMED.get(typed)
    if today is None:
        return args
    click.echo(f"« {typed} » s’appelle désormais « {today} ».", err=True)
    return [*today.removeprefix(group).split(), *args[1:]]
