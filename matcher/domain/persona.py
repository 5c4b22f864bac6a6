"""Persona: the kind of user that an organisation is, which decides the wordings of its pages."""

from enum import StrEnum


class Persona(StrEnum):
    """Kind of user, by the column of `data/reference/mots_par_personne.csv` that has its words."""

    BUYER = "acheteur"
    WINNER = "attributaire"
    FACILITATOR = "facilitateur"
    NETWORK = "reseau"
