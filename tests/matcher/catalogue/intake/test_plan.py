"""Traits of all records, known and read: what was read last speaks, each record once."""

import pytest

from matcher.catalogue.identity.compare import Traits
from matcher.catalogue.identity.records import pack
from matcher.catalogue.intake.plan import AllTraits, Incoming, KnownRecord


def test_what_is_read_stands_for_what_was_known_each_record_once_in_its_order() -> None:
    one, two, three = (Traits("essai", ref, city="Lille") for ref in "123")
    read = two._replace(city="Lens")
    known = {its.key: KnownRecord(rank, "", b"", False, pack(its)) for rank, its in enumerate((one, two))}
    traits = AllTraits(known, {its.key: Incoming(b"", pack(its)) for its in (three, read)})
    assert list(traits.items()) == [(one.key, one), (two.key, read), (three.key, three)]
    assert len(traits) == 3

    others = traits.without({two.key})
    assert list(others.values()) == [one, three]
    assert two.key in traits
    assert two.key not in others
    with pytest.raises(KeyError):
        others[two.key]
