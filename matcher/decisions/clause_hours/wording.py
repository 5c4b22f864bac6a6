"""Words to paste of a clause, for each piece of a contract: its hours, its publics, its facilitator, its proofs; what is left to the buyer stands
between brackets."""

from collections.abc import Iterator

from matcher.cleaning.phone import shown_phone
from matcher.decisions.clause.facilitators import Facilitator
from matcher.decisions.clause_hours.compute import ClauseHours
from matcher.decisions.opinion import law_words
from matcher.domain.french import enumeration, unit

_PUBLICS = (
    "demandeurs d’emploi de longue durée, bénéficiaires du RSA ou d’une autre allocation de solidarité, personnes reconnues travailleurs "
    "handicapés, jeunes sans diplôme ou sans expérience, personnes suivies par une structure d’insertion, une entreprise adaptée, un ESAT ou un "
    "GEIQ"
)


def paste(its: ClauseHours, facilitator: Facilitator | None = None) -> Iterator[tuple[str, str]]:
    """Yield (piece, words to paste) of a contract for which a clause is proposed; nothing where the hours of none of its lots are known."""
    hours = _hours(its)
    if not hours:
        return
    article = law_words.clause_article(its.law)
    whom = _whom(facilitator)
    over = f", soit {unit(its.months, 'mois')}" if its.months else ""
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
            f"Clause sociale d’insertion (article 16.1 du CCAG). Sur toute la durée du marché{over}, le titulaire réserve au moins {hours} de travail à "
            f"des personnes éloignées de l’emploi. Publics : {_PUBLICS} ; le facilitateur vérifie leur éligibilité avant l’embauche. "
            "Moyens, seuls ou ensemble : l’embauche directe (CDI, CDD, alternance ; heures comptées deux ans au plus), la mise à disposition par une "
            "association intermédiaire, une ETTI, une EATT, un GEIQ ou une entreprise de travail temporaire, la sous-traitance ou la cotraitance "
            "avec une entreprise d’insertion, un atelier et chantier d’insertion, une entreprise adaptée, un ESAT ou un travailleur indépendant "
            f"handicapé. Facilitateur : {whom}. Justificatifs : chaque [trimestre], les heures faites par moyen et par public, sans nom, et les contrats à sa "
            "demande. Pénalités : [… €] par heure non faite du fait du titulaire, après mise en demeure restée sans effet."
        ),
    )


def _hours(its: ClauseHours) -> str:
    """The hours of each lot that has some: « 840 heures », or each with its lot where there are several."""
    found = [(one.name, one.asked) for one in its.open_lots if one.asked is not None]
    if len(its.lots) == 1:
        return "".join(unit(hours, "heures") for _, hours in found)
    return enumeration([f"{unit(hours, 'heures')} (lot « {name} »)" for name, hours in found])


def _whom(facilitator: Facilitator | None) -> str:
    if facilitator is None:
        return "[le facilitateur des clauses sociales du territoire]"
    reached = " ou ".join(map(shown_phone, facilitator.phones)) or facilitator.email
    return f"{facilitator.called}, facilitateur des clauses sociales{f' ({reached})' if reached else ''}"
