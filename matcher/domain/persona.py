"""Persona: kind of organisation that uses the site (buyer, contract winner, facilitator, regional network), which decides the wording of its pages."""

from enum import StrEnum


class Persona(StrEnum):
    """Kind of user; the value is its column of `data/reference/mots_par_personne.csv`."""

    BUYER = "acheteur"
    WINNER = "attributaire"
    FACILITATOR = "facilitateur"
    NETWORK = "reseau"
