"""Next steps of an opinion, in French: whom to call and what to ask, what their answers change, the other ways, the sentence for the notice."""

from collections.abc import Iterator

from matcher.decisions.candidates import RESERVING, Candidate
from matcher.decisions.opinion import law_words
from matcher.decisions.opinion.compute import CLAUSE, PMSMP, LeverOpinion, Opinion, OpinionVerdict
from matcher.domain.french import count, number, unit
from matcher.need.answer import known_for_it
from matcher.reference.levers import lever

CRITERION = "critere"


def asks(one: Candidate, its: Opinion, trade: str) -> tuple[str, ...]:
    """Return what to ask a structure before reserving: the `trade` where it is not confirmed, its people where the lot's size is known, whether it bids."""
    etp = its.need.etp
    trade_asked = f"Faites-vous bien ce métier{f' : {trade}' if trade else ''} ?" if not one.confirmed else ""
    people = (
        f"Combien de salariés, pour un lot d’environ {unit(etp, 'ETP', 1)} par an ?"
        if etp and one.workers is None
        else ""
    )
    alone = (
        "Répondriez-vous seule à ce lot réservé ?"
        if its.told.lever in RESERVING
        else "Seriez-vous libre aux dates du lot ?"
    )
    return tuple(filter(None, (trade_asked, people, alone)))


def by_answers(its: Opinion) -> Iterator[tuple[str, str]]:
    """(answers, what follows) for those called, said beforehand; nothing where nothing is to be confirmed."""
    if its.verdict is not OpinionVerdict.CONFIRM:
        return
    missing, article = its.told.missing, lever(its.told.lever).article
    yield f"{number(missing)} oui", f"Réserver à l’article {article} : la phrase s’ouvre."
    if missing > 1:
        fewer = {2: "1", 3: "1 ou 2"}.get(missing, f"1 à {number(missing - 1)}")
        yield f"{fewer} oui", f"Pas encore : {' ; ou '.join(_going_on(its))}."
    clause = f" : une clause sociale d’exécution ({law_words.clause_article(its.law)}) reste possible"
    yield "aucun oui", f"Ne pas réserver{clause if its.hours.gives_work else ''}."


def _going_on(its: Opinion) -> Iterator[str]:
    """What is left to try where some of those called confirm, and too few."""
    both, told = its.of("14"), its.told
    more = len(both.credible) - len(told.credible)
    if more > 0 and not both.excluded:
        yield f"l’article {lever('14').article} ouvre à {count(more, 'connue de plus', 'connues de plus')}"
    left = len(told.found) - len(told.called)
    yield (
        f"appelez {'la suivante' if left == 1 else f'les {number(left)} suivantes'}"
        if left
        else "un lot plus petit est à étudier"
    )


def notice(its: Opinion) -> str:
    """The French sentence to paste in the notice for the lever concluded for; empty where there is none, or until calls confirm it."""
    if not its.lever or its.verdict in (OpinionVerdict.CONFIRM, OpinionVerdict.SOURCE):
        return ""
    chosen = lever(its.lever)
    owed = chosen.duty and law_words.owed(its.law)
    return (
        chosen.sentence.replace(f"l’article {chosen.article} ", f"l’article {chosen.duty} ")
        if owed
        else chosen.sentence
    )


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
        else "peu départage : personne de connu à qui les titulaires pourraient sous-traiter"
    )
    yield lever(CRITERION).label, f"les offres sont aussi jugées sur l’insertion ; {given}", lever(CRITERION).sentence
    if its.verdict is not OpinionVerdict.NOBODY and its.hours.gives_work:
        given = "ne demande aucun fournisseur : un accueil chez le titulaire, qui ne compte pas dans les heures"
        yield lever(PMSMP).label, given, lever(PMSMP).sentence


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


def _short(code: str, its: Opinion) -> str:
    return f"Clause seule, {law_words.clause_article(its.law)}" if code == CLAUSE else lever(code).label


def _how_many(one: LeverOpinion) -> str:
    parts = (
        count(len(one.credible), "connue", "connues"),
        count(len(one.hints), "indice") if one.hints else "",
        f"{number(len(one.to_call))} à appeler" if one.to_call else "",
    )
    return ", ".join(filter(None, parts))


def _gives(one: LeverOpinion, its: Opinion) -> str:
    if one.lever == CLAUSE:
        return "possible" if one.credible else "à qui confier reste à trouver"
    if not one.found:
        none = law_words.no_directory(one.lever, its.unlisted)
        return f"{none[:1].lower()}{none[1:]}" or "personne n’est connu à portée"
    if one.possible:
        return f"possible : {count(len(one.confirmed), 'confirmée')}"
    if one.smaller_etp:
        return f"possible jusqu’à {unit(one.smaller_etp, 'ETP', 1)}"
    return (
        f"à confirmer : {count(len(one.confirmed), 'confirmée')} sur {number(its.assumed.floor)}"
        if one.likely
        else "trop peu de structures connues"
    )
