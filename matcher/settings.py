"""Settings of the application, read from `ENTREMISE_*` environment variables and checked; paths of the user's folders."""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import platformdirs

DATABASE_VARIABLE = "ENTREMISE_DATABASE_URL"
CACHE_VARIABLE = "ENTREMISE_CACHE"
LOG_VARIABLE = "ENTREMISE_LOG"
METRICS_VARIABLE = "ENTREMISE_METRICS"
FILES_VARIABLE = "ENTREMISE_FILES"
_SERVICE_VARIABLE = "ENTREMISE_URL_"
_ACCESS_VARIABLE = "ENTREMISE_TOKEN_"
SIGNING_VARIABLE = "ENTREMISE_SECRET_KEY"
HOSTS_VARIABLE = "ENTREMISE_HOSTS"
HTTPS_VARIABLE = "ENTREMISE_HTTPS"
PROXY_VARIABLE = "ENTREMISE_PROXY"
TILES_VARIABLE = "ENTREMISE_TILES"
OPENREFINE_VARIABLE = "ENTREMISE_OPENREFINE"
RETENTION_VARIABLE = "ENTREMISE_RETENTION_MONTHS"
ADDRESS_VARIABLE = "ENTREMISE_ADDRESS"
CONTROLLER_NAME_VARIABLE = "ENTREMISE_CONTROLLER_NAME"
CONTROLLER_ADDRESS_VARIABLE = "ENTREMISE_CONTROLLER_ADDRESS"
CONTROLLER_CONTACT_VARIABLE = "ENTREMISE_CONTROLLER_CONTACT"
PUBLISHER_VARIABLE = "ENTREMISE_PUBLISHER"
HOSTING_VARIABLE = "ENTREMISE_HOSTING"
CONTACT_VARIABLE = "ENTREMISE_CONTACT"
SMTP_HOST_VARIABLE = "ENTREMISE_SMTP_HOST"
SMTP_PORT_VARIABLE = "ENTREMISE_SMTP_PORT"
SMTP_SECURITY_VARIABLE = "ENTREMISE_SMTP_SECURITY"
SMTP_USER_VARIABLE = "ENTREMISE_SMTP_USER"
SMTP_PASSWORD_VARIABLE = "ENTREMISE_SMTP_PASSWORD"  # noqa: S105  # the name of a setting
SMTP_FROM_VARIABLE = "ENTREMISE_SMTP_FROM"
# Three years after the last contact, as the CNIL recommends for prospects' data.
RETENTION_MONTHS = 36
LONGEST_RETENTION = 1200
# Host names of the local computer; requests under other names are refused (DNS rebinding).
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")
_ORIGIN = re.compile(rf"https?://(?:{_HOST.pattern})(?::\d+)?")
_SHORTEST_SECRET = 32
_HTTPS = {"oui": True, "1": True, "non": False, "0": False, "": False}
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"  # RFC 5322: parts of an e-mail address, separated by dots
_MAILBOX = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_HIGHEST_PORT = 65_535


class SettingsError(Exception):
    """A setting that cannot be used. The message is French, names the variable and what to write in it."""


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """Legal notice of the site: publisher and host (name, address, telephone), contact address, and data controller; empty where not set."""

    publisher: str = ""
    hosting: str = ""
    contact: str = ""
    controller: str = ""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Settings of the web server. `hosts`: host names served, in lower case; `https`: served over HTTPS by a front server (secure cookies); `proxy`: address
    of that server, the only one whose X-Forwarded-For is trusted, empty for none; `tiles`: URL of a map tile server, empty for our own outlines;
    `openrefine`: origin of an OpenRefine allowed to call from a browser, empty for none; `secret_key`: None to draw one at each start, which invalidates
    former signatures; `notice`: legal notice."""

    secret_key: bytes | None = None
    hosts: tuple[str, ...] = LOOPBACK_NAMES
    https: bool = False
    proxy: str = ""
    tiles: str = ""
    openrefine: str = ""
    notice: PublicNotice = PublicNotice()

    @property
    def names(self) -> tuple[str, ...]:
        """Host names other than those of the local computer."""
        return tuple(name for name in self.hosts if name not in LOOPBACK_NAMES)

    @property
    def shared(self) -> bool:
        """Return whether the site is served to other computers."""
        return bool(self.names or self.proxy)


class LogFormat(StrEnum):
    """Format of logs."""

    TEXT = "texte"
    JSON = "json"


class SmtpSecurity(StrEnum):
    """Encryption of the connection to the SMTP server."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "aucune"


