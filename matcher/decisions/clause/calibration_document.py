"""Turns the calibration of a social clause (the hours of work that a contract must give to people far from employment, as estimated) into a renderable
Document, JSON, and French clauses to paste."""

from collections.abc import Iterator
from typing import Any

from matcher.cleaning.phone import shown_phone
from matcher.decisions.calibrated import CalibrationWay, between, by_tens
from matcher.decisions.clause.calibration import (
    CHARTER,
    HOURS_EACH,
    PAID_HOURS,
    Calibration,
    ClauseHours,
    LotHours,
    posts,
)
from matcher.decisions.clause.facilitators import Facilitator
from matcher.decisions.opinion import law_words
from matcher.decisions.opinion.document import whole_hours
from matcher.decisions.opinion.words import NOTICE
from matcher.decisions.sizing import Range
from matcher.domain.french import capitalised, count, enumeration, number, unit
from matcher.reference.calibration import HOURS_PER_ETP
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
from matcher.render.shaped import shaped

_NUMBER = ColumnKind.NUMBER
PASTE = "À coller"
_FORMULAS = {
    CalibrationWay.POSTS: f"Heures = postes à pourvoir × {number(HOURS_PER_ETP)} heures × années × part de ces postes.",
    CalibrationWay.SHARE: "Heures = montant hors taxes × part de main-d’œuvre × pourcentage ÷ coût d’une heure.",
    CalibrationWay.PRICE: "Heures = montant hors taxes × pourcentage ÷ prix facturé d’une heure.",
    CalibrationWay.TURNOVER: f"Heures = montant hors taxes × {number(HOURS_PER_ETP)} heures × pourcentage ÷ montant que fait un ETP en un an.",
}
FAMILIES, _HOURS_TABLE = "La famille de métiers", "Les heures"
LIKELIEST, TO_WRITE = "Heures", "À écrire"  # columns of the table of hours; documents stored earlier lack the second
_QUESTIONS = (DocumentColumn("Question"), DocumentColumn("Lot", under=True), DocumentColumn("Réponse"))
_WORDS = (DocumentColumn("Pièce"), DocumentColumn("Texte"))


def calibration_document(calibration: Calibration, address: str = "", *, people: bool = False) -> Document:
    """Return the Document. `address`: URL of the same request; `people`: include the facilitator's name (leave False for a Document stored in a dossier,
    which must hold no personal data)."""
    hours = calibration.hours
    facilitator = calibration.facilitators[0] if people and calibration.facilitators else None
    questions = [
        (str(question), lot.name if len(hours.lots) > 1 else "", MarkedText("à demander", CellMark.UNKNOWN))
        for lot in hours.clause_lots
        for question in lot.calibrated.asks
    ]
    return Document(
        kind=DocumentKind.CALIBRATION,
        title=enumeration([lot.name for lot in hours.lots]),
        asked=tuple(calibration_request(calibration)),
        answer=calibration_answer(hours),
        remarks=(*calibration.unknown_places, *calibration_remarks(hours)),
        tables=(
            families_table(hours),
            lot_hours_table(hours),
            factors_table(hours),
            DocumentTable("Ce qui manque", _QUESTIONS, tuple(map(DocumentRow, questions))),
            DocumentTable("Ce que dit la loi", (), (), tuple(law_says(hours))),
            DocumentTable(PASTE, _WORDS, tuple(map(DocumentRow, words_to_paste(hours, facilitator)))),
        ),
        hypotheses=tuple(_hypotheses(calibration)),
        address=address,
        catalogue_version=calibration.catalogue_version,
        catalogue_suppliers=calibration.catalogue_suppliers,
        on=calibration.on,
        scope=NOTICE,
    )


