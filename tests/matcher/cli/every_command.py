"""Every command of the program as a process: the example of its help, run in a folder of its own on the sample."""

import csv
import json
import os
import shlex
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from graphlib import TopologicalSorter
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from sqlalchemy import Engine, delete, insert, update

from matcher.accounts.roles import Role
from matcher.accounts.store import add_account, set_installation
from matcher.accounts.tables import IDENTITIES
from matcher.catalogue.steward.corrections import correct_supplier
from matcher.catalogue.store.tables import META
from matcher.cli.app import cli
from matcher.db import open_database, writing
from matcher.dossiers.asking.answer import GivenAnswer
from matcher.dossiers.asking.answering import keep_answer
from matcher.mail.tables import MESSAGES
from matcher.ownership import FIRST_ORGANISATION
from matcher.paths import shipped_path
from tests.commands import every
from tests.every_verb import FILES as SHEETS
from tests.importers.documents.writing import write_docx
from tests.importers.server import JSON, Answer, serving
from tests.matcher.answers.installations import state_answer
from tests.matcher.mail.mailbox import SENDER, Mailbox
from tests.matcher.mail.mailbox import serving as mail_served
from tests.matcher.tender.pieces import RC
from tests.waiting import LONGEST_S

DEMO = "demo"
SAMPLE_FILE = Path("data/entremise/exemple.sqlite")
ASKED = "siret:00010105500010"  # whose trade is not known in the lot that `dossier add-lot` freezes
TYPED = "une phrase de douze mots ou presque\n"
# The command in whose catalogue, as it leaves it, another is run; that of the sample otherwise.
AFTER: Mapping[str, str] = {
    "catalogue withdraw": "catalogue correct",
    **{f"dossier {name}": "dossier create" for name in ("edit", "list", "show", "add-lot")},
    **{
        f"dossier {name}": "dossier add-lot"
        for name in ("award", "close", "delete", "export", "keep", "message", "move", "note", "promise-hours")
    },
    **{f"dossier {name}": "dossier add-lot" for name in ("remove", "remove-lot", "sent", "since", "status")},
    "dossier remove-award": "dossier award",
    "dossier hours": "dossier promise-hours",
    "dossier record-hours": "dossier promise-hours",
    "dossier move-hours": "dossier promise-hours",
    **{f"dossier {name}-hours": "dossier record-hours" for name in ("correct", "remove")},
    "dossier reopen": "dossier close",
    "dossier restore": "dossier delete",
    "dossier import": "dossier export",
    "bilan": "dossier award",
    "campagne create": "dossier add-lot",
    **{f"campagne {name}": "campagne create" for name in ("close", "leave-out", "list", "merge-file", "send", "show")},
    **{f"campagne {name}": "campagne send" for name in ("bounce", "follow-up")},
    **{f"campagne {name}": "campagne merge-file" for name in ("accept", "refuse")},
    "reponses import": "reponses export",
    "club restore": "club delete",
    "club import": "club create",
    "db restore": "db backup",
    **{
        f"account {name}": "account add"
        for name in ("audit", "disable", "installation", "list", "password", "revoke", "role", "token create", "unbind")
    },
    "account enable": "account disable",
    "account token list": "account token create",
    "account token revoke": "account token create",
    "organisation list": "organisation create",
    "organisation member": "account add",
}


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _give_address(engine: Engine, _folder: Path) -> None:
    correct_supplier(engine, ASKED, {"courriel": ["contact@esat.example"]}, author="Léa", motive="", now=_now())


def _answer(engine: Engine, folder: Path) -> None:
    """Answer by the link of the first message: to an address that no directory gives, so that the answer waits."""
    with (folder / "publipostage.csv").open(encoding="utf-8-sig", newline="") as file:
        next(file)  # the notice
        link = next(csv.DictReader(file, delimiter=";"))["Lien"]
    keep_answer(engine, link.rpartition("/")[2], GivenAnswer(workers="12"), now=datetime.now(UTC))


def _state(engine: Engine, _folder: Path) -> None:
    """Have a structure answer by telephone: correction 1."""
    with writing(engine) as connection:
        state_answer(connection, ASKED, {"effectif": ["12"], "zone": ["30 km"]}, _now())


def _a_week_ago(engine: Engine, _folder: Path) -> None:
    """Have the messages gone eight days ago: one is reminded after a week."""
    with writing(engine) as connection:
        connection.execute(update(MESSAGES).values(changed=_now() - timedelta(days=8)))