# Default ports: submission (RFC 6409), submission over TLS (RFC 8314), local server.
_SMTP_PORTS = {SmtpSecurity.STARTTLS: 587, SmtpSecurity.TLS: 465, SmtpSecurity.NONE: 25}


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """SMTP server, and the sender's address; `user` is empty without authentication."""

    host: str
    port: int
    security: SmtpSecurity
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Controller:
    """Data controller (article 4 of the GDPR), as shown in messages: name, postal address, and contact e-mail."""

    name: str
    address: str
    contact: str


def log_format() -> LogFormat:
    """Return the format of logs (ENTREMISE_LOG), plain text by default. Raises SettingsError."""
    wanted = f"écrivez {' ou '.join(LogFormat)}."
    return LogFormat(_fitting(LOG_VARIABLE, set(LogFormat).__contains__, wanted, LogFormat.TEXT.value))


def metrics_address() -> tuple[str, int] | None:
    """Return the local or private address and port of the metrics endpoint (ENTREMISE_METRICS), None if disabled. Raises SettingsError."""
    address = setting_text(METRICS_VARIABLE)
    if not address:
        return None
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    if not (_is_address(host, private=True) and _is_port(port)):
        raise SettingsError(
            f"{METRICS_VARIABLE}={address} : écrivez une adresse de cet ordinateur ou d’un réseau privé, et un port, "
            "par exemple 127.0.0.1:9464."
        )
    return host, int(port)


def smtp_settings() -> SmtpSettings | None:
    """Return the SMTP settings, None where not set. Raises SettingsError."""
    host = _fitting(
        SMTP_HOST_VARIABLE,
        lambda host: _HOST.fullmatch(host.lower()),
        "écrivez le nom du serveur seul, par exemple smtp.mairie.example.",
    )
    if not host:
        return None
    ways = f"écrivez {', '.join(SmtpSecurity)}."
    security = SmtpSecurity(
        _fitting(SMTP_SECURITY_VARIABLE, set(SmtpSecurity).__contains__, ways, SmtpSecurity.STARTTLS.value)
    )
    usual = str(_SMTP_PORTS[security])
    port = _fitting(SMTP_PORT_VARIABLE, _is_port, f"écrivez un numéro de port, par exemple {usual}.", usual)
    user, password = setting_text(SMTP_USER_VARIABLE), os.environ.get(SMTP_PASSWORD_VARIABLE, "")
    if user and security is SmtpSecurity.NONE:
        raise SettingsError(
            f"{SMTP_USER_VARIABLE} est donné et {SMTP_SECURITY_VARIABLE}={security} : un mot de passe ne part pas en clair. "
            f"Écrivez {SMTP_SECURITY_VARIABLE}=starttls ou tls."
        )
    return SmtpSettings(host, int(port), security, _mailbox(SMTP_FROM_VARIABLE), user, password)


def controller() -> Controller:
    """Return the data controller, required to send messages or crawl sites. Raises SettingsError if a part is missing."""
    missing = [
        name
        for name in (CONTROLLER_NAME_VARIABLE, CONTROLLER_ADDRESS_VARIABLE, CONTROLLER_CONTACT_VARIABLE)
        if not setting_text(name)
    ]
    if missing:
        raise SettingsError(
            f"Aucun message ne part et aucun site n’est lu sans dire qui répond des données personnelles : donnez {', '.join(missing)} "
            "(le nom, l’adresse postale et le courriel du responsable du traitement ; docs/deploy.md)."
        )
    return Controller(
        setting_text(CONTROLLER_NAME_VARIABLE),
        setting_text(CONTROLLER_ADDRESS_VARIABLE),
        _mailbox(CONTROLLER_CONTACT_VARIABLE),
    )


