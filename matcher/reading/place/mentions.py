"""Finds the places that a text names, with French doubts on homonyms, merged communes, misspellings.

Steps: find names, decide on each (`clues`), confirm doubtful ones by lists, choose among homonyms, widen to areas around a town, add numbers
of départements.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from matcher.domain.french import enumeration
from matcher.domain.place import Place, PlaceType
from matcher.reading.contract_words import where_sizes
from matcher.reading.place.areas import departements_of, place_of, places_of
from matcher.reading.place.bracketed import bracketed_departements
from matcher.reading.place.candidates import Kind, PlaceCandidate, PlaceContext, candidates_at, own_key, people
from matcher.reading.place.clues import HERE, SURE, Verdict, verdict_on, yields_to_others
from matcher.reading.place.codes import numbered_departements
from matcher.reading.place.districts import CITIES, undivided_doubt
from matcher.reading.place.sentence import Sentence, without_markup
from matcher.reference.geography.communes import Commune, commune, commune_names
from matcher.reference.geography.place_names import place_key, split_article
from matcher.reference.geography.territories import arrondissements, departement, everyday_words

# Population from which the largest homonym is meant whatever the others; share of its population from which another is as likely.
_LARGE, _EVEN = 20_000, 0.3
_MOST = 4  # communes named in a question


def is_undecided(towns: Sequence[Commune]) -> bool:
    """Return whether homonyms (likeliest first) are undecided: all small, of similar size."""
    first = people(towns[0])
    return first < _LARGE and any(people(town) >= _EVEN * first for town in towns[1:])


def merged_doubt(name: str, town: Commune) -> str:
    """Return a French doubt where a name is that of a commune since merged into `town`; empty where `town` has a word of it."""
    if town.parent or not set(place_key(name).split()).isdisjoint(place_key(town.name).split()):
        return ""
    return f"« {name} » fait aujourd’hui partie de {town.name} ({town.departement})."


def homonym_doubt(towns: Sequence[Commune], written: str = "") -> str:
    """Return the French question on several communes with one name, or whose names begin with it; `written`: the name as written."""
    key = split_article(place_key(written))[1]
    if written and (own_key(towns[0].code) != key or any(own_key(town.code).startswith(f"{key} ") for town in towns)):
        listed = list(towns) if len(towns) <= _MOST else [*towns[: _MOST - 1], towns[-1]]
        choices = ", ".join(f"{town.name} ({town.departement})" for town in listed)
        choice = "" if is_undecided(towns) else f" ; {towns[0].name} ({towns[0].departement}) est retenue"
        return f"« {written} » : laquelle ? {choices}, ou une autre{choice}."
    where = list(dict.fromkeys(county.name for town in towns if (county := departement(town.departement))))
    if is_undecided(towns):
        return f"Plusieurs communes se nomment {towns[0].name} : laquelle ? {', '.join(where[:3])}, ou une autre."
    choice = f"{towns[0].name} ({towns[0].departement}) est retenue"
    other = next((town for town in towns if town.departement != towns[0].departement), towns[0])
    write = f"sinon, écrivez le numéro du département à côté, comme « {other.name} {other.departement} »"
    return f"Plusieurs communes se nomment {towns[0].name} ({enumeration(where[:3])}) : {choice} ; {write}."


def usual_doubt(name: str, places: Iterable[Place], *, heard: bool = False) -> str:
    """Return in French how a usual name was understood: one of approximate limits (« bassin minier »), or with `heard` one that may mean
    something else (« canton de Denain »)."""
    names = [place.name for place in places]
    shown = enumeration(names if len(names) < 5 else [*names[:3], f"{len(names) - 3} autres"])
    if heard:
        return f"« {name} » : entendu comme {shown} ; sinon, dites quelles communes sont concernées."
    return f"« {name} » n’a pas de limites officielles : entendu comme {shown}."


def namesake_doubt(place: Place, other: Place) -> str:
    """Return a French doubt where a commune and an area, or two groups, have one name, of which `place` is retained; empty where both have the
    same territory (Paris)."""
    if place.communes == other.communes:
        return ""
    if place.type is PlaceType.EPCI:
        return f"{place.name} : plusieurs intercommunalités portent ce nom ; précisez « epci:SIREN »."
    town, area = (place, other) if place.type is PlaceType.COMMUNE else (other, place)
    number = "".join(departements_of(town))
    kind = "la région" if area.type is PlaceType.REGION else "le département"
    if place is town:
        return f"« {area.name} » : la commune ({number}) est retenue ; pour {kind}, écrivez « {kind[3:]} {area.name} »."
    taken = "prise" if area.type is PlaceType.REGION else "pris"
    write = f"pour la commune de ce nom, écrivez « {town.name} {number} »"
    return f"« {area.name} » : {kind} est {taken} en entier ; {write}."


def begun_doubt(name: str, town: Commune) -> str:
    """Return a French doubt where a name is only the beginning of a commune's name."""
    return f"« {name} » est le début d’un nom de commune : {town.name} ({town.departement}) retenue."


