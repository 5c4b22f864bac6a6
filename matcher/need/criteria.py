"""Criteria of a ranked list as French (label, text) lines, for files and pages: the need as read, how points are given, the assumptions."""

from collections.abc import Iterator, Sequence

from matcher.domain.age import DatedSource
from matcher.domain.french import day, number, percent, unit, with_apostrophes
from matcher.domain.match import Match
from matcher.domain.place import PlaceOrigin, PlaceType
from matcher.domain.reading import AmountRead, DurationRead, Reading
from matcher.ranking.signals import proximity
from matcher.reading.kinds_cited import said_kinds
from matcher.reading.trade.doubt import shown_activities
from matcher.reference.levers import lever
from matcher.reference.trades.activities import taxonomy
from matcher.reference.trades.cpv import cpv_label, normalise_cpv
from matcher.reference.wordings import persona_wording
from matcher.render.table import Line

_PLACE_TYPES = {
    PlaceType.POINT: "point",
    PlaceType.COMMUNE: "commune",
    PlaceType.EPCI: "intercommunalité",
    PlaceType.ARRONDISSEMENT: "arrondissement",
    PlaceType.DEPARTEMENT: "département",
    PlaceType.REGION: "région",
    PlaceType.PAYS: "pays",
}
_PLACE_ORIGINS = {
    PlaceOrigin.LIEU: "donné",
    PlaceOrigin.OBJET: "lu dans l’objet",
    PlaceOrigin.ACHETEUR: "déduit de l’acheteur",
    PlaceOrigin.DEFAUT: "supposé, votre lieu par défaut",
    PlaceOrigin.TITRE: "supposé, d’après le titre du tableau",
}
# More places than this are counted, not listed: a lot for a département may name hundreds of communes.
_MOST_PLACES = 30

_UNKNOWN_COUNTS = (
    "Ce que les annuaires ne disent pas compte pour une valeur moyenne : ces points sont en gris italique, et la question "
    "à poser est dans « Ce qui reste à demander ». « Part connue » est la part du poids qui est connue."
)
_ETP_NEEDED = (
    "le besoin en équivalents temps plein (ETP) est le montant par an (sur 12 mois si la durée n’est pas donnée) divisé par ce qu’un "
    "ETP réalise dans ce métier, d’après une table de calage ; un métier qui n’y est pas laisse la capacité non connue."
)
_USUAL = "quand le lot ne demande aucun type, la valeur dit quels types répondent d’ordinaire à un tel besoin."
NOTICE = "Entremise éclaire une décision et montre ses raisons ; ce n’est pas un conseil juridique."


def need_lines(reading: Reading) -> Iterator[Line]:
    """Yield the need as typed and as read, doubts included; a field that was not given is written « non donné »."""
    lot = reading.lot
    yield "Objet", lot.objet or "non donné"
    codes = [f"{code} ({label})" if (label := cpv_label(normalise_cpv(code)[0] or "")) else code for code in lot.cpv]
    yield "CPV", " ; ".join(codes) or "non donné"
    yield (
        "Activités comprises",
        " ; ".join(f"{guess.label} ({percent(guess.confidence)})" for guess in shown_activities(reading)) or "aucune",
    )
    places = [
        f"{with_apostrophes(place.name)} ({_PLACE_TYPES[place.type]}, {_PLACE_ORIGINS[place.origin]})"
        for place in reading.places[:_MOST_PLACES]
    ]
    if more := len(reading.places) - len(places):
        places.append(f"et {number(more)} de plus")
    yield "Lieux compris", " ; ".join(places) or "aucun"
    yield from _suppliers_asked(reading)
    yield from size_lines(reading)
    yield "Acheteur (SIRET)", reading.buyer or "non donné"
    yield "Date du lot", "non donnée" if lot.date is None else day(lot.date)
    yield from (("Doute", doubt.says) for doubt in reading.doubts)
    if not reading.doubts:
        yield "Doute", "aucun"


