import pytest

from matcher.catalogue.identity.name_likeness import likeness
from matcher.catalogue.identity.street import same_street, street_of
from matcher.domain.kinds import SupplierKind as K
from matcher.reference.name_words import parse_name, weight


@pytest.mark.parametrize(
    ("name", "words", "kind"),
    [
        ("ASSOC. LES ATELIERS DE ST-PAUL (ESAT)", ("atelier", "saint", "paul"), K.ESAT),
        ("A.P.E.I. du Pré Vert", ("apei", "pre", "vert"), None),
        ("EAST DU PORT", ("port",), K.ESAT),
        ("ETABLISSEMENT ET SERVICE D ACCOMPAGNEM", (), K.ESAT),
        ("ACT SERVICES", ("act", "service"), None),
        ("ENT ADAPTEE LE PHARE", ("phare",), K.EA),
        ("L’Envol", ("envol",), None),
    ],
)
def test_a_name_is_taken_apart(name: str, words: tuple[str, ...], kind: K | None) -> None:
    assert parse_name(name) == (words, kind)


def test_a_rare_word_tells_more_than_a_common_one() -> None:
    assert weight("jonquille") == 1 > weight("solidarite") > weight("atelier") > 0


@pytest.mark.parametrize(
    "other",
    ["SARL JARDINS DE LA JONQUILLE", "Jardin Jonquille", "JARDINS DE LA JONQIULLE", "ACI LES JARDINS DE LA JONQUILLE"],
)
def test_spellings_of_one_name_are_alike(other: str) -> None:
    assert likeness(["Les Jardins de la Jonquille"], [other]).share >= 0.9


def test_words_run_together_and_initials_are_the_name_said_otherwise() -> None:
    assert likeness(["Inter Inser"], ["INTERINSER 62"]).most == 1
    assert likeness(["R.E.A.L."], ["REALISATION PAR L'EMPLOI ET L'ACCOMPAGNEMENT LOCAL"]).most == 1
    assert likeness(["R.E.A."], ["REALISATION PAR L'EMPLOI ET L'ACCOMPAGNEMENT LOCAL"]).most == 0


def test_common_words_alone_are_not_a_name() -> None:
    assert likeness(["Les Ateliers"], ["ATELIERS"]).weight < 0.4
    assert likeness(["Les Ateliers de la Jonquille"], ["Les Ateliers du Phare"]).share < 0.3
    assert likeness(["GEIQ BTP 31"], ["GEIQ BTP 13"]).share < 0.6
    assert likeness(["Jonquille Maubeuge"], ["Phare Maubeuge"], {"maubeuge"}).share < 0.2


def test_a_name_cut_by_a_directory_is_the_whole_one() -> None:
    whole = "ASSOCIATION POUR LA PROMOTION DES METIERS DE LA JONQUILLE"
    assert likeness([whole], [whole[:38]]).share >= 0.9


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 bis rue des Lilas", "12 R DES LILAS, BP 45", True),
        ("2 040 Chemin de Saint Bernard", "2040 CHE ST BERNARD", True),
        ("BP 45", "3 place du Port, BP 45", True),
        ("29 rue P. Curie", "29 Rue Pierre Curie", True),
        ("29 rue M. Curie", "29 Rue Pierre Curie", False),
        ("12 rue des Lilas", "14 rue des Lilas", False),
        ("12 rue des Lilas", "12 rue du Port", False),
        ("12 rue des Lilas", "BP 45", None),
        ("Le Bourg", "12 rue des Lilas", None),
        ("", "12 rue des Lilas", None),
    ],
)
def test_addresses(one: str, other: str, same: bool | None) -> None:
    assert same_street(street_of(one), street_of(other)) is same
    assert same_street(street_of(other), street_of(one)) is same
