"""The report of a year as its Document: indicators, contracts, hours, spending, exceptions, what is missing, sources."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from matcher.catalogue.identity.trust import brief_title
from matcher.decisions.clause.followup import HoursKind, label_of
from matcher.decisions.clause.followup_document import yearly_table
from matcher.decisions.purchases.programme_document import totals_table
from matcher.decisions.purchases.spending import headline
from matcher.decisions.purchases.spending_document import LIMITS as SPENDING_LIMITS
from matcher.decisions.purchases.spending_document import parts_table, spending_tables
from matcher.domain.french import count, day, enumeration, in_groups, number
from matcher.dossiers.report.answer import AWARDS, ReportAnswer
from matcher.dossiers.report.compute import AnnualReport, CountedContracts, award_measures, by_year, contract_measures
from matcher.dossiers.report.detail import detail_tables, missing_table
from matcher.render.document import (
    CellMark,
    ColumnKind,
    Document,
    DocumentCell,
    DocumentColumn,
    DocumentKind,
    DocumentRow,
    DocumentTable,
    Marked,
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
    """A share as those of a ledger are told, so that one stands beside the other."""
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


def report_document(its: ReportAnswer, address: str = "") -> Document:
    """Return the report; `address` asks for it again. One of a period without anything says so, and has no table of figures."""
    tables = () if its.report.empty else tuple(_tables(its))
    return Document(
        kind=DocumentKind.REPORT,
        title=", ".join(filter(None, (its.organisation.own_name, its.report.period.says))),
        asked=tuple(_asked(its)),
        answer=answer(its),
        remarks=tuple(_remarks(its)),
        tables=(*tables, missing_table(its), _sources(its)),
        hypotheses=(
            *((DECP_LIMITS,) if its.report.awards else ()),
            *((SPENDING_LIMITS,) if its.report.ledger.spending.lines else ()),
        ),
        address=address,
        catalogue_version=its.catalogue_version,
        catalogue_suppliers=its.catalogue_suppliers,
        on=its.on,
        scope=f"{LIMITS} {LAW}",
    )


def answer(its: ReportAnswer) -> str:
    """Say the year in a few sentences, one a source that has something to count."""
    found = its.report
    if found.empty:
        return (
            f"Rien à compter pour {found.period.says} : aucun marché noté dans vos dossiers, aucun marché publié de cette période, aucune dépense "
            "de cette période dans un historique."
        )
    said = []
    if found.contracts:
        whole, _, clause, _, reserved, *_ = contract_measures(found.contracts)
        noted = count(whole.of, "marché noté dans vos dossiers", "marchés notés dans vos dossiers")
        levers = "dont les leviers ne sont pas dits"
        if clause.count is not None:
            levers = f"dont {_at_least(clause)} avec une clause sociale et {_at_least(reserved)} {'réservés' if (reserved.count or 0) > 1 else 'réservé'}"
        said.append(f"{noted}, {levers}.")
    if found.awards:
        whole, social, *_ = award_measures(found.awards)
        published = f"{count(whole.of, 'marché publié', 'marchés publiés')} ({_publishers(found)}"
        if perhaps := sum(one.its.perhaps_told for one in found.awards):
            published += f" ; {number(perhaps)} peut-être {'dit' if perhaps == 1 else 'dits'} deux fois"
        said.append(f"{published}), dont {number(social.count or 0)} déclarés avec une considération sociale.")
    if found.ledger.spending.lines:
        said.append(headline(found.ledger.spending)[0])
    if not said:
        said.append(f"{count(len(found.exemptions), 'dispense')} de condition sociale, et aucun marché attribué.")
    return f"{found.period.says} : {' '.join(said)}"


def _publishers(found: AnnualReport) -> str:
    """« DECP », « DECP et BOAMP »: who publishes the contracts that are counted."""
    return enumeration([brief_title(key) for key in found.award_sources])


def _at_least(its: CountedContracts) -> str:
    """« 3 », « au moins 3 » where some do not say it, « nombre non connu »."""
    if its.count is None:
        return "nombre non connu"
    return f"au moins {number(its.count)}" if its.untold else number(its.count)


def _asked(its: ReportAnswer) -> Iterator[str]:
    if its.organisation.own_name:
        yield f"Organisation : {its.organisation.own_name}"
    yield f"SIRET : {in_groups(its.organisation.siret) if its.organisation.siret else 'non donné'}"
    years = its.report.period.years
    yield f"{'Années civiles' if len(years) > 1 else 'Année civile'} : {its.report.period.says}"


def _remarks(its: ReportAnswer) -> Iterator[str]:
    if its.report.period.last == its.on.year:
        yield f"L’année {its.on.year} n’est pas finie : les chiffres vont jusqu’au {day(its.on)}."
    if its.report.awards is None:
        yield NO_SIRET
    elif all(one.key != AWARDS for one in its.sources):
        known = (
            "seuls sont connus ceux que disent des avis"
            if its.report.awards
            else "les marchés publiés ne sont pas connus"
        )
        yield f"Aucun fichier de données essentielles (DECP) n’est importé : {known}."


def _tables(its: ReportAnswer) -> Iterator[DocumentTable]:
    found = its.report
    yield DocumentTable(
        "Ce que demande l’article L2111-3",
        _INDICATORS,
        tuple(map(DocumentRow, _indicators(its))),
        _least([*contract_measures(found.contracts), *award_measures(found.awards or ())]),
    )
    if found.contracts:
        yield _measures("Marchés de vos dossiers", list(contract_measures(found.contracts)))
    if found.awards:
        yield _measures("Marchés publiés", list(award_measures(found.awards)))
    if len(found.period.years) > 1:
        yield _yearly(its)
    if found.contracts:
        yield _hours(its)
    if found.hours:
        yield yearly_table(found.promised, found.period.years, "Heures d’insertion, par contrat")
    spending = found.ledger.spending
    if spending.lines:
        for table in spending_tables(spending):
            yield replace(table, title=f"Dépenses : {table.title[0].lower()}{table.title[1:]}")
        places = spending.by(lambda line: its.departements.get(line.id, "département non connu"))
        if places:
            whole = spending.by_standing[0]
            yield parts_table("Dépenses : par département", spending, places, whole)
    if its.programme:
        name, on = its.programme.name, day(its.programme.on)
        says = f"« {name} », étudié le {on}. Des intentions d’achat, d’aucune année : elles ne comptent dans aucun chiffre ci-dessus."
        yield replace(totals_table(its.programme.its.programme), title="Programme d’achats", says=(says,))
    yield _exemptions(its)
    yield from detail_tables(its)


def _indicators(its: ReportAnswer) -> Iterator[tuple[DocumentCell, ...]]:
    """The indicators of the article, one line an indicator and a source; what no source tells is said so."""
    found = its.report
    if found.contracts:
        _, social, *_ = contract_measures(found.contracts)
        yield _indicator(_SOCIAL, _FROM_DOSSIERS, social)
    if found.awards:
        _, social, _, _, _, won, *_ = award_measures(found.awards)
        yield _indicator(_SOCIAL, _publishers(found), social)
        yield _indicator(_INCLUSIVE, _publishers(found), won)
    for shares in found.ledger.spending.shares:
        inclusive = found.ledger.spending.by_standing[0]
        source = f"{_FROM_LEDGER}, montants {shares.tax}"
        yield _INCLUSIVE, source, "", "", inclusive.amounts[shares.tax], shares.sure
    no = Marked("non connu ici", CellMark.UNKNOWN)
    yield (
        "dont entreprises solidaires d’utilité sociale (ESUS)",
        "aucun annuaire importé ne dit l’agrément",
        no,
        "",
        "",
        "",
    )
    yield "Achats écologiques", "hors de ce que suit Entremise", no, "", "", ""


def _indicator(label: str, source: str, its: CountedContracts) -> tuple[DocumentCell, ...]:
    return label, source, its.count, its.share, its.euros, its.share_of_euros


def _measures(title: str, measures: Sequence[CountedContracts]) -> DocumentTable:
    rows = tuple(
        DocumentRow(
            (one.label, one.count, one.share, one.euros, one.share_of_euros, one.untold or "", one.without or "")
        )
        for one in measures
    )
    return DocumentTable(title, _MEASURED, rows, _least(measures))


def _least(measures: Iterable[CountedContracts]) -> tuple[str, ...]:
    """Say that figures are minima, where some contracts do not say what they are."""
    untold = max((one.untold for one in measures), default=0)
    said = f"{count(untold, 'marché ne dit pas', 'marchés ne disent pas')} ce qu’il en est : nombres et parts sont des minimums."
    return (said,) if untold else ()


def _yearly(its: ReportAnswer) -> DocumentTable:
    """The first lines of each source, year by year."""
    found = its.report
    rows = [
        DocumentRow((str(year), one.label, _FROM_DOSSIERS, one.count, one.share, one.euros))
        for year, measures in by_year(contract_measures, found.contracts, lambda one: one.its.notified, found.period)
        for one in measures[:5]
        if one.of
    ]
    rows += [
        DocumentRow((str(year), one.label, _publishers(found), one.count, one.share, one.euros))
        for year, measures in by_year(award_measures, found.awards or (), lambda one: one.its.notified, found.period)
        for one in measures[:2]
        if one.of
    ]
    columns = (
        *map(DocumentColumn, ("Année", "Ce qui est compté")),
        DocumentColumn("D’après", under=True),
        *(DocumentColumn("Marchés", _NUMBER), _share("Part des marchés"), _EUROS),
    )
    return DocumentTable("Année par année", columns, tuple(rows))


def _hours(its: ReportAnswer) -> DocumentTable:
    found = its.report
    plans = count(len(found.plans), "plan de clause gardé", "plans de clause gardés")
    rows = (
        ("Heures prévues par les plans", found.hours_planned, f"{plans} dans les dossiers attribués de la période"),
        *(row for kind in (HoursKind.PLANNED, HoursKind.DONE) for row in _noted(found, kind)),
    )
    columns = (
        *(DocumentColumn("Heures d’insertion"), DocumentColumn("Nombre", _NUMBER, "h")),
        DocumentColumn("D’après"),
    )
    return DocumentTable("Heures d’insertion", columns, tuple(map(DocumentRow, rows)))


def _noted(its: AnnualReport, kind: HoursKind) -> Iterator[tuple[DocumentCell, ...]]:
    """The hours of a kind that dossiers note for the months of the period, then those done by modality."""
    label, noted = f"Heures {kind} en {its.period.says}", its.hours.get(kind)
    if noted is None:
        yield label, Marked(NOT_FOLLOWED, CellMark.UNKNOWN), "aucun dossier ne les suit encore"
        return
    yield label, noted.hours, count(noted.dossiers, "dossier suivi", "dossiers suivis")
    if kind is HoursKind.DONE and len(noted.by_modality) > 1:
        yield from ((f"dont {label_of(code)}", hours, "") for code, hours in noted.by_modality.items())


def _exemptions(its: ReportAnswer) -> DocumentTable:
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
                *(one.motive or Marked("à écrire", CellMark.UNKNOWN), one.on.isoformat()),
            )
        )
        for one in its.report.exemptions
    )
    none = "Aucune dispense de condition sociale n’est gardée dans un dossier de la période."
    return DocumentTable("Dispenses (L2112-2-1)", columns, rows, () if rows else (none,))


def _sources(its: ReportAnswer) -> DocumentTable:
    found = its.report
    rows: list[tuple[DocumentCell, ...]] = [
        ("Dossiers", day(its.on), count(found.followed, "dossier"), count(len(found.contracts), "marché")),
    ]
    for source in its.sources if found.awards is not None else ():
        dated = f"importées le {day(source.imported)}, {source.dated}"
        told = count(found.award_sources.get(source.key, 0), "marché")
        rows.append((brief_title(source.key), dated, f"SIREN {in_groups(its.organisation.siret[:9])}", told))
    years = set(map(str, found.period.years))
    for one in its.ledgers:
        here = sum(line.year in years for line in one.lines)
        rows.append((f"Historique « {one.name} »", day(one.on), count(len(one.lines), "ligne"), count(here, "ligne")))
    columns = (
        *(DocumentColumn("Source"), DocumentColumn("Date")),
        *(DocumentColumn("En tout"), DocumentColumn("De la période")),
    )
    says = (
        ()
        if its.ledgers
        else ("Aucun historique d’achats n’est déposé : la part inclusive des dépenses n’est pas connue.",)
    )
    return DocumentTable("D’où viennent ces chiffres", columns, tuple(map(DocumentRow, rows)), says)
