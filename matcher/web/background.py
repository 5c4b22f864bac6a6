"""Work that may take longer than a page should: done in a thread, one at a time for each thing, and told by the pages that follow."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock, Thread
from time import monotonic

from flask import current_app

from matcher.db import DatabaseError
from matcher.events.store import EventConflict
from matcher.lots.dossier import ChangeRefused

_DEFECT = "Une erreur s’est produite de notre côté ; rien n’a été écrit."


@dataclass
class Work:
    """One work: how long it has taken, and, once it has ended, what is to be said and whether it was refused."""

    thread: Thread
    started: float
    said: str = ""
    refused: bool = False

    @property
    def going(self) -> bool:
        """Whether it goes on."""
        return self.thread.is_alive()

    @property
    def seconds(self) -> int:
        """For how long, in whole seconds."""
        return int(monotonic() - self.started)


class Works:
    """The works of one application, by what they are about."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._works: dict[str, Work] = {}

    def start(self, about: str, do: Callable[[], str], *, patience: float) -> None:
        """Start a work, unless one is going on about the same thing, and wait for it `patience` seconds. `do` returns what to say."""
        with self._lock:
            held = self._works.get(about)
            if held is None or not held.going:
                held = Work(Thread(target=lambda: self._run(about, do), name=about, daemon=True), monotonic())
                self._works[about] = held
                held.thread.start()
        held.thread.join(patience)

    def going(self, about: str) -> Work | None:
        """Return the work that goes on about a thing, None where there is none."""
        held = self._works.get(about)
        return held if held is not None and held.going else None

    def ended(self, about: str) -> Work | None:
        """Return a work that has ended, once: whoever reads it says it."""
        with self._lock:
            held = self._works.get(about)
            return self._works.pop(about) if held is not None and not held.going else None

    def _run(self, about: str, do: Callable[[], str]) -> None:
        said, refused = _DEFECT, True  # a defect must not leave the page waiting for ever
        try:
            said, refused = do(), False
        except (ChangeRefused, EventConflict, DatabaseError) as refusal:
            said = str(refusal)
        finally:
            with self._lock:
                held = self._works[about]
            held.said, held.refused = said, refused


def works() -> Works:
    """Return the works of the application that serves this request."""
    found: Works = current_app.extensions.setdefault("entremise.works", Works())
    return found