_LINK = r"(?: (?:DE LA|DE L|DES|DU|DE|D))?(?: (?:LE|LA|LES|L))?$"
_HEAD = re.compile(
    r"\b(?P<arr>ARRONDISSEMENTS?)" + _LINK + r"|\b(?P<around>BASSINS? D EMPLOIS?|BASSINS? DE VIE|ZONES? D EMPLOIS?)" + _LINK
    + r"|\b(?:CANTONS?|PNR|PARCS? (?:NATURELS? )?(?:REGIONA|NATIONA)(?:L|UX))(?: (?:DE LA|DE L|DES|DU|DE|D) [A-Z]+)?" + _LINK
)  # fmt: skip
_REACH = 8
_OVER = re.compile(r"\b([^\W\d_]{3,})/([^\W\d_]{3,})\b")


@dataclass(frozen=True, slots=True)
class Mention:
    """A place read in a sentence: its place codes (several for « bassin minier »), the words it covers, and whether the sentence states that it is a
    place (`strong`).

    `homonyms`: INSEE codes of other communes of that name, if undecided; `said`: a commune's name as written; `yields_to_others`: any finer or other place
    wins over it (a région that ends another name, a town that somebody comes from); `doubts`: French sentences.
    """

    codes: tuple[str, ...]
    start: int
    end: int
    strong: bool
    homonyms: tuple[str, ...] = ()
    yields_to_others: bool = False
    said: str = ""
    doubts: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """First place code."""
        return self.codes[0]

    @property
    def town(self) -> Commune | None:
        """The commune of the mention, None for an area."""
        return commune(self.code.removeprefix("insee:"))

    @property
    def towns(self) -> tuple[Commune, ...]:
        """The commune and its homonyms, the likeliest first; empty for an area."""
        codes = (self.code.removeprefix("insee:"), *self.homonyms)
        return tuple(town for code in codes if (town := commune(code)))


def find_mentions(text: str, known: Iterable[str] = (), *, field: bool = False) -> tuple[Mention, ...]:
    """Return the places that `text` names, in order. `known`: codes of the départements where the lot is expected; names there need less evidence,
    names elsewhere more. `field`: the text is a field of place rather than the object of a lot."""
    sentence = sentence_of(text)
    verdicts = _verdicts(sentence, PlaceContext.of(known, field=field))
    mentions = tuple(_mention(its) for its in _with_lists(sentence, verdicts))
    numbered = [Mention((f"dep:{code}",), -1, -1, strong=True) for code in numbered_departements(text)]
    bracketed = [
        Mention((f"dep:{code}",), at, at + 1, strong=True, doubts=tuple(filter(None, (doubt,))))
        for code, at, doubt in bracketed_departements(sentence, {mention.end for mention in mentions})
    ]
    return (*_widen_areas(sentence, _choose_homonyms(mentions)), *numbered, *bracketed)


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """Communes, likeliest first, among which a person may choose one by a click, and the doubt that this settles, if any."""

    towns: tuple[Commune, ...]
    doubt: str = ""


def to_confirm(text: str, *, field: bool = False) -> ToConfirm | None:
    """Return the choice to offer on the place of a text: among homonyms of a town that it names, else on its likeliest doubtful name. None
    where there is none."""
    mentions = find_mentions(text, field=field)
    for mention in mentions:
        if mention.homonyms:
            return ToConfirm(mention.towns, homonym_doubt(mention.towns, mention.said))
    verdicts = () if mentions else _verdicts(sentence_of(text), PlaceContext(field=field))
    likely = [its for its in verdicts if its.homonyms and its.best.sum + HERE >= SURE]
    return ToConfirm(max(likely, key=lambda its: its.best.sum).homonyms) if likely else None


@lru_cache(maxsize=16)
def sentence_of(text: str) -> Sentence:
    """Return the text as a `Sentence`, without markup, to whose words the mentions refer."""
    plain_text = without_markup(text)
    # Drop sizes at the end: in « Lens 62000 euros par an » 62000 is no postal code.
    sizes = where_sizes(plain_text)
    while sizes and not plain_text[sizes[-1][1] :].strip(" ,.;"):
        plain_text = plain_text[: sizes.pop()[0]].rstrip(" ,.;")
    return Sentence.of(with_rivers(plain_text))


