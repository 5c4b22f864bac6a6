"""`reference interlocutors`: those who are known anywhere, and of a territory who is to be completed too; a place that is none."""

import pytest

from tests.matcher.cli.conftest import Run


@pytest.mark.usefixtures("sample")
def test_it_lists_who_is_known_and_of_a_place_who_is_not(run: Run) -> None:
    everywhere = run("reference", "interlocutors").said
    assert "Guichet vert" in everywhere
    assert "compléter" not in everywhere
    there = run("reference", "interlocutors", "--lieu", "Maubeuge").said
    assert "Facilitateur" in there
    assert "compléter" in there
    refused = run("reference", "interlocutors", "--lieu", "Nrod")
    assert refused.code == 1
    assert "n’est pas un territoire connu" in refused.said
