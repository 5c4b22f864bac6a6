"""Settings: what is set, what lacks, what cannot be used and is said."""

import pytest

from matcher import settings
from matcher.settings import (
    METRICS_VARIABLE,
    Controller,
    PublicNotice,
    SettingsError,
    SmtpSecurity,
    SmtpSettings,
    controller,
    metrics_address,
    public_address,
    smtp_settings,
    web_settings,
)

SMTP = {"ENTREMISE_SMTP_HOST": "smtp.mairie.example", "ENTREMISE_SMTP_FROM": "achats@mairie.example"}


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, variable in vars(settings).items():
        if name.endswith("_VARIABLE") and name.startswith(
            ("SMTP", "CONTROLLER", "ADDRESS", "PUBLISHER", "HOSTING", "CONTACT", "METRICS")
        ):
            monkeypatch.delenv(variable, raising=False)


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_a_server_of_messages_is_protected_unless_one_says_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    assert smtp_settings() is None
    put(monkeypatch, **SMTP)
    assert smtp_settings() == SmtpSettings("smtp.mairie.example", 587, SmtpSecurity.STARTTLS, "achats@mairie.example")
    account = {"ENTREMISE_SMTP_USER": "a", "ENTREMISE_SMTP_PASSWORD": "un secret"}
    put(monkeypatch, ENTREMISE_SMTP_SECURITY="tls", **account)
    found = smtp_settings()
    assert found is not None
    assert (found.port, found.user, found.password) == (465, "a", "un secret")
    assert "un secret" not in repr(found)
    put(monkeypatch, ENTREMISE_SMTP_SECURITY="aucune", ENTREMISE_SMTP_USER="", ENTREMISE_SMTP_PORT="2525")
    found = smtp_settings()
    assert found is not None
    assert (found.port, found.security) == (2525, SmtpSecurity.NONE)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ENTREMISE_SMTP_HOST", "smtp://mairie.example"),
        ("ENTREMISE_SMTP_PORT", "70000"),
        ("ENTREMISE_SMTP_PORT", "x"),
        ("ENTREMISE_SMTP_SECURITY", "peut-être"),
        ("ENTREMISE_SMTP_FROM", "Achats <achats@mairie.example>"),
        ("ENTREMISE_SMTP_FROM", "achats@mairie.example\r\nBcc: autre@example.org"),
        ("ENTREMISE_SMTP_FROM", ""),
    ],
)
def test_what_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    put(monkeypatch, **SMTP | {variable: value})
    with pytest.raises(SettingsError, match=variable):
        smtp_settings()


def test_a_password_does_not_travel_in_clear(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, **SMTP, ENTREMISE_SMTP_SECURITY="aucune", ENTREMISE_SMTP_USER="a")
    with pytest.raises(SettingsError, match="en clair"):
        smtp_settings()


def test_a_controller_is_whole_or_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, ENTREMISE_CONTROLLER_NAME="Ville de Valbrune", ENTREMISE_CONTROLLER_CONTACT="dpo@mairie.example")
    with pytest.raises(SettingsError, match="donnez ENTREMISE_CONTROLLER_ADDRESS "):
        controller()
    put(monkeypatch, ENTREMISE_CONTROLLER_ADDRESS="1 place de la Mairie,\n59000 Valbrune")
    assert controller() == Controller("Ville de Valbrune", "1 place de la Mairie, 59000 Valbrune", "dpo@mairie.example")


@pytest.mark.parametrize(
    "value", ["", "entremise.example", "http://entremise.example", "https://a.example/?x=1", "javascript:x"]
)
def test_links_begin_with_an_address_that_others_can_open(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    put(monkeypatch, ENTREMISE_ADDRESS=value)
    with pytest.raises(SettingsError, match="ENTREMISE_ADDRESS"):
        public_address()


def test_an_address_loses_its_last_slash_and_this_computer_needs_no_https(monkeypatch: pytest.MonkeyPatch) -> None:
    for written, expected in (
        ("https://entremise.example/", "https://entremise.example"),
        ("https://a.example/achats/", "https://a.example/achats"),
        ("http://127.0.0.1:8321", "http://127.0.0.1:8321"),
    ):
        put(monkeypatch, ENTREMISE_ADDRESS=written)
        assert public_address() == expected


def test_the_notice_of_the_pages_says_what_is_set_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    assert web_settings().notice == PublicNotice()
    put(
        monkeypatch,
        ENTREMISE_PUBLISHER="Ville d’Exemple, place de la Mairie",
        ENTREMISE_CONTROLLER_CONTACT="rgpd@mairie.example",
        ENTREMISE_CONTROLLER_NAME="Ville d’Exemple",
    )
    assert web_settings().notice == PublicNotice(
        "Ville d’Exemple, place de la Mairie", contact="rgpd@mairie.example", controller="Ville d’Exemple"
    )
    put(monkeypatch, ENTREMISE_CONTACT="achats@mairie.example")
    assert web_settings().notice.contact == "achats@mairie.example"
    put(monkeypatch, ENTREMISE_CONTACT="la mairie")
    with pytest.raises(SettingsError, match="ENTREMISE_CONTACT=la mairie"):
        web_settings()


@pytest.mark.parametrize(
    "value", ["*", "null", "127.0.0.1:3333", "http://a.example, http://b.example", "http://a.example/x"]
)
def test_one_origin_alone_may_reconcile(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    put(monkeypatch, ENTREMISE_OPENREFINE=value)
    with pytest.raises(SettingsError, match="ENTREMISE_OPENREFINE"):
        web_settings()
    put(monkeypatch, ENTREMISE_OPENREFINE="http://127.0.0.1:3333/")
    assert web_settings().openrefine == "http://127.0.0.1:3333"


@pytest.mark.parametrize("value", ["127.0.0.1:9464", "[::1]:9464", "10.0.0.4:9464", "0.0.0.0:9464"])
def test_metrics_are_told_where_it_is_said(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    assert metrics_address() is None
    monkeypatch.setenv(METRICS_VARIABLE, value)
    assert metrics_address() == (value.rpartition(":")[0].strip("[]"), 9464)


@pytest.mark.parametrize("value", ["9464", "oui", "8.8.8.8:9464", "localhost:9464", "127.0.0.1:", "127.0.0.1:99999"])
def test_metrics_are_told_to_no_public_address(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv(METRICS_VARIABLE, value)
    with pytest.raises(SettingsError, match=METRICS_VARIABLE):
        metrics_address()


def test_https_is_said_by_a_word_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, https in (("oui", True), ("1", True), ("non", False), ("", False)):
        put(monkeypatch, ENTREMISE_HTTPS=value)
        assert web_settings().https is https
    put(monkeypatch, ENTREMISE_HTTPS="oui  # cookies")  # as systemd reads a line that ends by a comment
    with pytest.raises(SettingsError, match="ENTREMISE_HTTPS=oui  # cookies"):
        web_settings()
