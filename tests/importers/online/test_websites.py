"""Strangers' websites: who asks, how often, what is refused, and what never ends."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from importers.online.faults import PageOutcome, PageRefused, RobotsAnswer, folder_of
from importers.online.websites import PAUSE_S, WebsiteFetcher
from tests.importers.names import at, named_here
from tests.importers.server import Answer, serving

HTML = {"Content-Type": "text/html; charset=utf-8"}
PAGE = Answer(b"<p>Blanchisserie</p>", headers=HTML)
NONE = Answer(status=404)


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.at, self.slept = 1000.0, []  # type: ignore[var-annotated]  # seconds

    def __call__(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


def refuses(_path: Path, _agent: str, url: str) -> RobotsAnswer:
    """Read a robots.txt that forbids « /prive »."""
    return RobotsAnswer("/prive" not in url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Callable[..., WebsiteFetcher]:
    named_here(monkeypatch)

    def made(**other: object) -> WebsiteFetcher:
        given = {"robots": refuses, "clock": clock, "sleep": clock.sleep, "private": True} | other
        return WebsiteFetcher(tmp_path, "achats@mairie.example", **given)  # type: ignore[arg-type]  # as the constructor has them

    return made


def refused(fetcher: WebsiteFetcher, url: str) -> PageOutcome:
    with pytest.raises(PageRefused) as said:
        fetcher.page(url)
    return said.value.outcome


def site(**pages: Answer) -> Callable[[str, int], Answer]:
    return lambda path, _: pages.get(urlsplit(path).path.strip("/").replace(".", "_") or "home", NONE)


def test_a_page_is_asked_for_by_name_after_robots_and_kept_for_its_owner_alone(
    fetcher: Callable[..., WebsiteFetcher], tmp_path: Path
) -> None:
    with serving(site(home=PAGE)) as server:
        received = fetcher().page(at(server, "lilas.test", "/"))
    assert received.path.read_bytes() == PAGE.body
    assert received.path.parent == tmp_path / folder_of("www.lilas.test")
    assert oct(received.path.stat().st_mode & 0o777) == "0o600"
    assert server.asked == ["/robots.txt", "/"]
    assert {sent["user-agent"] for sent in server.headers} == {
        "Entremise (catalogue de fournisseurs inclusifs; +achats@mairie.example)"
    }


def test_one_host_is_left_alone_five_seconds_and_another_is_not_waited_for(
    fetcher: Callable[..., WebsiteFetcher], clock: Clock
) -> None:
    with serving(site(home=PAGE, a=PAGE)) as server:
        own = fetcher()
        own.page(at(server, "lilas.test", "/"))
        assert clock.slept == [PAUSE_S], "robots.txt is a request too"
        own.page(at(server, "roses.test", "/"))
        assert clock.slept == [PAUSE_S] * 2
        clock.at += 3
        own.page(at(server, "lilas.test", "/a"))
        assert clock.slept == [PAUSE_S] * 2, "its five seconds were spent on the other"


def test_robots_txt_is_obeyed_its_pause_too_and_without_it_all_is_allowed(
    fetcher: Callable[..., WebsiteFetcher], clock: Clock
) -> None:
    robots = Answer(b"x", headers={"Content-Type": "text/plain"})
    with serving(site(robots_txt=robots, home=PAGE, prive=PAGE)) as server:
        own = fetcher()
        assert refused(own, at(server, "lilas.test", "/prive")) is PageOutcome.ROBOTS
        assert server.asked == ["/robots.txt"]
        fetcher(robots=lambda *_: RobotsAnswer(True, 20.0)).page(at(server, "lilas.test", "/"))
        assert clock.slept[-1] == 20
        slow = fetcher(robots=lambda *_: RobotsAnswer(True, 3600.0))
        assert refused(slow, at(server, "lilas.test", "/")) is PageOutcome.ROBOTS
    with serving(site(prive=PAGE)) as server:
        fetcher().page(at(server, "lilas.test", "/prive"))


def test_a_site_whose_robots_txt_cannot_be_known_is_not_read(fetcher: Callable[..., WebsiteFetcher]) -> None:
    with serving(site(robots_txt=Answer(status=503), home=PAGE)) as server:
        own = fetcher()
        assert refused(own, at(server, "lilas.test", "/")) is PageOutcome.UNREACHABLE
        assert refused(own, at(server, "lilas.test", "/a")) is PageOutcome.UNREACHABLE
    assert server.asked == ["/robots.txt"]


def test_a_redirect_is_followed_to_another_host_by_the_rules_of_that_host(
    fetcher: Callable[..., WebsiteFetcher],
) -> None:
    asked: list[str] = []

    def answer(path: str, _: int) -> Answer:
        asked.append(path)
        where = {"/": "/b", "/b": f"http://roses.test:{port}/prive", "/sans-fin": "/sans-fin", "/faux": "http://["}
        return Answer(status=302, headers={"Location": where[path]}) if path in where else Answer(b"x")

    with serving(answer) as server:
        port = urlsplit(server.base).port
        own = fetcher()
        assert refused(own, at(server, "lilas.test", "/")) is PageOutcome.ROBOTS
        assert asked == ["/robots.txt", "/", "/b", "/robots.txt"]
        assert refused(own, at(server, "lilas.test", "/sans-fin")) is PageOutcome.UNREACHABLE
        assert asked.count("/sans-fin") == 6
        assert refused(own, at(server, "lilas.test", "/faux")) is PageOutcome.UNREACHABLE


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://[::1]/", "http://[::ffff:10.0.0.1]/", "http://10.1.2.3/", "http://169.254.169.254/", "http://0.0.0.0/"],
)  # fmt: skip
def test_this_computer_and_its_network_are_refused_before_anything_is_sent(
    url: str, fetcher: Callable[..., WebsiteFetcher]
) -> None:
    with serving(site(home=PAGE)) as server:
        assert refused(fetcher(private=False), url.format(port=urlsplit(server.base).port)) is PageOutcome.PRIVATE
    assert server.asked == []


def test_a_public_name_that_leads_inside_is_refused_on_the_connection(fetcher: Callable[..., WebsiteFetcher]) -> None:
    with serving(site(home=PAGE)) as server:
        assert refused(fetcher(private=False), at(server, "lilas.test", "/")) is PageOutcome.PRIVATE
    assert server.asked == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answer(b"%PDF", headers={"Content-Type": "application/pdf"}), PageOutcome.NOT_HTML),
        (Answer(b"<p>", headers={}), PageOutcome.NOT_HTML),
        (Answer(b"x" * (2 * 2**20 + 1), headers=HTML), PageOutcome.TOO_BIG),
        (Answer(b"x" * (2 * 2**20 + 1), headers=HTML, announce=-1), PageOutcome.TOO_BIG),
        (Answer(b"<p>", headers=HTML, announce=5000), PageOutcome.UNREACHABLE),
        (Answer(status=500), PageOutcome.UNREACHABLE),
        (NONE, PageOutcome.UNREACHABLE),
    ],
)
def test_what_is_no_page_is_refused_and_leaves_nothing(
    answer: Answer, outcome: PageOutcome, fetcher: Callable[..., WebsiteFetcher], tmp_path: Path
) -> None:
    with serving(site(home=answer)) as server:
        assert refused(fetcher(), at(server, "lilas.test", "/")) is outcome
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    "url", ["", "lilas", "ftp://lilas.test/", "http://a:b@lilas.test/", f"http://{'a' * 70}.test/"]
)
def test_what_is_no_address_is_unreachable(url: str, fetcher: Callable[..., WebsiteFetcher]) -> None:
    assert refused(fetcher(), url) is PageOutcome.UNREACHABLE


@contextmanager
def trickling(head: bytes) -> Iterator[str]:
    """A server that says `head`, then a sign at a time, as long as it is listened to."""
    over = threading.Event()

    def speak(line: socket.socket) -> None:
        with line:
            try:
                line.recv(4096)
                line.sendall(head)
                while not over.wait(0.05):
                    line.sendall(b"x")
            except OSError:
                return

    def listen() -> None:
        while not over.is_set():
            try:
                line, _ = listener.accept()
            except TimeoutError:
                continue
            speakers.append(threading.Thread(target=speak, args=(line,)))
            speakers[-1].start()

    speakers: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        thread = threading.Thread(target=listen)
        thread.start()
        try:
            yield f"http://lilas.test:{listener.getsockname()[1]}/"
        finally:
            over.set()
            for each in (thread, *speakers):
                each.join()


@pytest.mark.parametrize(
    "head",
    [b"", b"HTTP/1.1 200 OK\r\nX-A: ", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>"],
    ids=["no answer", "a header without end", "a body without end"],
)
def test_what_trickles_without_end_is_cut(head: bytes, fetcher: Callable[..., WebsiteFetcher], tmp_path: Path) -> None:
    with trickling(head) as url:
        assert refused(fetcher(max_seconds=0.5), url) is PageOutcome.UNREACHABLE
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
