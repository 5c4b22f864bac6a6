"""The taxonomy keeps its promises, agrees with the marché's list, and every join leads to a code that exists."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from matcher.cleaning.words import stems
from matcher.reference.tables import TableRefused, rows
from matcher.reference.trades import taxonomy as module
from matcher.reference.trades.activities import Leaf, taxonomy
from matcher.reference.trades.claims import rome_targets
from matcher.reference.trades.lexicon import LOTS, NAMES, hits, lexicon


def test_twenty_groups_and_their_leaves() -> None:
    names = taxonomy()
    assert len(names.groups) == 20
    assert 150 <= len(names.leaves) <= 200
    assert names.codes == tuple(names.index)
    for leaf in names.leaves:
        assert leaf.code.split(".")[0] == leaf.group == names.group_of(leaf.code)
        assert leaf.code.isascii()
        assert leaf.nature in {"bien", "service", "travaux"}
        assert leaf.reach_km is None or leaf.reach_km > 0
        assert names.sector(leaf.sector).group == leaf.group


@pytest.fixture
def with_line(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Leaf]]:
    """Reads the taxonomy with one more activity, whose cells are those of a right one but for those given."""
    shipped_rows = module.rows

    def read(**cells: str | None) -> Leaf:
        right = {"code": "proprete.essai", "libelle": "Essai", "groupe": "proprete", "secteur": "autre-56"}
        line = {**right, "nature": "service", "portee_km": "80", **cells}
        monkeypatch.setattr(
            module, "rows", lambda name: (*shipped_rows(name), *([line] if name == "activites" else []))
        )
        taxonomy.cache_clear()
        return taxonomy().leaves[-1]

    yield read
    taxonomy.cache_clear()


@pytest.mark.parametrize(
    ("column", "cell", "says"),
    [
        ("secteur", "", "« » n’est pas un secteur de ce groupe. Écrivez-en un de « secteurs.csv », ou « autre-56 »"),
        ("secteur", "xxx-inconnu", "« xxx-inconnu » n’est pas un secteur"),
        ("secteur", "autre-10", "« autre-10 » n’est pas un secteur de ce groupe"),
        ("groupe", "menage", "« menage » n’est pas un groupe. Écrivez administratif, "),
        ("nature", "prestation", "« prestation » n’est pas une nature. Écrivez bien, service ou travaux."),
        ("nature", None, "n’est pas une nature"),
        ("portee_km", "abc", "« abc » n’est pas un nombre de kilomètres"),
        ("portee_km", "-5", "« -5 » n’est pas un nombre de kilomètres"),
        ("portee_km", "", "« » n’est pas un nombre de kilomètres"),
        ("portee_km", "0", "« 0 » n’est pas un nombre de kilomètres"),
        ("secteur_des_besoins", "essai", "« essai » n’est pas un secteur. Laissez la case vide"),
        ("code", "essai", "« essai » n’est pas un code. Écrivez « proprete. »"),
        ("libelle", "", "n’est pas un libellé"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_with_its_column(
    with_line: Callable[..., Leaf], column: str, cell: str | None, says: str
) -> None:
    with pytest.raises(TableRefused) as refused:
        with_line(**{column: cell})
    said = " ".join(str(refused.value).split()).replace("«  »", "« »")
    assert f"« activites.csv », ligne {len(rows('activites')) + 2}, colonne « {column} » :" in said
    assert says in said


def test_a_line_that_can_be_used_is_an_activity(with_line: Callable[..., Leaf]) -> None:
    leaf = with_line(portee_km="80")
    assert (leaf.reach_km, leaf.need_sector) == (80, leaf.sector)
    assert with_line(secteur_des_besoins="maraichage").need_sector == "maraichage"


def test_every_sector_leads_to_a_leaf_and_every_group_to_its_autre() -> None:
    names = taxonomy()
    assert len(names.sectors) == 154
    for sector in names.sectors:
        target = names.sector(sector.slug).target
        assert target is not None
        assert target == sector.group or names.leaf(target).sector == sector.slug
        assert names.group_of(target) == sector.group
        assert (target == sector.group) == sector.slug.startswith("autre")
    assert {sector.group for sector in names.sectors if sector.target == sector.group} == {
        its.code for its in names.groups
    }


def test_lookups_of_a_leaf_and_of_a_group() -> None:
    names = taxonomy()
    assert names.label("linge.blanchisserie") == "Blanchisserie"
    assert names.label("linge") == "Entretien du linge"
    assert names.group_of("linge") == "linge"
    assert names.nature_of("linge.blanchisserie") == "service"
    assert names.nature_of("linge") == ""
    with pytest.raises(KeyError):
        names.leaf("linge")


def test_an_activity_has_a_reach_goods_no_more_than_a_van_drives_and_a_group_none() -> None:
    assert max(leaf.reach_km for leaf in taxonomy().leaves if leaf.nature == module.GOODS) <= 200
    assert taxonomy().reach_of("linge.blanchisserie") == taxonomy().leaf("linge.blanchisserie").reach_km
    assert taxonomy().reach_of("linge") is None


def test_slugs_and_labels_are_those_of_the_marche(shared: Path) -> None:
    sectors = json.loads((shared / "data/reference/secteurs_marche.json").read_text(encoding="utf-8"))["results"]
    names = taxonomy()
    groups = {group.code: group for group in names.groups}
    assert {(s["slug"], s["name"], s["group"]["name"], s["group"]["slug"]) for s in sectors} == {
        (s.slug, s.label, groups[s.group].label, groups[s.group].slug) for s in names.sectors
    }


def test_rome_table_agrees_with_the_official_list(shared: Path) -> None:
    lines = (shared / "data/reference/rome.csv").read_text(encoding="utf-8").splitlines()[1:]
    official = {line.split(",", 1)[0]: line.split(",", 1)[1].strip('"') for line in lines}
    prefixes = {row["code"] for row in rows("rome_activites")}
    assert all(any(code.startswith(prefix) for prefix in prefixes) for code in official)
    for row in rows("rome_activites"):
        assert any(code.startswith(row["code"]) for code in official)
        assert row["libelle"] == official.get(row["code"], "")


def test_rome_takes_the_longest_line() -> None:
    assert rome_targets("A1203") == ("espaces-verts.creation-entretien",)
    assert rome_targets("A1101") == ("agroalimentaire.agriculture",)
    assert rome_targets("Z9999") == ()


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("cpv_activites", lambda row: (row["prefixe"], row["cible"])),
        ("hosmoz_metiers", lambda row: (row["metier"], row["cible"])),
        ("noms", lambda row: (row["terme"], row["cible"])),
        ("offres", lambda row: (row["terme"], row["cible"])),
        ("rome_activites", lambda row: (row["code"], row["cible"])),
        ("termes", lambda row: (row["terme"], row["cible"])),
    ],
)
def test_joins_are_sorted_without_repeats_and_lead_somewhere(
    table: str, key: Callable[[dict[str, str]], tuple[str, str]]
) -> None:
    keys = [key(row) for row in rows(table)]
    own = {code for _, code in keys} - {""}
    assert own <= set(taxonomy().codes)
    assert len(set(keys)) == len(keys)
    assert sorted(keys) == keys


def test_weights_of_cpv_codes_lie_in_their_range() -> None:
    assert all(0 < float(row["poids"]) <= 1 for row in rows("cpv_activites"))


def test_lexicon_reaches_every_leaf_and_says_nothing_twice() -> None:
    terms = lexicon(LOTS)
    assert len(terms) >= 1_800
    assert {term.target for term in terms} >= {leaf.code for leaf in taxonomy().leaves}
    assert all(term.words for term in terms)
    assert all(1 <= abs(term.weight) <= 5 for term in terms)
    assert len({(term.words, term.target) for term in terms}) == len(terms)


def test_a_word_of_a_name_is_sure_or_evokes_and_a_trap_has_no_weight() -> None:
    names = lexicon(NAMES)
    assert all(term.words for term in names)
    assert all((1 < term.weight <= 5) if term.target else term.weight == 0 for term in names)
    assert all(len(term.words) > 1 for term in names if not term.target), "un piège d’un mot ne cache rien"


def test_a_longer_term_hides_the_words_inside_it() -> None:
    found = hits(stems("Nettoyage des véhicules de service"))
    targets = {hit.term.target for hit in found if hit.term.weight > 0}
    assert "proprete.vehicules" in targets
    assert not targets & {"proprete.locaux", "transports.vehicules"}


def test_one_word_may_stand_inside_a_term() -> None:
    assert any(
        hit.term.target == "espaces-verts.creation-entretien"
        for hit in hits(stems("Entretien de divers espaces verts"))
    )
    assert hits(()) == ()
