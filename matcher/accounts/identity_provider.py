"""OpenID Connect client (authorisation code flow with PKCE and nonce, by Authlib) of the identity provider that signs people in, such as ProConnect.

It stores nothing about persons. Every endpoint that the provider announces must be on the host of its issuer, else it is not called.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from authlib.common.errors import AuthlibBaseError
from authlib.common.urls import add_params_to_uri
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

from matcher.accounts.identity_settings import IdentityProviderSettings
from matcher.accounts.sessions import Departure, IdentityRefused, ProvenIdentity, ProviderUnreachable
from matcher.tokens import new_token

# Signature algorithms of ProConnect, without HS256: with a shared secret, whoever verifies could sign.
ALGORITHMS = ("RS256", "ES256")
MOST_BYTES = 128 * 2**10
MOST_SECONDS, QUIET_SECONDS = 15.0, 5.0
_CHUNK_BYTES = 16  # bytes read at a time: small, so that the deadline is checked also on a slow answer
# How long the provider's configuration is cached, and how long it is not called again after a failure.
CACHED_FOR, RETRY_AFTER = timedelta(hours=1), timedelta(seconds=30)
# Tolerated difference between its clock and ours, in seconds.
_LEEWAY_S = 60
_LONGEST = 200
_SIRET = re.compile(r"\d{14}")


@dataclass(frozen=True, slots=True)
class _Discovery:
    """The provider's discovery document (`.well-known/openid-configuration`); what it lacks is empty."""

    issuer: str
    authorization: str
    token: str
    userinfo: str
    end_session: str
    client_auth: str
    says_verified: bool
    keys: KeySet


