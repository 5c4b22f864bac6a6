"""Lists what is impossible or doubtful in a meeting day before its timetable is planned, as French sentences with the participants concerned."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from matcher.cleaning.names import name_key
from matcher.club.meeting_day.meeting_day import Doubt, MeetingDay, Participant, ParticipantRole, Tie
from matcher.club.meeting_day.schedule import clock
from matcher.club.meeting_day.store import People
from matcher.club.planner.checks import Code, Trouble, find_troubles
from matcher.club.timetable.setting import Setting
from matcher.domain.french import count, enumeration, number, typeset
from matcher.domain.grouping import group_pairs
from matcher.journal.change import ChangeRefused

MOST_NAMES = 8
_SIDES = ("acheteurs", "fournisseurs")
# Without these there is nothing that a planner could place.
NOTHING_TO_PLAN = frozenset({Code.NO_SLOT, Code.NO_TABLE, Code.NO_BUYER, Code.NO_SUPPLIER, Code.NOBODY_MATCHES})
# Troubles to fix in the settings of the event: its hours, its room, the minimum of a side.
OF_THE_ROOM = frozenset(
    {
        *(Code.NO_SLOT, Code.NO_TABLE, Code.IDLE_TABLES, Code.FEW_TABLES, Code.FEW_OTHERS, Code.FEW_ACCESSIBLE),
        *(Code.FEW_INTERPRETERS, Code.NO_ACCESSIBLE_TABLE, Code.NO_INTERPRETER),
    }
)
# Missing information on participants: a code, a test of who lacks it, and its consequence in French.
_SILENCES: tuple[tuple[str, Callable[[Participant], bool], str], ...] = (
    ("no_need", lambda one: not one.supplies and not one.needs, "sans besoin : seuls des vœux peuvent le placer"),
    (
        "no_place",
        lambda one: not one.supplies and any(not (need.place or one.place) for need in one.needs),
        "avec un besoin sans lieu : la distance ne départage personne",
    ),
    (
        "no_hours",
        lambda one: bool(
            one.sort is ParticipantRole.ATTRIBUTAIRE and one.needs and not any(its.hours for its in one.needs)
        ),
        "attributaire sans nombre d’heures",
    ),
    (
        "no_activity",
        lambda one: one.supplies and not one.supplier_id and not one.activity,
        "hors du catalogue et sans activité : rien ne dit qui pourrait le voir",
    ),
)
# Sentences instead of those above where the missing information is why a participant has nobody to meet.
_WHY_ALONE = {
    "no_need": "sans besoin ni vœu : personne à lui présenter",
    "no_activity": "hors du catalogue, sans activité ni vœu : personne à lui présenter",
}
CIVILITIES = frozenset({"m", "mme", "mlle", "mr", "dr", "me", "monsieur", "madame"})


@dataclass(frozen=True, slots=True)
class TroubleText:
    """A trouble: `text` for the organiser, `keys` of the participants concerned. A `remark` does not prevent planning as requested."""

    code: str
    text: str
    keys: tuple[int, ...] = ()
    remark: bool = True


def list_troubles(setting: Setting, people: People = MappingProxyType({})) -> list[TroubleText]:
    """Return the troubles of an event before planning, impossible requests first, then remarks. `people`: persons by participant (key)."""
    event = setting.event
    sides = ((setting.affinities.buyers, setting.worth), (setting.affinities.suppliers, setting.worth.T))
    alone = (one.key for side, worth in sides for one, row in zip(side, worth, strict=True) if not row.any())
    silent = [*_of_silence(event, frozenset(alone))]
    explained = frozenset(key for one in silent if one.code in _WHY_ALONE for key in one.keys)
    contradictions = []
    for wish in (one for one in event.bonds if one.tie is Tie.MUST):
        for refusal in event.bonds:
            if refusal.tie is Tie.NEVER and _seats(event, refusal.pair) == _seats(event, wish.pair):
                whose = "lui-même" if refusal.by == wish.by else event.name_of(refusal.by)
                text = (
                    f"Vœux contraires : {event.name_of(wish.by)} souhaite voir {event.name_of(wish.other)}, "
                    f"et {whose} ne le veut pas. Le refus l’emporte : retirez l’un des deux."
                )
                keys = tuple(sorted(wish.pair))
                contradictions.append(TroubleText("contradictory", typeset(text), keys, remark=False))
    statements = [
        *contradictions,
        *_of_planner(setting, explained),
        *_of_lists(event),
        *silent,
        *_of_people(event, people),
    ]
    return sorted(dict.fromkeys(statements), key=lambda one: one.remark)


def refuse_nothing(setting: Setting) -> None:
    """Raise ChangeRefused where there is nothing that a planner could place."""
    if any(one.code in NOTHING_TO_PLAN for one in find_troubles(setting.problem)):
        raise ChangeRefused("Il n’y a encore rien à planifier : voyez ce qui manque.")


def _of_planner(setting: Setting, explained: frozenset[int]) -> Iterator[TroubleText]:
    """Yield the planner's troubles, except those of absent participants and those that missing information (`explained` keys) accounts for."""
    event, sides = setting.event, (setting.affinities.buyers, setting.affinities.suppliers)
    refused = {setting.row_pair(bond.pair) for bond in event.bonds if bond.tie is Tie.NEVER}
    alike: dict[Trouble, list[int]] = {}  # one sentence for those in the same case
    for planner_trouble in find_troubles(setting.problem):
        keys = tuple(
            side[row].key
            for side, rows in zip(sides, (planner_trouble.buyers, planner_trouble.suppliers), strict=True)
            for row in rows
        )
        if len(keys) == 1 and event.participant(keys[0]).absent:
            continue
        if planner_trouble.code in (Code.NO_PARTNER, Code.FEW_PARTNERS) and explained.issuperset(keys):
            continue
        if (
            planner_trouble.code is Code.MUST_REFUSED
            and (planner_trouble.buyers[0], planner_trouble.suppliers[0]) in refused
        ):
            continue  # the contradiction of wishes is a trouble of its own
        if len(keys) == 1:
            alike.setdefault(Trouble(planner_trouble.code, figures=planner_trouble.figures), []).extend(keys)
        else:
            yield TroubleText(
                str(planner_trouble.code),
                typeset(_SENTENCES[planner_trouble.code](event, keys, planner_trouble)),
                keys,
                planner_trouble.remark,
            )
    for planner_trouble, same in alike.items():
        yield TroubleText(
            str(planner_trouble.code),
            typeset(_SENTENCES[planner_trouble.code](event, same, planner_trouble)),
            tuple(same),
            planner_trouble.remark,
        )