def with_rivers(text: str) -> str:
    """Return a text with « Chalon sur Saône » for « Chalon/Saône » where a commune has that name; other slashes are those of a list."""
    for slashed in _OVER.finditer(text) if "/" in text else ():
        whole = f"{slashed[1]} sur {slashed[2]}"
        if split_article(place_key(whole))[1] in commune_names():
            text = text.replace(slashed[0], whole)
    return text


def _verdicts(sentence: Sentence, context: PlaceContext) -> list[Verdict]:
    """Return the verdicts on the names of a sentence, in order: at each word the longest name with a verdict. Words of a rejected name are not
    tried again."""
    verdicts: list[Verdict] = []
    position = 0
    while position < len(sentence.words):
        end = position + 1
        for name, candidates in candidates_at(sentence, position, context):
            end = max(end, name.end) if candidates else end
            if verdict := verdict_on(candidates):
                verdicts.append(verdict)
                end = verdict.best.candidate.end
                break
        position = end
    return verdicts


def _with_lists(sentence: Sentence, verdicts: list[Verdict]) -> list[Verdict]:
    """Return the sure verdicts, and the doubtful ones that are next, in a list, to a sure one or to another that is no everyday word."""
    listed = [its for its in verdicts if its.sure]
    doubtful = [its for its in verdicts if not its.sure]
    # Doubtful names that can confirm another in a list: a town not elsewhere, an area with its article.
    names = []
    for candidate in (its.best.candidate for its in doubtful):
        is_town = candidate.kind is Kind.TOWN and not candidate.elsewhere and candidate.name.key not in everyday_words()
        if sentence.has_article(candidate.name.start) if _is_area(candidate) else is_town:
            names.append(candidate)
    for verdict in (*doubtful, *reversed(doubtful)):
        if verdict not in listed and _beside(verdict.best.candidate, (*(its.best.candidate for its in listed), *names)):
            listed.append(verdict)
    return sorted(listed, key=lambda its: its.best.candidate.name.start)


def _beside(candidate: PlaceCandidate, others: Iterable[PlaceCandidate]) -> bool:
    """Return whether a name is next, in a list, to one of `others`. An area without article or preposition only counts next to areas:
    « Toulouse - Nord » is no département."""
    sentence, start = candidate.name.sentence, candidate.name.start
    before, after = sentence.previous_item_end(start), sentence.next_item_start(candidate.end)
    any_kind = not _is_area(candidate) or sentence.is_introduced(start)
    return any((any_kind or _is_area(other)) and (before == other.end or after == other.name.start) for other in others)


def _is_area(candidate: PlaceCandidate) -> bool:
    return candidate.kind in (Kind.DEPARTEMENT, Kind.REGION)


def _mention(verdict: Verdict) -> Mention:
    candidate, name = verdict.best.candidate, verdict.best.candidate.name
    own_article = candidate.bearer is not None and candidate.bearer.article
    wording = name.sentence.wording(name.first if own_article else name.start, name.end)
    homonyms = tuple(town.code for town in verdict.homonyms[1:])
    return Mention(
        candidate.codes,
        name.start,
        candidate.end,
        strong=verdict.best.outright,
        homonyms=homonyms,
        yields_to_others=yields_to_others(candidate),
        said=wording if candidate.bearer else "",
        doubts=tuple(filter(None, () if homonyms else _doubts(verdict, wording))),
    )


def _doubts(verdict: Verdict, wording: str) -> Iterator[str]:
    candidate, context = verdict.best.candidate, verdict.best.candidate.context
    acronym = candidate.sense == "sigle" and not (context.departements or context.field)
    if acronym or candidate.sense in ("approche", "entendu") or _by_a_member(candidate):
        yield usual_doubt(wording, places_of(candidate.codes), heard=candidate.sense != "approche")
    if candidate.bearer:
        yield undivided_doubt(candidate.bearer.town, *candidate.name.around, field=context.field)
    if not context.field:
        return
    own, other = place_of(candidate.codes[0]), place_of(verdict.other)
    if own and other:
        yield namesake_doubt(own, other)
    if candidate.bearer and candidate.bearer.begun and candidate.name.key not in commune_names():
        yield "" if candidate.here else begun_doubt(wording, candidate.bearer.town)
    elif candidate.bearer:
        yield merged_doubt(wording, candidate.bearer.town)


