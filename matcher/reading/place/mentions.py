"""Names of places read in a sentence: what each stands for, which of them support one another, and which homonym is meant."""

from dataclasses import dataclass, replace

from matcher.reading.place.sentence import Sentence
from matcher.reference.geography.communes import Commune, commune
from matcher.reference.geography.territories import everyday_words


@dataclass(frozen=True, slots=True)
class Mention:
    """A place read in a sentence: its place codes (several for « bassin minier »), the words it covers, and whether the sentence says it is a place.

    `homonyms` holds the other communes of that name where nothing chose among them, `said` the name as written; `far` says that it lies outside the
    départements where the lot is thought to be; `usual` that the name is a usage whose limits are approximate, or
    with `heard` one that may mean something else (« gare de Lyon », « canton de Denain »); `loose` that
    any finer or other place wins over it: a région that only ends another name (« Groupe Hospitalier Paris Île-de-France »), a
    town one comes from.
    """

    codes: tuple[str, ...]
    start: int
    end: int
    strong: bool
    homonyms: tuple[str, ...] = ()
    far: bool = False
    usual: str = ""
    heard: bool = False
    loose: bool = False
    said: str = ""

    @property
    def code(self) -> str:
        """The first of its place codes."""
        return self.codes[0]

    def as_area(self, codes: tuple[str, ...], usual: str) -> "Mention":
        """Return the mention as what is around the town it names; `usual` is how the text says it, where that is a guess."""
        return replace(self, codes=codes, strong=True, usual=usual, heard=bool(usual))


def settled(mentions: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """Choose among homonyms the one that lies in a département of the other places, else in a région of theirs."""
    others = [town for found in mentions if not found.homonyms and (town := _town(found.code))]
    counties = {town.departement for town in others} | {
        found.code[4:] for found in mentions if found.code[:4] == "dep:"
    }
    lands = {town.region for town in others}
    return tuple(_chosen_among(mention, counties, lands) if mention.homonyms else mention for mention in mentions)


def _chosen_among(mention: Mention, counties: set[str], lands: set[str]) -> Mention:
    towns = [town for code in (mention.code, *mention.homonyms) if (town := _town(code))]
    near = [town for town in towns if town.departement in counties] or [town for town in towns if town.region in lands]
    return replace(mention, codes=(f"insee:{near[0].code}",), homonyms=()) if len(near) == 1 else mention


def _town(code: str) -> Commune | None:
    return commune(code.removeprefix("insee:"))


def in_lists(sentence: Sentence, sure: list[Mention], weak: list[Mention]) -> list[Mention]:
    """The weak mentions that stand in a list beside a sure one, or beside another that is no everyday word.

    An everyday word that goes on ("Rue Jean…", "Port Saint-Malo") is none, nor is a far place beside a weak one; an area
    said without an article or a preposition stands beside areas alone ("Toulouse - Nord" is no département).
    """
    listed = [
        mention
        for mention in weak
        if not (sentence.key(mention.start, mention.end) in everyday_words() and sentence.goes_on(mention.end))
    ]
    names = [
        mention
        for mention in listed
        if not mention.far
        and (
            sentence.has_article(mention.start)
            if is_area(mention)
            else mention.code.startswith("insee:") and sentence.key(mention.start, mention.end) not in everyday_words()
        )
    ]
    kept: list[Mention] = []
    for mention in (*listed, *reversed(listed)):
        beside = [*sure, *names, *kept]
        if is_area(mention) and not sentence.introduced(mention.start):
            beside = [other for other in beside if is_area(other)]
        before, after = sentence.previous_item(mention.start), sentence.next_item(mention.end)
        if mention not in kept and any(before == other.end or after == other.start for other in beside):
            kept.append(mention)
    return kept


def is_area(mention: Mention | None) -> bool:
    """Tell whether a mention is that of a département or of a région."""
    return mention is not None and mention.code[:4] in ("dep:", "reg:")
