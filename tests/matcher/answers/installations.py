"""Two invented installations, A that is answered and B that reads its file, each with its key; and facts that a third could sign."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine

from matcher.answers.fact import Line, SharedFact, SharedWithdrawal, encode_line, public_text, sign_line
from matcher.answers.intake import AnswersReport, take_in_answers
from matcher.answers.keys import KeyRefused, own_public, signing_key, trust
from matcher.answers.sharing import every_line, share
from matcher.catalogue.identity.trust import STRUCTURE
from matcher.catalogue.steward.corrections import write_statement
from matcher.catalogue.store.read import find_supplier
from matcher.db import open_database, reading, writing
from matcher.domain.supplier import Supplier
from matcher.dossiers.answers import WHO
from matcher.dossiers.privacy import mute_facts
from tests.factories import siret, taking
from tests.matcher.dossiers.asking.campaigns import GREEN, WASH, supplier

NOW = datetime(2026, 12, 2, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
CRESS = "CRESS de Valbrune"
SAID = {
    "activite": [GREEN],
    "ne-fait-pas": [WASH],
    "effectif": ["12"],
    "zone": ["30 km"],
    "marche": ["10 000 à 40 000 €"],
}
EVERY_BOX = ("metiers", "effectif", "zone", "marche", "contact")


def state_answer(
    connection: Connection, supplier_id: str, said: Mapping[str, Sequence[str]], now: datetime, on: date | None = None
) -> int:
    """Write what a supplier answers in the catalogue, as its own word, given `on` a day; return the number of the correction."""
    return write_statement(
        connection, supplier_id, said, author=WHO, motive="essai", now=now, on=on, source=STRUCTURE
    ).id


class Installation:
    """An installation: its catalogue of a few suppliers, and its own folder, which is entered before its key is read."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, suppliers: int = 3, url: str = "") -> None:
        self.folder, self._monkeypatch = folder, monkeypatch
        folder.mkdir()
        self.engine: Engine = open_database(url or f"sqlite:///{folder / 'catalogue.sqlite'}")
        taking(self.engine, folder, NOW)(*(supplier(number) for number in range(1, suppliers + 1)))
        self.key = self.enter().own()

    def enter(self) -> "Installation":
        """Have the settings be those of this one."""
        for name in ("DATA", "CACHE"):
            self._monkeypatch.setenv(f"XDG_{name}_HOME", str(self.folder / name.lower()))
        return self

    def own(self) -> str:
        """Its public key."""
        return own_public()

    def answered(
        self,
        number: int = 1,
        said: dict[str, list[str]] = SAID,
        boxes: Sequence[str] = EVERY_BOX,
        *,
        now: datetime = NOW,
        directory: str = "finess",
    ) -> int:
        """Have a supplier answer by its link and share these boxes; return the number of the correction."""
        with writing(self.engine) as connection:
            correction = state_answer(connection, f"siret:{siret(number)}", said, now)
            on = now.date()
            share(connection, correction, boxes, way="lien", directory=directory, asked_by=CRESS, on=on, now=now)
        return correction

    def export(self, today: date = TODAY) -> list[bytes]:
        """The lines that leave."""
        self.enter()
        with reading(self.engine) as connection:
            return [encode_line(line) for line in every_line(connection, signing_key(), today)]

    def take(
        self, lines: Sequence[bytes], *, trusts: str = "", accept: bool = True, seen: str = "", now: datetime = NOW
    ) -> AnswersReport:
        """Take in lines, the key of `trusts` being trusted."""
        self.enter()
        if trusts:
            with suppress(KeyRefused):
                trust(self.engine, "cress", trusts, author="Léa", now=now)
        numbered = enumerate(lines, start=1)
        return take_in_answers(self.engine, numbered, now=now, mute=mute_facts, accept=accept, seen=seen)

    def known(self, number: int = 1) -> Supplier:
        """One of its suppliers as it is now."""
        found = find_supplier(self.engine, siret(number))
        assert found is not None
        return found


def private(seed: int) -> Ed25519PrivateKey:
    """Return the private key of an invented installation."""
    return Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)


def fact(key: Ed25519PrivateKey, number: int = 1, **values: Any) -> SharedFact:
    """Return a fact that a key signs."""
    usual: dict[str, Any] = {
        "id": f"{number:032x}",
        "fin": date(2028, 6, 1),
        "date_maj": date(2026, 12, 1),
        "par": CRESS,
        "voie": "lien",
        "annuaire": "finess",
        "siret": siret(number),
        "metiers": [GREEN],
    }
    common = {"format": "entremise-reponses", "version": 1, "cle": public_text(key.public_key())}
    return sign_line(SharedFact(**common | usual | values), key)


def withdrawal(key: Ed25519PrivateKey, of: SharedFact) -> SharedWithdrawal:
    """Return the withdrawal of a fact."""
    gone = SharedWithdrawal(format="entremise-reponses", version=1, id=of.id, cle=of.cle, fin=of.fin)
    return sign_line(gone, key)


def altered(line: Line, **values: Any) -> bytes:
    """Return a line changed after it was signed."""
    return encode_line(msgspec.structs.replace(line, **values))
