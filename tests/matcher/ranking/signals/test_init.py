"""The list of signals: keys and labels are unique, each is documented, has a prior, and says aloud what it found and asks."""

import pkgutil
from importlib import import_module
from types import ModuleType

import numpy as np
import pytest

from matcher.domain.supplier import Supplier
from matcher.ranking import signals
from matcher.ranking.engine import rank
from matcher.ranking.signals import SIGNALS, activity, capacity, kind, proximity
from tests.factories import DENAIN, MARSEILLE, ask, declares, supplier

GREEN = "espaces-verts.creation-entretien"


def test_keys_and_labels_are_unique_and_documented() -> None:
    assert len({signal.key for signal in SIGNALS}) == len({signal.label for signal in SIGNALS}) == len(SIGNALS)
    modules = [import_module(found.name) for found in pkgutil.iter_modules(signals.__path__, f"{signals.__name__}.")]
    assert {module.SIGNAL for module in modules} == set(SIGNALS), "one file a signal, one line in the list"
    for module in modules:
        assert module.__doc__
        assert module.__name__.endswith(f".{module.SIGNAL.key}")
        assert 0 <= module.SIGNAL.prior <= 1
        assert module.SIGNAL.mail.endswith("?"), "a message asks of every unknown"


@pytest.mark.parametrize(
    ("signal", "objet", "one", "lot", "spoken", "question"),
    [
        (activity, "Tonte", supplier(activities=declares(GREEN)), {}, "il déclare « dit espaces-verts", ""),
        (activity, "Tonte", supplier("Blanchisserie du Nord"), {}, "son nom évoque « Blanchisserie » (autre activité)", "fait-il aussi ce métier"),
        (activity, "Tonte", supplier(), {}, "activité non connue", "fait-il bien ce métier"),
        (activity, "qqq", supplier(), {}, "activité du lot non comprise", ""),
        (proximity, "Tonte", supplier(at=MARSEILLE), {"lieu": "Denain"}, "il est à ", "vient-il jusqu’au lieu du lot"),
        (proximity, "Tonte", supplier(at=DENAIN), {"lieu": "Denain"}, "il est sur place (Denain)", ""),
        (proximity, "Tonte", supplier(at=DENAIN), {}, "lieu du lot non connu", ""),
        (proximity, "Tonte", supplier(at=None), {"lieu": "Denain"}, "adresse du fournisseur non située", "vient-il jusqu’au lieu du lot"),
        (kind, "Tonte par une EA", supplier(kind="EA"), {}, "son type (EA) est demandé dans le texte", ""),
        (kind, "Tonte par une EA", supplier(kind="ACI"), {}, "il est ACI alors que le texte demande plutôt EA", ""),
        (kind, "Tonte", supplier(kind="ESAT"), {}, "les ESAT répondent souvent à ce type de besoin (hypothèse)", ""),
        (kind, "Tonte", supplier(kind=""), {}, "type de structure non connu", "de quel type est-il (EI, ACI, EA, ESAT…)"),
        (capacity, "Tonte", supplier(), {}, "effectif non connu", "combien de personnes peut-il y mettre"),
        (capacity, "Tonte", supplier(workers=3.0), {}, "effectif : 3 travailleurs, montant du lot non donné", ""),
    ],
)  # fmt: skip
def test_how_it_is_said_aloud_and_what_is_asked(
    signal: ModuleType, objet: str, one: Supplier, lot: dict[str, object], spoken: str, question: str
) -> None:
    asked = ask(objet, [one], **lot)
    found = float(signal.values(asked)[0])
    said = signal.say(asked, 0, None if np.isnan(found) else round(found, 4))
    assert said.spoken.startswith(spoken)
    assert said.question == question


def test_to_second_staff_is_said_once() -> None:
    asked = ask("Mise à disposition de personnel", [supplier(kind="AI")], lieu="Maubeuge")
    (found,) = rank(asked).top(1)
    spoken = {part.signal: part.spoken for part in found.contributions}
    assert "mettre du personnel à disposition est son objet même" in spoken["activity"]
    assert spoken["kind"] == ""
