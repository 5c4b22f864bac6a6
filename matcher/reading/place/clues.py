"""Decides whether a name in a lot's sentence is a place and which one, for `mentions`: weighs each candidate by clues (table `CLUES`), in decibans of
evidence (10 × the decimal logarithm of odds), which are summed."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from matcher.reading.place.candidates import Kind, PlaceCandidate, meant, people
from matcher.reading.place.sentence import words_around
from matcher.reference.geography.communes import Commune, commune_names, communes_of_post_code
from matcher.reference.geography.territories import departement_names, everyday_words, products_named_after_places

# Weights in decibans: decisive clues (SAID, PROOF), a veto (NEVER), and being in the lot's own départements (HERE).
SAID, PROOF, NEVER, HERE = 200, 120, -1000, 32
# Inhabitants from which a commune named after a saint is likelier than a school of that name.
_NO_VILLAGE = 1_000


@dataclass(frozen=True, slots=True)
class PlaceClue:
    """One clue for or against candidates of some kinds: `holds` returns a factor of its weight (a boolean, or a number). `outright`: the sentence
    itself states that the name is a place, whatever is known of the lot."""

    key: str
    weight: float
    kinds: frozenset[Kind]
    holds: Callable[[PlaceCandidate], float]
    reason: str
    outright: bool = False


def whole_field(candidate: PlaceCandidate) -> bool:
    """Return whether the name is the whole content of a field of places."""
    return candidate.context.field and candidate.name.whole


def everyday(candidate: PlaceCandidate) -> bool:
    """Return whether the name is also an everyday word, unless it is a whole field of places."""
    return candidate.name.key in everyday_words() and not whole_field(candidate)


def says_town(candidate: PlaceCandidate) -> bool:
    """Return whether « commune de », « CCAS de »… stands before (not « communauté de communes »)."""
    name = candidate.name
    return (
        name.head in words_around("commune")
        and (not name.link or name.link in words_around("de"))
        and not name.headed_group
    )


def says_group(candidate: PlaceCandidate) -> bool:
    """Return whether « communauté de communes », « agglo »… stands before, after or in the name."""
    name = candidate.name
    return name.headed_group or name.group_follows or not words_around("groupe").isdisjoint(name.key.split())


def says_area(candidate: PlaceCandidate) -> bool:
    """Return whether « département de » or « région » stands before (either one overseas); « Lot 3 » is a lot number, not an area."""
    name, overseas = candidate.name, candidate.codes[0].startswith("dep:97")
    own = "departement" if candidate.kind is Kind.DEPARTEMENT else "region"
    return name.head in words_around(own, "region" if overseas else own) and not name.counts_lots


def is_introduced(candidate: PlaceCandidate) -> bool:
    """Return whether a preposition stands before the name, or the text is a field of places."""
    return bool(candidate.name.link) or candidate.context.field


def set_apart(candidate: PlaceCandidate) -> bool:
    """Return whether punctuation, rather than a preposition, isolates the name."""
    return not is_introduced(candidate) and (
        candidate.name.is_isolated or candidate.name.is_bracketed or candidate.name.last
    )


def yields_to_others(candidate: PlaceCandidate) -> bool:
    """Return whether any other place of the text should win: a town that somebody comes from, or a région that ends another name."""
    name, sentence = candidate.name, candidate.name.sentence
    if candidate.kind is Kind.TOWN:
        return name.comes_from and not name.number
    ends = sentence.follows(name.start) and not sentence.is_introduced(name.start)
    return candidate.kind is Kind.REGION and ends and not says_area(candidate)


def _street(candidate: PlaceCandidate) -> bool:
    name, streets = candidate.name, words_around("voie", "lieu_dit")
    # In « route de Bischwiller 67300 Schiltigheim » the postal code is of another commune; a CEDEX code is of none.
    posted = name.post_code and communes_of_post_code(name.post_code) and not _post_code(candidate)
    if name.direct or (name.beside and not posted) or _full_name(candidate):
        return False
    bears_name = not name.link and (name.head in words_around("porte_un_nom") or not name.near.isdisjoint(streets))
    return name.head in streets or bears_name


def _full_name(candidate: PlaceCandidate) -> bool:
    """Return whether a school or a residence bears, in several words, the name of one commune (« école Villeneuve-d’Ascq »); saints name more schools
    than communes, unless their name is longer and the commune no village (« Saint-André-lez-Lille », not « Saint-Exupéry »)."""
    name, bearer = candidate.name, candidate.bearer
    if bearer is None or name.length < 2 or name.head in words_around("voie", "lieu_dit"):
        return False
    saint = name.key.startswith("SAINT") and (name.length < 3 or people(bearer.town) < _NO_VILLAGE)
    return bearer.own and len(commune_names().get(name.key, ())) == 1 and not saint


def _uncapitalised(candidate: PlaceCandidate) -> bool:
    field, name = candidate.context.field, candidate.name
    if candidate.kind is Kind.USUAL:
        return not (name.capital or candidate.sense == "exact" or name.length > 1 or field)
    is_said = (candidate.kind is Kind.GROUP and says_group(candidate)) or (
        candidate.kind is Kind.TOWN and (says_town(candidate) or name.number)
    )
    return not (name.capital or is_said or (field and (candidate.here or name.whole)))


def _goes_on(candidate: PlaceCandidate) -> bool:
    name = candidate.name
    if says_town(candidate) or name.number or whole_field(candidate):
        return False
    if name.key in everyday_words():
        return name.sentence.goes_on(name.end)
    unsure = not (candidate.alone or candidate.context.departements or name.direct)
    return unsure and name.sentence.name_after(name.end) not in ("", *departement_names())


def _ends_another(candidate: PlaceCandidate) -> bool:
    """Return whether a hyphen ties the name to a word that is no place and no acronym, where a place is expected."""
    name, sentence = candidate.name, candidate.name.sentence
    before = sentence.word(name.first - 1)
    if sentence.gap(name.first) != "-" or not before.isalpha() or name.number or before in words_around():
        return False
    expected = candidate.context.field or sentence.is_introduced(name.first - 1)
    own_word = sentence.wording(name.first - 1, name.first).istitle() or not sentence.mixed
    ends_known = any(
        sentence.key(at, name.first) in commune_names() for at in range(max(0, name.first - 4), name.first)
    )
    return expected and own_word and len(before) > 4 and not ends_known


def _post_code(candidate: PlaceCandidate) -> bool:
    towns = communes_of_post_code(candidate.name.post_code) if candidate.name.post_code else ()
    return candidate.codes[0].removeprefix("insee:") in {town.code for town in towns}


def _numbered(candidate: PlaceCandidate) -> bool:
    """Return whether the number beside is the candidate's; a postal code may begin like another département's (Saint-Martin, 978: 97150)."""
    return candidate.name.number in candidate.departements or bool(candidate.name.number and _post_code(candidate))


def _in_a_field(candidate: PlaceCandidate) -> bool:
    name, sentence = candidate.name, candidate.name.sentence
    if name.length > 1 or not candidate.context.field:
        return False
    if sentence.word(name.start - 1).isdigit() or (name.end == len(sentence.words) and name.key != "NORD"):
        return True
    return not sentence.goes_on(name.end) and (sentence.is_introduced(name.start) or not sentence.follows(name.start))


def _island(candidate: PlaceCandidate) -> bool:
    """Return whether an overseas département is named like a town; « A LA REUNION DU » is a meeting."""
    name, sentence = candidate.name, candidate.name.sentence
    if not candidate.codes[0].startswith("dep:97") or not (name.link or name.article):
        return False
    if not everyday(candidate):
        return True
    if name.link == "A" and name.article and name.sure_case and name.ends:
        return True
    return sentence.capital(name.start - 1) if sentence.mixed else name.direct and not sentence.goes_on(name.end)


# Kinds of candidates that a clue is for: intercommunalités, communes, départements, régions, usual names (« bassin minier », « le Hainaut »).
GROUP, TOWN, DEPARTEMENT, REGION, USUAL = (frozenset({kind}) for kind in Kind)
AREA = DEPARTEMENT | REGION
ALL = TOWN | GROUP | AREA | USUAL

# fmt: off
CLUES: tuple[PlaceClue, ...] = (
    # Vetoes.
    PlaceClue("excluded", NEVER, ALL, lambda its: its.name.is_excluded, "« hors Lyon », « sauf le site de Lyon », « dont le siège social est à Lyon »"),
    PlaceClue("quoted", NEVER, TOWN | AREA | USUAL, lambda its: its.name.is_quoted and not its.name.beside, "« l’escadron « Roubaix » »: a work, a unit"),
    PlaceClue("product", NEVER, TOWN | AREA | USUAL, lambda its: (
        its.name.link in words_around("de") and its.name.head in products_named_after_places() and not its.name.beside
    ), "« savon de Marseille »: what is bought, wherever it goes"),
    PlaceClue("street", NEVER, TOWN | AREA | USUAL, _street, "« rue de Lille », « école Albert Samain », « route de Bischwiller 67300 »: the name of something else"),
    PlaceClue("water", NEVER, AREA, lambda its: its.name.head in words_around("eau"), "« crues de la Somme »: the river"),
    PlaceClue("number elsewhere", NEVER, TOWN | AREA, lambda its: bool(its.name.number) and not _numbered(its), "« Valence (82) » is not that of the Drôme"),
    PlaceClue("own département", NEVER, TOWN, lambda its: (
        (namesake := departement_names().get(its.name.key)) is not None and namesake.code == its.name.number != "75" and not its.name.post_code
    ), "« Mayenne (53) » is the département of that name and number"),
    PlaceClue("counts", NEVER, TOWN, lambda its: (
        its.name.before.isdigit() and len(its.name.before) < 4 and not its.name.number and its.name.sentence.is_joined(its.name.start)
        and its.name.wording[0].islower() and its.name.sentence.word(its.name.start - 2) not in ("LOT", "LOTS", "N", "NO")
    ), "« 2 tours »: a number in front of a word in lower case counts it; not « lot 3 lens », nor the number of a département"),
    PlaceClue("group follows", NEVER, TOWN, lambda its: its.name.group_follows, "« Lens Agglo » is the group of communes"),
    PlaceClue("goes on", NEVER, TOWN, _goes_on, "« Saint-Martin de Landelles », « rue Jean… »: the name is longer, and no place that is known"),
    PlaceClue("ends another", NEVER, TOWN, _ends_another, "« Trucmuche-Chinon »: the name is longer, and no place that is known"),
    PlaceClue("another's", NEVER, GROUP | USUAL, lambda its: its.elsewhere, "groups and usual names of another part of France than the lot’s départements"),
    PlaceClue("ambiguous", NEVER, GROUP, lambda its: not (its.alone or its.context.departements or whole_field(its)), "several groups of one name, nothing to choose by"),
    PlaceClue("a word", NEVER, USUAL | GROUP, lambda its: its.name.key in everyday_words() and not (its.name.sure_case or its.context.field), "« le titulaire aura », « son agglomération »"),
    PlaceClue("country", NEVER, USUAL, lambda its: its.codes == ("pays:FR",) and its.name.length == 1 and not its.context.field, "« France » in an object is no place of it"),
    # Priors of the name itself.
    PlaceClue("prior", 1, TOWN, lambda its: its.bearer.prior if its.bearer else 0.0, "inhabitants; less for a part of a name, a merged commune, a namesake overseas"),
    PlaceClue("area", 15, AREA, lambda _: True, "areas bear the names of rivers and of sides: alone they are doubtful"),
    PlaceClue("group", 20, GROUP, lambda _: True, "few groups bear the names of other things"),
    PlaceClue("usage", 37, USUAL, lambda _: True, "usual names are in the table because people say them"),
    PlaceClue("exact usage", 23, USUAL, lambda its: its.sense == "exact", "usual names that mean one place alone"),
    PlaceClue("alone", 6, TOWN | GROUP, lambda its: its.alone, "no other of some size bears the name"),
    PlaceClue("two words", 12, TOWN | GROUP | USUAL, lambda its: its.name.length > 1, "two words are seldom something else"),
    PlaceClue("three words", 18, TOWN | GROUP, lambda its: its.name.length > 2, "three words, hardly ever"),
    PlaceClue("saint", -16, TOWN, lambda its: its.name.key.startswith("SAINT") and not its.alone, "saints are churches’, schools’ and streets’ too"),
    PlaceClue("street name", -45, TOWN, lambda its: its.name.key.partition(" ")[0] in words_around("voie"), "« rue Saint-Pierre » is a commune, and a street of a hundred towns"),
    PlaceClue("everyday", -45, TOWN | GROUP, everyday, "« Sens », « Grand », « Sud »: words of the language"),
    PlaceClue("numbered", -20, TOWN, lambda its: its.name.key[-1].isdigit(), "« université Lyon 2 »"),
    PlaceClue("with its article", -200, TOWN, lambda its: its.name.key in departement_names() and bool(its.name.article) and not (its.name.number or whole_field(its)), "« CHU de la Réunion »: the département"),
    PlaceClue("a commune too", -100, GROUP, lambda its: its.name.key in commune_names() and not says_group(its), "« Valenciennes » alone is the commune"),
    # Where the lot is expected.
    PlaceClue("number", SAID, TOWN | AREA, _numbered, "« Roubaix (59) », « 59100 Roubaix »", outright=True),
    PlaceClue("post code", 30, TOWN, _post_code, "the one of the postal code, among those of the département"),
    PlaceClue("here", HERE, TOWN | GROUP, lambda its: its.here, "it lies in the départements where the lot is expected"),
    PlaceClue("elsewhere", -HERE, TOWN, lambda its: its.elsewhere, "it lies in no département where the lot is expected"),
    PlaceClue("same region", 10, TOWN, lambda its: bool(its.elsewhere and its.bearer and its.bearer.town.region in its.context.regions), "it lies in none of these départements, but in a région of theirs"),
    PlaceClue("elsewhere, unsure", -60, TOWN, lambda its: its.elsewhere and not its.alone, "it lies in none of these départements, and other places of some size bear its name"),
    # Words and punctuation before and after.
    PlaceClue("whole field", PROOF, ALL, whole_field, "all that is written in a field of places"),
    PlaceClue("says town", SAID, TOWN, says_town, "« commune de », « CCAS de »", outright=True),
    PlaceClue("direct", 8, TOWN, lambda its: its.name.direct, "« à », « sur », « vers »", outright=True),
    PlaceClue("introduced", 8, TOWN | GROUP, is_introduced, "a preposition, or a field of places"),
    PlaceClue("articled", 8, USUAL, lambda its: bool(its.name.article or its.name.link), "« la CAHC », « dans le Hainaut »"),
    PlaceClue("unintroduced", -18, TOWN, lambda its: not is_introduced(its), "nothing says that it is a place"),
    PlaceClue("counted", -20, TOWN, lambda its: (
        its.name.before.isdigit() and len(its.name.before) < 5 and not its.name.number and its.name.sentence.is_joined(its.name.start)
    ), "« 150 pers »: a number before counts what follows"),
    PlaceClue("said at", 37, TOWN, lambda its: (
        everyday(its) and its.name.link == "A" and its.name.direct and its.name.sure_case and not its.name.article and its.name.ends
    ), "« à Sens », with a capital that means something: there a word of the language is a town"),
    PlaceClue("address", 32, TOWN, lambda its: not is_introduced(its) and its.name.after_street, "« 3 rue Jean Jaurès, Béthune »"),
    PlaceClue("set apart", 27, TOWN | GROUP, set_apart, "« Élagage, Pontarlier », « ROUBAIX - entretien », « (Lens) »"),
    PlaceClue("at the end", 14, TOWN, lambda its: not (is_introduced(its) or set_apart(its)) and (its.name.is_ended or its.name.follows_office), "« nettoyage bureaux Lyon », « agence Lyon Part-Dieu »"),
    PlaceClue("uncapitalised", -200, ALL, _uncapitalised, "names have a capital where capitals mean something"),
    PlaceClue("acronym alone", -30, USUAL, lambda its: its.sense == "sigle" and not (its.context.departements or its.context.field) and its.name.before not in ("LA", "L"), "where nothing says where the lot is, an acronym needs its article"),
    # Evidence that an area or a group is meant, rather than a namesake.
    PlaceClue("says group", PROOF, GROUP, says_group, "« communauté de communes », « Agglo »"),
    PlaceClue("says area", PROOF, AREA, says_area, "« département de », « région »", outright=True),
    PlaceClue("compound", PROOF, AREA, lambda its: its.name.length > 1 and not its.name.key.startswith("SAINT"), "« Seine-Maritime » is no river"),
    PlaceClue("in a field", 39, AREA, _in_a_field, "an item of a field of places; a town of 10,000 of that name is likelier"),
    PlaceClue("inside", PROOF, AREA, lambda its: its.name.link in ("EN", "DANS") and its.name.key != "CENTRE", "« dans la Somme », « en Bretagne »"),
    PlaceClue("bracketed", PROOF, DEPARTEMENT, lambda its: its.name.is_bracketed, "« Laval (Mayenne) »"),
    PlaceClue("spread", PROOF, DEPARTEMENT, lambda its: (
        its.name.link in words_around("de") and its.name.head in words_around("partout") and not its.name.counts_lots
        and (bool(its.name.article) or its.name.key not in commune_names())
    ), "« les EHPAD du Morbihan »: what stands all over one"),
    PlaceClue("closes", PROOF, AREA, lambda its: its.name.last and (
        its.name.key != "CENTRE" if its.kind is Kind.REGION
        else (its.name.sentence.mixed or its.name.key not in words_around("mot_courant")) and its.name.can_be_listed
    ), "« Réparation de palettes, Vaucluse »"),
    PlaceClue("ended area", 32, DEPARTEMENT, lambda its: (
        its.name.is_ended and its.name.sentence.mixed and its.name.capital and its.name.key not in words_around("mot_courant") and not everyday(its)
        and not (its.context.field or its.name.link or its.name.article or its.name.before.isdigit())  # no side (« secteur Nord ») nor « lot 3 Manche »
    ), "« nettoyage bureaux Gironde »"),
    PlaceClue("linked région", PROOF, REGION, lambda its: bool(its.name.link) and not everyday(its) and its.name.key != "CENTRE", "« de Bretagne »"),
    PlaceClue("island", PROOF, DEPARTEMENT, _island, "« à Mayotte »: said as a town is"),
    PlaceClue("not listable", -80, AREA, lambda its: not its.name.can_be_listed, "« Nord et Sud », « Lot unique »: sides and numbers"),
)
# fmt: on


# Least decibans at which a name is surely a place (« de » before a town of 5,000 without namesakes), and at which it is doubtful: another place listed
# beside it in the sentence (« Lens, Arras et Sens »), or a person, can confirm it. Below, it is another word.
SURE, DOUBTFUL = 45.0, -45.0
_AREAS = (Kind.DEPARTEMENT, Kind.REGION)
# Kinds that a place listed beside them may confirm; groups and usual names may not be.
_LISTED = (Kind.TOWN, *_AREAS)
_BY_KIND = {kind: tuple(clue for clue in CLUES if kind in clue.kinds) for kind in Kind}


@dataclass(frozen=True, slots=True)
class WeighedCandidate:
    """A candidate, the clues that apply to it, and their sum in decibans."""

    candidate: PlaceCandidate
    clues: tuple[PlaceClue, ...]
    sum: float

    @property
    def outright(self) -> bool:
        """Return whether the sentence itself states that the name is a place."""
        return self.candidate.kind in (Kind.GROUP, Kind.USUAL) or any(clue.outright for clue in self.clues)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on a name: the candidates that remain, the likeliest first."""

    weighed: tuple[WeighedCandidate, ...]

    @property
    def best(self) -> WeighedCandidate:
        """The likeliest candidate."""
        return self.weighed[0]

    @property
    def sure(self) -> bool:
        """Return whether the name is surely a place; else it is doubtful."""
        return self.best.sum >= SURE

    @property
    def homonyms(self) -> tuple[Commune, ...]:
        """The communes that the name may mean, the likeliest first; a single one if it has no rival or lies in the lot's départements."""
        candidate = self.best.candidate
        if candidate.kind is not Kind.TOWN:
            return ()
        weights = [(one.candidate.bearer, one.sum) for one in self.weighed if one.candidate.bearer]
        if candidate.here or len(weights) == 1:
            return (weights[0][0].town,)
        return tuple(bearer.town for bearer in meant([replace(bearer, prior=total) for bearer, total in weights]))

    @property
    def other(self) -> str:
        """In a field of places, the code of a namesake of another type (area or commune) or another group; else empty."""
        candidate = self.best.candidate
        if not candidate.context.field or (self.best.outright and candidate.kind is not Kind.GROUP):
            return ""
        kinds = {
            Kind.TOWN: _AREAS,
            Kind.DEPARTEMENT: (Kind.TOWN,),
            Kind.REGION: (Kind.TOWN,),
            Kind.GROUP: (Kind.GROUP,),
        }
        candidates = (
            one.candidate
            for one in self.weighed[1:]
            if one.sum >= SURE and one.candidate.kind in kinds.get(candidate.kind, ())
        )
        return next((one.codes[0] for one in candidates if not (one.bearer and one.bearer.begun)), "")


def weigh(candidate: PlaceCandidate) -> WeighedCandidate | None:
    """Weigh one candidate by every clue of its kind; None where a veto applies, or the sum is too low."""
    clues_held, total = [], 0.0
    for clue in _BY_KIND[candidate.kind]:
        if value := clue.holds(candidate):
            if clue.weight == NEVER:
                return None
            clues_held.append(clue)
            total += clue.weight * value
    least = DOUBTFUL if candidate.kind in _LISTED else SURE
    return WeighedCandidate(candidate, tuple(clues_held), total) if total >= least else None


def verdict_on(candidates: Iterable[PlaceCandidate]) -> Verdict | None:
    """Return the verdict on a name from its candidates; None where none remains."""
    weighed = sorted(filter(None, map(weigh, candidates)), key=lambda its: -its.sum)
    return Verdict(tuple(weighed)) if weighed else None
