"""An opinion in French: the headline, what it rests on, the other ways, the hypotheses, the sentence for the notice."""

from collections.abc import Iterator
from dataclasses import replace
from math import floor

from matcher.decisions.calibrated import between
from matcher.decisions.candidates import RESERVING
from matcher.decisions.opinion import law_words
from matcher.decisions.opinion.compute import CLAUSE, PMSMP, LeverOpinion, Opinion, OpinionVerdict
from matcher.domain.french import count, day, enumeration, number, unit
from matcher.need.answer import known_for_it
from matcher.reference.backtests import ALL_AWARDED, OUT_OF_REACH, opinion_backtests
from matcher.reference.levers import lever

NOTICE = "Un avis pour décider, pas un conseil juridique."
TELL_THE_TRADE = "Dites d’abord le métier : le besoin n’est pas assez compris pour compter des candidats."
TELL_THE_PLACE = "Dites d’abord le lieu : sans lui, on ne sait pas qui est à portée."


def headline(its: Opinion) -> str:
    """What to do first, in a sentence or two: buy direct where the amount allows it, else the conclusion on reserving."""
    if not its.understood:
        return TELL_THE_TRADE
    if not its.placed:
        return TELL_THE_PLACE
    if directly := law_words.direct(its.law):
        called = len(its.told.called)
        return f"{directly} Appelez {count(called, 'structure')}." if called else directly
    return law_words.elsewhere(its.law) or conclusion(its)


def conclusion(its: Opinion) -> str:
    """The conclusion on reserving, in one sentence."""
    if its.said:
        return _on_the_text(its)
    if its.unfit:
        return f"L’article {lever(its.unfit).article} ne convient pas : {its.of(its.unfit).excluded}."
    article = lever(its.lever).article if its.lever else ""
    match its.verdict:
        case OpinionVerdict.RESERVE:
            return f"Réserver ce lot, à l’article {article}."
        case OpinionVerdict.SMALLER:
            return f"Réserver un lot plus petit, de {unit(its.told.smaller_etp or 0, 'ETP', 1)} au plus, à l’article {article}."
        case OpinionVerdict.CONFIRM:
            return f"Réservation possible à l’article {article}, à confirmer : {_call(its.told)}."
        case OpinionVerdict.CLAUSE:
            return _clause(its)
        case OpinionVerdict.SOURCE:
            return _source(its)
        case OpinionVerdict.NOBODY:
            return f"{_nobody(its)}."


def _source(its: Opinion) -> str:
    if none := law_words.no_directory(its.told.lever, its.unlisted):
        return f"{none}."
    no_clause = "" if its.hours.gives_work else f" {_no_clause(its)}."
    return f"Sourcer d’abord, avant de décider.{no_clause}"


def _call(told: LeverOpinion) -> str:
    """« appelez ces trois »."""
    called = len(told.called)
    few = {1: "cette structure", 2: "ces deux", 3: "ces trois"}
    return f"appelez {few.get(called, f'ces {number(called)}')}"


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
        return _no_clause(its)
    if law_words.owed(its.law):
        article = law_words.clause_article(its.law)
        return f"Une condition sociale d’exécution est obligatoire ({article}), et personne n’est connu à portée pour ce métier"
    return "Personne n’est connu à portée pour ce métier : proposer une immersion (PMSMP)"


def _no_clause(its: Opinion) -> str:
    """That the trade has no hours of insertion to give, and what is owed all the same."""
    nobody = "" if its.told.found else ", et personne n’y est connu"
    return f"Pas de clause d’insertion dans ce métier{nobody}{law_words.due_otherwise(its.law)}"


def _on_the_text(its: Opinion) -> str:
    """What the text already decides, what comes of it, and the article that would do better where one would."""
    article, state = lever(its.said).article, _state(its)
    if its.better is not None:
        return f"Votre texte dit {article}{state} ; {lever(its.better.lever).article} donnerait {counts(its.better)}."
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
            return ", c’est possible"
        case OpinionVerdict.SMALLER:
            return f", possible pour un lot plus petit, de {unit(its.told.smaller_etp or 0, 'ETP', 1)} au plus"
        case OpinionVerdict.CONFIRM:
            return f", à confirmer : {_call(its.told)}"
        case OpinionVerdict.CLAUSE:
            return ", avec trop peu de candidats"
        case OpinionVerdict.SOURCE:
            none = _in_a_sentence(law_words.no_directory(its.said, its.unlisted))
            return f", mais {none or 'il faut sourcer d’abord'}"
        case OpinionVerdict.NOBODY:
            return ", mais personne n’est connu à portée pour ce métier"


