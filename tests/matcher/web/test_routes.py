"""Every address that the pages answer is reviewed here: what it is, by which methods, and whether it writes."""

from flask import Flask

# address → methods. A new page adds its line; one that is missing here, or gone, fails.
ROUTES = {
    "/": {"GET"},
    "/candidats": {"GET"},
    "/candidats/ecartes": {"GET"},
    "/candidats/liste.<any(csv, xlsx, json):form>": {"GET"},
    "/carte/departements.geojson": {"GET"},
    "/completion/<any(lieux, cpv, activites):what>": {"GET"},
    "/pourquoi": {"GET"},
    "/static/<path:filename>": {"GET"},
}


def test_the_addresses_are_those_reviewed(app: Flask) -> None:
    found = {rule.rule: set(rule.methods or ()) - {"HEAD", "OPTIONS"} for rule in app.url_map.iter_rules()}
    assert found == ROUTES


def test_each_blueprint_is_one_file_and_its_templates_one_folder(app: Flask) -> None:
    for name, blueprint in app.blueprints.items():
        assert blueprint.import_name == f"matcher.web.{name}"
