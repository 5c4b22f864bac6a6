"""A real identity provider on loopback, by Authlib's own server side, in ProConnect's shape; it lies as a test tells it to."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from authlib.integrations.flask_oauth2 import AuthorizationServer, ResourceProtector
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin, grants
from authlib.oauth2.rfc6750 import BearerTokenValidator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import AuthorizationCodeMixin, UserInfoEndpoint
from authlib.oidc.core.grants import OpenIDCode
from authlib.oidc.rpinitiated import EndSessionEndpoint
from flask import Flask, Response, abort, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from werkzeug.serving import make_server

from matcher.accounts.identity_settings import SCOPES, IdentityProviderSettings

PUBLIC = "http://localhost"
CLIENT_ID, CLIENT_SECRET = "entremise", "un secret que seuls deux serveurs ont"  # of the tests alone
LEA = {
    "sub": "a1b2c3",
    "email": "lea@mairie.example",
    "given_name": "Léa",
    "usual_name": "Exemple",
    "siret": "13002526500013",
    "idp_id": "71144ab3-ee1a-4401-b7b3-79b44f7daeeb",
}
KEY, OTHER_KEY = (RSAKey.generate_key(2048, {"kid": "un"}) for _ in range(2))
Claims = dict[str, Any]


def as_it_is(claims: Claims) -> Claims:
    """Alter nothing."""
    return claims


@dataclass
class LocalProvider:
    """The provider: whom it knows, the address of the pages that it signs them in to, what it has been asked, and how it lies. `id_token` and `userinfo` alter what it signs, `forged` says how
    it is signed (`none`, `other` for a key of somebody else), `metadata` what it says of itself otherwise, `answer` what it answers to a path
    in the place of what it should."""

    issuer: str = ""
    pages: str = PUBLIC
    person: Claims = field(default_factory=lambda: dict(LEA))
    plain: bool = False
    id_token: Callable[[Claims], Claims] = as_it_is
    userinfo: Callable[[Claims], Claims] = as_it_is
    forged: str = ""
    metadata: Claims = field(default_factory=dict)
    answer: Callable[[str], Any] = lambda _: None
    asked: list[str] = field(default_factory=list)
    keys: list[Any] = field(default_factory=lambda: [KEY])
    codes: dict[str, "Code"] = field(default_factory=dict)
    tokens: dict[str, "Token"] = field(default_factory=dict)

    @property
    def settings(self) -> IdentityProviderSettings:
        """Return the settings of pages that it signs people in to."""
        return IdentityProviderSettings(self.issuer, CLIENT_ID, CLIENT_SECRET, self.pages, "ProConnect")

    @property
    def alg(self) -> str:
        """Return the algorithm of its key."""
        return "ES256" if isinstance(self.keys[0], ECKey) else "RS256"

    def read(self, text: str) -> Claims:
        """Return what a JWT of its own says."""
        return dict(jwt.decode(text, self.keys[0], [self.alg]).claims)

    def signed(self, claims: Claims) -> str:
        """Return what it signs, or says that it signed."""
        if self.forged == "none":
            parts = ({"alg": "none"}, claims)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts)
                + "."
            )
        if self.forged == "HS256":
            return jwt.encode(
                {"alg": "HS256", "kid": "un"}, claims, OctKey.import_key(CLIENT_SECRET), algorithms=["HS256"]
            )
        key = OTHER_KEY if self.forged == "other" else self.keys[0]
        return jwt.encode({"alg": self.alg, "kid": self.keys[0].kid}, claims, key)


class Pages(ClientMixin):  # type: ignore[misc]  # authlib has no types
    """The one client that the provider knows."""

    client_id = CLIENT_ID

    def __init__(self, provider: LocalProvider) -> None:
        self.pages = provider.pages
        self.client_metadata = {
            "userinfo_signed_response_alg": "" if provider.plain else provider.alg,
            "post_logout_redirect_uris": [f"{provider.pages}/connexion"],
        }
        self.id_token_signed_response_alg = provider.alg

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(one for one in scope.split() if one in SCOPES.split())

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri == f"{self.pages}/connexion/retour"

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_post"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class Code(AuthorizationCodeMixin):  # type: ignore[misc]  # authlib has no types
    """A code of authorisation, good once."""

    code: str
    asked: Claims
    scope: str
    person: Claims

    def get_redirect_uri(self) -> str:
        return str(self.asked["redirect_uri"])

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str | None:
        return self.asked.get("nonce")

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> str | None:
        return "eidas1" if "acr_values" in self.asked else None

    @property
    def code_challenge(self) -> str | None:
        return self.asked.get("code_challenge")

    @property
    def code_challenge_method(self) -> str | None:
        return self.asked.get("code_challenge_method")


@dataclass
class Token(TokenMixin):  # type: ignore[misc]  # authlib has no types
    """A token of access."""

    scope: str
    person: Claims
    client: Pages

    def get_scope(self) -> str:
        return self.scope

    def get_user(self) -> Claims:
        return self.person

    def get_client(self) -> Pages:
        return self.client

    def is_expired(self) -> bool:
        return False

    def is_revoked(self) -> bool:
        return False


class _CodeGrant(grants.AuthorizationCodeGrant):  # type: ignore[misc]  # authlib has no types
    TOKEN_ENDPOINT_AUTH_METHODS = ("client_secret_post",)

    def save_authorization_code(self, code: str, asked: Any) -> None:
        self.server.provider.codes[code] = Code(code, dict(asked.payload.data), asked.scope, asked.user)

    def query_authorization_code(self, code: str, client: Pages) -> Code | None:
        found: Code | None = self.server.provider.codes.get(code)
        return found

    def delete_authorization_code(self, authorization_code: Code) -> None:
        del self.server.provider.codes[authorization_code.code]

    def authenticate_user(self, authorization_code: Code) -> Claims:
        return authorization_code.person


class _IdTokens(OpenIDCode):  # type: ignore[misc]  # authlib has no types
    def __init__(self, provider: LocalProvider) -> None:
        super().__init__(require_nonce=True)
        self.provider = provider

    def resolve_client_private_key(self, client: Pages) -> Any:
        return self.provider.keys[0]

    def get_client_claims(self, client: Pages) -> Claims:
        return {"iss": self.provider.issuer, "aud": CLIENT_ID, "exp": int(time.time()) + 60}

    def exists_nonce(self, nonce: str, asked: Any) -> bool:
        return any(one.get_nonce() == nonce for one in self.provider.codes.values())

    def generate_user_info(self, user: Claims, scope: str) -> Claims:
        return {"sub": user["sub"]}

    def encode_id_token(self, token: Claims, asked: Any) -> str:
        return self.provider.signed(self.provider.id_token(self.provider.read(super().encode_id_token(token, asked))))


class _Userinfo(UserInfoEndpoint):  # type: ignore[misc]  # authlib has no types
    def __init__(self, provider: LocalProvider, protector: ResourceProtector) -> None:
        super().__init__(resource_protector=protector)
        self.provider = provider

    def get_issuer(self) -> str:
        return self.provider.issuer

    def generate_user_info(self, user: Claims, scope: str) -> Claims:
        told = {"sub", "idp_id", "email_verified", *scope.split()}
        return {claim: value for claim, value in user.items() if claim in told}

    def resolve_private_key(self) -> Any:
        return self.provider.keys[0]

    def __call__(self, asked: Any) -> Any:
        status, body, headers = super().__call__(asked)
        if self.provider.plain:
            return status, self.provider.userinfo(dict(body)), headers
        return status, self.provider.signed(self.provider.userinfo(self.provider.read(body))), headers


class _Tokens(BearerTokenValidator):  # type: ignore[misc]  # authlib has no types
    def __init__(self, provider: LocalProvider) -> None:
        super().__init__()
        self.provider = provider

    def authenticate_token(self, token_string: str) -> Token | None:
        return self.provider.tokens.get(token_string)


class _Logout(EndSessionEndpoint):  # type: ignore[misc]  # authlib has no types
    def get_server_jwks(self) -> KeySet:
        return KeySet(self.server.provider.keys)

    def end_session(self, end_session_request: Any) -> None:
        self.server.provider.person = {}


def _server(app: Flask, provider: LocalProvider) -> AuthorizationServer:
    def kept(token: Claims, asked: Any) -> None:
        provider.tokens[token["access_token"]] = Token(token["scope"], asked.user, asked.client)

    server = AuthorizationServer(app, query_client=lambda _: Pages(provider), save_token=kept)
    server.provider = provider
    server.register_grant(_CodeGrant, [_IdTokens(provider), CodeChallenge(required=True)])
    protector = ResourceProtector()
    protector.register_token_validator(_Tokens(provider))
    server.register_endpoint(_Userinfo(provider, protector))
    server.register_endpoint(_Logout)
    return server


def _described(provider: LocalProvider) -> Claims:
    endpoints = ("authorization", "token", "userinfo", "end_session")
    return {
        "issuer": provider.issuer,
        **{f"{name}_endpoint": f"{provider.issuer}/{name}" for name in endpoints},
        "jwks_uri": f"{provider.issuer}/jwks",
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "email", "given_name", "usual_name", "siret", "idp_id"],
    } | provider.metadata


def _app(provider: LocalProvider) -> Flask:
    app = Flask("fournisseur")
    app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"authorization_code": 60}
    server = _server(app, provider)

    @app.before_request
    def note() -> Any:
        provider.asked.append(request.path)
        return provider.answer(request.path)

    @app.get("/api/v2/authorization")
    def authorization() -> Any:
        grant = server.get_consent_grant(end_user=provider.person)
        return server.create_authorization_response(grant=grant, grant_user=provider.person or None)

    @app.get("/api/v2/end_session")
    def end_session() -> Any:
        return server.create_endpoint_response("end_session") or Response("déconnecté")

    answers: dict[str, Callable[[], Any]] = {
        ".well-known/openid-configuration": lambda: _described(provider),
        "jwks": lambda: KeySet(provider.keys).as_dict(private=False),
        "token": server.create_token_response,
        "userinfo": lambda: server.create_endpoint_response("userinfo"),
    }
    for path, answer in answers.items():
        app.add_url_rule(f"/api/v2/{path}", path, answer, methods=["GET", "POST"])
    return app


@contextmanager
def serving() -> Iterator[LocalProvider]:
    """Serve a provider on a free port of this computer."""
    provider = LocalProvider()
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True)
    provider.issuer = f"http://127.0.0.1:{server.server_port}/api/v2"
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> Request | None:
        return None


def gone_to(address: str) -> str:
    """Return where an address of the provider sends a browser."""
    opener = build_opener(_Stay)
    opener.process_response["http"] = []  # a redirect is an answer like another
    with opener.open(address) as answer:
        if answer.status not in (302, 303):
            abort(answer.status)
        return str(answer.headers["Location"])


def arguments(address: str) -> dict[str, str]:
    """Return what an address carries."""
    return dict(parse_qsl(urlsplit(address).query))
