"""Roles and what each may do: one table, read by every door."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """Role of a person in an organisation; each may do all that the one before may. Who administers one administers the whole installation."""

    READER = "lecteur"
    BUYER = "acheteur"
    STEWARD = "gestionnaire"
    ADMINISTRATOR = "administrateur"


class Action(StrEnum):
    """Action that a door asks permission for."""

    READ = "consulter le catalogue et les dossiers"
    EXPORT = "emporter des fichiers"
    KEEP_DOSSIERS = "tenir des dossiers"
    KEEP_EVENTS = "tenir des événements"
    CORRECT = "corriger le catalogue"
    REVIEW = "juger les fiches à revoir"
    IMPORT = "importer, et défaire un import"
    PRIVACY = "retirer un fournisseur, oublier une personne"
    DESCRIBE_ORGANISATION = "décrire son organisation"
    MANAGE_ACCOUNTS = "gérer les comptes et les organisations"
    READ_AUDIT = "lire le journal des actions"


_READS = frozenset({Action.READ, Action.EXPORT})
_BUYS = _READS | {Action.KEEP_DOSSIERS, Action.KEEP_EVENTS, Action.CORRECT}
_STEWARDS = _BUYS | {Action.REVIEW, Action.IMPORT, Action.PRIVACY, Action.DESCRIBE_ORGANISATION}

# What an administrator may do whatever the organisation they are in.
ADMINISTERS = frozenset({Action.MANAGE_ACCOUNTS, Action.READ_AUDIT})

PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.READER: _READS,
    Role.BUYER: _BUYS,
    Role.STEWARD: _STEWARDS,
    Role.ADMINISTRATOR: _STEWARDS | ADMINISTERS,
}


def allows(role: Role, action: Action) -> bool:
    """Whether a role may do this."""
    return action in PERMISSIONS[role]
