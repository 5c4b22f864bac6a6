"""Roles, actions, and the table of the actions that each role allows, used by the pages, the API and the commands."""

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """Role of a person in an organisation; each allows all that the previous one allows. The administrator of one does not administer the installation."""

    READER = "lecteur"
    BUYER = "acheteur"
    STEWARD = "gestionnaire"
    ADMINISTRATOR = "administrateur"


class Action(StrEnum):
    """Action that a page or an API endpoint requires; its value names it in the audit journal."""

    READ = "consulter le catalogue et les dossiers"
    EXPORT = "emporter des fichiers"
    KEEP_DOSSIERS = "tenir des dossiers"
    KEEP_EVENTS = "tenir des événements"
    CORRECT = "corriger le catalogue"
    REVIEW = "juger les fiches à revoir"
    IMPORT = "tenir les imports du catalogue"
    PRIVACY = "retirer un fournisseur, oublier une personne"
    STOP_WORKS = "arrêter et oublier le travail d’un autre"
    DESCRIBE_ORGANISATION = "décrire son organisation"
    MANAGE_MEMBERS = "gérer les membres de son organisation"
    READ_AUDIT = "lire le journal des actions de son organisation"
    ADMINISTER = "administrer l’installation : toutes les organisations, tous les comptes"


_READS = frozenset({Action.READ, Action.EXPORT})
_BUYS = _READS | {Action.KEEP_DOSSIERS, Action.KEEP_EVENTS, Action.CORRECT}
_STEWARDS = _BUYS | {Action.REVIEW, Action.IMPORT, Action.PRIVACY, Action.STOP_WORKS, Action.DESCRIBE_ORGANISATION}

_ADMINISTERS = frozenset({Action.MANAGE_MEMBERS, Action.READ_AUDIT})
# Added for an account that administers the installation, whatever its role in the organisation.
_INSTALLATION = _ADMINISTERS | {Action.ADMINISTER}

PERMISSIONS: Mapping[Role, frozenset[Action]] = {
    Role.READER: _READS,
    Role.BUYER: _BUYS,
    Role.STEWARD: _STEWARDS,
    Role.ADMINISTRATOR: _STEWARDS | _ADMINISTERS,
}


def allowed_actions(role: Role, *, installation: bool) -> frozenset[Action]:
    """Return the actions allowed to a role, and to an account that administers the `installation`."""
    return PERMISSIONS[role] | _INSTALLATION if installation else PERMISSIONS[role]
