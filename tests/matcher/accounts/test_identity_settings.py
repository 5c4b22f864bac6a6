"""Settings of the identity provider: what is set, what lacks, what cannot be used and is said."""

import pytest

from matcher.accounts.identity_settings import SCOPES, IdentityProviderSettings, identity_provider
from matcher.settings import ADDRESS_VARIABLE, SettingsError

GIVEN = {
    "ENTREMISE_OIDC_ISSUER": "https://fi.example/api/v2/",
    "ENTREMISE_OIDC_CLIENT_ID": "entremise",
    "ENTREMISE_OIDC_CLIENT_SECRET": "un secret",
    ADDRESS_VARIABLE: "https://entremise.mairie.example/",
}
OTHERS = ("ENTREMISE_OIDC_LABEL", "ENTREMISE_OIDC_SCOPES", "ENTREMISE_OIDC_ACR_VALUES")


def put(monkeypatch: pytest.MonkeyPatch, **values: str) -> None:
    for name in (*GIVEN, *OTHERS):
        monkeypatch.delenv(name, raising=False)
    for name, value in values.items():
        monkeypatch.setenv(name, value)


def test_it_is_off_unless_it_is_set_and_the_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch)
    assert identity_provider() is None
    put(monkeypatch, **GIVEN)
    its = identity_provider()
    address = "https://entremise.mairie.example"
    assert its == IdentityProviderSettings(
        "https://fi.example/api/v2", "entremise", "un secret", address, "fi.example", SCOPES, ""
    )
    assert "un secret" not in repr(its)
    put(monkeypatch, **GIVEN, ENTREMISE_OIDC_LABEL="ProConnect", ENTREMISE_OIDC_SCOPES="openid email")
    its = identity_provider()
    assert its is not None
    assert (its.label, its.scopes) == ("ProConnect", "openid email")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("ENTREMISE_OIDC_ISSUER", "", "ENTREMISE_OIDC_ISSUER"),
        ("ENTREMISE_OIDC_CLIENT_SECRET", "", "ENTREMISE_OIDC_CLIENT_SECRET"),
        ("ENTREMISE_OIDC_ISSUER", "http://fi.example", "en https"),
        ("ENTREMISE_OIDC_ISSUER", "fi.example", "en https"),
        ("ENTREMISE_OIDC_ISSUER", "https://moi:secret@fi.example", "en https"),
        ("ENTREMISE_OIDC_ISSUER", "http://[::1", "en https"),
        ("ENTREMISE_OIDC_SCOPES", "openid profile", "openid email"),
        (ADDRESS_VARIABLE, "", "ENTREMISE_ADDRESS"),
    ],
)
def test_what_cannot_be_used_is_said(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, said: str) -> None:
    put(monkeypatch, **GIVEN | {variable: value})
    with pytest.raises(SettingsError, match=said) as refused:
        identity_provider()
    assert "un secret" not in str(refused.value)