def calibration_answer(clause_hours: ClauseHours) -> str:
    """Return the hours in one French sentence, or the reason why there are none."""
    if not clause_hours.clause_lots:
        return f"{capitalised(clause_hours.lots[0].no_clause)}{law_words.due_otherwise(clause_hours.law)}."
    if clause_hours.insertion is None:
        lacks = sum(lot.hours_to_plan is None for lot in clause_hours.clause_lots)
        if not lacks:
            hours = unit(sum(lot.hours_to_plan or 0.0 for lot in clause_hours.clause_lots), "heures")
            return f"{hours} d’insertion, déjà écrites : ce qu’elles pèsent dans le marché reste à caler."
        of = f" pour {count(lacks, 'lot')} sur {number(len(clause_hours.lots))}" if len(clause_hours.lots) > 1 else ""
        return f"Heures à caler{of} : répondez d’abord à ce qui manque."
    likely, low, high = _round_range(clause_hours.insertion)
    middle = f", {number(likely)} le plus vraisemblable" if low < high else ""
    yearly = " par an" if all(lot.of_a_year for lot in clause_hours.clause_lots) else ""
    # The first thing to do; remarks have the rest.
    unsure = next((reason for lot in clause_hours.clause_lots for reason in lot.calibrated.unsure), "")
    confirm = f" Avant de les écrire : {unsure}." if unsure else ""
    return f"{between(clause_hours.insertion)} d’insertion{yearly}{middle}{', soit' if middle else ' :'} {_posts_and_people(clause_hours)}.{confirm}"


def calibration_remarks(clause_hours: ClauseHours) -> Iterator[str]:
    """Yield French remarks on each lot: no clause and why, rough estimate, hours already written."""
    several = len(clause_hours.lots) > 1
    for lot in clause_hours.lots if several else clause_hours.clause_lots:  # no clause in a single lot is the answer
        for remark in _remarks(lot):
            yield f"{lot.name} : {remark}." if several else f"{capitalised(remark)}."


def _remarks(lot: LotHours) -> Iterator[str]:
    calibrated_hours = lot.calibrated
    if lot.no_clause:
        yield lot.no_clause
        return
    if calibrated_hours.unsure:
        yield f"{' ; '.join(calibrated_hours.unsure)} : ses heures ne sont pas collées dans les textes"
    if calibrated_hours.way is CalibrationWay.TURNOVER:
        yield "part de main-d’œuvre non connue ; compté d’après ce qu’un ETP réalise par an, plus grossier"
    written, estimate = calibrated_hours.told.hours, calibrated_hours.insertion
    if written is not None and estimate is not None:
        usual = "dans la fourchette"
        if written < estimate.low:
            usual = "moins que l’usage"
        elif written > estimate.high:
            usual = "plus que l’usage"
        yield f"{unit(written, 'heures')} déjà écrites, {usual}"
    if calibrated_hours.family is not None and calibrated_hours.family.remark:
        yield calibrated_hours.family.remark


def law_says(clause_hours: ClauseHours) -> Iterator[str]:
    """Yield French sentences: is a social condition mandatory, with which exceptions, on which legal basis."""
    if clause_hours.law.owed is False and clause_hours.law.own_law is None:
        if not any(lot.calibrated.gives_work for lot in clause_hours.lots):
            return
        yield f"Aucune condition sociale n’est obligatoire à ce montant : la clause reste possible ({law_words.clause_article(clause_hours.law)})."
        return
    yield from law_words.duty(clause_hours.law)
    if clause_hours.law.own_law is None:
        yield law_words.basis(clause_hours.law)


def families_table(clause_hours: ClauseHours) -> DocumentTable:
    """Return the table of each lot's family of trades, its source, and the other possible families."""
    columns = map(DocumentColumn, ("Lot", "Famille", "Lue comment", "Ou bien"))
    rows = []
    for lot in clause_hours.lots:
        hours = lot.calibrated
        family = hours.family.name if hours.family else MarkedText("non trouvée", CellMark.UNKNOWN)
        others = enumeration([other.name for other in hours.other_families], "ou")
        rows.append(DocumentRow((lot.name, family, hours.family_by, others)))
    return DocumentTable(FAMILIES, tuple(columns), tuple(rows))