def public_address() -> str:
    """Return the public URL of the site, without a trailing slash, from which links are built. Raises SettingsError."""
    address = setting_text(ADDRESS_VARIABLE).rstrip("/")
    if not is_safe(address):
        raise SettingsError(
            f"{ADDRESS_VARIABLE}={address} : écrivez l’adresse des pages telle que d’autres l’ouvrent, par exemple "
            "https://entremise.mairie.example. Les liens des messages en sont faits."
        )
    return address


def is_safe(address: str) -> bool:
    """Return whether an address is a plain https URL, or an http URL of the local computer."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    schemes = ("https", "http") if parts.hostname in ("127.0.0.1", "localhost", "::1") else ("https",)
    return bool(parts.hostname) and parts.scheme in schemes and not (parts.query or parts.fragment or parts.username)


def setting_text(variable: str) -> str:
    """Return the value of a variable on one line, empty if not set."""
    return " ".join(os.environ.get(variable, "").split())


def _fitting(variable: str, fits: Callable[[str], object], wanted: str, default: str = "") -> str:
    """Return the value of a variable, or `default` if not set. Raises SettingsError, with the advice `wanted`, if `fits` rejects it."""
    value = os.environ.get(variable, "").strip() or default
    if value and not fits(value):
        raise SettingsError(f"{variable}={value} : {wanted}")
    return value


def _mailbox(variable: str) -> str:
    mailbox = setting_text(variable)
    if not _MAILBOX.fullmatch(mailbox):
        raise SettingsError(
            f"{variable}={mailbox} : écrivez une adresse de courriel seule, par exemple achats@mairie.example."
        )
    return mailbox


def web_settings() -> WebSettings:
    """Return the settings of the web server. Raises SettingsError."""
    secret = os.environ.get(SIGNING_VARIABLE, "")
    if secret and len(secret) < _SHORTEST_SECRET:
        raise SettingsError(
            f"{SIGNING_VARIABLE} est trop court : écrivez au moins {_SHORTEST_SECRET} caractères tirés au hasard."
        )
    tiles = _fitting(
        TILES_VARIABLE,
        lambda text: text.startswith("https://") and {"{z}", "{x}", "{y}"} <= set(re.findall(r"\{\w\}", text)),
        "écrivez par exemple https://tuiles.exemple.fr/{z}/{x}/{y}.png",
    )
    openrefine = _fitting(
        OPENREFINE_VARIABLE,
        lambda text: _ORIGIN.fullmatch(text.rstrip("/").lower()),
        "écrivez l’adresse où OpenRefine s’ouvre, par exemple http://127.0.0.1:3333.",
    )
    proxy = _fitting(PROXY_VARIABLE, _is_address, "écrivez l’adresse du serveur placé devant, par exemple 127.0.0.1.")
    https = _fitting(
        HTTPS_VARIABLE, lambda text: text.lower() in _HTTPS, "écrivez oui ou non, et rien d’autre sur la ligne."
    )
    hosts = list(LOOPBACK_NAMES)
    for name in filter(None, map(str.strip, os.environ.get(HOSTS_VARIABLE, "").split(","))):
        try:
            host = name.encode("idna").decode("ascii").lower()  # as browsers send it
        except UnicodeError:
            host = ""
        if not _HOST.fullmatch(host):
            raise SettingsError(
                f"{HOSTS_VARIABLE}={name} : écrivez des noms ou des adresses séparés par des virgules, sans http:// ni port, "
                "par exemple entremise.mairie.example."
            )
        hosts.append(host)
    contact = next((name for name in (CONTACT_VARIABLE, CONTROLLER_CONTACT_VARIABLE) if setting_text(name)), "")
    controller = (setting_text(CONTROLLER_NAME_VARIABLE), setting_text(CONTROLLER_ADDRESS_VARIABLE))
    return WebSettings(
        secret_key=secret.encode() or None,
        hosts=tuple(hosts),
        https=_HTTPS[https.lower()],
        proxy=proxy,
        tiles=tiles,
        openrefine=openrefine.rstrip("/").lower(),
        notice=PublicNotice(
            publisher=setting_text(PUBLISHER_VARIABLE),
            hosting=setting_text(HOSTING_VARIABLE),
            contact=_mailbox(contact) if contact else "",
            controller=", ".join(filter(None, controller)),
        ),
    )


def _is_up_to(text: str, highest: int) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text) <= highest


def _is_port(text: str) -> bool:
    return _is_up_to(text, _HIGHEST_PORT)


def _is_address(text: str, *, private: bool = False) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return address.is_private or not private


def cpv_file() -> Path:
    """Return the path of the user's optional full CPV file (columns CODE and FR, comma-separated): `cpv.csv` of the data folder."""
    return data_folder() / "cpv.csv"


