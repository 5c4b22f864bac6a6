"""API endpoint `/suppliers.jsonl`: streams the whole catalogue as JSON Lines, one supplier a line, as `entremise export` writes it."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import version
from typing import Any

from flask import Response

from matcher.accounts.roles import Action
from matcher.catalogue.steward.export import SUPPLIER_SHAPE, supplier_object
from matcher.catalogue.steward.shareable import mentions, shareable_part, source_data_dates
from matcher.catalogue.store.contacts import count_contacts
from matcher.catalogue.store.read import read_state, read_version, supplier_ids
from matcher.db import reading
from matcher.reference.source_rules import Use, allows_use, source_rules
from matcher.render.described_file import head_notice, json_lines, with_notice
from matcher.rows import chunks
from matcher.web.api.frame.endpoint import JSON_LINES, endpoint
from matcher.web.frame.app_state import desk

VERSION, SUPPLIERS = "Catalogue-Version", "Catalogue-Suppliers"
_HEADERS = {
    VERSION: "La version du catalogue, à donner en `since` à `/suppliers/changes`.",
    SUPPLIERS: "Combien de fournisseurs a le catalogue ; les lignes sont moins où des sources ne laissent pas remettre les leurs.",
}


@endpoint(
    "/suppliers.jsonl",
    action=Action.EXPORT,
    returns=SUPPLIER_SHAPE,
    tag="Catalogue",
    media=JSON_LINES,
    headers=_HEADERS,
)
def mirror() -> Any:
    """Donne tout le catalogue en une demande, un fournisseur par ligne, par identifiant : les lignes de `entremise export --format jsonl`.

    `ETag` ne change que si le catalogue change, ou qu’un site dépasse la durée de conservation ; `Catalogue-Version` est la version à donner en `since` à `/suppliers/changes`, `Catalogue-Suppliers` le nombre de
    fournisseurs du catalogue. Ceux que leurs sources ne laissent pas remettre à d’autres n’y sont pas : il peut y avoir moins de lignes ; ni téléphone ni courriel n’y est.
    """
    engine, notice, since = desk().engine, head_notice(), desk().contacts_since()
    with reading(engine) as connection:
        ids, state, at = supplier_ids(connection), read_state(connection), read_version(connection)
        dates = source_data_dates(connection)
        shown = count_contacts(connection, since)  # websites leave as they age, in an unchanged catalogue
    cited = mentions(engine, Use.EXPORT)  # sources that must be named with their data
    exportable = sorted(key for key in source_rules() if allows_use(key, Use.EXPORT))
    parts = (state, at, shown, sorted(dates.items()), exportable, sorted(cited.items()), notice, version("entremise"))
    digest = sha256(repr(parts).encode()).hexdigest()

    def lines() -> Iterator[bytes]:
        for part in chunks(ids):  # one transaction a chunk: a slow client keeps none open
            with reading(engine) as connection:
                shareable = shareable_part(connection, part, Use.EXPORT, Counter(), dates, since)
            yield json_lines(with_notice(supplier_object(its, cited), notice) for its in shareable)

    answer = Response(lines(), content_type=JSON_LINES, direct_passthrough=True)
    answer.set_etag(digest)
    answer.headers |= {VERSION: str(at), SUPPLIERS: str(len(ids))}
    return answer
