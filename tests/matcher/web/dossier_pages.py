"""A dossier made from the candidates, and the form of one supplier of its list: what the tests of the dossier's pages share."""

from flask.testing import FlaskClient

from tests.matcher.web.reading import Read, fill, read

RESERVED = {
    "besoin": "Entretien des espaces verts et des berges de la Sambre",
    "lieu": "Maubeuge",
    "levier": "12",
    "montant": "180000",
    "rayon": "tous",
}
TITLE = "Entretien des berges"
ME = "C. Exemple"


def opened(client: FlaskClient, keep: int = 4, **typed: str) -> Read:
    """The page of a dossier just made from the candidates, `keep` of them followed."""
    page = read(client, "/dossiers/retenir", RESERVED)
    ids = [str(box["value"]) for box in page.all("[name=retenu]")][:keep]
    given = {"title": TITLE, "buyer": "Commune de Valbrune", "territory": "Avesnois", "qui": ME, **typed}
    made = fill(client, page, "main form", retenu=ids, **given)
    assert made.status == 200, made.text
    return made


def names(page: Read) -> list[str]:
    return [name.get_text(strip=True) for name in page.all(".entry-name")]


def entry(client: FlaskClient, page: Read, place: int, faire: str = "noter", **typed: str) -> Read:
    """Send the form of one supplier of the list, from 1."""
    form = page.all(".entry form")[place - 1]
    sent = {**dict(page.values(form)), **typed, "faire": faire}
    answer = client.post(str(form["action"]), data=sent, follow_redirects=True)
    return Read(answer.status_code, answer.text, answer.request.path)
