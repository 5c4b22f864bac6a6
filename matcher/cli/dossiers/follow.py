"""Commands `entremise dossier keep`, `remove`, `move`, `note`, `status`, `message`, `sent` and `award`: follow up the suppliers of a lot, then note the
contract."""

from datetime import date
from pathlib import Path

import click

from matcher.accounts.organisations import load_organisation
from matcher.catalogue.store.named_supplier import is_number
from matcher.catalogue.store.read import catalogue_version, load_suppliers
from matcher.cleaning.siret import SIRET_BAD_KEY, clean_siret
from matcher.cli.dossiers.options import (
    OpenDossier,
    echo_journal,
    lot_option,
    number_argument,
    reading_options,
    supplier_argument,
    writing_options,
)
from matcher.cli.frame.options import DAY, RequestRefused, WholeNumber, command, contact_lookup, existing, motive_option
from matcher.cli.frame.outlet import output_option, write_answer
from matcher.cli.frame.question_options import EUROS
from matcher.cli.frame.supplier import SUPPLIER, supplier_named
from matcher.clock import now, today
from matcher.dossiers import answers
from matcher.dossiers.answer_changes import change_status
from matcher.dossiers.changes import NoteDossier
from matcher.dossiers.contract_changes import USED, RecordContract, RemoveContract
from matcher.dossiers.dossier import AwardedContract, Dossier, DossierChange, SettledBy, Status
from matcher.dossiers.entry_changes import Consult, Keep, Move, NoteEntry, Remove
from matcher.dossiers.files.workbook import merge_csv
from matcher.dossiers.messages import consultation, mailto, recipients, with_contact
from matcher.dossiers.since import addition
from matcher.ranking.lay_out import build_shelf


@command("keep", epilog='entremise dossier keep 1 00010101400017 --motif "Vu au salon" --par Léa')
@number_argument
@supplier_argument
@lot_option
@motive_option
@writing_options
def keep_command(opened: OpenDossier, key: str, lot_number: int, motive: str) -> None:
    """Retient un fournisseur de la liste figée, ou en ajoute un autre du catalogue (avec --motif)."""

    def keep(dossier: Dossier) -> DossierChange:
        lot = dossier.lot(lot_number)
        named = _supplier_id(opened, dossier, lot_number, key)
        if (entry_id := lot.id_of(named)) is not None:
            return Keep(lot_number, entry_id, motive)
        shelf = build_shelf(load_suppliers(opened.engine), catalogue_version(opened.engine))
        added = addition(lot, shelf, "".join(named.split()), reason=motive, on=today())
        if added is None:
            raise RequestRefused(f"« {key} » n’est ni dans la liste figée ni dans le catalogue.")
        return added

    opened.write(keep)


@command("remove", epilog='entremise dossier remove 1 00010104800015 --motif "Trop loin" --par Léa')
@number_argument
@supplier_argument
@lot_option
@motive_option
@writing_options
def remove_entry_command(opened: OpenDossier, key: str, lot_number: int, motive: str) -> None:
    """Retire un fournisseur de la liste, avec un motif ; « keep » le remet."""
    opened.write(lambda dossier: Remove(lot_number, _supplier_id(opened, dossier, lot_number, key), motive))


@command("move", epilog="entremise dossier move 1 00010104800015 --place 2 --motif Chargé --par Léa")
@number_argument
@supplier_argument
@click.option("--place", type=WholeNumber(), metavar="NUMÉRO", required=True, help="Sa nouvelle place, 1 en tête.")
@lot_option
@motive_option
@writing_options
def move_entry_command(opened: OpenDossier, key: str, place: int, lot_number: int, motive: str) -> None:
    """Change la place d’un fournisseur dans la liste, avec un motif."""
    opened.write(lambda dossier: Move(lot_number, _supplier_id(opened, dossier, lot_number, key), place, motive))


@command("note", epilog='entremise dossier note 1 "Équipe libre en mars" --sur 00010104800015 --par Léa')
@number_argument
@click.argument("text", metavar="TEXTE")
@click.option("--sur", "key", metavar=SUPPLIER, help="Le fournisseur ; sinon, la note est celle du dossier.")
@lot_option
@writing_options
def note_command(opened: OpenDossier, text: str, key: str | None, lot_number: int) -> None:
    """Écrit une note, à la place de la précédente ; un texte vide l’efface. Le journal les garde toutes."""

    def note(dossier: Dossier) -> DossierChange:
        return NoteEntry(lot_number, _supplier_id(opened, dossier, lot_number, key), text) if key else NoteDossier(text)

    opened.write(note)


