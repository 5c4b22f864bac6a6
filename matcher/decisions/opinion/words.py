"""An opinion in French: the headline, what it rests on, the other ways, the hypotheses, the sentence for the notice."""

from collections.abc import Iterator
from math import floor

from matcher.decisions.calibrated import between
from matcher.decisions.opinion import law_words
from matcher.decisions.opinion.compute import CLAUSE, PMSMP, LeverOpinion, Opinion, OpinionVerdict
from matcher.decisions.sizing import Range
from matcher.domain.french import count, day, number, percent, unit
from matcher.need.answer import known_for_it
from matcher.reference.backtests import ALL_AWARDED, OUT_OF_REACH, opinion_backtests
from matcher.reference.levers import lever

NOTICE = "Un avis pour décider, pas un conseil juridique."
CRITERION = "critere"
TELL_THE_TRADE = "Dites d’abord le métier : le besoin n’est pas assez compris pour compter des candidats."
TELL_THE_PLACE = "Dites d’abord le lieu : sans lui, on ne sait pas qui est à portée."


def headline(its: Opinion) -> str:
    """What to do first, in a sentence or two: buy direct where the amount allows it, else the conclusion on reserving."""
    if not its.understood:
        return TELL_THE_TRADE
    if not its.placed:
        return TELL_THE_PLACE
    return law_words.elsewhere(its.law) or law_words.direct(its.law) or conclusion(its)


def conclusion(its: Opinion) -> str:
    """The conclusion on reserving, in one sentence."""
    if its.said:
        return _on_the_text(its)
    if its.unfit:
        return f"L’article {lever(its.unfit).article} ne convient pas : {its.of(its.unfit).excluded}."
    article = lever(its.lever).article if its.lever else ""
    match its.verdict:
        case OpinionVerdict.RESERVE:
            if its.settled(its.told):
                return f"Réserver ce lot, à l’article {article}."
            return f"Réserver ce lot paraît possible, à l’article {article} : appelez d’abord."
        case OpinionVerdict.SMALLER:
            return f"Réserver un lot plus petit, de {unit(its.told.smaller_etp or 0, 'ETP', 1)} au plus, à l’article {article}."
        case OpinionVerdict.CLAUSE:
            return _clause(its)
        case OpinionVerdict.SOURCE:
            if its.lever:
                return f"L’article {article} est à confirmer : appelez avant de réserver."
            none = law_words.no_directory(its.told.lever, its.unlisted)
            return f"{none}." if none else "Aller plus loin en sourcing avant de décider."
        case OpinionVerdict.NOBODY:
            return f"{_nobody(its)}."


def _clause(its: Opinion) -> str:
    how = (
        "en sous-traitance à ceux qui font ce métier"
        if its.told.credible
        else "par l’embauche, l’intérim d’insertion ou un GEIQ"
    )
    yearly = " par an" if its.hours.reading.one_year else ""
    asked = f", de {between(its.hours.insertion)}{yearly}" if its.hours.insertion else ""
    return f"Une clause sociale d’exécution{asked} ({law_words.clause_article(its.law)}), sans réserver : {how}{law_words.due(its.law, hours=bool(asked))}."


def _nobody(its: Opinion) -> str:
    if not its.hours.gives_work:
        due = (
            f" ; une autre condition sociale est due, ou le motif d’une dispense ({law_words.clause_article(its.law)})"
        )
        nobody = "" if its.told.found else ", et personne n’y est connu"
        return f"Pas de clause d’insertion dans ce métier{nobody}{due if law_words.owed(its.law) else ''}"
    if law_words.owed(its.law):
        article = law_words.clause_article(its.law)
        return f"Une condition sociale d’exécution est obligatoire ({article}), et personne n’est connu à portée pour ce métier"
    return "Personne n’est connu à portée pour ce métier : proposer une immersion (PMSMP)"


