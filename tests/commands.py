"""Two parts of docs/commands-reference.md, written by `make commands`: the families, a line a command, and what `--help` prints of each."""

import re
from collections.abc import Iterator

import click

from matcher.cli.app import FAMILIES, cli
from matcher.cli.frame.french import LONGEST_HELP
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "commands-reference.md"
BEGIN = "<!-- Écrit par « make commands » : rien ne se change d’ici à la marque suivante. -->\n"
END = "<!-- Fin de ce qu’écrit « make commands ». -->\n"
WIDTH = 110


def every(command: click.Command, name: str, above: click.Context | None = None) -> Iterator[click.Context]:
    """A command and all those under it, in the order of its help, each as the context that prints its help."""
    context = command.context_class(
        command, info_name=name, parent=above, terminal_width=WIDTH, max_content_width=WIDTH
    )
    yield context
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            found = command.get_command(context, inner)
            assert found is not None
            yield from every(found, inner, context)


def families() -> str:
    """Return each family as a list: a line a command, then those under it by their names."""
    contexts, lines = list(every(cli, "entremise")), list[str]()
    for title, names in FAMILIES.items():
        lines += [f"**{title}**", ""]
        for name in names:
            path = f"entremise {name}"
            first, *under = (its for its in contexts if f"{its.command_path} ".startswith(f"{path} "))
            told = f"- {_link(first)} : {first.command.get_short_help_str(LONGEST_HELP)}"
            lines.append(f"{told} {', '.join(map(_link, under))}".rstrip())
        lines.append("")
    return "\n".join(lines)


def reference() -> str:
    """Return a heading and the help of each command."""
    parts = [f"### {context.command_path}\n```text\n{context.get_help()}\n```\n" for context in every(cli, "entremise")]
    return "\n".join(parts)


def page() -> str:
    """Return the page with both parts as they should be."""
    parts = iter((families(), reference()))
    written = PAGE.read_text(encoding="utf-8")
    return re.sub(f"(?s){BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{next(parts)}\n{END}", written)


def _link(context: click.Context) -> str:
    return f"[{context.info_name}](#{context.command_path.replace(' ', '-')})"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
