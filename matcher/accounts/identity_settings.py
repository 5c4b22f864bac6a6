"""Settings of the OpenID Connect identity provider that signs people in, read from the environment (`ENTREMISE_OIDC_…`)."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from matcher.settings import SettingsError, is_safe, public_address, setting_text

ISSUER_VARIABLE = "ENTREMISE_OIDC_ISSUER"
CLIENT_ID_VARIABLE = "ENTREMISE_OIDC_CLIENT_ID"
CLIENT_SECRET_VARIABLE = "ENTREMISE_OIDC_CLIENT_SECRET"  # noqa: S105  # the name of a setting
LABEL_VARIABLE = "ENTREMISE_OIDC_LABEL"
SCOPES_VARIABLE = "ENTREMISE_OIDC_SCOPES"
ACR_VARIABLE = "ENTREMISE_OIDC_ACR_VALUES"
# Scopes of ProConnect, the default; « openid email » is enough for other providers.
SCOPES = "openid given_name usual_name email siret"
# Explanation page to link beside the button of a provider that requires it, by label.
_EXPLAINED = {"ProConnect": "https://www.proconnect.gouv.fr/"}


@dataclass(frozen=True, slots=True)
class IdentityProviderSettings:
    """OpenID Connect settings: the provider's URL (`issuer`, without a final slash) and usual name (`label`); our credentials there and the public URL
    of the pages (`address`); the `scopes` and `acr_values` to request."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    address: str
    label: str
    scopes: str = SCOPES
    acr_values: str = ""

    @property
    def explained_at(self) -> str:
        """The URL of the page that explains the provider, empty where none is known."""
        return _EXPLAINED.get(self.label, "")


def identity_provider() -> IdentityProviderSettings | None:
    """Return the settings from the environment, None without a provider. Raises SettingsError."""
    needed = {name: setting_text(name) for name in (ISSUER_VARIABLE, CLIENT_ID_VARIABLE, CLIENT_SECRET_VARIABLE)}
    if not any(needed.values()):
        return None
    if missing := [name for name, value in needed.items() if not value]:
        raise SettingsError(f"La connexion par un fournisseur d’identité demande aussi {', '.join(missing)}.")
    issuer, client_id, secret = needed.values()
    if not is_safe(issuer):
        raise SettingsError(
            f"{ISSUER_VARIABLE}={issuer} : écrivez l’adresse du fournisseur d’identité, en https, telle que sa page "
            "/.well-known/openid-configuration la donne (« issuer »)."
        )
    scopes = setting_text(SCOPES_VARIABLE) or SCOPES
    if not {"openid", "email"} <= set(scopes.split()):
        raise SettingsError(f"{SCOPES_VARIABLE}={scopes} : demandez au moins « openid email ».")
    label = setting_text(LABEL_VARIABLE) or str(urlsplit(issuer).hostname)
    return IdentityProviderSettings(
        issuer.rstrip("/"), client_id, secret, public_address(), label, scopes, setting_text(ACR_VARIABLE)
    )
