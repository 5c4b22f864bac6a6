"""Persona: which of the four kinds of users an organisation is, for the words that it is spoken to in."""

from enum import StrEnum


class Persona(StrEnum):
    """Kind of user, by the column of `data/reference/mots_par_personne.csv` that has its words."""

    BUYER = "acheteur"
    WINNER = "attributaire"
    FACILITATOR = "facilitateur"
    NETWORK = "reseau"
