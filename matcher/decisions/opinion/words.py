"""An opinion in French: the headline, what it rests on, the other ways, the hypotheses, the sentence for the notice."""

from collections.abc import Iterator
from math import floor

from matcher.decisions.opinion.compute import CLAUSE, PMSMP, LeverOpinion, Opinion, OpinionVerdict
from matcher.decisions.sizing import Range
from matcher.domain.french import count, number, unit
from matcher.need.answer import known_for_it
from matcher.reference.levers import lever

NOTICE = "Un avis pour décider, pas un conseil juridique."
CRITERION = "critere"
TELL_THE_TRADE = "Dites d’abord le métier : le besoin n’est pas assez compris pour compter des candidats."
TELL_THE_PLACE = "Dites d’abord le lieu : sans lui, on ne sait pas qui est à portée."


def headline(its: Opinion) -> str:
    """The conclusion in one sentence."""
    if not its.understood:
        return TELL_THE_TRADE
    if not its.placed:
        return TELL_THE_PLACE
    if its.said:
        return _on_the_text(its)
    article = lever(its.lever).article if its.lever else ""
    match its.verdict:
        case OpinionVerdict.RESERVE:
            if its.settled(its.told):
                return f"Réserver ce lot, à l’article {article}."
            return f"Réserver ce lot paraît possible, à l’article {article} : appelez d’abord."
        case OpinionVerdict.SMALLER:
            return f"Réserver un lot plus petit, de {unit(its.told.smaller_etp or 0, 'ETP', 1)} au plus, à l’article {article}."
        case OpinionVerdict.CLAUSE:
            return (
                "Une clause sociale d’exécution (L2112-2), sans réserver : en sous-traitance à ceux qui font ce métier."
            )
        case OpinionVerdict.SOURCE:
            return "Ne pas décider encore : aller plus loin en sourcing."
        case OpinionVerdict.NOBODY:
            return "Personne n’est connu pour ce métier : proposer une immersion (PMSMP)."


def _on_the_text(its: Opinion) -> str:
    """What the text already decides, what comes of it, and the article that would do better where one would."""
    article, state = lever(its.said).article, _state(its)
    if its.better is not None:
        credible = len(its.better.credible)
        known = f"{known_for_it(credible)} et " if credible else ""
        return f"Votre texte dit {article}{state} ; {lever(its.better.lever).article} donnerait {known}{_bids(its.better, its)}."
    besides = (
        " : une clause sociale d’exécution (L2112-2) reste possible" if its.verdict is OpinionVerdict.CLAUSE else ""
    )
    return f"Votre texte réserve ce lot à l’article {article}{state}{besides}."


def _state(its: Opinion) -> str:
    """What comes of the article that the text says, to follow its name."""
    if its.of(its.said).excluded:
        return ", qui ne convient pas"
    match its.verdict:
        case OpinionVerdict.RESERVE:
            return ", c’est possible" if its.settled(its.told) else ", ce qui paraît possible en appelant d’abord"
        case OpinionVerdict.SMALLER:
            return f", possible pour un lot plus petit, de {unit(its.told.smaller_etp or 0, 'ETP', 1)} au plus"
        case OpinionVerdict.CLAUSE:
            return ", avec trop peu de candidats"
        case OpinionVerdict.SOURCE:
            return ", mais il faut aller plus loin en sourcing avant de publier"
        case OpinionVerdict.NOBODY:
            return ", mais personne n’est connu pour ce métier"


def _bids(one: LeverOpinion, its: Opinion) -> str:
    return f"{percent(one.wanted.likely)} de chances d’au moins {count(its.assumed.bids, 'offre')}"


def reasons(its: Opinion) -> Iterator[str]:
    """Why, in sentences: who was counted, at what size, how sure."""
    if not its.understood:
        yield "Écrivez l’activité en deux mots, ou donnez un code CPV : l’avis suivra."
    if not its.placed:
        yield "Écrivez une commune, un département ou « France entière » : l’avis suivra."
    if not its.counted:
        return
    told = its.told
    yield _counted(told, its.repeated)
    yield _size(its)
    if its.said:
        yield from _under(its.of(its.said), its)
    yield from _why(its)
    for one in its.dependent:
        yield f"{one.candidate.name} : le lot ferait {unit(100 * one.share, '%')} de son chiffre d’affaires, un risque de dépendance à peser avec elle."


