"""Polite HTTP against a server of this machine that is slow, wrong, cut short, too busy or hostile."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from importers.online.faults import FetchError
from importers.online.fetch import ATTEMPTS, Bucket, Fetcher, ResponseLimits, fetched_on
from importers.online.services import DOWNLOADS, SERVICES, Service, url_origin
from tests.importers.server import OK, Answer, in_turn, serving

CSV = ResponseLimits(types=("text/csv",), max_bytes=1000, max_seconds=5)
SERVICE = Service("essai", "le service d’essai", "http://127.0.0.1:1", per_second=1000.0)
BODY = b"SIREN;Nom\n900070012;LES LILAS\n"


@dataclass
class Clock:
    """A clock that only moves when it is slept on."""

    at: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def fetcher(tmp_path: Path, clock: Clock) -> Callable[..., Fetcher]:
    def make(base: str, timeout_s: float = 15.0, **fields: object) -> Fetcher:
        service = replace(SERVICE.at(base), **fields)  # type: ignore[arg-type]
        return Fetcher(service, tmp_path, clock=clock.now, sleep=clock.sleep, now=clock.now, timeout_s=timeout_s)

    return make


def test_a_file_is_received_kept_and_dated(fetcher: Callable[..., Fetcher], tmp_path: Path, clock: Clock) -> None:
    told: list[tuple[int, int]] = []
    with serving(in_turn(Answer(BODY))) as server:
        path = fetcher(server.base).get(
            "/liste", {"page": "1"}, expected=CSV, progress=lambda _, done, total: told.append((done, total))
        )
    assert path.read_bytes() == BODY
    assert server.asked == ["/liste?page=1"]
    assert server.headers[0]["user-agent"].startswith("Entremise")
    assert told == [(len(BODY), len(BODY))]
    assert fetched_on(path) == datetime.fromtimestamp(clock.at, UTC)
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".part"] == []


def test_a_young_file_is_not_asked_again_and_an_old_one_is_only_if_it_changed(
    fetcher: Callable[..., Fetcher], clock: Clock
) -> None:
    tagged = {**OK, "ETag": '"v1"', "Last-Modified": "Mon, 02 Nov 2026 10:00:00 GMT"}
    with serving(in_turn(Answer(BODY, headers=tagged), Answer(status=304), Answer(b"neuf", headers=OK))) as server:
        get = fetcher(server.base)
        first = get.get("/f", expected=CSV, max_age_s=60)
        assert get.is_cached("/f", max_age_s=60)
        assert get.get("/f", expected=CSV, max_age_s=60) == first
        assert len(server.asked) == 1
        clock.at += 61
        assert not get.is_cached("/f", max_age_s=60)
        assert get.get("/f", expected=CSV, max_age_s=60).read_bytes() == BODY
        assert server.headers[1]["if-none-match"] == '"v1"'
        assert server.headers[1]["if-modified-since"] == tagged["Last-Modified"]
        assert get.is_cached("/f", max_age_s=60)
        clock.at += 61
        assert get.get("/f", expected=CSV, max_age_s=60).read_bytes() == b"neuf"


def test_a_file_of_the_cache_that_was_touched_or_is_of_another_address_is_asked_again(
    fetcher: Callable[..., Fetcher],
) -> None:
    with serving(in_turn(Answer(BODY))) as server:
        get = fetcher(server.base)
        path = get.get("/f", expected=CSV, max_age_s=60, name="f.csv")
        path.write_bytes(BODY[:-3])
        assert get.get("/f", expected=CSV, max_age_s=60, name="f.csv").read_bytes() == BODY
        get.get("/autre", expected=CSV, max_age_s=60, name="f.csv")
    assert server.asked == ["/f", "/f", "/autre"]


def test_429_waits_as_long_as_it_is_asked_to(fetcher: Callable[..., Fetcher], clock: Clock) -> None:
    busy = Answer(status=429, headers={"Retry-After": "7"})
    dated = Answer(status=503, headers={"Retry-After": format_datetime(datetime.fromtimestamp(clock.at + 30, UTC))})
    with serving(in_turn(busy, dated, Answer(BODY))) as server:
        assert fetcher(server.base).get("/f", expected=CSV).read_bytes() == BODY
    assert len(server.asked) == 3
    assert clock.slept[0] == 7
    assert 20 <= sum(clock.slept[1:]) <= 31


def test_a_wait_of_an_hour_is_left_to_the_person(fetcher: Callable[..., Fetcher], clock: Clock) -> None:
    with serving(in_turn(Answer(status=429, headers={"Retry-After": "3600"}))) as server:
        with pytest.raises(FetchError, match=r"trop de requêtes .*attendre 60 minutes"):
            fetcher(server.base).get("/f", expected=CSV)
        assert len(server.asked) == 1


def test_500_is_tried_again_with_longer_and_longer_waits_then_said(
    fetcher: Callable[..., Fetcher], clock: Clock
) -> None:
    with serving(in_turn(Answer(status=500), Answer(status=502), Answer(BODY))) as server:
        assert fetcher(server.base).get("/f", expected=CSV).read_bytes() == BODY
    assert clock.slept == [1, 2]
    with serving(in_turn(Answer(status=500))) as server:
        with pytest.raises(FetchError, match=rf"ne répond pas bien \(500\), après {ATTEMPTS} essais"):
            fetcher(server.base).get("/g?secret=1", expected=CSV)
        assert len(server.asked) == ATTEMPTS


def test_a_truncated_body_is_never_taken_for_a_whole_one(fetcher: Callable[..., Fetcher], tmp_path: Path) -> None:
    cut = Answer(BODY[:10], announce=len(BODY))
    with serving(in_turn(cut, Answer(BODY))) as server:
        assert fetcher(server.base).get("/f", expected=CSV).read_bytes() == BODY
    with serving(in_turn(cut)) as server, pytest.raises(FetchError, match="la réponse est coupée"):
        fetcher(server.base).get("/g", expected=CSV)
    assert len(list(tmp_path.glob("*.bin"))) == 1


def test_a_slow_server_is_left(fetcher: Callable[..., Fetcher]) -> None:
    slow = Answer(BODY, pause_s=1.5)
    with serving(in_turn(slow, Answer(BODY))) as server:
        assert fetcher(server.base, timeout_s=0.5).get("/f", expected=CSV).read_bytes() == BODY
        assert len(server.asked) > 1


def test_a_response_that_drips_for_too_long_is_left(fetcher: Callable[..., Fetcher], clock: Clock) -> None:
    def answer(_path: str, _number: int) -> Answer:
        clock.at += 10
        return Answer(BODY, pause_s=0.05)

    with serving(answer) as server:
        get = fetcher(server.base)
        get._clock = lambda: float(time.monotonic_ns())  # a second passes with each nanosecond
        with pytest.raises(FetchError, match="pas finie au bout de 5 s"):
            get.get("/f", expected=CSV)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(b"<html>", headers={"Content-Type": "text/html"}), "type « text/html » au lieu de « text/csv »"),
        (Answer(b"x" * 2_000_000), "dépasse"),
        (Answer(b"x" * 2_000_000, announce=-1), "dépasse"),
        (Answer(status=404), r"n’existe plus \(404\)"),
        (Answer(status=403), r"l’accès est refusé \(403\)"),
        (Answer(status=418), r"réponse inattendue \(418\)"),
    ],
)
def test_what_is_not_expected_is_refused_at_once(
    answer: Answer, said: str, fetcher: Callable[..., Fetcher], clock: Clock, tmp_path: Path
) -> None:
    with serving(in_turn(answer)) as server:
        with pytest.raises(FetchError, match=said):
            fetcher(server.base).get("/f", {"q": "secret"}, expected=CSV)
        assert len(server.asked) == 1
    assert clock.slept == []
    assert list(tmp_path.iterdir()) == []


def test_a_redirect_is_followed_on_listed_hosts_only(fetcher: Callable[..., Fetcher]) -> None:
    def moved(to: str) -> Answer:
        return Answer(status=302, headers={"Location": to})

    with serving(in_turn(moved("/ici"), Answer(BODY))) as server:
        assert fetcher(server.base).get("/f", expected=CSV).read_bytes() == BODY
        assert server.asked == ["/f", "/ici"]
    for refused in (
        "http://exemple.invalid/f",
        "http://static.data.gouv.fr/en-clair",
        "https://static.data.gouv.fr:8443/autre-port",
        "https://moi:passe@static.data.gouv.fr/f",
        "file:///etc/hostname",
        "http://127.0.0.1:1/autre-port",
        "//exemple.invalid/f",
    ):
        with serving(in_turn(moved(refused))) as server:
            with pytest.raises(FetchError, match=r"n’est pas un hôte connu de ce service") as error:
                fetcher(server.base, hosts=("static.data.gouv.fr",)).get("/f", expected=CSV)
            assert len(server.asked) == 1
            assert "passe" not in str(error.value)
    with serving(in_turn(moved("/f"))) as server, pytest.raises(FetchError, match="sans fin"):
        fetcher(server.base).get("/f", expected=CSV)


def test_a_service_that_is_down_is_said(fetcher: Callable[..., Fetcher], clock: Clock) -> None:
    with serving(in_turn(Answer(BODY))) as server:
        base = server.base
    with pytest.raises(FetchError, match=r"le service d’essai \(127\.0\.0\.1/f\) : la connexion est impossible"):
        fetcher(base).get("/f", {"q": "secret"}, expected=CSV)
    assert len(clock.slept) == ATTEMPTS - 1


def test_the_passwords_of_netrc_are_not_sent(
    fetcher: Callable[..., Fetcher], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login moi password passe\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with serving(in_turn(Answer(BODY))) as server:
        fetcher(server.base).get("/f", expected=CSV)
    assert "authorization" not in server.headers[0]


def test_the_bucket_keeps_the_rate(clock: Clock) -> None:
    bucket = Bucket(0.2, clock.now, clock.sleep)
    started = clock.at
    for _ in range(13):
        bucket.take()
    assert clock.at - started == pytest.approx(60)
    clock.at += 600
    before = clock.at
    bucket.take()
    assert clock.at == before


def test_requests_are_spaced_by_the_rate_of_the_service(fetcher: Callable[..., Fetcher], clock: Clock) -> None:
    with serving(in_turn(Answer(BODY))) as server:
        get = fetcher(server.base, per_second=11 / 60)
        started = clock.at
        for number in range(12):
            get.get(f"/{number}", expected=CSV)
    assert clock.at - started >= 59.9


def test_services_are_over_https_slower_than_they_allow_and_known_to_downloads() -> None:
    for key, service in SERVICES.items():
        assert service.key == key
        assert service.base.startswith("https://")
        assert service.allows(f"{service.base}/x")
        assert not service.allows("https://exemple.invalid/x")
        assert service.at(None) is service
    assert SERVICES["recherche-entreprises"].per_second < 7
    assert SERVICES["emplois"].per_second * 60 < 12
    assert all(download.service in SERVICES for download in DOWNLOADS.values())
    assert SERVICES["data-gouv"].allows("https://static.data.gouv.fr/resources/x.csv")
    assert url_origin("https://exemple.fr:x/") is None
    assert url_origin("https://[::1/") is None
