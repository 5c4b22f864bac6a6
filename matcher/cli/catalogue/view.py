"""Terminal output about the catalogue: the report of an import of a directory or of notices, the directories, the counts."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.text import Text

from importers.importer import Publication
from matcher.catalogue.intake.report import ImportReport
from matcher.catalogue.store.read import LastImport
from matcher.cli.frame.outlet import REFUSED, UNKNOWN, counts_table, tally_table
from matcher.domain.french import count, day, number, unit
from matcher.domain.kinds import SupplierKind
from matcher.notices.report import NoticesReport
from matcher.notices.store import TakenNotices
from matcher.reference.source_rules import source_rules
from matcher.render.shaped import json_value, shaped

OUTCOMES = {
    "created": ("nouveau fournisseur", "nouveaux fournisseurs"),
    "merged": ("rattaché à un fournisseur déjà connu", "rattachés à un fournisseur déjà connu"),
    "updated": ("mis à jour", "mis à jour"),
    "unchanged": ("inchangé", "inchangés"),
    "review": ("à revoir", "à revoir"),
    "refused": ("refusé", "refusés"),
}
NOTICES = {"new": ("nouvel avis", "nouveaux avis"), "changed": ("avis modifié", "avis modifiés")}
HELD = {
    "with_siret": "avec un SIRET",
    "with_finess": "avec un numéro FINESS",
    "with_activity": "avec une activité déclarée",
    "with_coordinates": "situés",
    "with_exact_coordinates": "situés à l’adresse",
    "with_contact": "avec un contact",
    "with_workers": "avec un effectif",
    "with_several_sites": "à plusieurs sites",
}


def print_report(done: ImportReport, title: str, out: Console) -> None:
    """Print what an import did, or would do: counts that add up, reasons, flags and remarks."""
    figures = done.as_dict()
    verb = "Essai à blanc, rien n’est écrit" if done.dry_run else "Import"
    out.print(f"[bold]{verb} : {escape(title)}[/bold]")
    out.print(tally_table(((figures[key], *words) for key, words in OUTCOMES.items()), (figures["read"], "lu", "lus")))
    for reason in figures["reasons"]:
        out.print(
            f"{REFUSED} {count(reason['count'], 'ligne refusée', 'lignes refusées')} : {escape(reason['reason'])} {_lines(reason)}"
        )
    for flag in figures["flags"]:
        out.print(
            f"{UNKNOWN} {count(flag['count'], 'fiche gardée et signalée', 'fiches gardées et signalées')} : {escape(flag['flag'])} {_lines(flag)}"
        )
    for remark in figures["remarks"]:
        out.print(f"[dim]ligne {remark['line']} : {escape(remark['message'])}[/dim]")
    if done.gone:
        out.print(
            f"{UNKNOWN} {count(done.gone, 'fiche absente', 'fiches absentes')} de cette liste complète : rien n’est effacé, la fraîcheur baisse."
        )
    if done.pairs:
        out.print(f"{UNKNOWN} {count(done.pairs, 'paire')} à juger au catalogue : entremise catalogue review")
    elif figures["review"] and not done.dry_run:
        out.print(f"{UNKNOWN} Pour ce qui est à revoir : entremise catalogue review")
    if not done.dry_run:
        out.print(f"[dim]Catalogue version {done.version}{'' if done.changed else ', inchangé'}.[/dim]")


def print_sources(
    importers: Iterable[Publication],
    imported: Mapping[str, LastImport],
    taken: Mapping[str, TakenNotices],
    out: Console,
) -> None:
    """Print each directory and publisher of notices: what it holds, its licence, how its file is obtained, when it was last imported."""
    for importer in importers:
        rules, last, notices = source_rules()[importer.key], imported.get(importer.key), taken.get(importer.key)
        sentences = [f"{last.date_words}, importé le {day(last.finished)} ({last.file_name})"] if last else []
        if notices:
            sentences.append(f"{count(notices.number, 'avis', 'avis')}, le dernier importé le {day(notices.taken)}")
        when = " ; ".join(sentences) or "jamais importé"
        uses = ", ".join(f"{use} {'oui' if allowed else 'non'}" for use, allowed in rules.uses.items())
        rhythm = f"tous les {rules.days} jours ({rules.rhythm})" if rules.days else rules.rhythm
        out.print(
            f"[bold cyan]{importer.key}[/bold cyan]  [bold]{escape(importer.title)}[/bold] · {escape(importer.publisher)} · {when}"
        )
        for label, text in (
            ("contient", importer.holds),
            ("obtenir", importer.obtain),
            ("licence", importer.licence),
            ("usages", f"{uses} ({rules.rights})"),
            ("rythme", rhythm),
            ("mention", rules.mention),
            ("adresse", importer.url),
        ):
            if text:
                out.print(Text(f"    {label} : {text}"))
        out.print("")


def source_object(importer: Publication, last: LastImport | None, notices: TakenNotices | None) -> dict[str, Any]:
    """One source as a JSON object; `last_import` is null where no directory nor award of it was imported, `notices` where no notice was."""
    rules = source_rules()[importer.key]
    return {
        **shaped("key title publisher url licence holds obtain", importer),
        "uses": {str(use): allowed for use, allowed in rules.uses.items()},
        **shaped("rights mention? days", rules),
        "last_import": last and shaped("finished data_date file=file_name complete counts", last),
        "notices": notices and json_value(notices),
    }


def print_statistics(figures: Mapping[str, Any], out: Console) -> None:
    """Print the counts of a catalogue; shares are of all suppliers."""
    total = figures["suppliers"]
    out.print(
        f"[bold]{count(total, 'fournisseur')}[/bold], {count(figures['organisations'], 'organisation')} (SIREN), catalogue version {figures['version']}"
    )
    kinds, origins, shown_table = counts_table("Types"), counts_table("Sources"), counts_table("Ce qui est connu")
    for kind, suppliers in figures["by_kind"].items():
        kinds.add_row(number(suppliers), f"{kind}  {SupplierKind(kind).label}")
    for source, suppliers in figures["by_source"].items():
        origins.add_row(number(suppliers), source)
    for key, label in HELD.items():
        share = f"{label}  ({unit(100 * figures[key] / total, '%', 1)})" if total else label
        shown_table.add_row(number(figures[key]), share)
    for table in (kinds, origins, shown_table):
        if table.row_count:
            out.print(table)


def _lines(reason: Mapping[str, Any]) -> str:
    lines = ", ".join(map(str, reason["lines"]))
    more = " …" if reason["count"] > len(reason["lines"]) else ""
    return f"[dim](ligne{'s' if len(reason['lines']) > 1 else ''} {lines}{more})[/dim]"


_COUNTS = {
    "understood": ("compris", "compris"),
    "doubtful": ("gardé, avec un doute", "gardés, avec un doute"),
    "refused": ("refusé", "refusés"),
}
_SHOWN = 12


def print_notices_report(done: NoticesReport, title: str, out: Console) -> None:
    """Print what an import of notices did, or would do."""
    figures = done.as_dict()
    verb = "Essai à blanc, rien n’est écrit" if done.dry_run else "Import"
    out.print(f"[bold]{verb} : {escape(title)}[/bold]")
    counts = ((figures[key], *words) for key, words in _COUNTS.items())
    out.print(tally_table(counts, (figures["read"], "avis lu", "avis lus")))
    for line in _written(figures):
        out.print(line)
    for reason in figures["reasons"]:
        refused = count(reason["count"], "avis refusé", "avis refusés")
        out.print(f"{REFUSED} {refused} : {escape(reason['reason'])} {_where(reason)}")
    for reason in figures["doubts"][:_SHOWN]:
        out.print(f"{UNKNOWN} {number(reason['count'])} avis : {escape(reason['doubt'])} {_where(reason)}")
    if more := figures["doubts"][_SHOWN:]:
        out.print(f"[dim]et {count(len(more), 'autre doute', 'autres doutes')} : --format json les donne.[/dim]")
    for reason, times in figures["unattached"].items():
        out.print(f"[dim]{count(times, 'marché', 'marchés')} : {escape(reason)}[/dim]")
    for shape, keys in figures["unread"].items():
        out.print(f"[dim]Forme {escape(shape) or 'sans nom'} : clés non lues : {escape(', '.join(keys))}[/dim]")
    for remark in figures["remarks"]:
        out.print(f"[dim]{remark['line']} : {escape(remark['message'])}[/dim]")


def _written(figures: dict[str, Any]) -> Iterator[str]:
    """Yield what was written, in sentences."""
    new, changed = count(figures["new"], "nouvel avis", "nouveaux avis"), count(figures["changed"], "modifié")
    yield (
        f"{new}, {changed}, {count(figures['unchanged'], 'inchangé')} ; {count(figures['lots'], 'lot écrit', 'lots écrits')}, "
        f"{count(figures['matched'], 'comparé')} au catalogue."
    )
    if figures["withdrawn"]:
        yield f"{UNKNOWN} {count(figures['withdrawn'], 'lot retiré', 'lots retirés')} : plus aucun avis ne le dit."
    if figures["awards"]:
        yield f"{count(figures['awards'], 'marché attribué', 'marchés attribués')}, gardés comme références des fournisseurs."


def _where(reason: dict[str, Any]) -> str:
    lines = ", ".join(map(str, reason["lines"]))
    return f"[dim]({escape(lines)}{'…' if reason['count'] > len(reason['lines']) else ''})[/dim]"