def lot_hours_table(clause_hours: ClauseHours) -> DocumentTable:
    """Return the table of hours of each lot, and their sum."""
    columns = (
        DocumentColumn("Lot"),
        *(DocumentColumn(label, _NUMBER, "h") for label in (LIKELIEST, "Au moins", "Au plus", TO_WRITE)),
        DocumentColumn("ETP par an", _NUMBER, decimals=2),
        DocumentColumn("Compté d’après"),
        DocumentColumn("Travail en tout", _NUMBER, "h", aside=True),
    )
    rows = [DocumentRow((lot.name, *_cells(lot))) for lot in clause_hours.lots]
    written = [lot.hours_to_write for lot in clause_hours.clause_lots]
    whole = sum(filter(None, written)) if written and None not in written else None
    if len(rows) > 1 and (clause_hours.insertion is not None or whole is not None):
        figures = _figures(clause_hours.insertion, whole, clause_hours.months)
        rows.append(DocumentRow(("Total", *figures, "", "")))
        return DocumentTable(_HOURS_TABLE, columns, tuple(rows), ranged=True, total=True)
    return DocumentTable(_HOURS_TABLE, columns, tuple(rows), ranged=True)


def sheet_hours(sheet: Document) -> float | None:
    """Return the hours to write from a calibration Document stored in a dossier, over all its lots; None if those of some lot are unknown."""
    table = next((table for table in sheet.tables if table.title == _HOURS_TABLE and table.rows), None)
    if table is None or (len(table.rows) > 1 and not table.total):
        return None
    labels = [column.label for column in table.columns]
    hours = table.rows[-1].cells[labels.index(TO_WRITE if TO_WRITE in labels else LIKELIEST)]
    return hours if isinstance(hours, int | float) else None


def factors_table(clause_hours: ClauseHours) -> DocumentTable:
    """Return the table of the figures of the calculation with source, year and reliability."""
    several = len(clause_hours.lots) > 1
    columns = (
        DocumentColumn("Chiffre"),
        *((DocumentColumn("Lot"),) if several else ()),
        *map(DocumentColumn, ("Valeur", "Source", "Année", "Sûreté")),
    )
    rows = (
        DocumentRow(
            (
                one.label,
                *((lot.name,) if several else ()),
                _value(one.value.low, one.value.high, one.unit),
                *(one.source, f"{one.year}, à réévaluer" if one.old else one.year, one.sureness),
            )
        )
        for lot in clause_hours.lots
        for one in lot.calibrated.factors
    )
    ways = (lot.calibrated.way for lot in clause_hours.lots)
    says = tuple(dict.fromkeys(_FORMULAS[way] for way in ways if way is not None))
    return DocumentTable("Le calcul", columns, tuple(rows), says)


def calibration_object(calibration: Calibration) -> dict[str, Any]:
    """Return the calibration as JSON; unknown values are null."""
    hours = calibration.hours
    lots = []
    for lot in hours.lots:
        counted = lot.calibrated
        factors = [
            shaped(
                "label low=value.low high=value.high unit source year sureness? old?", factor, year=factor.year or None
            )
            for factor in counted.factors
        ]
        lots.append(
            {
                "lot": lot.name,
                "hours": None if lot.no_clause else whole_hours(counted.insertion),
                "asked": lot.hours_to_write,
                "work": whole_hours(counted.work),
                "way": counted.way,
                "family": counted.family.name if counted.family else None,
                "family_by": counted.family_by or None,
                "families": [other.name for other in counted.other_families],
                "unsure": list(counted.unsure),
                "no_clause": lot.no_clause or None,
                "to_ask": [str(question) for question in counted.asks],
                "factors": factors,
            }
        )
    return {
        "answer": calibration_answer(hours),
        "hours": whole_hours(hours.insertion),
        "months": hours.months,
        "lots": lots,
        "places": [place.name for place in calibration.places],
        "doubts": list(calibration.unknown_places),
        "law": shaped(
            "owed exemption reason? says",
            hours.law,
            exemption=hours.law.exemption and hours.law.exemption.code,
            says=list(law_says(hours)),
        ),
        "floors": shaped("hours euros", calibration.floors),
        "paste": dict(words_to_paste(hours, calibration.facilitators[0] if calibration.facilitators else None)),
        "hypotheses": list(_hypotheses(calibration)),
        "catalogue": {"version": calibration.catalogue_version, "suppliers": calibration.catalogue_suppliers},
        "date": calibration.on.isoformat(),
    }


