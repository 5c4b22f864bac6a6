"""French version of click (the command-line library): help pages, usage lines, and French sentences for its errors and for those of the operating system."""

import errno
import re
from collections.abc import Iterable, Mapping
from typing import Any

import click
from click.exceptions import BadOptionUsage, BadParameter, MissingParameter, NoSuchOption, UsageError

from matcher.cli.frame.later import Later
from matcher.cli.frame.names import command_today, nearest, options_today
from matcher.domain.french import NO_BREAK, typeset
from matcher.monitoring.logs import command_logged

# French meaning of a system error by errno; other errors keep the system's own words.
_SYSTEM_TROUBLES = {
    errno.ENOENT: "introuvable",
    errno.EACCES: "accès refusé",
    errno.EPERM: "accès refusé",
    errno.EROFS: "le disque est en lecture seule",
    errno.EISDIR: "c’est un dossier",
    errno.ENOTDIR: "une partie de ce chemin n’est pas un dossier",
    errno.ENOSPC: "le disque est plein",
    errno.ENAMETOOLONG: "ce nom est trop long",
    errno.EIO: "le disque répond mal",
    errno.EMFILE: "trop de fichiers sont ouverts à la fois",
    errno.EADDRNOTAVAIL: "cette adresse n’est pas celle de cet ordinateur",
    errno.EADDRINUSE: "cette adresse est déjà prise. Un autre programme, peut-être un autre Entremise, y répond : arrêtez-le, ou prenez un autre port : --port 8322, ou --port 0 pour un port libre",
}
_SERVER_ERRNOS = (errno.EADDRINUSE, errno.EADDRNOTAVAIL)
# The first sentence of a help is shown whole in a list of commands, never cut by « ... ».
LONGEST_HELP = 200  # characters
NO_BREAK_HYPHEN = "\u2011"
# Words that ask for help in place of a command; options by which other programs take a file.
_HELP_WORDS = ("help", "aide")
_FOREIGN_FILE_OPTIONS = ("--file", "--fichier", "--input")


class FrenchFormatter(click.HelpFormatter):
    """Formatter of help pages that breaks no line at a hyphen or before French punctuation."""

    def write_text(self, text: str) -> None:
        super().write_text(_typeset_unbroken(text))

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        super().write_dl([(name, _typeset_unbroken(text)) for name, text in rows], col_max, col_spacing)

    def getvalue(self) -> str:
        return super().getvalue().replace(NO_BREAK_HYPHEN, "-")  # ordinary hyphens, to be copied and typed


class FrenchContext(click.Context):
    """Context of a command whose help page is in French."""

    formatter_class = FrenchFormatter

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"help_option_names": ["-h", "--help"], **more})


