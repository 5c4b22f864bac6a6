"""French sentences of an opinion (advice to a public buyer on reserving a lot): headline, conclusion, reasons, counts of candidates, measured reliability."""

from collections.abc import Iterator
from dataclasses import replace
from math import floor

from matcher.decisions.calibrated import between, by_tens
from matcher.decisions.candidates import LEAST, RESERVING
from matcher.decisions.opinion import law_words
from matcher.decisions.opinion.compute import CLAUSE, PMSMP, LeverOpinion, Opinion, OpinionVerdict
from matcher.domain.french import capitalised, count, day, enumeration, number, unit
from matcher.need.answer import known_for_it
from matcher.reference.backtests import ALL_AWARDED, OUT_OF_REACH, opinion_backtests
from matcher.reference.levers import lever

NOTICE = "Un avis pour décider, pas un conseil juridique."
TELL_THE_TRADE = "Dites d’abord le métier : le besoin n’est pas assez compris pour compter des candidats."
TELL_THE_PLACE = "Dites d’abord le lieu : sans lui, on ne sait pas qui est à portée."


def opinion_headline(opinion: Opinion) -> str:
    """Return the headline: direct purchase if the amount allows it, else the conclusion on reserving; or the missing trade or place."""
    if not opinion.understood:
        return TELL_THE_TRADE
    if not opinion.placed:
        return TELL_THE_PLACE
    if directly := law_words.direct(opinion.law):
        called = len(opinion.told.called)
        return f"{directly} Appelez {count(called, 'structure')}." if called else directly
    return law_words.own_law_sentence(opinion.law) or conclusion(opinion)


def conclusion(opinion: Opinion) -> str:
    """Return the conclusion on reserving, in one sentence."""
    if opinion.said:
        return _conclusion_on_article_of_text(opinion)
    if opinion.unfit:
        return f"L’article {lever(opinion.unfit).article} ne convient pas : {opinion.of(opinion.unfit).excluded}."
    article = lever(opinion.lever).article if opinion.lever else ""
    match opinion.verdict:
        case OpinionVerdict.RESERVE:
            return f"Réserver ce lot, à l’article {article}."
        case OpinionVerdict.SMALLER:
            return f"Réserver un lot plus petit, de {unit(opinion.told.smaller_etp or 0, 'ETP', 1)} au plus, à l’article {article}."
        case OpinionVerdict.CONFIRM:
            return f"Réservation possible à l’article {article}, à confirmer : {_call(opinion.told)}."
        case OpinionVerdict.CLAUSE:
            return _clause(opinion)
        case OpinionVerdict.SOURCE:
            if none := law_words.no_directory(opinion.told.lever, opinion.unlisted):
                return f"{none}."
            no_clause = "" if opinion.hours.gives_work else f" {_no_clause(opinion)}."
            return f"Sourcer d’abord, avant de décider.{no_clause}"
        case OpinionVerdict.NOBODY:
            return f"{_nobody(opinion)}."


def _call(lever_opinion: LeverOpinion) -> str:
    """Return « appelez ces trois » for the candidates to call first."""
    called = len(lever_opinion.called)
    few = {1: "cette structure", 2: "ces deux", 3: "ces trois"}
    return f"appelez {few.get(called, f'ces {number(called)}')}"


def _clause(opinion: Opinion) -> str:
    how = (
        "en sous-traitance à ceux qui font ce métier"
        if opinion.told.credible
        else "par l’embauche, l’intérim d’insertion ou un GEIQ"
    )
    yearly = " par an" if opinion.hours.reading.one_year else ""
    hours = f", de {between(opinion.hours.insertion)}{yearly}" if opinion.hours.insertion else ""
    if required := opinion.hours.required:
        figure, over = required
        hours = f", avec les {unit(figure, 'heures')} {over} que votre texte demande"
    return f"Une clause sociale d’exécution{hours} ({law_words.clause_article(opinion.law)}), sans réserver : {how}{law_words.condition_due(opinion.law, hours=bool(hours))}."


def _nobody(opinion: Opinion) -> str:
    if not opinion.hours.gives_work:
        return _no_clause(opinion)
    if law_words.owes_condition(opinion.law):
        article = law_words.clause_article(opinion.law)
        return f"Une condition sociale d’exécution est obligatoire ({article}), et personne n’est connu à portée pour ce métier"
    immersion = " : proposer une immersion (PMSMP)" if opinion.lever == PMSMP else ""
    return f"Personne n’est connu à portée pour ce métier{immersion}"


