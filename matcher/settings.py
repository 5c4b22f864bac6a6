"""Settings, read from the environment of the person who runs Entremise."""

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
# Three years after the last contact: what the CNIL recommends for the data of prospects.
RETENTION_MONTHS = 36
LONGEST_RETENTION = 1200
# The names of this computer to itself: a page asked under another name (DNS rebinding) is refused.
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
_HOST = re.compile(r"[a-z0-9.-]+|\[[0-9a-f:.]+\]")
_ORIGIN = re.compile(rf"https?://(?:{_HOST.pattern})(?::\d+)?")
_SHORTEST_SECRET = 32
_HTTPS = {"oui": True, "1": True, "non": False, "0": False, "": False}
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_{|}~-]+"  # RFC 5322: what an address is made of, parted by single dots
_MAILBOX = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")
_HIGHEST_PORT = 65_535


class SettingsError(Exception):
    """A setting that cannot be used. The message is French, names the variable and what to write in it."""


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """Notice that the foot of every page leads to: who publishes the pages and who hosts them (name, address, telephone), where one writes to
    them, and who answers for the personal data. Each is as it was set, empty where it was not."""

    publisher: str = ""
    hosting: str = ""
    contact: str = ""
    controller: str = ""


@dataclass(frozen=True, slots=True)
class WebSettings:
    """Settings of the web server. `hosts` are the names they answer to, in lower case; `https` where a server before them has it, so that
    cookies never travel without; `proxy` the address of that server, the only one whose word is taken on who asks (X-Forwarded-For), empty
    where there is none; `tiles` the address of a tile server, empty for our own outlines alone; `openrefine` the origin of the pages of another
    program that may reconcile names from a browser, empty for none; a `secret_key` of None
    is drawn at each start, and what was signed before is void; `notice` names whose the pages are.
    """

    secret_key: bytes | None = None
    hosts: tuple[str, ...] = LOOPBACK_NAMES
    https: bool = False
    proxy: str = ""
    tiles: str = ""
    openrefine: str = ""
    notice: PublicNotice = PublicNotice()

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which others reach the pages: those that are not this computer's to itself."""
        return tuple(name for name in self.hosts if name not in LOOPBACK_NAMES)

    @property
    def shared(self) -> bool:
        """Return whether others are meant to reach the pages."""
        return bool(self.names or self.proxy)


class LogFormat(StrEnum):
    """Forms in which events are logged."""

    TEXT = "texte"
    JSON = "json"


class SmtpSecurity(StrEnum):
    """Ways in which a connection to a server of messages is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "aucune"


# The usual port of each: submission (RFC 6409), submission over TLS (RFC 8314), a server of this computer.
_SMTP_PORTS = {SmtpSecurity.STARTTLS: 587, SmtpSecurity.TLS: 465, SmtpSecurity.NONE: 25}


@dataclass(frozen=True, slots=True)
class SmtpSettings:
    """Server that sends messages, and the address they come from; `user` is empty where it asks for none."""

    host: str
    port: int
    security: SmtpSecurity
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Controller:
    """Controller of the personal data (article 4 of the GDPR), as those who are written to read it: its name, its postal address, and the
    e-mail address where one writes to it."""

    name: str
    address: str
    contact: str


def log_format() -> LogFormat:
    """Return the form in which events are logged (ENTREMISE_LOG), plain words where none is asked. Raises SettingsError."""
    wanted = f"écrivez {' ou '.join(LogFormat)}."
    return LogFormat(_fitting(LOG_VARIABLE, set(LogFormat).__contains__, wanted, LogFormat.TEXT.value))


def metrics_address() -> tuple[str, int] | None:
    """Return the address and the port where this process serves its metrics (ENTREMISE_METRICS), None where it serves none: an address of
    this computer, or of a private network. Raises SettingsError.
    """
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
    """Return the server that sends messages, None where none is set. Raises SettingsError."""
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
    """Return who answers for the personal data: nothing is sent and no site is read without it. Raises SettingsError where a part is missing."""
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
    """Return the address at which others open the pages, without its last slash: links are made of it. Raises SettingsError."""
    address = setting_text(ADDRESS_VARIABLE).rstrip("/")
    if not is_safe(address):
        raise SettingsError(
            f"{ADDRESS_VARIABLE}={address} : écrivez l’adresse des pages telle que d’autres l’ouvrent, par exemple "
            "https://entremise.mairie.example. Les liens des messages en sont faits."
        )
    return address


def is_safe(address: str) -> bool:
    """Return whether it is the plain address of a site, in https, or in http on this computer."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    schemes = ("https", "http") if parts.hostname in ("127.0.0.1", "localhost", "::1") else ("https",)
    return bool(parts.hostname) and parts.scheme in schemes and not (parts.query or parts.fragment or parts.username)


