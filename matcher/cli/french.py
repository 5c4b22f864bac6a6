"""click in French: help headings, usage lines and the sentences of its errors."""

from collections.abc import Sequence
from typing import Any

import click
from click.exceptions import BadParameter, MissingParameter, NoSuchOption, UsageError


class FrenchCommand(click.Command):
    """A command whose help page speaks French."""

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Affiche cette aide et s’arrête."
        return option

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        pieces = [_translated_piece(piece) for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix="Usage : ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        records = [record for param in self.get_params(ctx) if (record := param.get_help_record(ctx)) is not None]
        if records:
            with formatter.section("Options"):
                formatter.write_dl([(names, _french_extra(text)) for names, text in records])


class FrenchGroup(FrenchCommand, click.Group):
    """A group of commands whose help page speaks French; its commands are French too."""

    command_class = FrenchCommand

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        FrenchCommand.format_options(self, ctx, formatter)
        rows = [
            (name, command.get_short_help_str(limit=90))
            for name in self.list_commands(ctx)
            if (command := self.get_command(ctx, name)) is not None and not command.hidden
        ]
        with formatter.section("Commandes"):
            formatter.write_dl(rows)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of the work, not of the alphabet

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if self.get_command(ctx, args[0]) is None:
            known = ", ".join(self.list_commands(ctx))
            raise UsageError(f"Commande inconnue : « {args[0]} ». Commandes : {known}.", ctx)
        return super().resolve_command(ctx, args)


def explain(error: UsageError) -> str:
    """Return what is wrong with a command line, in French, and the command that shows its help."""
    sentence = _sentence(error)
    if error.ctx is not None:
        sentence += f"\nAide : {error.ctx.command_path} --help"
    return sentence


def _sentence(error: UsageError) -> str:
    name = _name(error)
    if isinstance(error, MissingParameter):
        what = "l’option" if isinstance(error.param, click.Option) else "l’argument"
        return f"Il manque {what} « {name} »."
    if isinstance(error, NoSuchOption):
        near = f" Vouliez-vous dire {' ou '.join(sorted(error.possibilities))} ?" if error.possibilities else ""
        return f"Option inconnue : « {error.option_name} ».{near}"
    if isinstance(error, BadParameter):
        if isinstance(error.param, click.Parameter) and isinstance(error.param.type, click.Choice):
            return f"Valeur refusée pour « {name} » : choisissez parmi {', '.join(map(str, error.param.type.choices))}."
        return f"Valeur refusée pour « {name} » : {error.message}"
    if "requires an argument" in error.message:
        return f"L’option « {getattr(error, 'option_name', name)} » attend une valeur."
    if "unexpected extra argument" in error.message:
        return (
            f"Argument en trop : {error.message.rpartition('(')[2].rstrip(')')}. Mettez les phrases entre guillemets."
        )
    return error.message


def _name(error: UsageError) -> str:
    param = getattr(error, "param", None)
    if isinstance(param, click.Option):
        return _longest(param.opts)
    return str(param.human_readable_name) if isinstance(param, click.Parameter) else ""


def _longest(names: Sequence[str]) -> str:
    return max(names, key=len)


def _translated_piece(piece: str) -> str:
    return {"[OPTIONS]": "[OPTIONS]", "COMMAND [ARGS]...": "COMMANDE [ARGUMENTS]…"}.get(piece, piece)


def _french_extra(text: str) -> str:
    return text.replace("[required]", "[obligatoire]").replace("[default: ", "[par défaut : ")