def _no_clause(opinion: Opinion) -> str:
    """Return a phrase that no clause suits the trade, and on the social condition that is mandatory all the same."""
    nobody = "" if opinion.told.candidates else ", et personne n’y est connu"
    return f"Pas de clause d’insertion dans ce métier{nobody}{law_words.due_otherwise(opinion.law)}"


def _conclusion_on_article_of_text(opinion: Opinion) -> str:
    """Return the conclusion for a text that names its article: feasibility, and the better article if there is one."""
    article = lever(opinion.said).article
    no_directory = _in_a_sentence(law_words.no_directory(opinion.said, opinion.unlisted))
    state = {
        OpinionVerdict.RESERVE: ", c’est possible",
        OpinionVerdict.SMALLER: f", possible pour un lot plus petit, de {unit(opinion.told.smaller_etp or 0, 'ETP', 1)} au plus",
        OpinionVerdict.CONFIRM: f", à confirmer : {_call(opinion.told)}",
        OpinionVerdict.CLAUSE: ", avec trop peu de candidats",
        OpinionVerdict.SOURCE: f", mais {no_directory or 'il faut sourcer d’abord'}",
        OpinionVerdict.NOBODY: ", mais personne n’est connu à portée pour ce métier",
    }[opinion.verdict]
    if opinion.of(opinion.said).excluded:
        state = ", qui ne convient pas"
    if opinion.better is not None:
        return f"Votre texte dit {article}{state} ; {lever(opinion.better.lever).article} donnerait {lever_counts(opinion.better)}."
    besides = (
        f" : une clause sociale d’exécution ({law_words.clause_article(opinion.law)}) reste possible"
        if opinion.verdict is OpinionVerdict.CLAUSE
        else ""
    )
    return f"Votre texte réserve ce lot à l’article {article}{state}{besides}."


def lever_counts(lever_opinion: LeverOpinion) -> str:
    """Return « 5 structures connues, dont 3 confirmées, et 2 indices », or the number to call if there is no evidence of any."""
    credible, confirmed = len(lever_opinion.credible), len(lever_opinion.confirmed)
    surely = (
        ""
        if not confirmed
        else f", dont {count(confirmed, 'confirmée')}"
        if confirmed < credible
        else f", {'confirmées' if confirmed > 1 else 'confirmée'}"
    )
    known = f"{known_for_it(credible)}{surely}" if credible else ""
    hints = count(len(lever_opinion.hints), "indice à confirmer", "indices à confirmer") if lever_opinion.hints else ""
    return enumeration([part for part in (known, hints) if part]) or f"{number(len(lever_opinion.to_call))} à appeler"


def opinion_reasons(opinion: Opinion) -> Iterator[str]:
    """Yield the reasons: the law, then the evidence."""
    yield from law(opinion)
    yield from opinion_evidence(opinion)


def law(opinion: Opinion) -> Iterator[str]:
    """Yield the sentences on the law, then the conclusion if the buyer publishes rather than buying direct."""
    if not opinion.is_counted:
        return
    yield from law_words.law_sentences(opinion.law)
    if opinion.law.direct:
        yield otherwise(opinion)


def otherwise(opinion: Opinion) -> str:
    """Return the conclusion for a buyer who publishes rather than buying direct."""
    return f"Si vous publiez plutôt : {_in_a_sentence(conclusion(opinion))}"


def backtest_sentences() -> Iterator[str]:
    """Yield the results of backtests: verdicts counted on past contracts of known outcome, and their limits."""
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


def opinion_evidence(opinion: Opinion) -> Iterator[str]:
    """Yield the evidence: candidates counted, lot size, certainty; or what to type so that they can be counted."""
    if not opinion.understood:
        yield "Écrivez l’activité en deux mots, ou donnez un code CPV : l’avis suivra."
    if not opinion.placed:
        yield "Écrivez une commune, un département ou « France entière » : l’avis suivra."
    if not opinion.is_counted:
        return
    no_directory = law_words.no_directory(opinion.told.lever, opinion.unlisted)
    if no_directory not in opinion_headline(opinion):
        yield f"{no_directory}."
    elif not no_directory:
        yield _count_sentence(opinion)
    yield from grounds(opinion)


def grounds(opinion: Opinion) -> Iterator[str]:
    """Yield the basis and the limits of the counts; nothing if nobody could be counted."""
    if not opinion.is_counted:
        return
    if opinion.repeated:
        others = count(opinion.repeated, "autre établissement", "autres établissements")
        yield f"{others} des mêmes organisations ne {'compte' if opinion.repeated < 2 else 'comptent'} pas deux fois."
    yield _size(opinion)
    if opinion.said:
        under, article = opinion.of(opinion.said), lever(opinion.said).article
        if under.excluded:
            yield f"L’article {article}, que votre texte dit, ne convient pas : {under.excluded}."
        elif under is not opinion.told:  # the figures are of another conclusion
            yield f"L’article {article}, que votre texte dit, donnerait {lever_counts(under)}."
    yield from _required_hours(opinion)
    yield from _why(opinion)
    for dependency in opinion.dependent:
        yield f"{dependency.candidate.name} : le lot ferait {unit(100 * dependency.share, '%')} de son chiffre d’affaires, un risque de dépendance à peser avec elle."