def counts(one: LeverOpinion) -> str:
    """« 5 structures connues, dont 3 confirmées, et 2 indices »; who is to be called where nothing points to anybody."""
    credible, confirmed = len(one.credible), len(one.confirmed)
    surely = (
        ""
        if not confirmed
        else f", dont {count(confirmed, 'confirmée')}"
        if confirmed < credible
        else f", {'confirmées' if confirmed > 1 else 'confirmée'}"
    )
    known = f"{known_for_it(credible)}{surely}" if credible else ""
    hints = count(len(one.hints), "indice à confirmer", "indices à confirmer") if one.hints else ""
    return enumeration([part for part in (known, hints) if part]) or f"{number(len(one.to_call))} à appeler"


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
        f"{number(won.reserve + won.smaller)}, « réserver, à confirmer » pour {number(won.confirm)}, « clause » pour {number(won.clause)}, « sourcer d’abord » pour "
        f"{number(won.source)}, « personne » pour {number(won.nobody)}. Le gagnant est parmi les structures comptées pour {number(counted)}, "
        f"dont {number(won.winner_credible)} comme connu."
    )
    yield (
        f"Sur {number(out_of_reach.lots)} marchés hors de portée du secteur (assurances, énergie, médicaments…), il dit « réserver » pour "
        f"{number(out_of_reach.reserve + out_of_reach.smaller)} et « à confirmer » pour {number(out_of_reach.confirm)}. Le nombre d’offres que "
        f"chaque marché a reçues n’est pas comparé ici : aucun taux n’est affiché. Pour mesurer de nouveau : « {won.command} »."
    )


def evidence(its: Opinion) -> Iterator[str]:
    """What it rests on: who was counted, at what size, how sure."""
    if not its.understood:
        yield "Écrivez l’activité en deux mots, ou donnez un code CPV : l’avis suivra."
    if not its.placed:
        yield "Écrivez une commune, un département ou « France entière » : l’avis suivra."
    if not its.counted:
        return
    no_directory = law_words.no_directory(its.told.lever, its.unlisted)
    if no_directory not in headline(its):
        yield f"{no_directory}."
    elif not no_directory:
        yield _counted(its)
    yield from grounds(its)


def grounds(its: Opinion) -> Iterator[str]:
    """What the counts rest on, and what tempers them; nothing where nobody could be counted."""
    if not its.counted:
        return
    if its.repeated:
        others = count(its.repeated, "autre établissement", "autres établissements")
        yield f"{others} des mêmes organisations ne {'compte' if its.repeated < 2 else 'comptent'} pas deux fois."
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
        yield f"L’article {article}, que votre texte dit, donnerait {counts(one)}."


def _counted(its: Opinion) -> str:
    """Who is counted, in the words and the counts of the list."""
    told = its.told
    many = len(told.credible)
    article = f" à l’article {lever(told.lever).article}" if told.lever in RESERVING else ""
    eligible = f" et éligible{'s' if many > 1 else ''}{article}" if article else ""
    known = (
        f"{counts(replace(told, hints=()))} pour ce métier{eligible}"
        if many
        else f"Aucune structure{f' éligible{article}' if article else ''} n’est connue à portée pour ce métier"
    )
    hints = f" ; {count(len(told.hints), 'indice à confirmer', 'indices à confirmer')}" if told.hints else ""
    return f"{known}{hints}{to_call(its)}."


def to_call(its: Opinion) -> str:
    """« ; 307 à appeler, dont 20 comptées : environ 2 font ce métier d’ordinaire », to follow who is known; empty where nobody is to be called."""
    counted = len(its.told.to_call)
    if not counted:
        return ""
    listed = its.listed_to_call or counted
    of = f", dont les {number(counted)} premières sont comptées" if listed > counted else ""
    return f" ; {number(listed)} à appeler{of} : {usually(its.told.expected)} (hypothèse)"


