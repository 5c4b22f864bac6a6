"""Order of trust in sources: the team, then the directories in the order of their registry."""

from importers import REGISTRY

TEAM = "equipe"
TEAM_TITLE = "l’équipe"

TRUST: tuple[str, ...] = (TEAM, *REGISTRY)


def source_title(source: str) -> str:
    """Return the French name of a source, its key where no directory has it."""
    if source == TEAM:
        return TEAM_TITLE
    return REGISTRY[source].title if source in REGISTRY else source