def _of_lists(event: MeetingDay) -> Iterator[TroubleText]:
    """Yield the doubts on the list of participants: open questions, points to confirm by telephone, possible duplicates."""
    if event.open_questions:
        text = f"{count(len(event.open_questions), 'question')} sur les inscriptions sans réponse : « entremise club questions {event.id} »."
        yield TroubleText("questions", typeset(text), tuple(dict.fromkeys(one.about for one in event.open_questions)))
    if event.to_ring:
        points_said = (
            "point lu à moitié, ou pas du tout, reste à rappeler",
            "points lus à moitié, ou pas du tout, restent à rappeler",
        )
        keys = tuple(dict.fromkeys(one.about for one in event.to_ring))
        yield TroubleText(
            "to_ring",
            typeset(f"{count(len(event.to_ring), *points_said)} : heures, personnes, besoins, métiers."),
            keys,
        )
    # A possible duplicate with an open question is not reported again.
    asked_about = frozenset(one.about for one in event.open_questions if one.doubt is Doubt.TWICE)
    for double, first in event.doubles.items():
        if double in asked_about or event.by_key[double].same_as:  # asked, or said by a person
            continue
        text = f"« {event.by_key[double].name} » est inscrit deux fois, même SIRET : une seule place est comptée."
        yield TroubleText("double", typeset(text), (first, double))
    seats = (*event.list_seats(suppliers=False), *event.list_seats(suppliers=True))
    for same in group_pairs(((one.supplies, name_key(one.name)), one) for one in seats).values():
        keys = tuple(one.key for one in same)
        if len(same) > 1 and asked_about.isdisjoint(keys):
            text = f"{len(same)} participants portent le nom « {same[0].name} » : deux places. Précisez leurs noms, ou dites que c’est le même."
            yield TroubleText("same_name", typeset(text), keys)


