"""Identity that a provider proves, and the refusals of one that it does not: what the pages know of a provider without loading its client."""

from dataclasses import dataclass

from matcher.accounts.sessions import SignInRefused


class IdentityRefused(SignInRefused):
    """A sign-in that the provider does not prove. The message is what its person reads; `reason` says more, without any secret, to those who
    administer."""

    def __init__(self, message: str, reason: str) -> None:
        super().__init__(message)
        self.reason = reason


class ProviderUnreachable(IdentityRefused):
    """A provider that does not answer, or not as it should: nothing is known of who asks."""


@dataclass(frozen=True, slots=True)
class Departure:
    """A person leaving for the provider: the address where they go, and the secrets that their browser brings back."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class ProvenIdentity:
    """Identity that the provider proves: who it is there for good (`issuer`, `subject`), and what is said of them today, empty where it says
    nothing or cannot be used. `source` is the provider behind it, where it has several; `id_token` ends its session."""

    issuer: str
    subject: str
    email: str
    name: str
    siret: str
    source: str
    id_token: str