def calibration_request(calibration: Calibration) -> Iterator[str]:
    """Yield the request in French: amount and duration of each lot, places."""
    for lot in calibration.hours.lots:
        reading = lot.calibrated.reading
        euros = "montant non connu" if reading.euros is None else unit(reading.euros, "€ HT")
        months = "durée non connue" if reading.months is None else unit(reading.months, "mois", 1)
        yield f"{lot.name} : {euros}, {months}"
    if calibration.places:
        yield f"Lieux : {enumeration([place.name for place in calibration.places])}"


def _hypotheses(calibration: Calibration) -> Iterator[str]:
    yield (
        f"Un ETP est compté de {number(HOURS_PER_ETP)} heures travaillées à {unit(PAID_HOURS, 'heures')} payées par an ; une personne, un demi-ETP "
        f"pendant un an, soit {unit(HOURS_EACH, 'heures')} : une hypothèse."
    )
    yield (
        "« Au moins » est le bas de la fourchette. Un chiffre de sûreté faible est compté à ± 40 %, de sûreté moyenne à ± 20 % ; un coût d’une autre "
        "année n’est écrit nulle part tel quel : un indice de la table de calage le ramène à aujourd’hui."
    )
    yield f"Sous {unit(calibration.floors.hours, 'heures')}, un mois de temps plein par défaut, aucune clause n’est proposée : un seuil à vous."
    if calibration.floors.euros is None:
        yield "Aucun plancher local de montant n’est compté ; en Gironde, par exemple, c’est 90 000 € (peps33.gironde.fr)."
    if any(lot.calibrated.told.percentage_source == CHARTER for lot in calibration.hours.lots):
        yield f"La {CHARTER} demande au moins 5 % des heures de travaux et d’ingénierie, 10 % de la gestion urbaine de proximité."


def _posts_and_people(clause_hours: ClauseHours) -> str:
    """Return the hours in French as full-time posts, over the contract's months, else one year, and as a number of people."""
    hours = clause_hours.insertion.likely if clause_hours.insertion else 0.0
    over = posts(hours) if clause_hours.months is None else posts(hours, clause_hours.months)
    people = round(hours / HOURS_EACH)
    each = f", ou {count(people, 'personne')} à {unit(HOURS_EACH, 'heures')} chacune" if people > 1 else ""
    return f"{_value(over.low, over.high, 'ETP', _decimals(over.high))} {'sur un an' if clause_hours.months is None else 'par an'}{each}"


def _cells(lot: LotHours) -> tuple[DocumentCell, ...]:
    calibrated_hours = lot.calibrated
    work = None if calibrated_hours.work is None else round(calibrated_hours.work.likely)
    if lot.no_clause:
        no_hours = MarkedText("pas de clause", CellMark.ABSENT)
        return *("",) * 5, no_hours, work if calibrated_hours.gives_work else ""
    way = MarkedText("à caler", CellMark.UNKNOWN) if calibrated_hours.insertion is None else str(calibrated_hours.way)
    return *_figures(calibrated_hours.insertion, lot.hours_to_write, calibrated_hours.reading.months), way, work


def _figures(estimate: Range | None, written: float | None, months: float | None) -> tuple[DocumentCell, ...]:
    """Return the cells: likeliest, low and high hours in tens, hours to write, full-time posts a year; None if unknown."""
    to_write = MarkedText("à fixer", CellMark.UNKNOWN) if written is None else written
    if estimate is None:
        return None, None, None, to_write, None
    etp = posts(estimate.likely, months or 12).high
    over_a_year = MarkedText(f"{number(etp, _decimals(etp))} sur un an", CellMark.UNKNOWN)
    return *_round_range(estimate), to_write, round(etp, _decimals(etp)) if months else over_a_year


def _decimals(etp: float) -> int:
    """Return the decimals to show for a number of posts: two under 0.1, else one."""
    return 1 if etp >= 0.1 else 2


def _round_range(estimate: Range) -> tuple[float, float, float]:
    return by_tens(estimate.likely), by_tens(estimate.low), by_tens(estimate.high)


def _value(low: float, high: float, of: str, decimals: int = 2) -> str:
    first, last = number(low, decimals), unit(high, of, decimals)
    return last if number(high, decimals) == first else f"{first} à {last}"


