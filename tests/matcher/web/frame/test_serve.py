"""The server is ready before its first visitors are."""

from flask import Flask

from matcher.web.frame.serve import Server


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
