"""A buyer's annual report on its social and inclusive purchases (article L2111-3), as a Document (what pages, files and terminal show): indicators, contracts,
hours, spending, exceptions, missing facts, sources."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from matcher.catalogue.identity.trust import brief_title
from matcher.decisions.clause.followup import HoursKind, label_of
from matcher.decisions.clause.followup_document import yearly_table
from matcher.decisions.purchases.programme_document import totals_table
from matcher.decisions.purchases.spending import spending_headline
from matcher.decisions.purchases.spending_document import LIMITS as SPENDING_LIMITS
from matcher.decisions.purchases.spending_document import spending_parts_table, spending_tables
from matcher.domain.french import count, day, enumeration, in_groups, number
from matcher.dossiers.report.answer import AWARDS, ReportAnswer
from matcher.dossiers.report.compute import AnnualReport
from matcher.dossiers.report.detail import detail_tables, missing_table
from matcher.dossiers.report.measures import CountedContracts, award_measures, by_year, contract_measures
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    MarkedText,
)

LAW = (
    "Article L2111-3 : au-dessus de 50 M€ HT d’achats par an, une collectivité publie en ligne, tous les deux ans, la part réelle de ses achats "
    "sociaux, en nombre de contrats ou en valeur, dont ceux qui vont aux entreprises solidaires d’utilité sociale et à celles qui emploient des "
    "personnes handicapées ou défavorisées."
)
LIMITS = (
    "Chaque chiffre vient d’une seule source. Les dossiers, les données publiques et l’historique se recoupent : ils ne s’additionnent pas. Ce qui "
    "n’est pas dit n’est jamais compté pour zéro : une part est alors un minimum."
)
DECP_LIMITS = (
    "Données essentielles (DECP) : marchés à partir de 40 000 € HT, au montant de leur signature, dont un titulaire au moins a un SIRET ou un SIREN. "
    "Un marché qu’un avis d’attribution dit aussi est compté une fois, où c’est sûr. "
    "Elles ne disent pas l’article d’une réservation, et ne séparent pas « aucune considération sociale » de ce qui n’est pas dit."
)
NO_SIRET = "Le SIRET de l’organisation n’est pas donné : les marchés que publient les données essentielles ne peuvent pas être comptés."
NOT_FOLLOWED = "non suivies"
_NUMBER = ColumnKind.NUMBER


def _share(label: str) -> DocumentColumn:
    """Return a column of shares, formatted as in the tables of a ledger."""
    return DocumentColumn(label, ColumnKind.SHARE, decimals=1)


_EUROS = DocumentColumn("Montants connus", _NUMBER, "€ HT")
_MEASURED = (
    *(DocumentColumn("Ce qui est compté"), DocumentColumn("Marchés", _NUMBER)),
    *(_share("Part des marchés"), _EUROS, _share("Part des montants")),
    *(DocumentColumn("Ne le disent pas", _NUMBER), DocumentColumn("Sans montant", _NUMBER)),
)
_INDICATORS = (
    *(DocumentColumn("Indicateur"), DocumentColumn("D’après", under=True), DocumentColumn("Nombre", _NUMBER)),
    *(_share("Part du nombre"), _EUROS, _share("Part en valeur")),
)
_SOCIAL, _INCLUSIVE = "Marchés avec une considération sociale", "Achats aux structures inclusives du catalogue"
_FROM_DOSSIERS, _FROM_LEDGER = "vos dossiers", "votre historique"


def annual_document(report: ReportAnswer, address: str = "") -> Document:
    """Return the report as a document; `address` is the URL that computes it again. An empty period has no table of figures."""
    tables = () if report.report.empty else tuple(_tables(report))
    remarks = []
    if report.report.period.last == report.on.year:
        remarks.append(f"L’année {report.on.year} n’est pas finie : les chiffres vont jusqu’au {day(report.on)}.")
    if report.report.awards is None:
        remarks.append(NO_SIRET)
    elif all(one.key != AWARDS for one in report.sources):
        known = (
            "seuls sont connus ceux que disent des avis"
            if report.report.awards
            else "les marchés publiés ne sont pas connus"
        )
        remarks.append(f"Aucun fichier de données essentielles (DECP) n’est importé : {known}.")
    return Document(
        kind=DocumentKind.REPORT,
        title=", ".join(filter(None, (report.organisation.own_name, report.report.period.says))),
        asked=tuple(_period_words(report)),
        answer=year_sentences(report),
        remarks=tuple(remarks),
        tables=(*tables, missing_table(report), _sources(report)),
        hypotheses=(
            *((DECP_LIMITS,) if report.report.awards else ()),
            *((SPENDING_LIMITS,) if report.report.ledger.spending.lines else ()),
        ),
        address=address,
        catalogue_version=report.catalogue_version,
        catalogue_suppliers=report.catalogue_suppliers,
        on=report.on,
        scope=f"{LIMITS} {LAW}",
    )


def year_sentences(report_answer: ReportAnswer) -> str:
    """Return the year in a few French sentences, one for each source that has something to count; where none has, one on exemptions."""
    report = report_answer.report
    if report.empty:
        return (
            f"Rien à compter pour {report.period.says} : aucun marché noté dans vos dossiers, aucun marché publié de cette période, aucune dépense "
            "de cette période dans un historique."
        )
    sentences = []
    if report.contracts:
        contracts = contract_measures(report.contracts)
        noted = count(contracts.whole.of, "marché noté dans vos dossiers", "marchés notés dans vos dossiers")
        levers = "dont les leviers ne sont pas dits"
        clause, reserved = contracts.clause, contracts.reserved
        if clause.count is not None:
            levers = f"dont {_at_least(clause)} avec une clause sociale et {_at_least(reserved)} {'réservés' if (reserved.count or 0) > 1 else 'réservé'}"
        sentences.append(f"{noted}, {levers}.")
    if report.awards:
        awards = award_measures(report.awards)
        published = f"{count(awards.whole.of, 'marché publié', 'marchés publiés')} ({_publishers(report)}"
        if perhaps := sum(one.its.perhaps_told for one in report.awards):
            published += f" ; {number(perhaps)} peut-être {'dit' if perhaps == 1 else 'dits'} deux fois"
        sentences.append(
            f"{published}), dont {number(awards.social.count or 0)} déclarés avec une considération sociale."
        )
    if report.ledger.spending.lines:
        sentences.append(spending_headline(report.ledger.spending)[0])
    if not sentences:
        sentences.append(f"{count(len(report.exemptions), 'dispense')} de condition sociale, et aucun marché attribué.")
    return f"{report.period.says} : {' '.join(sentences)}"


def _publishers(report: AnnualReport) -> str:
    """Return the publishers of the counted contracts: « DECP », « DECP et BOAMP »."""
    return enumeration([brief_title(key) for key in report.award_sources])


def _at_least(measure: CountedContracts) -> str:
    """Return a count in French: « 3 », « au moins 3 » where some contracts are unknown, « nombre non connu »."""
    if measure.count is None:
        return "nombre non connu"
    return f"au moins {number(measure.count)}" if measure.untold else number(measure.count)


def _period_words(report: ReportAnswer) -> Iterator[str]:
    if report.organisation.own_name:
        yield f"Organisation : {report.organisation.own_name}"
    yield f"SIRET : {in_groups(report.organisation.siret) if report.organisation.siret else 'non donné'}"
    years = report.report.period.years
    yield f"{'Années civiles' if len(years) > 1 else 'Année civile'} : {report.report.period.says}"


def _tables(report_answer: ReportAnswer) -> Iterator[DocumentTable]:
    report = report_answer.report
    yield DocumentTable(
        "Ce que demande l’article L2111-3",
        _INDICATORS,
        tuple(map(DocumentRow, _indicators(report_answer))),
        _least([*contract_measures(report.contracts).every, *award_measures(report.awards or ()).every]),
    )
    if report.contracts:
        yield _measures("Marchés de vos dossiers", contract_measures(report.contracts).every)
    if report.awards:
        yield _measures("Marchés publiés", award_measures(report.awards).every)
    if len(report.period.years) > 1:
        yield _yearly(report_answer)
    if report.contracts:
        yield _hours(report_answer)
    if report.hours:
        yield yearly_table(report.promised, report.period.years, "Heures d’insertion, par contrat")
    spending = report.ledger.spending
    if spending.lines:
        for table in spending_tables(spending):
            yield replace(table, title=f"Dépenses : {table.title[0].lower()}{table.title[1:]}")
        places = spending.by(lambda line: report_answer.departements.get(line.id, "département non connu"))
        if places:
            yield spending_parts_table("Dépenses : par département", spending, places, spending.inclusive)
    if report_answer.programme:
        name, on = report_answer.programme.name, day(report_answer.programme.on)
        says = f"« {name} », étudié le {on}. Des intentions d’achat, d’aucune année : elles ne comptent dans aucun chiffre ci-dessus."
        yield replace(totals_table(report_answer.programme.its.programme), title="Programme d’achats", says=(says,))
    yield _exemptions(report_answer)
    yield from detail_tables(report_answer)


def _indicators(report_answer: ReportAnswer) -> Iterator[tuple[DocumentCell, ...]]:
    """Yield the indicators of article L2111-3, a row an indicator and source; an indicator without a source is « non connu ici »."""
    report = report_answer.report
    if report.contracts:
        yield _indicator(_SOCIAL, _FROM_DOSSIERS, contract_measures(report.contracts).social)
    if report.awards:
        awards = award_measures(report.awards)
        yield _indicator(_SOCIAL, _publishers(report), awards.social)
        yield _indicator(_INCLUSIVE, _publishers(report), awards.inclusive)
    for shares in report.ledger.spending.shares:
        inclusive = report.ledger.spending.inclusive
        source = f"{_FROM_LEDGER}, montants {shares.tax}"
        yield _INCLUSIVE, source, "", "", inclusive.amounts[shares.tax], shares.sure
    no = MarkedText("non connu ici", CellMark.UNKNOWN)
    esus = "dont entreprises solidaires d’utilité sociale (ESUS)"
    yield esus, "aucun annuaire importé ne dit l’agrément", no, "", "", ""
    yield "Achats écologiques", "hors de ce que suit Entremise", no, "", "", ""


def _indicator(label: str, source: str, measure: CountedContracts) -> tuple[DocumentCell, ...]:
    return label, source, measure.count, measure.share, measure.euros, measure.share_of_euros


def _measures(title: str, measures: Sequence[CountedContracts]) -> DocumentTable:
    rows = tuple(
        DocumentRow(
            (one.label, one.count, one.share, one.euros, one.share_of_euros, one.untold or "", one.without or "")
        )
        for one in measures
    )
    return DocumentTable(title, _MEASURED, rows, _least(measures))


def _least(measures: Iterable[CountedContracts]) -> tuple[str, ...]:
    """Return the remark that figures are minimums, where the criterion is unknown for some contracts."""
    untold = max((one.untold for one in measures), default=0)
    remark = f"{count(untold, 'marché ne dit pas', 'marchés ne disent pas')} ce qu’il en est : nombres et parts sont des minimums."
    return (remark,) if untold else ()


def _yearly(report_answer: ReportAnswer) -> DocumentTable:
    report = report_answer.report
    rows = [
        DocumentRow((str(year), one.label, _FROM_DOSSIERS, one.count, one.share, one.euros))
        for year, measures in by_year(contract_measures, report.contracts, lambda one: one.its.notified, report.period)
        for one in measures.yearly
        if one.of
    ]
    rows += [
        DocumentRow((str(year), one.label, _publishers(report), one.count, one.share, one.euros))
        for year, measures in by_year(award_measures, report.awards or (), lambda one: one.its.notified, report.period)
        for one in measures.yearly
        if one.of
    ]
    columns = (
        *map(DocumentColumn, ("Année", "Ce qui est compté")),
        DocumentColumn("D’après", under=True),
        *(DocumentColumn("Marchés", _NUMBER), _share("Part des marchés"), _EUROS),
    )
    return DocumentTable("Année par année", columns, tuple(rows))


def _hours(report_answer: ReportAnswer) -> DocumentTable:
    report = report_answer.report
    plans = count(len(report.plans), "plan de clause gardé", "plans de clause gardés")
    rows = (
        ("Heures prévues par les plans", report.hours_planned, f"{plans} dans les dossiers attribués de la période"),
        *(row for kind in (HoursKind.PLANNED, HoursKind.DONE) for row in _hours_rows(report, kind)),
    )
    columns = (
        *(DocumentColumn("Heures d’insertion"), DocumentColumn("Nombre", _NUMBER, "h")),
        DocumentColumn("D’après"),
    )
    return DocumentTable("Heures d’insertion", columns, tuple(map(DocumentRow, rows)))


def _hours_rows(report: AnnualReport, kind: HoursKind) -> Iterator[tuple[DocumentCell, ...]]:
    """Yield the row of the hours of a kind over the period, then, for hours done, a row a modality."""
    label, noted = f"Heures {kind} en {report.period.says}", report.hours.get(kind)
    if noted is None:
        yield label, MarkedText(NOT_FOLLOWED, CellMark.UNKNOWN), "aucun dossier ne les suit encore"
        return
    yield label, noted.hours, count(noted.dossiers, "dossier suivi", "dossiers suivis")
    if kind is HoursKind.DONE and len(noted.by_modality) > 1:
        yield from ((f"dont {label_of(code)}", hours, "") for code, hours in noted.by_modality.items())


def _exemptions(report: ReportAnswer) -> DocumentTable:
    columns = (
        *(DocumentColumn("Dossier"), DocumentColumn("Lot", under=True), DocumentColumn("Cas")),
        *(
            DocumentColumn("Article", under=True),
            DocumentColumn("Motif"),
            DocumentColumn("Avis gardé le", ColumnKind.DAY),
        ),
    )
    rows = tuple(
        DocumentRow(
            (
                *(f"{one.dossier.number}, {one.dossier.header.title}", one.title, one.label, one.article),
                *(one.motive or MarkedText("à écrire", CellMark.UNKNOWN), one.on.isoformat()),
            )
        )
        for one in report.report.exemptions
    )
    none = "Aucune dispense de condition sociale n’est gardée dans un dossier de la période."
    return DocumentTable("Dispenses (L2112-2-1)", columns, rows, () if rows else (none,))


def _sources(report_answer: ReportAnswer) -> DocumentTable:
    report = report_answer.report
    rows: list[tuple[DocumentCell, ...]] = [
        ("Dossiers", day(report_answer.on), count(report.followed, "dossier"), count(len(report.contracts), "marché"))
    ]
    for source in report_answer.sources if report.awards is not None else ():
        dated = f"importées le {day(source.imported)}, {source.date_words}"
        counted = count(report.award_sources.get(source.key, 0), "marché")
        rows.append(
            (brief_title(source.key), dated, f"SIREN {in_groups(report_answer.organisation.siret[:9])}", counted)
        )
    years = set(map(str, report.period.years))
    for ledger_read in report_answer.ledgers:
        here = sum(line.year in years for line in ledger_read.lines)
        rows.append(
            (
                f"Historique « {ledger_read.name} »",
                day(ledger_read.on),
                count(len(ledger_read.lines), "ligne"),
                count(here, "ligne"),
            )
        )
    columns = (
        *(DocumentColumn("Source"), DocumentColumn("Date")),
        *(DocumentColumn("En tout"), DocumentColumn("De la période")),
    )
    says = (
        ()
        if report_answer.ledgers
        else ("Aucun historique d’achats n’est déposé : la part inclusive des dépenses n’est pas connue.",)
    )
    return DocumentTable("D’où viennent ces chiffres", columns, tuple(map(DocumentRow, rows)), says)