def _second_administrator(engine: Engine, _folder: Path) -> None:
    add_account(engine, "marc", TYPED.strip(), Role.ADMINISTRATOR, FIRST_ORGANISATION, author="Léa", now=_now())
    set_installation(engine, "marc", True, author="Léa", now=_now())


def _piece(_engine: Engine, folder: Path) -> None:
    write_docx(folder / "reglement.docx", RC[1].split("\n"))


def _bind(engine: Engine, _folder: Path) -> None:
    bound = {"account_id": 1, "issuer": "https://identite.example", "subject": "1", "since": _now()}
    with writing(engine) as connection:
        connection.execute(insert(IDENTITIES), bound)


def _make_own(engine: Engine, _folder: Path) -> None:
    """Take the mark of the sample off a catalogue: what fills one fills a person's own."""
    with writing(engine) as connection:
        connection.execute(delete(META).where(META.c.key == "sample"))


# What a person has done before an example, where no other example does it.
PREPARED: Mapping[str, Callable[[Engine, Path], None]] = {
    "dce": _piece,
    "account disable": _second_administrator,
    "account unbind": _bind,
    "campagne accept": _answer,
    "campagne create": _give_address,
    "campagne follow-up": _a_week_ago,
    "catalogue add": _make_own,
    "catalogue enrich": _make_own,
    "campagne refuse": _answer,
    "reponses accord": _state,
}
# What goes on until it is stopped, and what it prints once it is ready.
SERVERS: Mapping[str, str] = {"serve": "Pages ouvertes", "worker": "Au travail"}
# What is started by itself, as a person does; the others are done by a process that has loaded the libraries of all.
ALONE = {DEMO, "match", *SERVERS}
# Files that examples read, beside those of the sample.
FILES: Mapping[str, str] = {
    "achats_2027.csv": SHEETS["programme.csv"],
    "depenses_2025.csv": SHEETS["depenses.csv"],
    "lots.csv": SHEETS["lots.csv"],
    "sites.csv": SHEETS["sites.csv"],
    "tiers_2025.csv": SHEETS["noms.csv"],
    "facilitateurs.csv": "Nom;Organisme;Département(s);Tél.;E-mail\nExemple;PLIE fictif;Nord;03 53 01 00 01;c@plie.example\n",
    "message.txt": "Bonjour,\n\nNous préparons un marché.\n",
    "etiquettes/reading_dev.jsonl": json.dumps(
        {"lot_id": "1", "objet": "Tonte", "cpv": "77310000", "group": "Espaces verts & extérieurs", "sector": None}
    ),
}
SERVICES = ("BOAMP", "DATA_GOUV", "EMPLOIS", "MARCHE", "RECHERCHE_ENTREPRISES", "TABULAR")
CONTROLLER = {"NAME": "Ville de Valbrune", "ADDRESS": "1 place de la Mairie", "CONTACT": SENDER}


@dataclass(frozen=True)
class Ended:
    """How a process ended, what it printed, and the folder that it leaves."""

    code: int
    out: str
    err: str
    folder: Path


def examples() -> dict[str, str]:
    """Return the example that the help of each command gives, by the command's name; empty where it gives none."""
    found = {}
    for context in every(cli, "entremise"):
        if not isinstance(context.command, click.Group):
            _, _, example = context.get_help().partition("Exemple :\n".replace(" ", "\xa0"))
            found[context.command_path.removeprefix("entremise ")] = example.strip().replace("\\\n", "")
    return found


def in_order(names: Mapping[str, str]) -> list[str]:
    """Return commands, each after the command in whose catalogue it is run."""
    return list(
        TopologicalSorter({name: [AFTER.get(name, DEMO)] if name != DEMO else [] for name in names}).static_order()
    )


@contextmanager
def surroundings() -> Iterator[dict[str, str]]:
    """Give what the environment tells a process: services and a server of messages on this computer, who answers for the data."""
    nothing = Answer(json.dumps({"results": [], "total_results": 0, "total_count": 0}).encode(), headers=JSON)
    with ExitStack() as stack:
        services = stack.enter_context(serving(lambda *_: nothing))
        mail = stack.enter_context(mail_served(Mailbox()))
        yield {
            **{f"ENTREMISE_URL_{name}": services.base for name in SERVICES},
            **{f"ENTREMISE_CONTROLLER_{name}": value for name, value in CONTROLLER.items()},
            "ENTREMISE_ADDRESS": "http://127.0.0.1:8321",
            "ENTREMISE_SMTP_HOST": mail.host,
            "ENTREMISE_SMTP_PORT": str(mail.port),
            "ENTREMISE_SMTP_SECURITY": "aucune",
            "ENTREMISE_SMTP_FROM": SENDER,
            "NO_PROXY": "127.0.0.1",
        }


