"""The server is ready before its first visitors are, lets everyone in, and leaves nobody unanswered."""

import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from threading import Event

import requests
from flask import Flask

from matcher.accounts import audit
from matcher.accounts.audit import AuditKind
from matcher.web.frame.app_state import EXTENSION
from matcher.web.frame.serve import CONNECTIONS, THREADS, Server
from tests.matcher.web.conftest import serving
from tests.waiting import LONGEST_S, awaited


def _asked(connection: HTTPConnection) -> int:
    connection.request("GET", "/absente")
    answer = connection.getresponse()
    answer.read()
    return answer.status


def _compiled(app: Flask) -> set[str]:
    return {name for _, name in app.jinja_env.cache or {}}


def test_the_first_pages_are_compiled_before_anybody_asks(app: Flask) -> None:
    server = Server(app, "127.0.0.1", 0)
    try:
        server.warm()
        ready = _compiled(app)
        client = app.test_client()
        for address in ("/", "/candidats?besoin=Nettoyage&lieu=Maubeuge", "/candidats?besoin=Nettoyage&page=2"):
            assert client.get(address).status_code == 200
        assert _compiled(app) == ready
    finally:
        server.close()


def test_those_who_ask_nothing_shut_nobody_out(app: Flask) -> None:
    with serving(app) as server, ExitStack() as opened:
        for _ in range(CONNECTIONS + 20):
            opened.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=5))
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=20)) as last:
            assert _asked(last) == 404
        assert len(server._server.active_channels) <= CONNECTIONS


def test_of_those_connected_the_longest_idle_makes_room(app: Flask) -> None:
    with serving(app) as server, ExitStack() as opened:
        at = ("127.0.0.1", server.port)
        first = opened.enter_context(closing(HTTPConnection(*at, timeout=20)))
        assert _asked(first) == 404
        idle = [opened.enter_context(socket.create_connection(at, timeout=20)) for _ in range(CONNECTIONS // 2)]
        # The system answers for a server that has not let them in yet: those would be younger than who asks meanwhile.
        awaited(lambda: len(server._server.active_channels), lambda many: many == 1 + len(idle))
        kept = first.sock
        assert _asked(first) == 404, "which is then the last to have asked"
        for _ in range(CONNECTIONS // 2):
            opened.enter_context(socket.create_connection(at, timeout=20))
        with closing(HTTPConnection(*at, timeout=20)) as last:
            assert _asked(last) == 404
        assert idle[0].recv(1) == b"", "closed"
        assert _asked(first) == 404
        assert first.sock is kept


def _reading(server: Server) -> int:
    """How many connections have sent a part of what they ask."""
    return sum(channel.request is not None for channel in list(server._server.active_channels.values()))


def test_bodies_that_trickle_in_take_nobody_s_turn(app: Flask) -> None:
    head = b"POST /api/v1/match HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 900000\r\n\r\n{"
    with serving(app) as server, ExitStack() as opened:
        at = ("127.0.0.1", server.port)
        trickling: list[socket.socket] = []
        for number in range(CONNECTIONS):
            if number == CONNECTIONS - THREADS:  # those that come next are then the last to have sent anything
                awaited(lambda: _reading(server), lambda many: many == CONNECTIONS - THREADS)
            trickling.append(opened.enter_context(socket.create_connection(at, timeout=20)))
            trickling[-1].sendall(head)
        with closing(HTTPConnection(*at, timeout=20)) as other:
            assert _asked(other) == 404
            for connection in trickling[-THREADS:]:
                connection.sendall(b" ")
            assert _asked(other) == 404


def test_a_body_that_comes_in_slowly_is_not_shut_out(app: Flask) -> None:
    body = b'{"objet": "' + b"a" * 200_000
    head = f"POST /api/v1/match HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with serving(app) as server, ExitStack() as opened:
        at = ("127.0.0.1", server.port)
        slow = opened.enter_context(socket.create_connection(at, timeout=20))
        slow.sendall(head.encode() + body[:100_000])
        awaited(lambda: _reading(server), lambda many: many == 1)
        for beginning in (b"G", b"POST /api/v1/match HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n\r\n{"):
            for _ in range(CONNECTIONS + 20):
                opened.enter_context(socket.create_connection(at, timeout=20)).sendall(beginning)
            with closing(HTTPConnection(*at, timeout=20)) as other:
                assert _asked(other) == 404, "nor does it keep others out"
        slow.sendall(body[100_000:])
        assert slow.recv(12).startswith(b"HTTP/1.1 4"), "an object that is not closed"


def test_a_server_that_must_stop_answers_those_who_have_asked_and_lets_nobody_in(app: Flask) -> None:
    asked, may_answer = Event(), Event()

    def slow() -> str:
        asked.set()
        may_answer.wait(LONGEST_S)
        return "fait"

    app.add_url_rule("/static/lente", view_func=slow)  # which is asked of nobody
    with serving(app) as server, ThreadPoolExecutor() as others:
        url = f"http://127.0.0.1:{server.port}/static/lente"
        answer = others.submit(requests.get, url, timeout=LONGEST_S)
        assert asked.wait(LONGEST_S)
        drained = others.submit(server.drain)
        awaited(lambda: _refused(server.port), bool)
        assert not drained.done()
        may_answer.set()
        assert answer.result().text == "fait"
        drained.result(LONGEST_S)


def test_what_the_last_answers_refuse_is_in_the_journal_once_the_server_has_stopped(team: Flask) -> None:
    with serving(team) as server:
        url = f"http://127.0.0.1:{server.port}/rendez-vous/secret-devine"
        assert requests.get(url, timeout=LONGEST_S).status_code == 404
    (line,) = (
        one for one in audit.read_whole_journal(team.extensions[EXTENSION].engine) if one.kind is AuditKind.REFUSAL
    )
    assert (line.times, line.network) == (1, "127.0.0.0/24")


def _refused(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except (ConnectionRefusedError, ConnectionResetError):  # reset: it was in the queue as the door was shut
        return True
    return False