class IdentityProvider:
    """Client of the provider in the settings, shared by all threads; it caches the provider's configuration for an hour, or until a
    signature names an unknown key."""

    def __init__(self, settings: IdentityProviderSettings) -> None:
        self.settings = settings
        self._lock = Lock()
        self._cached: _Discovery | None = None
        self._fetched_at = self._failed_at = float("-inf")

    def departure(self, redirect_uri: str) -> Departure:
        """Return the address that starts a sign-in at the provider, and its secrets. Raises ProviderUnreachable."""
        discovery = self._discovery()
        state, nonce, verifier = new_token(), new_token(), new_token()
        more = {"acr_values": self.settings.acr_values} if self.settings.acr_values else {}
        with self._client(discovery, redirect_uri) as client:
            address, _ = client.create_authorization_url(
                discovery.authorization, state=state, nonce=nonce, code_verifier=verifier, **more
            )
        return Departure(address, state, nonce, verifier)

    def code(self, returned: Mapping[str, str], departure: Departure) -> str:
        """Return the authorisation code in the parameters of the redirect, once its state matches the departure. Raises IdentityRefused."""
        state, issuer = returned.get("state", ""), returned.get("iss", self.settings.issuer)
        if not departure.state or not compare_digest(state.encode(), departure.state.encode()):
            raise IdentityRefused(
                "Cette connexion n’a pas commencé dans ce navigateur, ou il y a trop longtemps : recommencez.", "state"
            )
        if "error" in returned or issuer.rstrip("/") != self.settings.issuer or not returned.get("code"):
            raise self._refused(_line(returned.get("error")) or "retour sans code")
        return returned["code"]

    def identity(self, code: str, departure: Departure, redirect_uri: str, *, now: datetime) -> ProvenIdentity:
        """Exchange the authorisation code for the identity of the person. Raises ProviderUnreachable, IdentityRefused."""
        discovery = self._discovery()
        try:
            with self._client(discovery, redirect_uri) as client:
                token = client.fetch_token(discovery.token, code=code, code_verifier=departure.verifier)
                claims = self._claims(token, departure.nonce, now)
                userinfo = self._userinfo(client, claims, now)
        except OSError as error:
            raise self._unreachable(type(error).__name__) from error
        except (AuthlibBaseError, JoseError) as error:
            reason = str(error) if isinstance(error, JoseError) else error.error
            raise self._refused(_line(reason) or type(error).__name__) from error
        except (KeyError, TypeError, ValueError) as error:
            raise self._refused("réponse illisible") from error
        email, siret = _line(userinfo.get("email")), _line(userinfo.get("siret"))
        verified = userinfo.get("email_verified", not discovery.says_verified) is True
        first, last = userinfo.get("given_name"), userinfo.get("usual_name") or userinfo.get("family_name")
        return ProvenIdentity(
            discovery.issuer,
            claims["sub"],
            email if verified and email.isascii() and "@" in email else "",  # other alphabets have look-alike letters
            _line(f"{_line(first)} {_line(last)}"),
            siret if _SIRET.fullmatch(siret) else "",
            _line(userinfo.get("idp_id")),
            token["id_token"],
        )

    def end_of_session(self, id_token: str, redirect_uri: str) -> str:
        """Return the URL that ends the session at the provider, empty where it has none or does not answer."""
        try:
            discovery = self._discovery()
        except ProviderUnreachable:
            return ""
        parameters = {"id_token_hint": id_token, "post_logout_redirect_uri": redirect_uri, "state": new_token()}
        return add_params_to_uri(discovery.end_session, parameters) if discovery.end_session else ""

    def _claims(self, token: Mapping[str, Any], nonce: str, now: datetime) -> Mapping[str, Any]:
        """Return the verified claims of the id_token of this sign-in (its nonce). Raises JoseError."""
        discovery = self._discovery()
        wanted: dict[str, Any] = {
            "iss": {"essential": True, "value": discovery.issuer},
            "aud": {"essential": True, "value": self.settings.client_id},
            "sub": {"essential": True},
        }
        if self.settings.acr_values:
            wanted["acr"] = {"essential": True, "values": self.settings.acr_values.split()}
        known = {"nonce": nonce, "client_id": self.settings.client_id, "access_token": token.get("access_token")}
        signed = self._verified(str(token.get("id_token")))
        claims = CodeIDToken(signed.claims, signed.header, wanted, known)
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
        if not isinstance(claims["sub"], str):
            raise self._refused("sub n’est pas un texte")
        return dict(claims)

    def _userinfo(self, client: "_BoundedSession", claims: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
        """Return the claims of the userinfo endpoint (signed JWT or plain JSON) on the subject of the id_token. Raises JoseError, ValueError."""
        discovery = self._discovery()
        if not discovery.userinfo:
            return claims
        answer = client.get(discovery.userinfo)
        answer.raise_for_status()
        if answer.headers.get("Content-Type", "").startswith("application/jwt"):
            userinfo = self._verified(answer.text).claims
            at, issuer, audience = int(now.timestamp()), discovery.issuer, self.settings.client_id
            wanted = jwt.JWTClaimsRegistry(now=at, leeway=_LEEWAY_S, iss={"value": issuer}, aud={"value": audience})
            wanted.validate(userinfo)
        else:
            userinfo = answer.json()
        if not isinstance(userinfo, dict) or userinfo.get("sub") != claims["sub"]:
            raise self._refused("userinfo d’une autre personne que id_token")
        return userinfo

    def _verified(self, text: str) -> jwt.Token:
        """Return a JWT once its signature is verified; an unknown key makes the provider's keys be fetched again. Raises JoseError."""
        registry = JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False)
        try:
            return jwt.decode(text, self._discovery().keys, registry=registry)
        except InvalidKeyIdError:
            return jwt.decode(text, self._discovery(anew=True).keys, registry=registry)

    def _discovery(self, *, anew: bool = False) -> _Discovery:
        """Return the configuration of the provider, cached for an hour unless `anew`. Raises ProviderUnreachable."""
        if not self._lock.acquire(timeout=QUIET_SECONDS):
            raise self._unreachable("répond trop lentement")
        try:
            now = monotonic()
            if self._cached and not anew and now - self._fetched_at < CACHED_FOR.total_seconds():
                return self._cached
            if now - self._failed_at < RETRY_AFTER.total_seconds():
                raise self._unreachable("n’a pas répondu à l’instant")
            self._cached, self._fetched_at = self._fetch_discovery(), monotonic()
        except (OSError, KeyError, TypeError, ValueError, JoseError) as error:
            self._failed_at = monotonic()
            raise self._unreachable(f"découverte : {type(error).__name__} {error}"[:_LONGEST]) from error
        else:
            return self._cached
        finally:
            self._lock.release()

    def _fetch_discovery(self) -> _Discovery:
        with _BoundedSession() as client:
            configuration = client.get_object(f"{self.settings.issuer}/.well-known/openid-configuration")
            if str(configuration.get("issuer")).rstrip("/") != self.settings.issuer:
                raise ValueError("issuer")
            keys = KeySet.import_key_set(client.get_object(self._endpoint(configuration, "jwks_uri")))
        methods = _list(configuration, "token_endpoint_auth_methods_supported")
        client_auth = "client_secret_post" if "client_secret_post" in methods else "client_secret_basic"
        return _Discovery(
            configuration["issuer"],
            self._endpoint(configuration, "authorization_endpoint"),
            self._endpoint(configuration, "token_endpoint"),
            self._endpoint(configuration, "userinfo_endpoint") if "userinfo_endpoint" in configuration else "",
            self._endpoint(configuration, "end_session_endpoint") if "end_session_endpoint" in configuration else "",
            client_auth,
            "email_verified" in _list(configuration, "claims_supported"),
            keys,
        )

    def _endpoint(self, configuration: Mapping[str, Any], name: str) -> str:
        """Return an endpoint URL of the configuration. Raises ValueError where it is not on the issuer's host."""
        address = str(configuration.get(name))
        if _origin(address) != _origin(self.settings.issuer):
            raise ValueError(f"{name} n’est pas chez {_origin(self.settings.issuer)}")
        return address

    def _client(self, discovery: _Discovery, redirect_uri: str) -> "_BoundedSession":
        return _BoundedSession(
            self.settings.client_id,
            self.settings.client_secret,
            token_endpoint_auth_method=discovery.client_auth,
            scope=self.settings.scopes,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",  # even if not announced: a provider ignores unknown parameters (RFC 6749, 3.1)
            leeway=0,  # else a token that lasts a minute, as ProConnect's, would count as expired
        )

    def _refused(self, reason: str) -> IdentityRefused:
        return IdentityRefused(f"{self.settings.label} n’a pas confirmé qui vous êtes. Recommencez.", reason)

    def _unreachable(self, reason: str) -> ProviderUnreachable:
        return ProviderUnreachable(
            f"{self.settings.label} ne répond pas comme il faut. Réessayez dans quelques minutes.", reason
        )