def setting_text(variable: str) -> str:
    """Return what a variable holds, on one line, empty where it is not set."""
    return " ".join(os.environ.get(variable, "").split())


def _fitting(variable: str, fits: Callable[[str], object], wanted: str, default: str = "") -> str:
    """Return what a variable holds, `default` where it is not set. Raises SettingsError, with what is `wanted`, where it does not fit."""
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
    """Return the settings of the pages, from the environment. Raises SettingsError."""
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
    named = [name.strip() for name in os.environ.get(HOSTS_VARIABLE, "").split(",") if name.strip()]
    contact = next((name for name in (CONTACT_VARIABLE, CONTROLLER_CONTACT_VARIABLE) if setting_text(name)), "")
    controller = (setting_text(CONTROLLER_NAME_VARIABLE), setting_text(CONTROLLER_ADDRESS_VARIABLE))
    return WebSettings(
        secret_key=secret.encode() or None,
        hosts=(*LOOPBACK_NAMES, *map(_host, named)),
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


def _host(name: str) -> str:
    """A name of a host as browsers ask for it: in lower case, its accents in the ASCII of the network."""
    try:
        host = name.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise SettingsError(
            f"{HOSTS_VARIABLE}={name} : écrivez des noms ou des adresses séparés par des virgules, sans http:// ni port, "
            "par exemple entremise.mairie.example."
        )
    return host


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
    """Return where the user may put the full official CPV (columns CODE and FR, a comma between): `cpv.csv` of the data folder."""
    return data_folder() / "cpv.csv"


def calibration_file() -> Path:
    """Return where version 0.2 kept a team's own calibration of work, which its catalogue keeps today: `calibration.csv` of the data folder."""
    return data_folder() / "calibration.csv"


def source_rules_file() -> Path:
    """Return where a team may put its own rules of sources (rhythm, rights): `sources.csv` of the data folder."""
    return data_folder() / "sources.csv"


def data_folder() -> Path:
    """Return the user's own data folder for Entremise. It may not exist yet."""
    return platformdirs.user_data_path("entremise", appauthor=False)


def reader_folder() -> Path:
    """Return where what a catalogue on a server has learned of trades is put, and the key that signs answers: the user's data folder."""
    return data_folder()


def database_url() -> str:
    """Return the SQLAlchemy URL of the catalogue: ENTREMISE_DATABASE_URL, else an SQLite file in the user's data folder."""
    return os.environ.get(DATABASE_VARIABLE) or f"sqlite:///{(data_folder() / 'catalogue.sqlite').as_posix()}"


def sample_url() -> str:
    """Return the SQLAlchemy URL of the invented sample: an SQLite file in the user's data folder, which `entremise demo` makes."""
    return f"sqlite:///{(data_folder() / 'exemple.sqlite').as_posix()}"


def retention_months() -> int:
    """Return how many months a contact is kept after its source last gave it. Raises SettingsError."""
    wanted = f"écrivez un nombre de mois entre 1 et {LONGEST_RETENTION}, par exemple {RETENTION_MONTHS}."
    return int(
        _fitting(RETENTION_VARIABLE, lambda text: _is_up_to(text, LONGEST_RETENTION), wanted, str(RETENTION_MONTHS))
    )


def cache_folder() -> Path:
    """Return where downloads are kept: ENTREMISE_CACHE, else the user's own cache folder. It may not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen) if chosen else platformdirs.user_cache_path("entremise", appauthor=False)


def files_folder() -> Path | None:
    """Return the folder where files dropped on pages are kept (ENTREMISE_FILES), which all servers share; None where the database keeps them."""
    chosen = os.environ.get(FILES_VARIABLE, "").strip()
    return Path(chosen) if chosen else None


def service_url(key: str) -> str | None:
    """Return the address that stands in for a service's own (a mirror, a test server), None where none is set.

    It is ENTREMISE_URL_ and the service's key in capitals, such as ENTREMISE_URL_DATA_GOUV.
    """
    return os.environ.get(_SERVICE_VARIABLE + _in_capitals(key)) or None


def token_variable(key: str) -> str:
    """Return the name of the variable that holds the token of a service: ENTREMISE_TOKEN_ and its key in capitals."""
    return _ACCESS_VARIABLE + _in_capitals(key)


def service_token(key: str) -> str:
    """Return the token that a service asks for, empty where none is set. Raises SettingsError."""
    name = token_variable(key)
    token = os.environ.get(name, "").strip()
    if not (token.isascii() and token.isprintable()) or " " in token:
        raise SettingsError(f"{name} : un jeton est une suite de lettres et de chiffres, sans espace ni accent.")
    return token


def _in_capitals(key: str) -> str:
    return key.upper().replace("-", "_")
