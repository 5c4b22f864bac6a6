"""Lines of a file of answers: what is signed, what is read, and what is neither."""

import json
from datetime import date

import jsonschema
import pytest
from data_inclusion.schema.v1 import Structure

from matcher.answers.fact import (
    LineRefused,
    canonical,
    check_signature,
    content_mark,
    encode_line,
    is_service_box,
    line_schema,
    public_key,
    public_text,
    read_line,
    sign_line,
)
from tests.conftest import ROOT
from tests.matcher.answers.installations import altered, fact, private, withdrawal

KEY = private(1)


def test_a_line_is_read_as_it_was_written_and_holds_for_its_key_alone() -> None:
    line = fact(KEY, zone=["dep:59", "km:30"], effectif=12)
    again = read_line(encode_line(line))
    assert again == line
    check_signature(again, KEY.public_key())
    check_signature(read_line(encode_line(withdrawal(KEY, line))), public_key(public_text(KEY.public_key())))
    with pytest.raises(LineRefused, match="signature fausse"):
        check_signature(again, private(2).public_key())


@pytest.mark.parametrize(
    "values", [{"effectif": 13}, {"par": "CRESS d’Arbois"}, {"fin": date(2028, 6, 2)}, {"metiers": []}]
)
def test_what_is_changed_after_it_was_signed_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(LineRefused, match="signature fausse"):
        check_signature(read_line(altered(fact(KEY, effectif=12), **values)), KEY.public_key())


def test_what_is_signed_is_canonical_json_whatever_the_order_of_the_line() -> None:
    line = fact(KEY, par="CRESS « é »")
    shuffled = json.dumps(dict(reversed(json.loads(encode_line(line)).items())), indent=1).encode()
    check_signature(read_line(shuffled), KEY.public_key())
    values = json.loads(canonical(line))
    assert "signature" not in values
    assert list(values) == sorted(values)
    assert canonical(line) == json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "objet JSON"),
        (b"[]", "objet JSON"),
        (b'{"a":' + b"[" * 4_000, "objet JSON"),
        (b'{"format":"\xff"}', "objet JSON"),
        (b'{"format":"autre","version":1}', "format « autre »"),
        (b'{"format":"entremise-reponses","version":2}', "version 2"),
        (b'{"format":"entremise-reponses","version":1,"type":"fait"}', "forme non reconnue"),
        (altered(fact(KEY), siret=""), "un SIRET"),
        (altered(fact(KEY), finess="590000001"), "un SIRET"),
        (altered(fact(KEY), voie="pigeon"), "forme non reconnue"),
        (altered(fact(KEY), effectif=0), "forme non reconnue"),
        (altered(fact(KEY), telephone="Mme Martin, 03 20 00 00 00"), "forme non reconnue"),
        (encode_line(fact(KEY)).replace(b'"par"', b'"nom":"Jeanne Martin","par"'), "forme non reconnue"),
    ],
)
def test_what_is_no_line_of_this_version_says_why(content: bytes, reason: str) -> None:
    with pytest.raises(LineRefused, match=reason):
        read_line(content)


def test_a_mark_changes_with_anything_that_is_said() -> None:
    one = fact(KEY)
    assert content_mark(one) == content_mark(sign_line(fact(private(2), id="f" * 32), private(2)))
    assert content_mark(one) != content_mark(fact(KEY, metiers=[]))


def test_the_schema_that_is_published_is_that_of_the_lines() -> None:
    """Otherwise: `python -m tests.matcher.answers.test_fact`, which writes it."""
    published = json.loads((ROOT / "docs" / "answers.schema.json").read_text(encoding="utf-8"))
    assert published == line_schema()
    for line in (fact(KEY, effectif=3, zone=["km:30"], courriel="contact@atelier.example"), withdrawal(KEY, fact(KEY))):
        jsonschema.Draft202012Validator(published).validate(json.loads(encode_line(line)))


def test_what_data_inclusion_has_a_field_for_is_written_as_it_takes_it() -> None:
    line = json.loads(encode_line(fact(KEY, telephone="+33353012020", courriel="contact@atelier.example")))
    shared = {name: line[name] for name in Structure.model_fields if name in line and name != "id"}
    assert set(shared) == {"siret", "telephone", "courriel", "date_maj"}
    taken = Structure(source="entremise", id="1", nom="Atelier", **shared)
    assert (taken.siret, taken.telephone, str(taken.date_maj)) == (line["siret"], line["telephone"], line["date_maj"])


if __name__ == "__main__":
    text = json.dumps(line_schema(), ensure_ascii=False, indent=1)
    (ROOT / "docs" / "answers.schema.json").write_text(f"{text}\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("email", "may_leave"),
    [
        ("contact@atelier.example", True),
        ("accueil.saint-omer@atelier.example", True),
        ("contact-esat62@atelier.example", False),
        ("contact.esat.62@atelier.example", True),
        ("contact.tremplin@tremplin.example", True),
        ("contact.jean.dupont@atelier.example", False),
        ("direction.martin@atelier.example", False),
        ("contact.marie@atelier.example", False),
        ("lea@atelier.example", False),
        ("", False),
    ],
)
def test_every_word_of_a_box_that_leaves_is_known(email: str, may_leave: bool) -> None:
    assert is_service_box(email) is may_leave