def calibration_file() -> Path:
    """Return the path where version 0.2 stored a team's calibration, now in its catalogue: `calibration.csv` of the data folder."""
    return data_folder() / "calibration.csv"


def source_rules_file() -> Path:
    """Return the path of a team's optional rules of sources (frequency, rights): `sources.csv` of the data folder."""
    return data_folder() / "sources.csv"


def data_folder() -> Path:
    """Return the user's data folder, which may not exist yet."""
    return platformdirs.user_data_path("entremise", appauthor=False)


def reader_folder() -> Path:
    """Return the folder of the trained trade model of a catalogue on a server, and of the key that signs answers: the user's data folder."""
    return data_folder()


def database_url() -> str:
    """Return the SQLAlchemy URL of the catalogue: ENTREMISE_DATABASE_URL, else an SQLite file in the user's data folder."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{(data_folder() / 'catalogue.sqlite').as_posix()}"


def sample_url() -> str:
    """Return the SQLAlchemy URL of the fictitious sample: an SQLite file in the user's data folder, made by `entremise demo`."""
    return f"sqlite:///{(data_folder() / 'exemple.sqlite').as_posix()}"


def retention_months() -> int:
    """Return the retention period of a contact, in months after its source last gave it. Raises SettingsError."""
    wanted = f"écrivez un nombre de mois entre 1 et {LONGEST_RETENTION}, par exemple {RETENTION_MONTHS}."
    return int(
        _fitting(RETENTION_VARIABLE, lambda text: _is_up_to(text, LONGEST_RETENTION), wanted, str(RETENTION_MONTHS))
    )


def cache_folder() -> Path:
    """Return the cache folder: ENTREMISE_CACHE, else the user's; it may not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("entremise", appauthor=False)


def files_folder() -> Path | None:
    """Return the folder of uploaded files (ENTREMISE_FILES), shared by all servers; None if the database stores them."""
    chosen = os.environ.get(FILES_VARIABLE, "").strip()
    return Path(chosen) if chosen else None


def service_url(key: str) -> str | None:
    """Return the URL that replaces a web service's own (a mirror, a test server), None if not set.

    The variable is ENTREMISE_URL_ followed by the service's key in capitals, such as ENTREMISE_URL_DATA_GOUV."""
    return os.environ.get(_SERVICE_VARIABLE + _in_capitals(key)) or None


def token_variable(key: str) -> str:
    """Return the name of the variable with the token of a service: ENTREMISE_TOKEN_ and its key in capitals."""
    return _ACCESS_VARIABLE + _in_capitals(key)


def service_token(key: str) -> str:
    """Return the token of a service, empty if not set. Raises SettingsError."""
    name = token_variable(key)
    token = os.environ.get(name, "").strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise SettingsError(f"{name} : un jeton est une suite de lettres et de chiffres, sans espace ni accent.")
    return token


def _in_capitals(key: str) -> str:
    return key.upper().replace("-", "_")