_PUBLICS = (
    "demandeurs d’emploi de longue durée, demandeurs d’emploi de plus de 50 ans, bénéficiaires du RSA ou d’une autre allocation de solidarité, "
    "personnes reconnues travailleurs handicapés, jeunes sans diplôme ou sans expérience, jeunes suivis en PACEA, en école de la deuxième chance "
    "ou à l’EPIDE, habitants des quartiers prioritaires (QPV), réfugiés et bénéficiaires de la protection subsidiaire, personnes sous main de "
    "justice, personnes suivies par une structure d’insertion, une entreprise adaptée, un ESAT ou un GEIQ (liste à vérifier au CCAG)"
)


def words_to_paste(clause_hours: ClauseHours, facilitator: Facilitator | None = None) -> Iterator[tuple[str, str]]:
    """Yield (tender document, French clause to paste); hours not yet sure are in brackets. Nothing without a clause, or for a contract outside the common
    rules (`own_law`)."""
    if not clause_hours.clause_lots or clause_hours.law.own_law is not None:
        return
    hours = _hours_of(clause_hours.lots[0])
    if len(clause_hours.lots) > 1:
        hours = enumeration([f"{_hours_of(lot)} (lot « {lot.name} »)" for lot in clause_hours.clause_lots])
    article = law_words.clause_article(clause_hours.law)
    whom = "[le facilitateur des clauses sociales du territoire]"
    if facilitator is not None:
        reached = " ou ".join(map(shown_phone, facilitator.phones)) or facilitator.email
        whom = f"{facilitator.short_name}, facilitateur des clauses sociales{f' ({reached})' if reached else ''}"
    of_a_year = any(one.of_a_year for one in clause_hours.clause_lots)
    lasting = f", soit {unit(clause_hours.months, 'mois')}" if clause_hours.months else ""
    over = "Le" if of_a_year else f"Sur toute la durée du marché{lasting}, le"
    ccag = _CCAG[clause_hours.law.works]
    yield (
        "AAPC",
        (
            f"Condition d’exécution à caractère social (article {article} du code de la commande publique) : le titulaire réserve au moins {hours} "
            "de travail à des personnes éloignées de l’emploi. Détail au CCAP."
        ),
    )
    yield (
        "RC",
        (
            f"L’exécution du marché comporte une clause sociale d’insertion : au moins {hours} de travail. Elle s’impose à tous les candidats ; une "
            f"offre qui la refuse est irrégulière. Elle n’est pas un critère de jugement. Avant de remettre une offre, les candidats peuvent consulter {whom}."
        ),
    )
    yield (
        "CCAP",
        (
            f"Clause sociale d’insertion ({ccag}). {over} titulaire réserve au moins {hours} de travail à "
            f"des personnes éloignées de l’emploi. Publics : {_PUBLICS} ; le facilitateur vérifie leur éligibilité avant l’embauche. "
            "Moyens, seuls ou ensemble : l’embauche directe (CDI, CDD, alternance ; heures comptées deux ans au plus), la mise à disposition par une "
            "association intermédiaire, une ETTI, une EATT, un GEIQ ou une entreprise de travail temporaire, la sous-traitance ou la cotraitance "
            "avec une entreprise d’insertion, un atelier et chantier d’insertion, une entreprise adaptée, un ESAT ou un travailleur indépendant "
            f"handicapé. Facilitateur : {whom}. Justificatifs : chaque [trimestre], les heures faites par moyen et par public, sans nom, et les contrats à sa "
            "demande. Pénalités : [… €] par heure non faite du fait du titulaire, après mise en demeure restée sans effet."
        ),
    )


# Article of the standard terms (CCAG), by « is it works ». The article for works was not checked at its source.
_CCAG = {
    True: "article 20.1 du CCAG travaux, à vérifier",
    False: "article 16.1 du CCAG fournitures et services",
    None: "article [à compléter] du CCAG [à compléter]",
}


def _hours_of(lot_hours: LotHours) -> str:
    """Return the hours of a lot, « 840 heures », or a placeholder in brackets if they are not sure enough to be written."""
    if lot_hours.hours_to_write is None:
        return (
            f"[heures à fixer : {' ; '.join(lot_hours.calibrated.unsure)}]"
            if lot_hours.hours_to_plan is not None
            else "[heures à caler]"
        )
    return f"{unit(lot_hours.hours_to_write, 'heures')}{' par an' if lot_hours.of_a_year else ''}"
