"""French sentences of a social clause plan (insertion hours of a winner's contracts): request, answer, warnings, legal limits, next steps."""

from collections.abc import Iterator
from math import ceil

from matcher.decisions.clause.facilitators import facilitators_by_place
from matcher.decisions.clause.plan import (
    MONTHS,
    MOST,
    MOST_BY_AI,
    ClausePlan,
    ContractSplit,
    ContractWay,
    ModalityHours,
)
from matcher.decisions.clause.plan_answer import PlanAnswer
from matcher.domain.french import capitalised, count, enumeration, number, percent, short_month, unit
from matcher.domain.kinds import SupplierKind
from matcher.domain.match import Match
from matcher.need.listing import band_words
from matcher.need.title import cut_title
from matcher.ranking.signals.activity import SIGNAL as ACTIVITY
from matcher.reference.calibration import family_of
from matcher.reference.clauses import HIRING, Modality, modalities
from matcher.render.document import few

# Most months of one person's secondment by an ETTI or an EATT (Code du travail, L5132-6 and L5213-13-3).
MOST_BY_ETTI = 24.0
_SHORT = 26


def short_label(plan: ClausePlan, at: int) -> str:
    """Return a short name of a contract: « 2. Nettoyage de trois… »."""
    return f"{at + 1}. {cut_title(plan.contracts[at].label, _SHORT)}"


def plan_request(plan: ClausePlan) -> Iterator[str]:
    """Yield the request: places, hours and duration of each contract."""
    for plan_contract in plan.contracts:
        places = enumeration([place.name for place in plan_contract.reading.places])
        over = "durée non connue" if plan_contract.months is None else f"en {unit(plan_contract.months, 'mois', 1)}"
        yield f"{plan_contract.label} : {places}, {unit(plan_contract.hours, 'heures')}, {over}"


def plan_answer(plan: ClausePlan) -> str:
    """Return the plan in two sentences: its size, and the three modalities with most hours."""
    first = [f"{one.modality.label} ({percent(one.hours / plan.hours)})" for one in plan.by_modality if one.hours][:3]
    return f"{plan_size(plan)} {f'D’abord : {enumeration(first)}.' if first else 'Aucune heure n’est placée.'}"


def plan_size(plan: ClausePlan) -> str:
    """Return the hours of the plan, also as full-time equivalents, in one sentence."""
    over = {one.months for one in plan.contracts}
    several = f", sur {count(len(plan.contracts), 'contrat')}" if len(plan.contracts) > 1 else ""
    whole = f"{number(plan.hours)} heures d’insertion{several}, soit {unit(plan.etp, 'ETP', 1)} sur un an"
    months = over.pop()
    if over or months is None:
        return f"{whole}."
    return f"{whole} ; en {unit(months, 'mois', 1)}, {unit(plan.etp * MONTHS / months, 'ETP', 1)} par an."


def plan_remarks(plan: ClausePlan) -> Iterator[str]:
    """Yield warnings: modalities that the law forbids, hours that do not add up, starts in the past, changed splits, modalities with few suppliers or not enough capacity, much direct
    hiring."""
    yield from filter(None, map(closed_ways, plan.splits))
    yield from filter(None, map(gap_sentence, plan.splits))
    yield from past_starts(plan)
    yield from filter(None, map(split_changes, plan.splits))
    yield from _scarce(plan)
    for row in plan.by_modality:
        if row.room is not None and row.hours > row.room + 1:
            yield f"{row.modality.label} : {unit(row.hours, 'heures')}, pour une capacité estimée de {unit(row.room, 'heures')} à portée, chaque organisation comptée une fois."
    if not any(split.is_edited or split.small or split.closed for split in plan.splits):
        hired = next(one for one in plan.by_modality if one.modality.code == HIRING)
        if hired.hours > 1.5 * hired.modality.share * plan.hours:
            yield (
                f"{percent(hired.hours / plan.hours)} des heures restent à l’embauche directe, contre {percent(hired.modality.share)} d’ordinaire : "
                "les structures à portée n’ont pas la place, ou ne font pas ce métier."
            )