def _suppliers_asked(reading: Reading) -> Iterator[Line]:
    """Yield the lever (reservation article or clause) that was chosen and another one that the text names, then the kinds of supplier."""
    lever_asked, hint = reading.lot.levier, reading.levier_hint
    other = hint and hint != lever_asked
    chosen = "aucune choisie" if other else "aucune"
    if lever_asked:
        row = lever(lever_asked)
        chosen = row.label if row.open_to_all else f"{row.label} ; les autres types sont écartés"
    reserved = lever_asked and not lever(lever_asked).open_to_all
    # Where the lot is not reserved, the label of the current persona (kind of visitor): « Clause sociale » for a winner of contracts.
    yield "Réservation ou clause" if reserved else persona_wording("besoin_levier"), chosen
    if other:
        quote = f" (« {reading.reserved_by} »)" if reading.reserved_by else ""
        applied = reading.lever == hint and not lever(hint).open_to_all
        effect = "les types qui n’y sont pas éligibles sont écartés" if applied else "n’écarte personne"
        yield "Réservation ou clause lue dans le texte", f"{lever(hint).label}{quote} : {effect}"
    if reading.lot.kinds:
        yield "Types exigés", f"{', '.join(reading.lot.kinds)} ; les autres sont écartés"
    if cited := said_kinds(reading):
        yield "Types lus dans le texte", f"{', '.join(cited)} : comptent dans le score, n’écartent personne"
    if reading.mode:  # an activity that meets the need whatever its trade, such as seconded staff
        yield "Façon de répondre lue dans le texte", taxonomy().label(reading.mode)


def size_lines(reading: Reading) -> Iterator[Line]:
    """Yield the amount, the written maximum where it is another, and the duration of a lot, typed or read in its text, and how a yearly amount is counted;
    a missing amount or duration has its line."""
    lines = {"Montant": "non donné"} | dict(known_size_lines(reading))
    lines.setdefault("Durée", "non donnée")
    yield from lines.items()


def known_size_lines(reading: Reading) -> Iterator[Line]:
    """Yield the lines of `size_lines` whose value is known."""
    lot, amount, duration, maximum = reading.lot, reading.amount, reading.duration, reading.maximum
    if amount:
        yield "Montant", _read_in(reading.amount_counted, amount)
    elif lot.montant is not None:
        yield "Montant", unit(lot.montant, "€ HT sur toute la durée", 2)
    if maximum and (amount is None or maximum.words != amount.words):
        yield "Montant maximum", _read_in(maximum.sentence, maximum)
    if duration:
        yield "Durée", _read_in(duration.sentence, duration)
    elif lot.duree is not None:
        yield "Durée", unit(lot.duree, "mois", 1)


def _read_in(sentence: str, part: AmountRead | DurationRead) -> str:
    """Return the amount or duration read in the text, with its words."""
    return f"{sentence}, lu dans le texte : « {part.words} »"


def weights_line(matches: Sequence[Match]) -> Iterator[Line]:
    """Yield the weights of the scoring signals, which all candidates of a list share; nothing for an empty list."""
    for match in matches[:1]:
        total = sum(part.weight for part in match.contributions)
        yield f"Poids (total {total})", " ; ".join(f"{part.label} {part.weight}" for part in match.contributions)


def distance_weight(matches: Sequence[Match]) -> str:
    """Return one sentence on the weight of distance in the scores of a list; empty for an empty list."""
    if not matches:
        return ""
    weight = sum(part.weight for part in matches[0].contributions if part.signal == proximity.SIGNAL.key)
    if not weight:
        return "La distance ne compte pas dans le score : elle dit seulement qui est à portée."
    return (
        f"La distance, à vol d’oiseau, compte pour {number(weight)} points sur 100 du score : elle classe qui appeler d’abord, n’est pas un "
        "critère de jugement des offres, et se met à zéro pour un document à publier (« Sans la distance »)."
    )


def source_dates(sources: Sequence[DatedSource]) -> Iterator[Line]:
    """Yield the date of each source's data and of its import."""
    for dated_source in sources:
        yield f"Données : {dated_source.title}", f"{dated_source.date_words}, importé le {day(dated_source.imported)}"


def guide() -> Iterator[Line]:
    """Yield how to read the list: the score, unknown values, the assumptions, and the legal notice."""
    yield "Score", "Somme des points des colonnes « sur … ». Points = poids × valeur, de 0 (rien) à 1 (tout)."
    yield "Non connu", _UNKNOWN_COUNTS
    yield from assumptions()
    yield "Portée", NOTICE


def assumptions() -> Iterator[Line]:
    """Yield the assumptions made where the lot and the directories give nothing."""
    near, local = unit(proximity.HALF_KM, "km"), unit(proximity.HALF_KM_LOCAL, "km")
    by_ai = f"{local} pour une association intermédiaire, AI"
    yield "Hypothèse : capacité", _ETP_NEEDED
    yield (
        "Hypothèse : proximité",
        f"sa valeur est divisée par deux tous les quarts de la portée du métier, à vol d’oiseau ({near} sans portée connue, {by_ai}).",
    )
    yield "Hypothèse : type de structure", _USUAL
