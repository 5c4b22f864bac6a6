"""Reference of the commands at the end of docs/commands.md: what `--help` prints of each, written by `make commands`."""

from collections.abc import Iterator

import click

from matcher.cli.app import cli
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "commands.md"
MARK = "<!-- Écrit par « make commands » : rien ne se change sous cette ligne. -->\n"
WIDTH = 110


def every(command: click.Command, name: str, above: click.Context | None = None) -> Iterator[click.Context]:
    """A command and all those under it, in the order of its help, each as the context that prints its help."""
    context = click.Context(command, info_name=name, parent=above, terminal_width=WIDTH, max_content_width=WIDTH)
    yield context
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from every(command.commands[inner], inner, context)


def reference() -> str:
    """Return the page below its mark: a heading and the help of each command."""
    parts = [f"### {context.command_path}\n```text\n{context.get_help()}\n```\n" for context in every(cli, "entremise")]
    return "\n".join(parts)


if __name__ == "__main__":
    written, _, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(f"{written}{MARK}\n{reference()}", encoding="utf-8")