def _on_the_text(its: Opinion) -> str:
    """What the text already decides, what comes of it, and the article that would do better where one would."""
    article, state = lever(its.said).article, _state(its)
    if its.better is not None:
        credible = len(its.better.credible)
        known = f"{known_for_it(credible)} et " if credible else ""
        return f"Votre texte dit {article}{state} ; {lever(its.better.lever).article} donnerait {known}{_bids(its.better, its)}."
    besides = (
        f" : une clause sociale d’exécution ({law_words.clause_article(its.law)}) reste possible"
        if its.verdict is OpinionVerdict.CLAUSE
        else ""
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
        case OpinionVerdict.SOURCE if its.lever:
            return ", à confirmer : appelez avant de publier"
        case OpinionVerdict.SOURCE:
            none = _in_a_sentence(law_words.no_directory(its.said, its.unlisted))
            return f", mais {none or 'il faut aller plus loin en sourcing avant de publier'}"
        case OpinionVerdict.NOBODY:
            return ", mais personne n’est connu à portée pour ce métier"


def _bids(one: LeverOpinion, its: Opinion) -> str:
    return f"{percent(one.wanted.likely)} de chances d’au moins {count(its.assumed.bids, 'offre')}"


def reasons(its: Opinion) -> Iterator[str]:
    """Why, in sentences: what the law says, then what it rests on."""
    yield from law(its)
    yield from evidence(its)


def law(its: Opinion) -> Iterator[str]:
    """What the law of the day says; what to do where one publishes rather than buying direct."""
    if not its.counted:
        return
    yield from law_words.sentences(its.law)
    if its.law.direct:
        yield otherwise(its)


def otherwise(its: Opinion) -> str:
    """The conclusion where one publishes rather than buying direct."""
    return f"Si vous publiez plutôt : {_in_a_sentence(conclusion(its))}"


def backtested() -> Iterator[str]:
    """What the opinion said of contracts whose outcome is known, and what that does not tell."""
    measured = {its.contracts: its for its in opinion_backtests()}
    won, out_of_reach = measured[ALL_AWARDED], measured[OUT_OF_REACH]
    counted = won.winner_credible + won.winner_called
    yield (
        f"Mesuré le {day(won.on)} sur {number(won.lots)} marchés passés, tous gagnés par une structure inclusive : l’avis dit « réserver » pour "
        f"{number(won.reserve + won.smaller)}, « clause » pour {number(won.clause)}, « sourcer encore » pour {number(won.source)}, « personne » pour "
        f"{number(won.nobody)}. Le gagnant est parmi les structures comptées pour {number(counted)}, dont {number(won.winner_credible)} comme crédible."
    )
    yield (
        f"Sur {number(out_of_reach.lots)} marchés hors de portée du secteur (assurances, énergie, médicaments…), il dit « réserver » pour "
        f"{number(out_of_reach.reserve + out_of_reach.smaller)}. Personne ne publie combien d’offres un marché a reçues : le niveau des chances "
        f"n’est pas prouvé, leur ordre l’est. Pour mesurer de nouveau : « {won.command} »."
    )


def evidence(its: Opinion) -> Iterator[str]:
    """What it rests on: who was counted, at what size, how sure."""
    if not its.understood:
        yield "Écrivez l’activité en deux mots, ou donnez un code CPV : l’avis suivra."
    if not its.placed:
        yield "Écrivez une commune, un département ou « France entière » : l’avis suivra."
    if not its.counted:
        return
    told = its.told
    no_directory = law_words.no_directory(told.lever, its.unlisted)
    if no_directory not in headline(its):
        yield f"{no_directory}."
    elif not no_directory:
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
    known = known_for_it(credible) if credible else "Aucun candidat à portée n’est connu des annuaires pour ce métier"
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
        return f"La capacité n’est pas comparée : {its.need.says}."
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
            yield _hours(its)
            if not its.said:
                yield _reserving(its)
            if len(told.credible) < its.assumed.wanted:
                known = f"{known_for_it(len(told.credible))} seulement" if told.credible else "Aucune structure connue"
                yield f"{known}, pour {number(its.assumed.wanted)} voulues : l’embauche, l’intérim d’insertion et les GEIQ portent aussi des heures, une immersion (PMSMP) peut s’y ajouter."
        case _ if told.lever in its.unlisted:
            return
        case OpinionVerdict.SOURCE:
            yield _to_source(its)
        case OpinionVerdict.NOBODY:
            yield f"Même en appelant les plus proches, {percent(told.found_one)} de chances d’en trouver une qui l’exerce."
            yield from _instead(its)
        case _:
            pass


def _to_source(its: Opinion) -> str:
    """Why to call before deciding."""
    told = its.told
    failing = " Si aucune ne convient, une immersion (PMSMP) peut être proposée." if its.hours.gives_work else ""
    if its.lever:
        return f"{_bids(told, its)}, mais {_lacks(told, its)} : appelez d’abord.{failing}"
    if not told.found:
        instead = " Une immersion (PMSMP) peut être proposée." if failing else ""
        return f"Personne à portée n’est à appeler pour ce lot.{instead}"
    return f"{percent(told.found_one)} de chances d’en trouver au moins une en les appelant.{failing}"


def _instead(its: Opinion) -> Iterator[str]:
    """What is left where nobody is known."""
    if law_words.owed(its.law):
        yield law_words.NOT_CALLED_OFF
    if its.lever:
        yield lever(PMSMP).sentence
    elif its.family:
        yield f"{its.family.name} : {its.family.remark} ({its.family.source})."


def _reserving(its: Opinion) -> str:
    """What reserving would give, at best, where the conclusion is not to: too little, or under an article that the lot does not ask for."""
    open_to = [one for one in its.levers if one.lever != CLAUSE and not one.excluded]
    best = max(open_to, key=lambda one: one.wanted.likely, default=None)
    if best is None or not best.wanted.likely:
        return "Réserver ne donnerait aucune offre."
    given = _bids(best, its)
    article = lever(best.lever).article
    if best.possible:
        return f"Réserver à l’article {article} serait pourtant possible : {given}."
    if best.likely:
        return f"Réserver à l’article {article} donnerait {given}, mais {_lacks(best, its)} : appelez d’abord."
    return f"Réserver à l’article {article} ne donnerait, au mieux, que {given}."


def _lacks(one: LeverOpinion, its: Opinion) -> str:
    """Which evidence lacks before reserving, to follow « mais »."""
    known = f"{known_for_it(len(one.credible))} seulement" if one.credible else "aucune structure connue"
    return f"{known}, pour {number(its.assumed.floor)} voulues"


def _hours(its: Opinion) -> str:
    """How many hours a clause usually asks for, or what is not known of them."""
    family, hours = its.family, its.hours
    if hours.insertion is None:
        missing = "le montant du lot" if its.law.lot is None else "ce que prend une heure de travail dans ce métier"
        return f"Heures de la clause à caler avec le facilitateur : {missing} n’est pas connu."
    usual = next(one.value for one in reversed(hours.factors))
    of = f"{number(usual.low)} à {number(usual.high)}" if usual.low < usual.high else number(usual.low)
    asked = f"{between(hours.insertion)} {'par an' if hours.reading.one_year else 'sur toute la durée'}, pour {of} % des heures, d’après : {hours.way}"
    more = f" {family.remark[:1].upper()}{family.remark[1:]}." if family and family.transferred else ""
    return f"Heures de la clause : {asked}. Un ordre de grandeur, à caler avec le facilitateur.{more}"


def _in_a_sentence(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def chances(its: Opinion) -> tuple[tuple[str, Range], ...]:
    """(label, chance) of at least 1, 2, 3 bids under the lever that is told of."""
    return tuple((f"au moins {count(bids, 'offre')}", chance) for bids, chance in enumerate(its.told.chances, start=1))


def whose_chances(its: Opinion) -> Iterator[str]:
    """Whose bids the chances are of, and for what, where the lot is reserved to nobody."""
    if its.told.lever == CLAUSE:
        yield "Chances que des structures inclusives répondent à tout le lot, ouvert à tous ; la clause n’en demande que les heures."


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
        counted = "non connu" if one.lever in its.unlisted else _how_many(one)
        yield _short(one.lever, its), counted, one.excluded or _gives(one, its)


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
    if its.verdict is not OpinionVerdict.NOBODY and its.hours.gives_work:
        given = "ne demande aucun fournisseur : un accueil chez le titulaire, qui ne compte pas dans les heures"
        yield lever(PMSMP).label, given, lever(PMSMP).sentence


def notice(its: Opinion) -> str:
    """The French sentence to paste in the notice for the lever concluded for, or that calls may confirm; empty where there is none."""
    if not its.lever:
        return ""
    chosen = lever(its.lever)
    owed = chosen.duty and law_words.owed(its.law)
    return (
        chosen.sentence.replace(f"l’article {chosen.article} ", f"l’article {chosen.duty} ")
        if owed
        else chosen.sentence
    )


def _short(code: str, its: Opinion) -> str:
    return f"Clause seule, {law_words.clause_article(its.law)}" if code == CLAUSE else lever(code).label


def _how_many(one: LeverOpinion) -> str:
    called = f", {number(len(one.to_call))} à appeler" if one.to_call else ""
    return f"{count(len(one.credible), 'crédible')}{called}"


def _gives(one: LeverOpinion, its: Opinion) -> str:
    if one.lever == CLAUSE:
        return "possible" if one.credible else "à qui confier reste à trouver"
    if not one.found:
        return _in_a_sentence(law_words.no_directory(one.lever, its.unlisted)) or "personne n’est connu à portée"
    state = (
        "possible"
        if one.possible
        else "à confirmer"
        if one.likely
        else f"jusqu’à {unit(one.smaller_etp, 'ETP', 1)}"
        if one.smaller_etp
        else "trop incertain"
    )
    return f"{state} : {_bids(one, its)}"