def _of_silence(event: MeetingDay, alone: frozenset[int]) -> Iterator[TroubleText]:
    """Yield missing information on participants; it is more than a remark for those who have nobody to meet (`alone`)."""
    here = [one for side in (False, True) for one in event.list_seats(suppliers=side) if not one.absent]
    for code, lacks, what in _SILENCES:
        keys, why = [one.key for one in here if lacks(one)], _WHY_ALONE.get(code, what)
        stuck = tuple(key for key in keys if key in alone and why != what)
        others = tuple(key for key in keys if key not in stuck)
        for values, text in ((stuck, why), (others, what)):
            if values:
                yield TroubleText(
                    code, typeset(f"{participant_names(event, values)} : {text}."), values, remark=values is others
                )


def _of_people(event: MeetingDay, people: People) -> Iterator[TroubleText]:
    """Yield persons registered for two organisations: one person at two tables, or namesakes. Organisations with the same name are left to `_of_lists`."""
    comes: dict[str, dict[int, str]] = {}
    for key, persons in sorted(people.items()):
        for person in persons:
            words = [word for word in name_key(person.name).split() if word not in CIVILITIES]
            if key in event.by_key and len(words) > 1:
                comes.setdefault(" ".join(sorted(words)), {})[event.seat_of(key)] = person.name
    for keys in comes.values():
        if len(keys) > 1 and len({(event.by_key[key].supplies, name_key(event.by_key[key].name)) for key in keys}) > 1:
            text = (
                f"« {next(iter(keys.values()))} » vient pour {participant_names(event, tuple(keys))} : une même personne ne peut pas être à deux "
                "tables ; si ce sont deux personnes, précisez leurs noms."
            )
            yield TroubleText("same_person", typeset(text), tuple(keys))


def _seats(event: MeetingDay, pair: frozenset[int]) -> frozenset[int]:
    return frozenset(map(event.seat_of, pair))


def participant_names(event: MeetingDay, keys: Sequence[int]) -> str:
    """Return the names of participants, the first `MOST_NAMES` of them."""
    names = [event.name_of(key) for key in keys]
    return (
        enumeration(names)
        if len(names) <= MOST_NAMES
        else f"{', '.join(names[:MOST_NAMES])} et {count(len(names) - MOST_NAMES, 'autre')}"
    )


def _meetings(figure: int) -> str:
    return count(figure, "rendez-vous", "rendez-vous")


def _verb(keys: Sequence[int], singular: str, many: str) -> str:
    return singular if len(keys) == 1 else many


def _asked_at_least(trouble: Trouble) -> str:
    return f"Pour le minimum des {_SIDES[trouble.figures[2]]} il faudrait {_meetings(trouble.figures[0])}"


def _too_many(event: MeetingDay, keys: Sequence[int], trouble: Trouble) -> str:
    subject = keys[0] if len(trouble.buyers) == 1 else keys[-1]
    others = [key for key in keys if key != subject]
    wishes, can = trouble.figures
    return f"{event.name_of(subject)} doit voir {participant_names(event, others)} : {wishes} vœux, et {_meetings(can)} possibles au plus."


def _held_sentence(event: MeetingDay, keys: Sequence[int], trouble: Trouble) -> str:
    slot, table = trouble.figures
    when = clock(event.schedule.starts[slot]) if 0 <= slot < event.schedule.slots else f"créneau {slot + 1}"
    return f"Rendez-vous placé à la main : {participant_names(event, keys)}, {when}, table {table}"


