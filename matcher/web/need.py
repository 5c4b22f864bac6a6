"""« Décrire le besoin »: the first page. One field; the rest is optional."""

from flask import Blueprint, render_template

pages = Blueprint("need", __name__)


@pages.get("/")
def form() -> str:
    """Show the form, empty, or as the address fills it."""
    return render_template("besoin/formulaire.html")
