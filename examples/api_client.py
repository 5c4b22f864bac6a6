"""Ask a server of Entremise for a list, with nothing but Python's own library.

    entremise serve &
    python examples/api_client.py "Entretien des espaces verts" Maubeuge

ENTREMISE_SERVER is the address of the server (this computer's by default) and ENTREMISE_TOKEN a token of « Mon compte », which a server with
accounts asks for. A refusal comes as problem details (RFC 9457): its `title` and `detail` are French sentences that say what to do.
"""

import json
import os
import sys
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

SERVER = os.environ.get("ENTREMISE_SERVER", "http://127.0.0.1:8321")


def post(path: str, question: dict[str, object]) -> dict[str, object]:
    """Return the answer of a door of the API. Exits with the sentence of a refusal."""
    headers = {"Content-Type": "application/json"}
    if token := os.environ.get("ENTREMISE_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    request = Request(f"{SERVER}/api/v1{path}", json.dumps(question).encode(), headers)
    try:
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)
    except HTTPError as refusal:
        problem = json.load(refusal)
        sys.exit(f"{problem['title']} {problem.get('detail', '')}")
    except (URLError, TimeoutError) as trouble:  # nobody answers there, or too late
        sys.exit(
            f"Aucun serveur ne répond à {SERVER} ({getattr(trouble, 'reason', trouble)}). Ouvrez-le : entremise serve"
        )


def main(need: str, place: str) -> None:
    """Print the headline of a list, then a line for each supplier of its first screen."""
    answer = post("/match", {"objet": need, "lieu": place})
    print(answer["answer"] or answer["question"])
    matches = {match["id"]: match for match in answer["matches"]}
    for match in (matches[identifier] for identifier in answer["screen"]):
        print(f"{match['band']:10} {match['name']}, {match['city'] or 'commune non connue'}")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
