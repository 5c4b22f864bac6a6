"""Tables that let a reader check an annual report: the facts missing behind its figures, and each contract that is counted."""

from collections.abc import Iterator
from dataclasses import dataclass

from matcher.catalogue.identity.trust import brief_title
from matcher.catalogue.store.awarded import PERHAPS_TOLD
from matcher.domain.french import enumeration
from matcher.dossiers.contract_changes import levers_said
from matcher.dossiers.dossier import WHOLE
from matcher.dossiers.report.answer import ReportAnswer
from matcher.render.document import ColumnKind, DocumentColumn, DocumentRow, DocumentTable

_NUMBER = ColumnKind.NUMBER


@dataclass(frozen=True, slots=True)
class Lacking:
    """A fact missing in a source for `count` items of `of`, and what to do about it (`todo`, empty where nothing can be done)."""

    source: str
    what: str
    count: int
    of: int
    todo: str


def lacking(report: ReportAnswer) -> Iterator[Lacking]:
    """Yield the facts missing in each source, without those that no item lacks."""
    awards, undated = report.report.awards or (), report.report.undated
    unconfirmed = sum(one.families is None and one.same_siren for one in awards)
    of_awards = (
        (
            "considération sociale : aucune, ou non dite",
            sum(not one.its.social for one in awards),
            len(awards),
            "Vérifiez vos publications.",
        ),
        ("montant non connu", sum(one.its.amount is None for one in awards), len(awards), ""),
        (
            "peut-être le même marché qu’un autre, dit par une autre source : compté à part",
            sum(one.its.perhaps_told for one in awards),
            len(awards),
            "Comparez-les dans le classeur.",
        ),
        ("sans date de notification : d’aucune année", undated, undated + len(awards), ""),
        ("titulaire à confirmer : même organisation, autre établissement", unconfirmed, len(awards), ""),
    )
    ledger, every = report.report.ledger, sum(len(one.lines) for one in report.ledgers)
    whole, (_, confirm, _, unread) = ledger.spending.whole, ledger.spending.by_standing
    repeated = "déjà dans un autre historique : comptées une fois"
    of_ledgers = (
        ("sans année : d’aucune année", ledger.undated, every, "Ajoutez une colonne « Année » ou « Date »."),
        (repeated, ledger.repeated, every, "Effacez l’un des deux fichiers."),
        ("montant non connu", whole.unknown, whole.lines, "Voyez « À préciser » de l’historique."),
        ("fournisseur à confirmer", confirm.lines, whole.lines, "Rapprochez vos fournisseurs."),
        ("fournisseur illisible", unread.lines, whole.lines, "Donnez le SIRET."),
    )
    counts_of = {"Dossiers": _of_dossiers(report), "Marchés publiés": of_awards, "Historique": of_ledgers}
    for source, counts in counts_of.items():
        yield from (Lacking(source, what, missing, of, todo) for what, missing, of, todo in counts if missing)


_MissingCounts = tuple[tuple[str, int, int, str], ...]


def _of_dossiers(answer: ReportAnswer) -> _MissingCounts:
    report, contracts = answer.report, answer.report.contracts
    planned = {one.dossier.id for one in report.plans}
    clauses = [one for one in contracts if "clause" in (one.its.levers or ())]
    contract_count, complete = len(contracts), "Complétez le marché noté."
    return (
        ("attribués, sans marché noté", report.unnoted, report.followed, "Notez le marché dans le dossier."),
        ("leviers du marché non dits", sum(one.its.levers is None for one in contracts), contract_count, complete),
        ("montant du marché non connu", sum(one.its.amount is None for one in contracts), contract_count, complete),
        ("titulaire non connu", sum(not one.its.winner for one in contracts), contract_count, complete),
        (
            "clause sans plan gardé : heures prévues non connues",
            sum(one.dossier.id not in planned for one in clauses),
            len(clauses),
            "Gardez un plan de clause dans le dossier.",
        ),
        (
            "dispense sans motif écrit",
            sum(not one.motive for one in report.exemptions),
            len(report.exemptions),
            "Écrivez le motif et gardez l’avis.",
        ),
    )


def missing_table(report: ReportAnswer) -> DocumentTable:
    """Return the missing facts as a table."""
    rows = tuple(DocumentRow((one.source, one.what, one.count, one.of, one.todo)) for one in lacking(report))
    columns = (
        *(DocumentColumn("Source"), DocumentColumn("Ce qui manque"), DocumentColumn("Combien", _NUMBER)),
        *(DocumentColumn("Sur", _NUMBER), DocumentColumn("Que faire")),
    )
    return DocumentTable("Ce qui manque", columns, rows)


def detail_tables(report: ReportAnswer) -> Iterator[DocumentTable]:
    """Yield tables of all counted contracts, for whoever checks a figure; only files show them."""
    text, amount = DocumentColumn, DocumentColumn("Montant", _NUMBER, "€ HT", 2)
    yield DocumentTable(
        "Détail, dossiers",
        (*map(text, ("Dossier", "Titre", "Acheteur", "Lot", "Notifié le", "Titulaire", "SIRET", "Leviers")), amount),
        tuple(
            DocumentRow(
                (
                    *(one.dossier.number, one.dossier.header.title, one.dossier.header.buyer),
                    *("tout le dossier" if one.its.lot == WHOLE else str(one.its.lot), one.its.notified.isoformat()),
                    *(
                        one.its.winner or None,
                        one.its.winner_siret or None,
                        levers_said(one.its.levers),
                        one.its.amount,
                    ),
                )
            )
            for one in report.report.contracts
        ),
        aside=True,
    )
    rows = []
    for won_award in report.report.awards or ():
        award, families = won_award.its, won_award.families
        sources = enumeration([brief_title(key) for key in award.sources])
        cells = (
            *(award.number, award.objet, award.notified.isoformat() if award.notified else None),
            *(", ".join(award.winners), award.social or "aucune, ou non dite"),
            "" if families is None else enumeration(sorted(families)) or None,
            ", ".join(filter(None, (sources, PERHAPS_TOLD if award.perhaps_told else ""))),
            award.amount,
        )
        rows.append(DocumentRow(cells))
    yield DocumentTable(
        "Détail, marchés publiés",
        (
            *map(text, ("Numéro", "Objet", "Notifié le", "Titulaires", "Considération sociale", "Familles", "Sources")),
            amount,
        ),
        tuple(rows),
        aside=True,
    )
