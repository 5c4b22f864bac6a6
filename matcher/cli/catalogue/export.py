"""Command `entremise export`: write the catalogue's suppliers to a file (CSV, XLSX, map, data·inclusion), as far as the rules of their sources allow."""

from collections import Counter
from getpass import getuser

import click

from matcher.accounts.audit import AuditKind, commit_audit_line
from matcher.catalogue.steward.export import FORMS, WITH_CONTACTS, unpublishable, with_contacts
from matcher.catalogue.steward.shareable import shareable, shareable_contacts
from matcher.cli.frame.options import catalogue, command, contacts_since, database_option
from matcher.cli.frame.outlet import Outlet, outlet_options, write_answer
from matcher.clock import now
from matcher.domain.french import count
from matcher.reference.source_rules import Use

_TARGETS = {Use.PUBLISH: "pour publier", Use.EXPORT: "pour remettre à d’autres"}


@command("export", epilog="entremise export --format csv -o catalogue.csv")
@click.option(
    "--publier",
    is_flag=True,
    help="Pour rendre le fichier public : ne garde que les sources qui le permettent. Sinon, celles que vous pouvez remettre à d’autres.",
)
@click.option(
    "--coordonnees",
    is_flag=True,
    help="Ajoute téléphone et courriel, en csv ou en xlsx, de ce que vous pouvez remettre à d’autres : refusé avec --publier.",
)
@outlet_options(*FORMS, file="catalogue")
@database_option
def export_command(publier: bool, coordonnees: bool, outlet: Outlet, database: str | None) -> None:
    """Sort tout le catalogue dans un fichier.

    Un fournisseur par ligne, une carte, ou le schéma « structure » de data·inclusion.
    Ce que ses sources ne laissent pas sortir n’y est pas : c’est compté et dit. Les usages de chacune : « entremise sources ». Téléphones et
    courriels ne sortent que si vous les demandez.
    """
    use = Use.PUBLISH if publier else Use.EXPORT
    if coordonnees:
        if publier:
            raise click.UsageError(
                "Téléphones et courriels ne se publient pas : leurs sources les donnent pour joindre les structures. Sans --publier, vous les "
                "remettez à qui en a l’usage."
            )
        if outlet.form not in WITH_CONTACTS:
            raise click.UsageError(f"--coordonnees va avec --format {' ou '.join(WITH_CONTACTS)}.")
    engine = catalogue(database)
    form, since = FORMS[outlet.form], contacts_since()
    leaving = shareable(engine, use, contacts_since=since)
    if coordonnees:
        form = with_contacts(outlet.form, shareable_contacts(engine, Use.EXPORT, since))
    why = {each.id: (unpublishable(each) if publier else "") or form.untold(each) for each in leaving.suppliers}
    suppliers = [supplier for supplier in leaving.suppliers if not why[supplier.id]]
    detail = f"{outlet.form}, {count(len(suppliers), 'fournisseur')}, {count(leaving.left_out + len(why) - len(suppliers), 'non repris', 'non repris')}"
    target = _TARGETS[use] + (", avec les coordonnées" if coordonnees else "")
    commit_audit_line(
        engine,
        at=now(),
        author=getuser(),
        action="sort le catalogue",
        target=target,
        detail=detail,
        kind=AuditKind.EXPORT,
    )
    write_answer(form.file(suppliers, leaving.mentions), outlet.path)
    for reason, number in Counter(filter(None, why.values())).items():
        click.echo(f"{count(number, 'fournisseur')} {reason} : non repris.", err=True)
    if left_out := leaving.says():
        click.echo(left_out, err=True)
    if leaving.mentions:
        click.echo("À citer : " + " ; ".join(leaving.mentions.values()), err=True)