def closed_ways(contract_split: ContractSplit) -> str:
    """Return a sentence on the modalities that the law forbids in the contract's trade, and on what remains; empty if there are none."""
    family = family_of(contract_split.contract.reading)
    if not contract_split.closed or family is None:
        return ""
    closed = enumeration([f"« {way.modality.label} »" for way in contract_split.closed])
    misplaced = sum(way.hours for way in contract_split.closed)
    move = f" {unit(misplaced, 'heures')} y sont pourtant placées : déplacez-les." if misplaced else ""
    return (
        f"« {contract_split.contract.label} », {family.name.lower()} : {family.remark} ({family.source}). Ne sont pas proposées : {closed}.{move} "
        "Une embauche ne peut y être qu’en CDI ; sinon, convenez avec l’acheteur et le facilitateur d’heures sur d’autres tâches du marché, ou de leur retrait."
    )


def past_starts(plan: ClausePlan) -> Iterator[str]:
    """Yield a question on each contract whose start is in a past month."""
    for plan_contract in plan.contracts:
        today = plan_contract.ranking.ask.on
        if plan_contract.start and (plan_contract.start.year, plan_contract.start.month) < (today.year, today.month):
            yield (
                f"« {plan_contract.label} » commencerait en {short_month(plan_contract.start)}, un mois passé : est-ce le bon mois ? "
                "S’il est en cours, donnez les heures et les mois qui restent."
            )


def split_changes(contract_split: ContractSplit) -> str:
    """Return the user's changes to the proposed split as a sentence, empty if there are none."""
    changes = [
        f"{way.modality.label}, {unit(way.hours, 'h')} au lieu de {number(way.proposed)}"
        for way in contract_split.ways
        if way.hours != way.proposed
    ]
    return f"Partage changé pour « {contract_split.contract.label} » : {' ; '.join(changes)}." if changes else ""


def _scarce(plan: ClausePlan) -> Iterator[str]:
    """Yield sentences on modalities expected to have fewer suppliers of the trade than wanted, or without supplier within reach."""
    scarce = [one for one in plan.by_modality if one.hosts and one.doing < plan.assumed.wanted]
    if scarce:
        ways = [f"{one.modality.label} (environ {number(one.doing, 1)} sur {number(len(one.hosts))})" for one in scarce]
        yield f"Peu de choix, entre parenthèses ceux qui feraient ce métier sur ceux qui sont comptés (hypothèse) : {' ; '.join(ways)}."
    if unlikely := [
        f"{one.modality.label} ({count(len(one.unlikely), 'structure')})" for one in plan.uncounted if one.unlikely
    ]:
        yield f"À portée, mais peu probables pour ce métier (hypothèse) : {' ; '.join(unlikely)}."
    if nobody := [one.modality.label for one in plan.uncounted if not one.unlikely]:
        yield f"Personne à portée : {' ; '.join(nobody)}."


def uncounted_words(way: ModalityHours | ContractWay) -> str:
    """Return a phrase on a modality without hosts: forbidden in this trade, the number of unlikely suppliers within reach, or none."""
    if way.closed:
        return "interdite dans ce métier"
    return f"{count(len(way.unlikely), 'structure')} à portée, peu probables" if way.unlikely else "personne à portée"


def gap_sentence(contract_split: ContractSplit) -> str:
    """Return a sentence on the difference between planned and contract hours, empty if there is none."""
    if not contract_split.lacking:
        return ""
    hours, label = unit(abs(contract_split.lacking), "heures"), f"« {contract_split.contract.label} »"
    compared_hours = (
        f"{unit(contract_split.placed_hours, 'heures')} placées pour {number(contract_split.contract.hours)} à faire"
    )
    if contract_split.lacking > 0:
        return f"Le compte n’y est pas : {hours} de {label} ne sont placées nulle part ({compared_hours})."
    return f"Le compte n’y est pas : {hours} de trop pour {label} ({compared_hours})."