class FrenchCommand(click.Command):
    """A command with a French help page; its `epilog` is an example on the sample data, which a test runs."""

    context_class = FrenchContext

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "Affiche cette aide et s’arrête."
        return option

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, options_today(args, option_names(self)))
        except UsageError as error:
            error.ctx = error.ctx or ctx  # click forgets it for an option without its value
            raise

    def invoke(self, ctx: click.Context) -> Any:
        with command_logged(ctx.command_path):
            return super().invoke(ctx)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        french = {"COMMAND [ARGS]...": "COMMANDE [ARGUMENTS]…"}
        pieces = [french.get(piece, piece) for piece in self.collect_usage_pieces(ctx)]
        formatter.write_usage(ctx.command_path, " ".join(pieces), prefix=f"Usage{NO_BREAK}: ")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = []
        for param in self.get_params(ctx):
            names, text = param.get_help_record(ctx) or ("", "")
            text = text.replace("[required]", "[obligatoire]").replace("[default: ", "[par défaut : ")
            # click puts a default that is not the value itself in parentheses, and writes « 0<=x<=100 ».
            text = re.sub(r"(?<=\[par défaut : )\(([^()]+)\)", r"\1", text)
            if text:
                rows.append((names, re.sub(r"(\d+)<=x<=(\d+)", r"de \1 à \2", text)))
        if rows:
            with formatter.section(f"Options{NO_BREAK}"):
                formatter.write_dl(rows)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the example, which is to be copied and so never wrapped."""
        if self.epilog:
            with formatter.section(f"Exemple{NO_BREAK}"):
                indented = self.epilog.replace("\n", "\n    ")  # so are the lines after a « \\ »
                formatter.write(f"  {indented}\n")


class FrenchGroup(FrenchCommand, click.Group):
    """A group of commands with a French help page; `families` gives the names of its commands by section title."""

    command_class = FrenchCommand
    group_class = type  # its subgroups have its own class
    invoke = click.Group.invoke  # only the command itself is logged, not its group

    def __init__(self, *args: Any, families: Mapping[str, Iterable[str]] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.families = families

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        FrenchCommand.format_options(self, ctx, formatter)
        longest = max(map(len, self.commands))
        for title, names in (self.families or {"Commandes": self.commands}).items():
            rows = [(name.ljust(longest), self.commands[name].get_short_help_str(LONGEST_HELP)) for name in names]
            with formatter.section(f"{title}{NO_BREAK}"):
                formatter.write_dl(rows)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        first = args[0] if args and args[0] not in self.commands else ""
        if first in _HELP_WORDS:
            args = [*args[1:], "--help"]
        elif first == "version" and ctx.parent is None:
            args = ["--version"]
        return super().parse_args(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        command = super().get_command(ctx, cmd_name)
        return command.command() if isinstance(command, Later) else command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)  # in the order of the work, not of the alphabet

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        args = command_today(ctx.command_path, args)
        if self.get_command(ctx, args[0]) is None:
            known = self.list_commands(ctx)
            likely = nearest(args[0], known)
            remedy = f"Vouliez-vous dire {' ou '.join(likely)} ?" if likely else f"Commandes : {', '.join(known)}."
            raise UsageError(f"Commande inconnue : « {args[0]} ». {remedy}", ctx)
        return super().resolve_command(ctx, args)


def explain_usage(error: UsageError) -> str:
    """Return a French sentence on a wrong command line, and the command that shows its help."""
    sentence = _usage_sentence(error)
    if error.ctx is not None:
        sentence += f"\nAide : {error.ctx.command_path} --help"
    return sentence


def _usage_sentence(error: UsageError) -> str:
    """Return a French sentence on a wrong command line, by the class of click's error."""
    param, name = getattr(error, "param", None), ""
    if isinstance(param, click.Parameter):
        name = max(param.opts, key=len) if isinstance(param, click.Option) else str(param.human_readable_name)
    if isinstance(error, MissingParameter):
        what = "l’option" if isinstance(error.param, click.Option) else "l’argument"
        return f"Il manque {what} « {name} »."
    if isinstance(error, NoSuchOption):
        return f"Option inconnue : « {error.option_name} ».{_option_advice(error)}"
    if isinstance(error, BadParameter):
        kind = getattr(param, "type", None)
        if isinstance(kind, click.Choice):
            return f"Valeur refusée pour « {name} » : choisissez parmi {', '.join(map(str, kind.choices))}."
        if isinstance(kind, click.IntRange | click.FloatRange):
            return f"Valeur refusée pour « {name} » : donnez un nombre de {kind.min} à {kind.max}."
        return f"Valeur refusée pour « {name} » : {error.message}"
    # click has no class for these two: its message makes the difference
    if isinstance(error, BadOptionUsage):
        wants = "attend une valeur" if "requires" in error.message else "ne prend pas de valeur"
        return f"L’option « {error.option_name} » {wants}."
    if "unexpected extra argument" in error.message:
        extra = error.message.partition("(")[2].removesuffix(")")
        # They are probably the object of the need, in a command that takes one.
        if error.ctx is not None and any("--objet" in option.opts for option in error.ctx.command.params):
            return f"Argument en trop : {extra}. L’objet d’un besoin se donne avec « --objet », entre guillemets."
        return f"Argument en trop : {extra}. Mettez les phrases entre guillemets."
    return error.message


def option_names(command: click.Command) -> list[str]:
    """Return the long names of the options of a command, in the order of its help."""
    options = [param for param in command.params if isinstance(param, click.Option)]
    return [name for option in options for name in (*option.opts, *option.secondary_opts) if name.startswith("--")]


def _option_advice(error: NoSuchOption) -> str:
    """Return advice for an unknown option: the nearest options, or the file without an option where it is an argument."""
    if error.ctx is None:
        return ""
    files = [
        str(param.metavar)
        for param in error.ctx.command.params
        if isinstance(param, click.Argument) and "FICHIER" in (param.metavar or "")
    ]
    if files and error.option_name in _FOREIGN_FILE_OPTIONS:
        return f" Le fichier se donne sans option : {error.ctx.command_path} {files[0]}"
    likely = nearest(error.option_name, option_names(error.ctx.command))
    return f" Vouliez-vous dire {' ou '.join(likely)} ?" if likely else ""


def system_trouble(error: OSError) -> str:
    """Return a French sentence on an error of the operating system, with the file where it names one."""
    meaning = _SYSTEM_TROUBLES.get(error.errno or 0, error.strerror or str(error))
    what = "Le serveur ne peut pas ouvrir" if error.errno in _SERVER_ERRNOS else "L’écriture a échoué"
    if error.filename:
        what = f"« {error.filename} »"
    return f"{what} : {meaning}."


def _typeset_unbroken(text: str) -> str:
    return re.sub(r"(?<=\w)-(?=\w)", NO_BREAK_HYPHEN, typeset(text))