class _BoundedSession(OAuth2Session):  # type: ignore[misc]  # authlib has no types
    """HTTP session without redirects, whose answers are limited to `MOST_BYTES` and `MOST_SECONDS`."""

    def send(self, request: Any, **options: Any) -> Any:
        """Send a request and read its whole answer. Raises OSError, ValueError for one too large."""
        until = monotonic() + MOST_SECONDS
        answer = super().send(request, **options | {"stream": True, "timeout": QUIET_SECONDS, "allow_redirects": False})
        body = bytearray()
        with answer:
            for piece in answer.iter_content(_CHUNK_BYTES):
                body += piece
                if monotonic() > until:
                    raise TimeoutError
                if len(body) > MOST_BYTES:
                    raise ValueError("trop long")
        answer._content = bytes(body)  # where the requests library caches the body
        return answer

    def get_object(self, address: str) -> dict[str, Any]:
        """Return the JSON object at an address, fetched without credentials. Raises OSError, ValueError."""
        answer = self.request("GET", address, withhold_token=True, auth=lambda request: request)
        answer.raise_for_status()
        answer_body = answer.json()
        if answer.status_code != 200 or not isinstance(answer_body, dict):
            raise ValueError(f"réponse {answer.status_code}")
        return answer_body


def _origin(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    return parts.scheme, parts.hostname, parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _list(configuration: Mapping[str, Any], name: str) -> list[Any]:
    value = configuration.get(name)
    return value if isinstance(value, list) else []


def _line(value: object) -> str:
    """Return a value as a short text on one line, empty where it is not one."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text if text.isprintable() and len(text) <= _LONGEST else ""
