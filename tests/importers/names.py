"""Invented hosts that lead to the server of a test: every name under « .test » is this computer."""

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.importers.server import Server


def named_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make names under « .test » lead to this computer, past any proxy."""
    real = socket.getaddrinfo

    def found(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return real("127.0.0.1" if str(name).endswith(".test") else name, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setenv("NO_PROXY", "*")


def at(server: Server, host: str, path: str) -> str:
    """Return the address of a path of the server, under an invented host."""
    return f"http://{host}:{urlsplit(server.base).port}{path}"
