"""An opinion on reserving as a section of the paper of a dossier."""

from matcher.decisions.opinion import words
from matcher.decisions.opinion.answer import Advice
from matcher.decisions.sizing import SizeStep
from matcher.domain.french import day, number, typeset, unit
from matcher.dossiers.paper import PrintSection, PrintTable

_BY_SIZE = "Candidats probables selon la taille (au moins, au plus)"


def advice_section(advice: Advice, frozen: str) -> PrintSection:
    """Return the conclusion, why, the chances, the sizes and the other ways; it says that it was worked out on the need `frozen`,
    a day in French, and on which catalogue."""
    its = advice.opinion
    sizes = words.sizes(its) if its.counted else ()
    basis = (
        f"Calculé sur le besoin figé le {frozen}, pour le {day(advice.on)}, avec la version {advice.catalogue_version} du catalogue "
        f"({number(advice.catalogue_suppliers)} fournisseurs) et les seuils usuels. {words.NOTICE}"
    )
    told = (
        words.headline(its),
        *words.reasons(its),
        *sizes,
        basis,
    )
    return PrintSection(
        "size",
        "Avis de réservation",
        paragraphs=tuple(typeset(sentence) for sentence in told),
        facts=_ways(advice) if its.counted else (),
        table=_chances(advice) if its.counted else None,
        items=tuple(typeset(sentence) for sentence in its.assumed.says()),
    )


def _ways(advice: Advice) -> tuple[tuple[str, str], ...]:
    its = advice.opinion
    notice = words.notice(its)
    to_paste = (("À coller dans l’avis de marché", notice),) if notice else ()
    others = tuple((lever, f"{found} ; {gives}") for lever, found, gives in words.others(its))
    by_size = ((_BY_SIZE, " · ".join(map(_sized, its.steps[2::3]))),) if its.told.found else ()
    return to_paste + by_size + others + tuple((lever, gives) for lever, gives, _ in words.beside(its))


def _sized(step: SizeStep) -> str:
    its = step.candidates
    return f"{unit(step.etp, 'ETP', 1)} : {number(its.likely, 1)} ({number(its.low, 1)} à {number(its.high, 1)})"


def _chances(advice: Advice) -> PrintTable:
    return PrintTable(
        head=("Offres", "Chance", "Fourchette"),
        numeric=(False, True, True),
        rows=tuple(
            (label, words.percent(chance.likely), f"{words.percent(chance.low)} à {words.percent(chance.high)}")
            for label, chance in words.chances(advice.opinion)
        ),
    )
