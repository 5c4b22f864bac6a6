"""French texts that follow an opinion (advice on reserving a lot): questions to candidates, effect of answers, other levers
(reservation or social clause), notice sentence, sizes."""

from collections.abc import Iterator

from matcher.decisions.candidates import RESERVING, Candidate
from matcher.decisions.opinion import law_words
from matcher.decisions.opinion.compute import CLAUSE, PMSMP, LeverOpinion, Opinion, OpinionVerdict
from matcher.domain.french import count, number, unit
from matcher.need.answer import known_for_it
from matcher.reference.levers import lever

CRITERION = "critere"


def asks(candidate: Candidate, opinion: Opinion, trade: str) -> tuple[str, ...]:
    """Return the questions to ask a structure before reserving: its `trade` if not confirmed, its workforce if unknown, would it bid."""
    etp = opinion.need.etp
    trade_asked = f"Faites-vous bien ce métier{f' : {trade}' if trade else ''} ?" if not candidate.confirmed else ""
    people = (
        f"Combien de salariés, pour un lot d’environ {unit(etp, 'ETP', 1)} {opinion.need.over} ?"
        if etp and candidate.workers is None and not candidate.has_team(etp)
        else ""
    )
    alone = (
        "Répondriez-vous seule à ce lot réservé ?"
        if opinion.told.lever in RESERVING
        else "Seriez-vous libre aux dates du lot ?"
    )
    return tuple(filter(None, (trade_asked, people, alone)))


def by_answers(opinion: Opinion) -> Iterator[tuple[str, str]]:
    """Yield (number of positive answers, consequence) for the candidates to call; nothing unless the verdict is to confirm."""
    if opinion.verdict is not OpinionVerdict.CONFIRM:
        return
    missing, article = opinion.told.missing, lever(opinion.told.lever).article
    yield f"{number(missing)} oui", f"Réserver à l’article {article} : la phrase s’ouvre."
    not_yet = f"Pas encore : {' ; ou '.join(_remaining_options(opinion))}"
    if missing > 1:
        fewer = {2: "1", 3: "1 ou 2"}.get(missing, f"1 à {number(missing - 1)}")
        yield f"{fewer} oui", f"{not_yet}."
    # Those confirmed already count as much as a « oui » at these calls.
    nobody, sign = (not_yet, ";") if opinion.told.confirmed else ("Ne pas réserver", ":")
    clause = f" {sign} une clause sociale d’exécution ({law_words.clause_article(opinion.law)}) reste possible"
    yield "aucun oui", f"{nobody}{clause if opinion.hours.gives_work else ''}."


def _remaining_options(opinion: Opinion) -> Iterator[str]:
    """Yield the options left if too few of the called candidates confirm."""
    both, lever_opinion = opinion.of("14"), opinion.told
    more = len(both.credible) - len(lever_opinion.credible)
    if more > 0 and not both.excluded:
        yield f"l’article {lever('14').article} ouvre à {count(more, 'connue de plus', 'connues de plus')}"
    left = len(lever_opinion.candidates) - len(lever_opinion.called)
    yield (
        f"appelez {'la suivante' if left == 1 else f'les {number(left)} suivantes'}"
        if left
        else "un lot plus petit est à étudier"
    )


def notice_sentence(opinion: Opinion) -> str:
    """Return the sentence to paste in the contract notice for the recommended lever; empty if there is none, or calls must confirm it first."""
    if not opinion.lever or opinion.verdict in (OpinionVerdict.CONFIRM, OpinionVerdict.SOURCE):
        return ""
    chosen = lever(opinion.lever)
    owed = chosen.duty and law_words.owes_condition(opinion.law)
    return (
        chosen.sentence.replace(f"l’article {chosen.article} ", f"l’article {chosen.duty} ")
        if owed
        else chosen.sentence
    )