def _by_a_member(candidate: PlaceCandidate) -> bool:
    """Return whether a group is named after a member town that its own name does not contain: « CC de Ri » for Terres d’Argentan Interco."""
    groups = places_of(candidate.codes) if candidate.kind is Kind.GROUP else ()
    return any(set(candidate.name.key.split()).isdisjoint(place_key(group.name).split()) for group in groups)


def _choose_homonyms(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Choose among homonyms by the département of the other places, else by their région."""
    others = [found.town for found in mentions if not found.homonyms and found.town]
    counties = {town.departement for town in others} | {its.code[4:] for its in mentions if its.code[:4] == "dep:"}
    lands = {town.region for town in others}
    return tuple(_chosen_among(mention, counties, lands) if mention.homonyms else mention for mention in mentions)


def _chosen_among(mention: Mention, counties: set[str], lands: set[str]) -> Mention:
    towns = mention.towns
    same_county = [town for town in towns if town.departement in counties]
    close = same_county or [town for town in towns if town.region in lands]
    return replace(mention, codes=(f"insee:{close[0].code}",), homonyms=()) if len(close) == 1 else mention


def _widen_areas(sentence: Sentence, mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Replace towns after « arrondissement de », « bassin d’emploi de », « canton de » by the area, with a doubt; and doubt any place after « canton de »
    or « parc naturel régional de »."""
    widened: list[Mention] = []
    plural = ""
    for mention in mentions:
        follows = widened and plural and sentence.previous_item_end(mention.start) == widened[-1].end
        head = _head_before(sentence, mention.start) or (plural if follows else "")
        plural = head if head.split(" ")[0].endswith("S") else ""
        widened.append(_area_of_town(sentence, mention, head) if head and not mention.homonyms else mention)
    return tuple(widened)


def _head_before(sentence: Sentence, start: int) -> str:
    """Return « ARRONDISSEMENT DE » or similar words before a word; empty for none."""
    begin = start
    while begin > max(0, start - _REACH) and sentence.is_joined(begin):
        begin -= 1
    head = _HEAD.search(sentence.key(begin, start)) if begin < start else None
    return head[0] if head else ""


def _area_of_town(sentence: Sentence, mention: Mention, head: str) -> Mention:
    town = mention.town
    match = _HEAD.search(head)
    if match is None or (town is None and (match["arr"] or match["around"])):
        return mention
    before = head.count(" ") + 1
    has_head = _head_before(sentence, mention.start)
    wording = sentence.wording(mention.start - before, mention.end) if has_head else mention.said
    if not match["arr"]:
        around = (f"epci:{town.epci}",) if town and match["around"] and town.epci else mention.codes
        doubt = usual_doubt(wording, places_of(around), heard=True)
        return replace(mention, codes=around, strong=True, doubts=(doubt,))
    if town is None or town.code in CITIES.values() or mention.doubts:
        return mention
    seat = arrondissements().get(town.arrondissement)
    if seat and seat.chef_lieu == town.code:
        return replace(mention, codes=(f"arr:{town.arrondissement}",), strong=True)
    return replace(mention, strong=True, doubts=(usual_doubt(wording, places_of(mention.codes), heard=True),))


_LETTERS, _ALIKE, _PEOPLE = 6, 88, 1500


def misspelt_doubts(sentence: Sentence, mentions: Iterable[Mention]) -> tuple[str, ...]:
    """Return French doubts on words that follow a commune in a list and resemble a commune of the same département; none if case is meaningless."""
    all_mentions = tuple(mentions)
    if not sentence.mixed:
        return ()
    read = {rank for mention in all_mentions for rank in range(mention.start, mention.end)}
    doubts = []
    for mention in all_mentions:
        rank = sentence.next_item_start(mention.end) if mention.code.startswith("insee:") else len(sentence.words)
        word, town = sentence.word(rank), commune(mention.code.removeprefix("insee:"))
        if not town or rank in read or len(word) < _LETTERS or not sentence.capital(rank) or word in commune_names():
            continue
        from rapidfuzz import fuzz, process  # imported only for a word that is no known name

        alike = process.extractOne(word, _towns(town.departement), scorer=fuzz.ratio, score_cutoff=_ALIKE)
        if alike:
            wording = sentence.wording(rank, rank + 1)
            doubts.append(f"« {wording} » n’est pas reconnu : ce lieu n’est pas compté. Est-ce {alike[2]} ?")
    return tuple(doubts)


@lru_cache(maxsize=16)
def _towns(number: str) -> dict[str, str]:
    """Return the keys of the communes of some size of a département, by name."""
    county = departement(number)
    towns = (commune(code) for code in (county.communes if county else ()))
    return {town.name: place_key(town.name) for town in towns if town and (town.population or 0) >= _PEOPLE}