def _count_sentence(opinion: Opinion) -> str:
    """Return a sentence on the candidates counted, with the words and counts of the list of candidates."""
    lever_opinion = opinion.told
    many = len(lever_opinion.credible)
    article = f" à l’article {lever(lever_opinion.lever).article}" if lever_opinion.lever in RESERVING else ""
    eligible = f" et éligible{'s' if many > 1 else ''}{article}" if article else ""
    known = (
        f"{lever_counts(replace(lever_opinion, hints=()))} pour ce métier{eligible}"
        if many
        else f"Aucune structure{f' éligible{article}' if article else ''} n’est connue à portée pour ce métier"
    )
    hints = (
        f" ; {count(len(lever_opinion.hints), 'indice à confirmer', 'indices à confirmer')}"
        if lever_opinion.hints
        else ""
    )
    return f"{known}{hints}{to_call(opinion)}."


def to_call(opinion: Opinion) -> str:
    """Return « ; 307 à appeler, dont les 20 premières sont comptées : environ 2 le font d’ordinaire », to follow the known ones; empty if none."""
    counted = len(opinion.told.to_call)
    listed = opinion.listed_to_call or counted
    return (
        f" ; {number(listed)} à appeler{', ' if listed > counted else ' : '}{calls_counted(opinion)}" if listed else ""
    )


def calls_counted(opinion: Opinion) -> str:
    """Return how many of those to call are counted, and how many usually do the trade: « dont les 20 premières sont comptées : environ 2 le font d’ordinaire
    (hypothèse) », or that none is counted."""
    counted = len(opinion.told.to_call)
    if not counted:
        return f"dont aucune n’est comptée : moins de {number(100 * LEAST)} structures sur 100 de leur type le font (hypothèse)"
    first = ""
    if (opinion.listed_to_call or 0) > counted:
        first = (
            "dont la première est comptée : "
            if counted == 1
            else f"dont les {number(counted)} premières sont comptées : "
        )
    return f"{first}{usually(opinion.told.expected)} (hypothèse)"


def usually(expected: float) -> str:
    """Return « environ 2 le font d’ordinaire » for an expected number, rounded to whole organisations."""
    whole = floor(expected + 0.5)
    if not whole:
        return "moins d’une le fait d’ordinaire" if expected else "aucune ne le fait d’ordinaire"
    return f"environ {number(whole)} le {'font' if whole > 1 else 'fait'} d’ordinaire"


def _size(opinion: Opinion) -> str:
    if opinion.need.etp is None:
        return f"La capacité n’est pas comparée : {opinion.need.says}."
    etp = opinion.need.etp
    unknown = sum(one.workers is None and not one.has_team(etp) for one in opinion.told.candidates)
    effectifs = (
        f" ; effectif non connu pour {number(unknown)} sur {number(len(opinion.told.candidates))}, pris selon la taille usuelle de leur type"
        if unknown
        else ""
    )
    with_team = sum(one.has_team(etp) for one in opinion.told.candidates)
    teams = f" ; une équipe libre, notée au dossier, y suffit pour {number(with_team)}" if with_team else ""
    return f"Le lot demande {unit(opinion.need.etp, 'ETP', 1)} {opinion.need.over} ({opinion.need.says}){effectifs}{teams}."


def _why(opinion: Opinion) -> Iterator[str]:
    lever_opinion = opinion.told
    match opinion.verdict:
        case OpinionVerdict.CONFIRM:
            confirmed = len(lever_opinion.confirmed)
            sentence = count(confirmed, "confirmée") if confirmed else "Aucune n’est encore confirmée pour ce lot"
            yield f"{sentence}, pour {number(opinion.assumed.floor)} voulues."
        case OpinionVerdict.CLAUSE:
            yield _hours(opinion)
            if not opinion.said:
                yield from _best_reservation(opinion)
            if len(lever_opinion.credible) < opinion.assumed.wanted:
                known = (
                    f"{known_for_it(len(lever_opinion.credible))} seulement, pour {number(opinion.assumed.wanted)} voulues"
                    if lever_opinion.credible
                    else "Aucune structure n’est connue pour ce métier"
                )
                yield f"{known} : l’embauche, l’intérim d’insertion et les GEIQ portent aussi des heures, une immersion (PMSMP) peut s’y ajouter."
        case _ if lever_opinion.lever in opinion.unlisted:
            return
        case OpinionVerdict.SOURCE:
            yield _to_source(opinion)
        case OpinionVerdict.NOBODY:
            if lever_opinion.to_call or opinion.listed_to_call:
                yield "Les structures les plus proches n’exercent pas ce métier, d’ordinaire."
            yield from _alternatives(opinion)
        case _:
            pass