def others(opinion: Opinion) -> Iterator[tuple[str, str, str]]:
    """Yield (lever, counts of candidates, conclusion) for every lever but the one shown."""
    for lever_opinion in opinion.levers:
        if lever_opinion.lever == opinion.told.lever:
            continue
        label = f"Clause seule, {law_words.clause_article(opinion.law)}"
        if lever_opinion.lever != CLAUSE:
            label = lever(lever_opinion.lever).label
        counts = (
            count(len(lever_opinion.credible), "connue", "connues"),
            count(len(lever_opinion.hints), "indice") if lever_opinion.hints else "",
            f"{number(len(lever_opinion.to_call))} à appeler" if lever_opinion.to_call else "",
        )
        counted = "non connu" if lever_opinion.lever in opinion.unlisted else ", ".join(filter(None, counts))
        yield label, counted, lever_opinion.excluded or _lever_conclusion(lever_opinion, opinion)


def beside(opinion: Opinion) -> Iterator[tuple[str, str, str]]:
    """Yield (lever, effect, sentence for the notice) of the additions to any conclusion that reserve nothing: award criterion, immersion."""
    if not opinion.is_counted:
        return
    credible = len(opinion.of(CLAUSE).credible)
    clause_share = (
        f"{known_for_it(credible)} à qui les titulaires pourraient sous-traiter"
        if credible
        else "peu départage : personne de connu à qui les titulaires pourraient sous-traiter"
    )
    yield (
        lever(CRITERION).label,
        f"les offres sont aussi jugées sur l’insertion ; {clause_share}",
        lever(CRITERION).sentence,
    )
    if opinion.verdict is not OpinionVerdict.NOBODY and opinion.hours.gives_work:
        clause_share = "ne demande aucun fournisseur : un accueil chez le titulaire, qui ne compte pas dans les heures"
        yield lever(PMSMP).label, clause_share, lever(PMSMP).sentence


def sizes(opinion: Opinion) -> Iterator[str]:
    """Yield sentences on the largest lot size that keeps the wanted candidates, and the number of such lots."""
    wanted = count(opinion.assumed.wanted, "candidat")
    if opinion.largest is None:
        yield f"Même un lot d’un demi-ETP ne garde pas {wanted} probables."
        if opinion.need.etp is not None and opinion.told.credible:
            yield f"Couper le lot n’en amènerait pas d’autres : gardez un seul lot de {unit(opinion.need.etp, 'ETP', 1)}."
        return
    low = (
        f" ; {unit(opinion.largest.low, 'ETP', 1)} si les métiers et les effectifs non connus sont décevants"
        if opinion.largest.low
        else " ; aucune taille ne les garde si les métiers non connus sont décevants"
    )
    yield f"Jusqu’à {unit(opinion.largest.likely, 'ETP', 1)}, {wanted} restent probables{low}."
    if opinion.split is not None and opinion.split.lots > 1:
        yield f"Pour en garder autant partout : {count(opinion.split.lots, 'lot')} de {unit(opinion.split.etp, 'ETP', 1)}."


def _lever_conclusion(lever_opinion: LeverOpinion, opinion: Opinion) -> str:
    if lever_opinion.lever == CLAUSE:
        return "possible" if lever_opinion.credible else "à qui confier reste à trouver"
    if not lever_opinion.candidates:
        none = law_words.no_directory(lever_opinion.lever, opinion.unlisted)
        return f"{none[:1].lower()}{none[1:]}" or "personne n’est connu à portée"
    if lever_opinion.possible:
        return f"possible : {count(len(lever_opinion.confirmed), 'confirmée')}"
    if lever_opinion.smaller_etp:
        return f"possible jusqu’à {unit(lever_opinion.smaller_etp, 'ETP', 1)}"
    return (
        f"à confirmer : {count(len(lever_opinion.confirmed), 'confirmée')} sur {number(opinion.assumed.floor)}"
        if lever_opinion.likely
        else "trop peu de structures connues"
    )
