"""Files are read part by part: wherever the parts end, what is read is what the whole file holds."""

import json
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers import REGISTRY
from importers.formats.json_stream import JsonReader, parse
from importers.importer import Source, SourceError

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
)
DECODER = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=lambda _: None)


def in_parts(text: str, size: int) -> JsonReader:
    return JsonReader(Path("x.json"), (text[at : at + size] for at in range(0, len(text), size)))


@given(documents=st.lists(VALUES, max_size=4), indent=st.sampled_from([None, 1]), size=st.integers(1, 9))
def test_json_values_are_those_of_the_whole(documents: list[object], indent: int | None, size: int) -> None:
    texts = [json.dumps(document, indent=indent) for document in documents]
    reader, found = in_parts("\n".join(texts), size), []
    while reader.more_documents():
        if reader.next_is("["):
            found.append(list(reader.elements()))
        elif reader.next_is("{"):
            found.append({name: reader.value() for name in reader.members()})
        else:
            found.append(reader.value())
    assert found == [DECODER.decode(text) for text in texts]


@given(document=st.lists(VALUES, min_size=1, max_size=4), cut=st.floats(0, 1), size=st.integers(1, 9))
def test_json_cut_short_is_said_at_the_place_where_the_whole_would_say_it(
    document: list[object], cut: float, size: int
) -> None:
    text = json.dumps(document, indent=1)
    text = text[: 1 + int(cut * (len(text) - 2))]
    with pytest.raises(json.JSONDecodeError) as whole:
        DECODER.decode(text)
    with pytest.raises(SourceError) as caught:
        list(in_parts(text, size).elements())
    assert caught.value.line == whole.value.lineno
    assert f"à la colonne {whole.value.colno} ;" in str(caught.value)


@pytest.mark.parametrize(
    "text", ["[1 2]", "[1,]", '{"a" 1}', '{"a": 1,}', "{1: 2}", '{"a": 1 "b": 2}', "[tru]", "[1.]", "[1e+]"]
)
def test_faulty_json_is_refused_wherever_the_parts_end(text: str) -> None:
    said = set()
    for size in range(1, len(text) + 1):
        reader = in_parts(text, size)
        with pytest.raises(SourceError, match="ligne 1 : le JSON est interrompu ou fautif à la colonne") as caught:
            list(reader.elements()) if text.startswith("[") else [reader.value() for _ in reader.members()]
        said.add(str(caught.value))
    assert len(said) == 1


@pytest.mark.parametrize("value", ['"{}"', '["{}"]', "{}"])
def test_a_value_beyond_what_a_value_holds_is_refused_before_it_is_read_whole(value: str) -> None:
    taken = 0

    def parts() -> Iterator[str]:
        nonlocal taken
        yield "[1,\n" + value.partition("{}")[0]
        for _ in range(40):
            taken += 1
            yield "1" * 2**20
        yield value.partition("{}")[2] + "]"

    with pytest.raises(SourceError, match="ligne 2 : le JSON est fautif ou démesuré à la colonne"):
        list(JsonReader(Path("x.json"), parts()).elements())
    assert taken < 20


@pytest.mark.parametrize("kind", ["csv", "json"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str) -> None:
    """Ten times the rows: what is kept of each is its reference and a digest."""
    peaks = []
    for rows in (200, 2_000):
        path = tmp_path / f"{rows}.{kind}"
        name = "Les Ateliers du Marais " * 100
        if kind == "csv":
            path.write_text("Référence;Raison sociale\n" + "".join(f"{rank};{name}\n" for rank in range(rows)))
        else:
            path.write_text(json.dumps({"results": [{"id": rank, "name": name, "kind": "EI"} for rank in range(rows)]}))
        key = {"csv": "tableur", "json": "emplois"}[kind]
        tracemalloc.start()
        count = sum(1 for _ in REGISTRY[key].read(Source(path)))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert count >= rows
    assert (peaks[1] - peaks[0]) / 1_800 < 600


def test_half_a_sign_is_a_question_mark_in_texts_and_names_whatever_reads_them() -> None:
    text = (
        '{"nom\\ud800": ["\\uDC00 Marais \\ud83c\\udf3f", {"\\ud800": 1}], "deep": '
        + "[" * 300
        + '"\\ud800"'
        + "]" * 300
        + "}"
    )
    for found in (parse(text), in_parts(text, 7).value()):
        assert found["nom?"] == ["? Marais 🌿", {"?": "1"}]
        json.dumps(found, ensure_ascii=False).encode()