def _to_source(opinion: Opinion) -> str:
    """Return a sentence on calling, or widening the search, before deciding."""
    lever_opinion = opinion.told
    failing = " Si aucune ne convient, une immersion (PMSMP) peut être proposée." if opinion.hours.gives_work else ""
    if not (lever_opinion.candidates or opinion.listed_to_call):
        return "Personne à portée n’est à appeler pour ce lot : élargissez le lieu, ou dites le métier autrement."
    return f"Appelez-les avant de décider.{failing}"


def _alternatives(opinion: Opinion) -> Iterator[str]:
    """Yield the alternatives if nobody is known for the trade."""
    if law_words.owes_condition(opinion.law):
        yield law_words.NO_AUTOMATIC_EXEMPTION
    if opinion.lever:
        yield lever(PMSMP).sentence
    elif opinion.family:
        yield f"{opinion.family.name} : {opinion.family.remark} ({opinion.family.source})."


def _best_reservation(opinion: Opinion) -> Iterator[str]:
    """Yield a sentence on the best reservation possible when the conclusion is not to reserve."""
    open_to = [one for one in opinion.levers if one.lever != CLAUSE and not one.excluded and one.candidates]
    best = min(open_to, key=lambda one: (-one.firmness, -len(one.credible), -len(one.hints)), default=None)
    if best is None:
        yield "Personne d’éligible à un lot réservé n’est connu à portée."
        return
    article, counted = lever(best.lever).article, lever_counts(best)
    state = ("ne donnerait, au mieux, que", "est à confirmer :", "serait pourtant possible :")[best.firmness]
    yield f"Réserver à l’article {article} {state} {counted}."


def _required_hours(opinion: Opinion) -> Iterator[str]:
    """Yield a sentence on the hours that the text requires, compared with the usual ones of the same time; nothing if it gives none."""
    if not (required := opinion.hours.required):
        return
    (hours, over), usual, work = required, opinion.hours.insertion, opinion.hours.work
    compared = ""
    if usual and work and opinion.hours.reading.one_year == (over == "par an"):
        side = "plus que" if hours > usual.high else "moins que" if hours < usual.low else "dans"
        compared = f", {side} l’usage ({between(usual)})"
        if hours > work.high:
            compared = (
                f", plus que tout le travail du lot ({unit(by_tens(work.high), 'heures')} au plus) : vérifiez-les"
            )
    yield f"Votre texte demande {unit(hours, 'heures')} d’insertion {over}{compared}."


def _hours(opinion: Opinion) -> str:
    """Return a sentence on the usual hours of a clause for this lot, or on the missing figure."""
    family, hours = opinion.family, opinion.hours
    if hours.insertion is None:
        missing = (
            "le montant du lot" if hours.reading.euros is None else "ce que prend une heure de travail dans ce métier"
        )
        return f"Heures de la clause à caler avec le facilitateur : {missing} n’est pas connu."
    usual = next(one.value for one in reversed(hours.factors))
    of = f"{number(usual.low)} à {number(usual.high)}" if usual.low < usual.high else number(usual.low)
    hours_said = f"{between(hours.insertion)} {'par an' if hours.reading.one_year else 'sur toute la durée'}, pour {of} % des heures, d’après : {hours.way}"
    more = f" {capitalised(family.remark)}." if family and family.transferred else ""
    unsure = f" : {' ; '.join(hours.unsure)}" if hours.unsure else ""
    label = "L’usage pour un tel lot" if hours.required else "Heures de la clause"
    return f"{label} : {hours_said}. Un ordre de grandeur, à caler avec le facilitateur{unsure}.{more}"


def _in_a_sentence(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def notice_opening(opinion: Opinion) -> str:
    """Return the condition under which the sentence for the notice becomes available; empty unless the verdict is to confirm."""
    if opinion.verdict is not OpinionVerdict.CONFIRM:
        return ""
    size = ", avec assez de salariés ou une équipe libre qui y suffit" if opinion.need.etp is not None else ""
    return (
        f"La phrase pour l’avis s’ouvre quand {count(opinion.assumed.floor, 'organisation a', 'organisations ont')} dit faire ce métier{size} "
        "(réponse notée, métier déclaré ou marché gagné)."
    )