class LoadedProgram:
    """The process of `loaded.py`, which does a command in a child: an interpreter that loads all anew was most of the time of a command."""

    def __init__(self, python: Path, program: Path, environment: Mapping[str, str]) -> None:
        pipe, alone = subprocess.PIPE, {"OPENBLAS_NUM_THREADS": "1"}  # a process of several threads does not fork
        words = [str(python), "-P", str(Path(__file__).with_name("loaded.py")), str(program)]
        self._process = subprocess.Popen(words, stdin=pipe, stdout=pipe, env={**environment, **alone}, encoding="utf-8")

    def ended(self, words: list[str], folder: Path, environment: Mapping[str, str]) -> tuple[int, str, str]:
        """Do a command to its end: its code, what it printed, and its complaints."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with TemporaryDirectory() as streams:
            read, printed, complained = files = [Path(streams) / name for name in ("entree", "sortie", "erreurs")]
            read.write_text(TYPED, encoding="utf-8")
            order = {"words": words, "folder": str(folder), "environment": environment, "files": list(map(str, files))}
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            code = int(self._process.stdout.readline())
            return code, printed.read_text(encoding="utf-8"), complained.read_text(encoding="utf-8")

    def stop(self) -> None:
        """End the process."""
        self._process.communicate(timeout=LONGEST_S)


class Examples:
    """The examples of all commands, run one after another by a program, each in a copy of the folder that the command before it leaves."""

    def __init__(self, python: Path, program: Path, folder: Path, environment: Mapping[str, str]) -> None:
        self._program, self._folder, self._environment = program, folder, environment
        self._pool, self._runs = ThreadPoolExecutor(1), dict[str, Future[Ended]]()
        self._loaded = LoadedProgram(python, program, environment) if hasattr(os, "fork") else None

    def start(self, lines: Mapping[str, str]) -> dict[str, Future[Ended]]:
        """Begin all, a command never before that whose folder it takes, and return how each will end."""
        for name in in_order(lines):
            self._runs[name] = self._pool.submit(self._run, name, lines[name])
        return self._runs

    def stop(self) -> None:
        """Begin no other, and wait for those that run."""
        self._pool.shutdown(cancel_futures=True)
        if self._loaded:
            self._loaded.stop()

    def _run(self, name: str, line: str) -> Ended:
        folder = self._folder / name.replace(" ", "-")
        if name == DEMO:
            shutil.copytree(shipped_path("data/samples"), folder)
            for file, text in FILES.items():
                (folder / file).parent.mkdir(exist_ok=True)
                (folder / file).write_text(text, encoding="utf-8")
        else:
            shutil.copytree(self._runs[AFTER.get(name, DEMO)].result().folder, folder)
        catalogue = folder / SAMPLE_FILE
        if prepare := PREPARED.get(name):
            engine = open_database(f"sqlite:///{catalogue.as_posix()}")
            prepare(engine, folder)
            engine.dispose()
        told = {
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "ENTREMISE_CACHE": str(self._folder / "cache"),
            **({} if name == DEMO else {"ENTREMISE_DATABASE_URL": f"sqlite:///{catalogue.as_posix()}"}),
        }
        program, *words = shlex.split(line)
        assert program == "entremise", line
        environment, ready = {**self._environment, **told}, SERVERS.get(name, "")
        if self._loaded and name not in ALONE:
            return Ended(*self._loaded.ended(words, folder, environment), folder)
        return Ended(*_ended([str(self._program), *words], folder, environment, ready=ready), folder)


def _ended(words: list[str], folder: Path, environment: dict[str, str], *, ready: str) -> tuple[int, str, str]:
    """Run a process to its end, or, where it is a server, until it says that it is `ready`, and have it stop."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        words, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, encoding="utf-8"
    ) as process:
        before = ""
        if ready:
            assert process.stdout is not None
            for line in process.stdout:
                before += line
                if ready in line:
                    break
            time.sleep(0.5)  # the signal is listened to once the sentence is printed
            process.send_signal(signal.SIGTERM)
        out, err = process.communicate(None if ready else TYPED, timeout=LONGEST_S)
        return process.returncode, before + out, err


def bare_environment() -> dict[str, str]:
    """Return this environment without what would lead to the repository or to a catalogue."""
    return {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "ENTREMISE", "XDG"))} | {
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
    }
