"""A message to who comes to a meeting day: its timetable, what changed in it, its own page. Pure."""

from collections.abc import Sequence

from matcher.club.meeting_day.meeting_day import MeetingDay
from matcher.club.results.view import Filling, ParticipantSheet
from matcher.domain.french import enumeration, typeset, weekday
from matcher.mail.outbox import LINK
from matcher.mail.rights import rights
from matcher.settings import Controller

_NONE_YET = "Vous n’avez pas de rendez-vous à ce jour : votre page le dira s’il en vient."
_PAGE = f"Votre page, sur un téléphone : accepter ou décliner, dire vos heures, prendre des notes.\n{LINK}\nCe lien est personnel : qui l’a peut répondre à votre place."
_CALENDAR = f"Pour votre agenda :\n{LINK}/agenda.ics"
_ORIGIN = "votre inscription à cet événement"
_GROUND = "mission d’intérêt public, organiser ces rencontres (article 6.1.e du RGPD)"


# What is asked weeks later.
ASKED = (
    "Devis remis, marché signé, rien encore ? Une réponse par rendez-vous, en deux gestes, sur votre page personnelle"
)
_ASK = f"{ASKED} :\n{LINK}\nCe que vous dites est gardé à part de ce que dit l’autre, qui ne le lit pas."


def subject(event: MeetingDay, changes: Sequence[str], *, asks: bool = False) -> str:
    """Return the subject of a message, which says whether something changed, or is asked."""
    title = " ".join(event.header.title.split())
    if asks:
        return typeset(f"Que sont devenus vos rendez-vous ? {title}")
    return typeset(f"{'Votre horaire a changé' if changes else 'Vos rendez-vous'} : {title}")


def letter(
    event: MeetingDay,
    sheet: ParticipantSheet,
    changes: Sequence[str],
    by: Controller,
    *,
    who: str,
    months: int,
    asks: bool = False,
) -> str:
    """Return the text of a message to a participant; its `changes` are sentences, none where it is told its timetable for the first time;
    `asks` whether it is asked what its meetings have led to instead."""
    header = event.header
    where = ", ".join(filter(None, (weekday(header.day) if header.day else "", header.place)))
    meetings = [
        f"- {line.hour}, table {line.table} : {line.name}{f' ({enumeration(line.people)})' if line.people else ''}"
        for line in sheet.lines
        if line.filling is Filling.MEETING
    ]
    parts = [
        "Bonjour,",
        f"{header.title}{f', {where}' if where else ''}.",
        "\n".join(("Ce qui change pour vous :", *(f"- {change}" for change in changes))) if changes else "",
        "\n".join(("Vos rendez-vous :" if asks else "Votre horaire :", *meetings)) if meetings else _NONE_YET,
        _ASK if asks else _PAGE,
        _CALENDAR if meetings and header.day and not asks else "",
        f"Bien cordialement,\n{header.organiser or who}",
    ]
    kept = f"{months} mois après votre inscription"
    law = "\n".join(rights(by, origin=_ORIGIN, ground=_GROUND, kept=kept))
    return typeset("\n\n".join(filter(None, parts)) + f"\n\n--\n{law}")