def _under(one: LeverOpinion, its: Opinion) -> Iterator[str]:
    """What the article that the text says gives, where the figures are of another conclusion or it cannot apply."""
    article = lever(one.lever).article
    if one.excluded:
        yield f"L’article {article}, que votre texte dit, ne convient pas : {one.excluded}."
    elif one is not its.told:
        yield f"L’article {article}, que votre texte dit, donnerait {_bids(one, its)}."


def _counted(told: LeverOpinion, repeated: int) -> str:
    credible = len(told.credible)
    known = known_for_it(credible) if credible else "Aucun candidat n’est connu des annuaires pour ce métier"
    organisations = (
        f", {count(credible, 'organisation différente', 'organisations différentes')}" if credible > 1 else ""
    )
    called = (
        f" ; {count(len(told.to_call), 'structure')} à appeler, pour qui ce métier n’est pas établi : "
        f"{_expected(sum(candidate.fit for candidate in told.to_call))} l’exercer (hypothèse)"
        if told.to_call
        else ""
    )
    same = (
        f" {count(repeated, 'autre établissement', 'autres établissements')} des mêmes organisations ne "
        f"{'compte' if repeated < 2 else 'comptent'} pas deux fois."
        if repeated
        else ""
    )
    return f"{known}{organisations}{called}.{same}"


def _expected(likely: float) -> str:
    """« environ 12 devraient »: people and organisations are told whole."""
    if likely < 0.5:
        return "aucune, sans doute, ne doit"
    whole = floor(likely + 0.5)
    return f"environ {number(whole)} {'devraient' if whole > 1 else 'devrait'}"


def _size(its: Opinion) -> str:
    if its.need.etp is None:
        return (
            "Taille du lot non connue : la capacité n’est pas comparée. Donnez un montant, des heures ou une quantité."
        )
    unknown = sum(candidate.workers is None for candidate in its.told.found)
    effectifs = (
        f" ; effectif non connu pour {number(unknown)} sur {number(len(its.told.found))}, pris selon la taille usuelle de leur type"
        if unknown
        else ""
    )
    return f"Le lot demande {unit(its.need.etp, 'ETP', 1)} par an ({its.need.says}){effectifs}."


def _why(its: Opinion) -> Iterator[str]:
    told, wanted = its.told, its.assumed.bids
    match its.verdict:
        case OpinionVerdict.RESERVE if not told.firm:
            yield f"L’avis tient à ce qui n’est pas connu : au pire, {percent(told.wanted.low)} de chances d’au moins {count(wanted, 'offre')}. Appelez avant de publier."
        case OpinionVerdict.CLAUSE:
            if not its.said:
                yield _reserving(its)
            if len(told.credible) < its.assumed.wanted:
                known = known_for_it(len(told.credible))
                yield f"{known} seulement, pour {number(its.assumed.wanted)} voulus : si aucun ne convient, une immersion (PMSMP) peut être proposée."
        case OpinionVerdict.SOURCE:
            yield f"{percent(told.found_one)} de chances d’en trouver au moins une en les appelant. Si aucune ne convient, une immersion (PMSMP) peut être proposée."
        case OpinionVerdict.NOBODY:
            yield f"Même en appelant les plus proches, {percent(told.found_one)} de chances d’en trouver une qui l’exerce."
            yield lever(PMSMP).sentence
        case _:
            pass


def _reserving(its: Opinion) -> str:
    """What reserving would give, at best, where the conclusion is not to: too little, or under an article that the lot does not ask for."""
    open_to = [one for one in its.levers if one.lever != CLAUSE and not one.excluded]
    best = max(open_to, key=lambda one: one.wanted.likely, default=None)
    if best is None or not best.wanted.likely:
        return "Réserver ne donnerait aucune offre."
    given = _bids(best, its)
    article = lever(best.lever).article
    return (
        f"Réserver à l’article {article} serait pourtant possible : {given}."
        if best.possible
        else f"Réserver à l’article {article} ne donnerait, au mieux, que {given}."
    )


