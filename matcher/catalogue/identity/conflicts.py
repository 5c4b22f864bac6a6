"""Conflicts between the sources of one supplier (another name, town, kind, telephone…, beyond spelling), listed for the data steward
(the person who keeps the catalogue right). Pure."""

from collections.abc import Callable, Sequence
from itertools import combinations
from operator import ne
from typing import Any, NamedTuple

from rapidfuzz import fuzz

from matcher.catalogue.identity.merge import StoredRecord, by_trust
from matcher.catalogue.identity.records import CleanRecord
from matcher.catalogue.identity.references import listing_of
from matcher.catalogue.identity.succession import former_sirets
from matcher.catalogue.identity.trust import SHARED, STATED, TEAM
from matcher.cleaning.names import name_key
from matcher.domain.fields import is_known
from matcher.domain.french import day, number
from matcher.domain.kinds import Family
from matcher.reference.geography.communes import commune
from matcher.reference.trades.activities import taxonomy

# Below this likeness (0 to 100, rapidfuzz token_set_ratio) two names are different names. An expert's judgement.
SAME_NAME = 55
# Head counts conflict where one is this many times the other and at least this many persons.
FAR_WORKERS, FEW_WORKERS = 3.0, 5.0
# Words of a legal form or a kind, not compared: one source writes them, another does not.
_EMPTY_WORDS = frozenset(
    (
        *(
            "association",
            "assoc",
            "asso",
            "sarl",
            "sas",
            "sasu",
            "scop",
            "scic",
            "eurl",
            "sa",
            "esat",
            "ea",
            "ei",
            "aci",
        ),
        *("ai", "etti", "eatt", "cat", "atelier", "ateliers", "protege", "proteges", "entreprise", "adaptee"),
        *("insertion", "chantier", "de", "du", "des", "la", "le", "les", "l", "d", "et", "en", "pour", "par", "the"),
    )
)


class SourceSays(NamedTuple):
    """Value given by one source's record, in the words to show."""

    source: str
    ref: str
    value: str


class FieldConflict(NamedTuple):
    """A field on which two sources differ: the value kept, the other, and the reason to look at it, in French."""

    supplier_id: str
    name: str
    field: str
    why: str
    kept: SourceSays
    other: SourceSays


class _Rule(NamedTuple):
    """Rule for one field: `value` to compare (None: not given), its words `shown`, and `differ`, True for two conflicting values."""

    field: str
    why: str
    champ: str
    value: Callable[[CleanRecord], Any]
    shown: Callable[[CleanRecord], str]
    differ: Callable[[Any, Any], bool]


def source_conflicts(
    supplier_id: str, stored: Sequence[StoredRecord], trust: Sequence[str]
) -> tuple[FieldConflict, ...]:
    """Return the fields on which the sources of one supplier disagree, at most one conflict per field: the most trusted value and the next.

    A field given by the team or the establishment is settled, but two opposed answers on a trade, one from another installation, conflict. Two
    records of one source, or of one list in it, are two conventions or sites. Records no longer listed or of a former SIRET are ignored.
    """
    if len(stored) < 2:
        return ()
    former = former_sirets(supplier_id, (item.record for item in stored))
    ranked = by_trust(supplier_id, stored, trust)
    records = [item.record for item in ranked if not item.gone and item.record.siret not in former]
    name = next((record.name for record in records if record.name), supplier_id)
    # The SIREN of the record that names the supplier is kept, as in merging.
    naming_first = sorted(records, key=lambda record: supplier_id != f"siret:{record.siret}")
    conflicts = []
    for rule in _RULES:
        if any(record.source in STATED and is_known(getattr(record, rule.champ)) for record in records):
            continue
        if pair := _clash(rule, naming_first if rule.champ == "siren" else records):
            sides = (SourceSays(record.source, record.ref, rule.shown(record)) for record in pair)
            conflicts.append(FieldConflict(supplier_id, name, rule.field, rule.why, *sides))
    conflicts += _opposed_answers(supplier_id, name, records)
    return tuple(conflicts)


