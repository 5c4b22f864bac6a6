"""A small HTTP server on this machine that answers what a test has written, in order, and remembers what it was asked."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

OK = {"Content-Type": "text/csv; charset=utf-8"}
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Answer:
    """One answer. `announce` is the length it claims, its own by default, none where negative; `pause_s` waits in the middle of the body."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: OK)
    announce: int | None = None
    pause_s: float = 0.0


@dataclass
class Server:
    """`base` is its address; `asked` the path and query of each request, `headers` what each one sent."""

    base: str
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


@contextmanager
def serving(answer: Callable[[str, int], Answer]) -> Iterator[Server]:
    """Serve `answer(path and query, how many requests came before)`."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = len(server.asked)
            server.asked.append(self.path)
            server.headers.append({name.lower(): value for name, value in self.headers.items()})
            given = answer(self.path, number)
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            length = len(given.body) if given.announce is None else given.announce
            if length >= 0:
                self.send_header("Content-Length", str(length))
            self.send_header("Connection", "close")
            self.end_headers()
            half = len(given.body) // 2
            try:
                self.wfile.write(given.body[:half])
                self.wfile.flush()
                time.sleep(given.pause_s)
                self.wfile.write(given.body[half:])
            except OSError:
                server.failures.append(self.path)  # the client has hung up, as some tests want
            self.close_connection = True

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as http:
        server = Server(f"http://127.0.0.1:{http.server_address[1]}")
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join()


def in_turn(*answers: Answer) -> Callable[[str, int], Answer]:
    """Give the answers in turn; the last one for good."""
    return lambda _path, number: answers[min(number, len(answers) - 1)]