def small_lines(plan: ClausePlan) -> Iterator[str]:
    """Yield sentences on lines too small to be entrusted separately: merged into another one, or written by the user."""
    ways = {one.code: one for one in modalities()}
    for contract_split in plan.splits:
        whose = f"{contract_split.contract.label} : " if len(plan.splits) > 1 else ""
        if not contract_split.is_edited:
            for into in dict.fromkeys(line.into for line in contract_split.small):
                lines = [
                    f"{unit(round(line.hours), 'h')} par « {ways[line.code].label} »"
                    for line in contract_split.small
                    if line.into == into and round(line.hours)
                ]
                if lines:
                    yield f"{whose}{enumeration(lines)} : jointes à « {ways[into].label} »."
            continue
        for way in contract_split.ways:
            if 0 < way.hours < min(way.modality.least_hours, contract_split.contract.hours):
                yield (
                    f"{whose}{unit(way.hours, 'h')} par « {way.modality.label} », moins de {unit(way.modality.least_hours, 'h')} : "
                    "mieux vaut les joindre à une autre ligne."
                )


def limit(modality: Modality, hours: int, months: float | None) -> str:
    """Return the legal limits of a modality and their effect on `hours` over `months` (the longest contract); "" for none."""
    limits = [modality.limit] if modality.limit else []
    people = ceil(hours / MOST_BY_AI)
    if modality.kinds == {SupplierKind.AI} and people > 1:
        limits.append(f"ici, {people} personnes au moins, se relayant")
    if hours and SupplierKind.ETTI in modality.kinds and (months or 0.0) > MOST_BY_ETTI:
        limits.append(f"ici, sur {unit(months or 0.0, 'mois', 1)}, plusieurs personnes se relaient")
    return " ; ".join(limits)


def longest_months(plan: ClausePlan, way: ModalityHours) -> float | None:
    """Return the duration of the longest contract in which a modality has hours; None if unknown."""
    return max(
        (one.months for one, hours in zip(plan.contracts, way.by_contract, strict=True) if hours and one.months),
        default=None,
    )


def rhythm(way: ContractWay, months: float | None) -> str:
    """Return the mean hours a month of a modality, « ≈ 35 h par mois »; empty if the duration is unknown."""
    each = way.hours / months if months else 0.0
    return f"≈ {unit(each, 'h', 0 if each >= 10 else 1)} par mois" if each else ""


def without_hours(contract_split: ContractSplit) -> str:
    """Return a sentence on the modalities that have suppliers but no hours, empty if there are none."""
    idle = [
        f"{way.modality.label} ({few([host.candidate.name for host in way.hosts])})"
        for way in contract_split.ways
        if way.hosts and not way.hours
    ]
    return f"Sans heures ici : {' ; '.join(idle)}." if idle else ""


def peak_sentence(plan: ClausePlan) -> str:
    """Return a sentence on the peak of simultaneous work, or on the missing starts and durations."""
    if plan.timeline is None:
        unknown = {"début": [one.label for one in plan.contracts if one.start is None]}
        unknown["durée"] = [one.label for one in plan.contracts if one.months is None]
        gaps = [
            f"{what} non {'dit' if what == 'début' else 'dite'} pour {enumeration([f'« {label} »' for label in labels])}"
            for what, labels in unknown.items()
            if labels
        ]
        return f"{capitalised(' ; '.join(gaps))} : les mois et la pointe ne sont pas connus."
    top = plan.timeline.peak
    until = "" if top.first == top.last else f" à {short_month(top.last)}"
    return f"Pointe : {count(top.contracts, 'contrat')} à la fois, {unit(top.etp, 'ETP', 1)}, {short_month(top.first)}{until}."