_SETTLED_BY = {"avis": SettledBy.CHANGED, "autre": SettledBy.ANOTHER, "erreur": SettledBy.MISTAKE}


@command("status", epilog="entremise dossier status 1 00010104800015 intéressé --par Léa")
@number_argument
@supplier_argument
@click.argument("status", metavar="STATUT", type=click.Choice([str(status) for status in Status]), required=False)
@click.option("--le", "on", type=DAY, metavar="DATE", help="Depuis quel jour ; sinon, aujourd’hui.")
@click.option("--annuler", "undone", is_flag=True, help="Annule la dernière réponse notée, au catalogue aussi.")
@click.option(
    "--trancher",
    "settled",
    type=click.Choice(list(_SETTLED_BY)),
    help="De deux réponses qui se contredisent : la structure a changé d’avis, une autre personne a répondu, ou erreur de saisie.",
)
@lot_option
@writing_options
def status_command(
    opened: OpenDossier,
    key: str,
    status: str | None,
    on: date | None,
    undone: bool,
    settled: str | None,
    lot_number: int,
) -> None:
    """Dit où en est un fournisseur : « à contacter », « contacté », « intéressé », « choisi », « pas intéressé », « sans réponse ».

    Ce qui contredit une réponse d’avant attend : --trancher dit laquelle compte, --annuler retire la dernière.
    """
    if [status is not None, undone, settled is not None].count(True) != 1:
        raise click.UsageError("Donnez un statut, « --annuler » ou « --trancher ».")
    author, before = opened.who, opened.read()
    entry = (lot_number, _supplier_id(opened, before, lot_number, key))
    if status is not None:
        after = opened.write(lambda seen: change_status(seen, *entry, Status(status), on=on or today(), author=author))
        if after.entry(*entry).rival:
            click.echo("Deux réponses se contredisent : la première compte tant que --trancher ne dit pas laquelle.")
        return
    target = (opened.engine, opened.owner, opened.number, *entry)
    after = (
        answers.undo_answer(*target, author=author, now=now(), corrects=author)
        if undone
        else answers.settle_answers(*target, _SETTLED_BY[settled or ""], author=author, now=now(), corrects=author)
    )
    echo_journal(after, before.version)


@command("message", epilog="entremise dossier message 1 --signature Léa")
@number_argument
@lot_option
@click.option("--signature", metavar="TEXTE", default="", help="Ce qui termine le message.")
@click.option(
    "--publipostage", "merge", is_flag=True, help="Un CSV pour le publipostage, avec les adresses d’aujourd’hui."
)
@click.option("--liens", "links", is_flag=True, help="Les liens « mailto: » qui ouvrent le message, en copie cachée.")
@output_option
@reading_options
def message_command(
    opened: OpenDossier, lot_number: int, signature: str, merge: bool, links: bool, output: Path | None
) -> None:
    """Prépare le message aux structures, le même pour tous, à relire avant de l’envoyer ; « sent » le garde au dossier."""
    dossier = opened.read()
    lot = dossier.lot(lot_number)
    by = load_organisation(opened.engine, opened.owner).its.own_name
    message = consultation(dossier, lot, lot.entries, by=by, signature=signature, today=today())
    if not (merge or links):
        write_answer(f"{message.subject}\n\n{message.text}\n", output)
        return
    ids = {entry.match.id for entry in lot.entries if not entry.withdrawn}
    people = recipients(lot.entries, contact_lookup(opened.engine)(ids))
    if merge:
        write_answer(merge_csv(people, message), output)
    else:
        written = mailto([recipient.contact.email for recipient in people if recipient.contact.email], message)
        write_answer("".join(f"{link.url}\n" for link in written), output)