def _opposed_answers(supplier_id: str, name: str, records: Sequence[CleanRecord]) -> list[FieldConflict]:
    """The first trade that the establishment claims here and denies elsewhere, or the reverse, not settled by the team: the later answer first."""
    first_answers: dict[str, tuple[CleanRecord, bool]] = {}
    for record in (record for record in records if record.source in STATED):
        for code, does in (
            *((activity.code, True) for activity in record.activities),
            *((code, False) for code in record.refused),
        ):
            first, did = first_answers.setdefault(code, (record, does))
            if did != does and first.source != TEAM and SHARED in (first.source, record.source):
                why = "deux réponses de la structure se contredisent"
                source_says, other = _answer_value(first, code, does=did), _answer_value(record, code, does=does)
                return [FieldConflict(supplier_id, name, "métier", why, source_says, other)]
    return []


def _answer_value(record: CleanRecord, code: str, *, does: bool) -> SourceSays:
    on = f", {day(record.as_of)}" if record.as_of else ""
    return SourceSays(
        record.source, record.ref, f"{'fait' if does else 'ne fait pas'} « {taxonomy().label(code)} »{on}"
    )


def _clash(rule: _Rule, records: Sequence[CleanRecord]) -> tuple[CleanRecord, CleanRecord] | None:
    """The first two records of different lists with different values, unless two records of the same two lists agree."""
    with_value = [record for record in records if rule.value(record) not in (None, "", ())]
    list_of = {record.key: (record.source, listing_of(record.source, record.ref)) for record in with_value}
    pairs = [pair for pair in combinations(with_value, 2) if list_of[pair[0].key] != list_of[pair[1].key]]
    agreeing = [(a, b) for a, b in pairs if not rule.differ(rule.value(a), rule.value(b))]
    agreed = {frozenset((list_of[a.key], list_of[b.key])) for a, b in agreeing}
    return next((pair for pair in pairs if frozenset(list_of[record.key] for record in pair) not in agreed), None)


_RULES = (
    _Rule("nom", "noms très différents", "name",
          lambda r: " ".join(word for word in name_key(f"{r.name} {r.brand}").split() if word not in _EMPTY_WORDS),
          lambda r: r.name or r.brand, lambda name, other: fuzz.token_set_ratio(name, other) < SAME_NAME),
    _Rule("commune", "communes différentes", "insee",
          lambda r: town.parent or town.code if (town := commune(r.insee)) else r.insee,  # an arrondissement is its city
          lambda r: f"{r.post_code} {r.city}".strip(), ne),
    _Rule("type", "familles différentes : elles n’ouvrent pas les mêmes marchés réservés", "kinds",
          lambda r: frozenset(kind.family for kind in r.kinds) - {Family.NONE, Family.ESS} or None,
          lambda r: ", ".join(r.kinds), frozenset.isdisjoint),
    _Rule("NAF", "divisions NAF différentes", "naf", lambda r: r.naf[:2], lambda r: r.naf, ne),
    _Rule("téléphone", "téléphones différents", "phone", lambda r: r.phone, lambda r: r.phone, ne),
    _Rule("courriel", "courriels différents", "email", lambda r: r.email, lambda r: r.email, ne),
    _Rule("site", "sites web différents", "website",
          lambda r: r.website.lower().partition("://")[2].partition("/")[0].removeprefix("www."), lambda r: r.website, ne),
    _Rule("effectif", "effectifs très différents", "workers", lambda r: r.workers, lambda r: number(r.workers or 0, 1),
          lambda *counts: max(counts) >= FEW_WORKERS and max(counts) > FAR_WORKERS * min(counts)),
    _Rule("convention", "l’un la dit en cours, l’autre terminée", "active",
          lambda r: r.active, lambda r: "en cours" if r.active else "terminée", ne),
    _Rule("SIREN", "organisations différentes", "siren", lambda r: r.siren, lambda r: r.siren, ne),
)  # fmt: skip
