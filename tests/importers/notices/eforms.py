"""Examples of eForms for these tests, and the same as the JSON that the BOAMP wraps."""

from pathlib import Path

from lxml import etree

from importers.importer import RefusedRow, Remark, SourceError
from importers.notices import NOTICES
from importers.notices.importer import NoticeRecord

EXAMPLES = Path(__file__).parents[2] / "fixtures/eforms"
PREFIXES = {
    "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2": "cac:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2": "cbc:",
    "urn:oasis:names:specification:ubl:schema:xsd:CommonExtensionComponents-2": "ext:",
    "http://data.europa.eu/p27/eforms-ubl-extension-aggregate-components/1": "efac:",
    "http://data.europa.eu/p27/eforms-ubl-extension-basic-components/1": "efbc:",
    "http://data.europa.eu/p27/eforms-ubl-extensions/1": "efext:",
}


def read(path: Path) -> NoticeRecord | RefusedRow | Remark | SourceError:
    """What the importer gives of a file, its error among them."""
    try:
        (item,) = NOTICES["eforms"].read(path)
    except SourceError as error:
        return error
    return item


def record(path: Path) -> NoticeRecord:
    found = read(path)
    assert isinstance(found, NoticeRecord), found
    return found


def root_of(path: Path) -> etree._Element:
    """The root of an example, read apart from the importer."""
    return etree.parse(path, etree.XMLParser(remove_comments=True)).getroot()


def as_json(element: etree._Element) -> object:
    """An element as the BOAMP writes it: one is an object or a scalar, several of a name are a list."""
    held: dict[str, list[object]] = {}
    for child in element:
        space, _, name = child.tag.rpartition("}")
        held.setdefault(PREFIXES.get(space[1:], "") + name, []).append(as_json(child))
    attributes = {f"@{name}": value for name, value in element.items()}
    text = (element.text or "").strip()
    if not held and not attributes:
        return text or None
    inside = {name: values[0] if len(values) == 1 else values for name, values in held.items()}
    return attributes | inside | ({"#text": text} if text else {})