@command("sent", epilog="entremise dossier sent 1 message.txt --a 00010104800015 --par Léa")
@number_argument
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--a",
    "keys",
    multiple=True,
    metavar=SUPPLIER,
    help="À qui ; répétable. Sinon, à tous ceux de la liste dont un courriel ou un téléphone est connu.",
)
@lot_option
@writing_options
def sent_command(opened: OpenDossier, path: Path, keys: tuple[str, ...], lot_number: int) -> None:
    """Garde au dossier le message envoyé (FICHIER : l’objet, une ligne vide, le texte) ; ses destinataires sont contactés."""
    try:
        subject, _, text = existing(path, piped=True).read_text(encoding="utf-8-sig").partition("\n")
    except UnicodeDecodeError as error:
        raise RequestRefused(f"« {path.name} » n’est pas en UTF-8 : enregistrez-le en UTF-8.") from error

    def consult(dossier: Dossier) -> DossierChange:
        lot = dossier.lot(lot_number)
        living = [entry for entry in lot.entries if not entry.withdrawn]
        contacts = contact_lookup(opened.engine)({entry.match.id for entry in living})
        chosen = tuple(_supplier_id(opened, dossier, lot_number, key) for key in keys)
        reached = tuple(entry.match.id for entry in with_contact(living, contacts))
        if not (chosen or reached):
            raise RequestRefused(
                "Ni courriel ni téléphone connu dans cette liste : dites par --a à qui vous avez écrit."
            )
        return Consult(lot_number, chosen or reached, subject.strip(), text.strip())

    opened.write(consult)


def _supplier_id(opened: OpenDossier, dossier: Dossier, lot_number: int, key: str) -> str:
    """Return the id of a supplier given by id, SIRET or name, from the lot else from the catalogue; a number unknown to both is returned as it is."""
    if (value := dossier.lot(lot_number).id_of(key)) is not None or is_number(key):
        return value or key
    return supplier_named(opened.engine, key)


NONE = "aucun"
_lot = click.option(
    "--lot", type=WholeNumber(0), metavar="NUMÉRO", default=1, show_default=True, help="Le lot ; 0 : tout le dossier."
)


@command("award", epilog="entremise dossier award 1 --notifie 2026-09-15 --montant 90000 --par Léa")
@number_argument
@_lot
@click.option("--notifie", "notified", type=DAY, metavar="DATE", required=True, help="Jour de la notification.")
@click.option("--montant", "amount", type=EUROS, metavar="EUROS", help="Hors taxes, sur toute la durée.")
@click.option("--titulaire", "winner", metavar="NOM", default="", help="Qui l’a obtenu.")
@click.option("--siret-titulaire", "siret", metavar="SIRET", default="", help="Son SIRET.")
@click.option(
    "--levier",
    "levers",
    type=click.Choice([*USED, NONE]),
    multiple=True,
    metavar="LEVIER",
    help=f"Levier utilisé, répétable : {', '.join(USED)}, ou {NONE}. Sinon, il n’est pas dit.",
)
@writing_options
def award_command(
    opened: OpenDossier,
    lot: int,
    notified: date,
    amount: float | None,
    winner: str,
    siret: str,
    levers: tuple[str, ...],
) -> None:
    """Note le marché attribué à la suite d’un lot : il compte dans le bilan de l’année."""
    if NONE in levers and len(set(levers)) > 1:
        raise click.UsageError(f"Donnez « --levier {NONE} », ou les leviers utilisés, pas les deux.")
    digits, fault = clean_siret(siret)
    if siret and (digits is None or fault == SIRET_BAD_KEY):
        raise click.UsageError("--siret-titulaire : un SIRET compte 14 chiffres, dont une clé ; vérifiez-les.")
    used = tuple(code for code in USED if code in levers) if levers else None
    contract = AwardedContract(lot, notified, amount, winner, digits or "", used)
    opened.write(lambda _: RecordContract(contract))


@command("remove-award", epilog='entremise dossier remove-award 1 --motif "Procédure annulée" --par Léa')
@number_argument
@_lot
@motive_option
@writing_options
def remove_award_command(opened: OpenDossier, lot: int, motive: str) -> None:
    """Retire un marché noté par erreur ; le journal le garde."""
    opened.write(lambda _: RemoveContract(lot, motive))


FOLLOW_COMMANDS = (
    *(keep_command, remove_entry_command, move_entry_command, note_command, status_command, message_command),
    *(sent_command, award_command, remove_award_command),
)