def usually(expected: float) -> str:
    """« environ 2 le font d’ordinaire »: organisations are told whole."""
    whole = floor(expected + 0.5)
    if not whole:
        return "moins d’une le fait d’ordinaire" if expected else "aucune ne le fait d’ordinaire"
    return f"environ {number(whole)} le {'font' if whole > 1 else 'fait'} d’ordinaire"


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
    told = its.told
    match its.verdict:
        case OpinionVerdict.CONFIRM:
            yield f"{_confirmed(told, its)}."
        case OpinionVerdict.CLAUSE:
            yield _hours(its)
            if not its.said:
                yield from _reserving(its)
            if len(told.credible) < its.assumed.wanted:
                known = (
                    f"{known_for_it(len(told.credible))} seulement, pour {number(its.assumed.wanted)} voulues"
                    if told.credible
                    else "Aucune structure n’est connue pour ce métier"
                )
                yield f"{known} : l’embauche, l’intérim d’insertion et les GEIQ portent aussi des heures, une immersion (PMSMP) peut s’y ajouter."
        case _ if told.lever in its.unlisted:
            return
        case OpinionVerdict.SOURCE:
            yield _to_source(its)
        case OpinionVerdict.NOBODY:
            if told.to_call:
                yield "Les structures les plus proches n’exercent pas ce métier, d’ordinaire."
            yield from _instead(its)
        case _:
            pass


def _confirmed(told: LeverOpinion, its: Opinion) -> str:
    """How many organisations are confirmed, of those that reserving asks for."""
    confirmed = len(told.confirmed)
    found = count(confirmed, "confirmée") if confirmed else "Aucune n’est encore confirmée pour ce lot"
    return f"{found}, pour {number(its.assumed.floor)} voulues"


def _to_source(its: Opinion) -> str:
    """Why to call before deciding."""
    told = its.told
    failing = " Si aucune ne convient, une immersion (PMSMP) peut être proposée." if its.hours.gives_work else ""
    if not told.found:
        return "Personne à portée n’est à appeler pour ce lot : élargissez le lieu, ou dites le métier autrement."
    return f"Appelez-les avant de décider.{failing}"


def _instead(its: Opinion) -> Iterator[str]:
    """What is left where nobody is known."""
    if law_words.owed(its.law):
        yield law_words.NOT_CALLED_OFF
    if its.lever:
        yield lever(PMSMP).sentence
    elif its.family:
        yield f"{its.family.name} : {its.family.remark} ({its.family.source})."


def _reserving(its: Opinion) -> Iterator[str]:
    """What reserving would give, at best, where the conclusion is not to: too little, or under an article that the lot does not ask for."""
    open_to = [one for one in its.levers if one.lever != CLAUSE and not one.excluded and one.found]
    best = min(open_to, key=lambda one: (-one.firmness, -len(one.credible), -len(one.hints)), default=None)
    if best is None:
        yield "Personne d’éligible à un lot réservé n’est connu à portée."
        return
    article, given = lever(best.lever).article, counts(best)
    state = ("ne donnerait, au mieux, que", "est à confirmer :", "serait pourtant possible :")[best.firmness]
    yield f"Réserver à l’article {article} {state} {given}."


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
    unsure = f" : {' ; '.join(hours.unsure)}" if hours.unsure else ""
    return f"Heures de la clause : {asked}. Un ordre de grandeur, à caler avec le facilitateur{unsure}.{more}"


def _in_a_sentence(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def closed(its: Opinion) -> str:
    """Say when the sentence for the notice opens; empty where nothing is to be confirmed."""
    if its.verdict is not OpinionVerdict.CONFIRM:
        return ""
    size = ", avec assez de salariés pour ce lot" if its.need.etp is not None else ""
    return (
        f"La phrase pour l’avis s’ouvre quand {count(its.assumed.floor, 'organisation a', 'organisations ont')} dit faire ce métier{size} "
        "(réponse notée, métier déclaré ou marché gagné)."
    )
