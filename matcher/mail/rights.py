"""Writes, in French, the data protection notice at the end of e-mails, which the law requires (articles 13, 14 and 21 of the GDPR)."""

from matcher.settings import Controller


def rights(by: Controller, *, origin: str, ground: str, duration: str) -> tuple[str, ...]:
    """Return the lines, in French: data controller (`by`), `origin` of the address, legal `ground`, `duration` of storage, and how to object."""
    return (
        f"Responsable du traitement : {by.name}, {by.address}, {by.contact}.",
        f"Votre adresse vient de : {origin}.",
        f"Base légale : {ground}.",
        f"Durée : {duration}.",
        f"Vous pouvez vous opposer, lire, corriger ou faire effacer vos données : par ce lien, ou à {by.contact} ; réclamation : cnil.fr.",
    )