def chances(its: Opinion) -> tuple[tuple[str, Range], ...]:
    """(label, chance) of at least 1, 2, 3 bids under the lever that is told of."""
    return tuple((f"au moins {count(bids, 'offre')}", chance) for bids, chance in enumerate(its.told.chances, start=1))


def sizes(its: Opinion) -> Iterator[str]:
    """Up to which size the candidates wanted remain, and in how many lots the need could be cut."""
    wanted = count(its.assumed.wanted, "candidat")
    if its.largest is None:
        yield f"Même un lot d’un demi-ETP ne garde pas {wanted} probables."
        if its.need.etp is not None and its.told.credible:
            yield f"Couper le lot n’en amènerait pas d’autres : gardez un seul lot de {unit(its.need.etp, 'ETP', 1)}."
        return
    low = (
        f" ; {unit(its.largest.low, 'ETP', 1)} si les métiers et les effectifs non connus sont décevants"
        if its.largest.low
        else " ; aucune taille ne les garde si les métiers non connus sont décevants"
    )
    yield f"Jusqu’à {unit(its.largest.likely, 'ETP', 1)}, {wanted} restent probables{low}."
    if its.split is not None and its.split.lots > 1:
        yield f"Pour en garder autant partout : {count(its.split.lots, 'lot')} de {unit(its.split.etp, 'ETP', 1)}."


def others(its: Opinion) -> Iterator[tuple[str, str, str]]:
    """(lever, candidates, what it gives) for every other lever considered."""
    for one in its.levers:
        if one.lever == its.told.lever:
            continue
        yield _short(one.lever), _how_many(one), one.excluded or _gives(one, its)


def beside(its: Opinion) -> Iterator[tuple[str, str, str]]:
    """(lever, what it gives, the sentence for the notice) of what can be added to any conclusion: it reserves nothing."""
    if not its.counted:
        return
    credible = len(its.of(CLAUSE).credible)
    given = (
        f"{known_for_it(credible)} à qui les titulaires pourraient sous-traiter"
        if credible
        else "peu départage : personne de crédible à qui les titulaires pourraient sous-traiter"
    )
    yield lever(CRITERION).label, f"les offres sont aussi jugées sur l’insertion ; {given}", lever(CRITERION).sentence
    if its.verdict is not OpinionVerdict.NOBODY:
        yield lever(PMSMP).label, "ne demande aucun fournisseur : un accueil chez le titulaire", lever(PMSMP).sentence


def notice(its: Opinion) -> str:
    """The French sentence to paste in the notice for the lever concluded for; empty where there is none."""
    return lever(its.lever).sentence if its.lever else ""


def percent(chance: float) -> str:
    """A chance in whole percents, never told as certain or impossible unless it is."""
    told = 100 * chance
    if 0 < told < 1:
        return f"moins de {unit(1, '%')}"
    return unit(min(floor(told + 0.5), 99) if chance < 1 else 100, "%")


def _short(code: str) -> str:
    return f"Clause seule, {lever(code).article}" if code == CLAUSE else lever(code).label


def _how_many(one: LeverOpinion) -> str:
    called = f", {number(len(one.to_call))} à appeler" if one.to_call else ""
    return f"{count(len(one.credible), 'crédible')}{called}"


def _gives(one: LeverOpinion, its: Opinion) -> str:
    if one.lever == CLAUSE:
        return "possible" if one.credible else "à qui confier reste à trouver"
    if not one.found:
        return "personne n’est connu à portée"
    state = (
        "possible"
        if one.possible
        else f"jusqu’à {unit(one.smaller_etp, 'ETP', 1)}"
        if one.smaller_etp
        else "trop incertain"
    )
    return f"{state} : {_bids(one, its)}"