_SENTENCES: Mapping[Code, Callable[[MeetingDay, Sequence[int], Trouble], str]] = {
    Code.NO_SLOT: lambda event, keys, one: "Aucun créneau : donnez des heures à l’événement.",
    Code.NO_TABLE: lambda event, keys, one: "Aucune table : donnez-en à la salle.",
    Code.NO_BUYER: lambda event, keys, one: (
        "Aucun acheteur ni attributaire : personne à qui présenter les fournisseurs."
    ),
    Code.NO_SUPPLIER: lambda event, keys, one: "Aucun fournisseur : personne à présenter aux acheteurs.",
    Code.NOBODY_MATCHES: lambda event, keys, one: (
        "Aucun des fournisseurs présents ne répond à aucun besoin, et personne n’a de vœu."
    ),
    Code.IDLE_TABLES: lambda event, keys, one: (
        f"{count(one.figures[0], 'table')} pour {_meetings(one.figures[1])} à la fois au plus : "
        f"{count(one.figures[0] - one.figures[1], 'restera vide', 'resteront vides')}."
    ),
    Code.FEW_TABLES: lambda event, keys, one: (
        f"{_asked_at_least(one)}, et les tables en permettent {number(one.figures[1])} : baissez ce minimum, ajoutez des tables ou "
        "des créneaux."
    ),
    Code.FEW_OTHERS: lambda event, keys, one: (
        f"{_asked_at_least(one)}, et les {_SIDES[1 - one.figures[2]]} présents peuvent en tenir {number(one.figures[1])} : baissez ce "
        f"minimum, ou invitez d’autres {_SIDES[1 - one.figures[2]]}."
    ),
    Code.FEW_ACCESSIBLE: lambda event, keys, one: (
        f"{number(one.figures[0])} participants ont besoin d’une table accessible, la salle en a {number(one.figures[1])} : "
        f"{_meetings(one.figures[1])} à la fois au plus pour eux."
    ),
    Code.FEW_INTERPRETERS: lambda event, keys, one: (
        f"{number(one.figures[0])} participants ont besoin d’un interprète, {count(one.figures[1], 'est prévu', 'sont prévus')} : "
        f"{_meetings(one.figures[1])} à la fois au plus pour eux."
    ),
    Code.NEVER_FREE: lambda event, keys, one: (
        f"{participant_names(event, keys)} {_verb(keys, 'n’est là', 'ne sont là')} pour aucun créneau entier : vérifiez {_verb(keys, 'ses', 'leurs')} heures."
    ),
    Code.REFUSES_ALL: lambda event, keys, one: (
        f"{participant_names(event, keys)} {_verb(keys, 'n’accepte', 'n’acceptent')} aucun rendez-vous."
    ),
    Code.NO_PARTNER: lambda event, keys, one: (
        f"{participant_names(event, keys)} {_verb(keys, 'n’a', 'n’ont')} personne à voir : tous refusés, déjà vus, ou d’un autre métier. Invitez qui réponde, ou notez un vœu."
    ),
    Code.NEVER_TOGETHER: lambda event, keys, one: (
        f"{participant_names(event, keys)} : ceux qui {_verb(keys, 'lui', 'leur')} conviennent ne sont jamais là en même temps, avec ce qu’il faut."
    ),
    Code.FEW_PARTNERS: lambda event, keys, one: (
        f"{participant_names(event, keys)} {_verb(keys, 'ne peut', 'ne peuvent')} voir "
        f"{'qu’un participant' if one.figures[0] == 1 else 'que ' + count(one.figures[0], 'participant')}"
        f"{_verb(keys, '', ' chacun')}, pour {_meetings(one.figures[1])} demandés au moins."
    ),
    Code.LEAST_OVER_MOST: lambda event, keys, one: (
        f"{participant_names(event, keys)} {_verb(keys, 'demande', 'demandent')} {_meetings(one.figures[0])} au moins et {one.figures[1]} au plus."
    ),
    Code.LEAST_OVER_SLOTS: lambda event, keys, one: (
        f"{participant_names(event, keys)} : {_meetings(one.figures[0])} au moins{_verb(keys, '', ' chacun')}, et {_verb(keys, 'n’est là', 'ne sont là')} que "
        f"pour {one.figures[1]}."
    ),
    Code.NO_ACCESSIBLE_TABLE: lambda event, keys, one: (
        f"{participant_names(event, keys)} {_verb(keys, 'a', 'ont')} besoin d’une table accessible : la salle n’en a pas."
    ),
    Code.NO_INTERPRETER: lambda event, keys, one: (
        f"{participant_names(event, keys)} {_verb(keys, 'a', 'ont')} besoin d’un interprète : aucun n’est prévu."
    ),
    Code.MUST_REFUSED: lambda event, keys, one: (
        f"Vœu impossible : {participant_names(event, keys)} sont refusés l’un à l’autre."
    ),
    Code.MUST_APART: lambda event, keys, one: (
        f"Vœu impossible : {participant_names(event, keys)} ne sont jamais là en même temps, avec ce qu’il leur faut."
    ),
    Code.MUST_TOO_MANY: _too_many,
    Code.HELD_UNKNOWN: lambda event, keys, one: f"{_held_sentence(event, keys, one)} : cette place n’existe pas.",
    Code.HELD_CLASH: lambda event, keys, one: (
        f"{_held_sentence(event, keys, one)} : la table ou l’un des deux est déjà pris."
    ),
    Code.HELD_TWICE: lambda event, keys, one: (
        f"{participant_names(event, keys)} sont placés ensemble {one.figures[0]} fois à la main."
    ),
}