def plan_hypotheses(plan: ClausePlan) -> Iterator[str]:
    """Yield the hypotheses of the plan."""
    yield f"Un ETP fait {unit(plan.assumed.hours_per_etp, 'heures')} par an ; une structure donne {unit(100 * plan.assumed.share, '%')} de son effectif."
    yield (
        "L’embauche garde sa part régionale ; le personnel et la sous-traitance partent de la leur, pesée par la diffusion du métier dans ces structures, sans "
        "dépasser leur capacité. La sous-traitance va ensuite à ceux qui font le métier, les connus d’abord, EA et ESAT comme ACI et EI."
    )
    if any(one.months is None for one in plan.contracts):
        yield "Où la durée n’est pas connue, cette capacité est celle d’un an."
    least = {
        hours: [one.label for one in modalities() if one.least_hours == hours]
        for hours in sorted({one.least_hours for one in modalities()})
    }
    weeks = " ; ".join(f"{unit(hours, 'heures')} pour {enumeration(labels)}" for hours, labels in least.items())
    yield f"Une ligne trop petite pour être confiée seule est jointe à une autre qui a la place. Le moins : {weeks}."
    yield (
        "Chaque contrat a ses distances, depuis son lieu, et l’établissement de chaque organisation qui lui va le mieux ; les heures d’une organisation ne comptent "
        "qu’une fois dans tout le plan. AI et ETTI prêtent des gens de tout métier : la plus proche d’abord ; un GEIQ est d’une branche : celui qu’on y sait d’abord, puis le plus proche."
    )
    yield f"{count(MOST, 'structure')} au plus par modalité et par contrat ; un effectif non connu est la médiane de son type (ordres de grandeur publiés)."
    yield "Ne sont pas comptés l’acheteur lui-même, un GEIQ ou une ETTI connus pour une autre branche seulement, ni un chantier qui travaille pour la collectivité ou l’œuvre qui le porte."


def steps(plan: ClausePlan) -> Iterator[str]:
    """Yield the next actions, in order."""
    yield "Confirmer les heures et leur partage avec le facilitateur."
    carrying = [way for split in plan.splits for way in split.carrying]
    if any(way.hosts for way in carrying):
        yield "Appeler les structures, dans l’ordre des listes : ont-elles la place, à quelles dates ?"
    if any(SupplierKind.GEIQ in way.modality.kinds for way in carrying):
        yield "Adhérer au GEIQ avant toute mise à disposition."
    if any(way.modality.subcontracts for way in carrying):
        yield "Déclarer la sous-traitance à l’acheteur (formulaire DC4) avant qu’elle commence."
    if any(SupplierKind.EA in way.modality.kinds for way in carrying):
        yield "Demander à l’EA, à l’ESAT ou au TIH son attestation annuelle pour l’OETH."
    yield "Suivre les heures faites chaque mois, dans le dossier."


def host_evidence(match: Match) -> str:
    """Return the certainty that a supplier does the contract's trade, its evidence and the source, as a phrase."""
    contribution = next((one for one in match.contributions if one.signal == ACTIVITY.key), None)
    says = contribution.says if contribution else ""
    source = f" ({contribution.source})" if contribution and contribution.source else ""
    return f"{band_words(match.band).one} : {says}{source}" if says else band_words(match.band).one


def facilitators_said(planned: PlanAnswer) -> Iterator[str]:
    """Yield sentences on places without a known facilitator (local clause adviser), or with several."""
    by_place = facilitators_by_place(planned.facilitators, planned.places)
    if none := [place.name for place, those in by_place if not those]:
        yield f"Aucun facilitateur des clauses sociales n’est connu pour {enumeration(none)}. " + (
            "La liste de l’équipe n’en a pas : complétez-la."
            if planned.listed
            else "Demandez-le à la maison de l’emploi ou au PLIE ; qui tient le catalogue peut en importer la liste."
        )
    for place, facilitators in by_place:
        if len(facilitators) > 1:
            yield (
                f"{place.name} : {count(len(facilitators), 'facilitateur')}, le territoire le plus étroit d’abord "
                f"({' ; '.join(one.short_name for one in facilitators)})."
            )
