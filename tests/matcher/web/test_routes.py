"""Every address that the pages answer is reviewed here: what it is, by which methods, and whether it writes."""

from flask import Flask

from tests.conftest import ROOT

# address → methods. A new page adds its line; one that is missing here, or gone, fails.
ROUTES = {
    "/": {"GET"},
    "/achats/<key>": {"GET"},
    "/achats/<key>/achats.<any(xlsx, json):form>": {"GET"},
    "/achats/<key>/colonnes": {"GET", "POST"},
    "/achats/<key>/oubli": {"POST"},
    "/achats/<key>/recalcul": {"POST"},
    "/aide": {"GET"},
    "/aide/glossaire": {"GET"},
    "/aide/leviers": {"GET"},
    "/aide/methode": {"GET"},
    "/aide/sources": {"GET"},
    "/allotissement": {"GET", "POST"},
    "/allotissement/<key>": {"GET"},
    "/allotissement/<key>/abandon": {"POST"},
    "/allotissement/<key>/colonnes": {"GET", "POST"},
    "/allotissement/<key>/lots.<any(json, xlsx):form>": {"GET"},
    "/avis": {"GET"},
    "/avis/avis.<any(json, xlsx):form>": {"GET"},
    "/candidats": {"GET"},
    "/candidats/ecartes": {"GET"},
    "/candidats/liste.<any(csv, xlsx, json):form>": {"GET"},
    "/carte/departements.geojson": {"GET"},
    "/catalogue": {"GET"},
    "/catalogue/a-revoir": {"GET", "POST"},
    "/catalogue/a-revoir/ligne": {"POST"},
    "/catalogue/a-revoir/<int:number>/retrait": {"POST"},
    "/catalogue/desaccords": {"GET"},
    "/catalogue/imports": {"GET", "POST"},
    "/catalogue/imports/<int:number>/retour": {"POST"},
    "/catalogue/imports/<key>": {"GET"},
    "/catalogue/imports/<key>/abandon": {"POST"},
    "/catalogue/imports/<key>/colonnes": {"GET", "POST"},
    "/catalogue/imports/<key>/confirmation": {"POST"},
    "/catalogue/imports/<key>/essai": {"POST"},
    "/catalogue/qualite": {"GET"},
    "/club": {"GET"},
    "/club/<int(max=2147483647):number>": {"GET"},
    "/club/<int(max=2147483647):number>/badges": {"GET"},
    "/club/<int(max=2147483647):number>/bilan": {"GET"},
    "/club/<int(max=2147483647):number>/bilan/dossier": {"POST"},
    "/club/<int(max=2147483647):number>/changements": {"GET"},
    "/club/<int(max=2147483647):number>/etat": {"POST"},
    "/club/<int(max=2147483647):number>/fiches": {"GET"},
    "/club/<int(max=2147483647):number>/fiches/<int(max=100000):participant>": {"GET"},
    "/club/<int(max=2147483647):number>/fiches/<int(max=100000):participant>.ics": {"GET"},
    "/club/<int(max=2147483647):number>/fiches/imprimer": {"GET"},
    "/club/<int(max=2147483647):number>/fichiers/<any(xlsx, csv, publipostage, badges):form>": {"GET"},
    "/club/<int(max=2147483647):number>/horaire": {"POST"},
    "/club/<int(max=2147483647):number>/import": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/import/<key>": {"GET"},
    "/club/<int(max=2147483647):number>/import/<key>/abandon": {"POST"},
    "/club/<int(max=2147483647):number>/import/<key>/colonnes": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/import/<key>/confirmation": {"POST"},
    "/club/<int(max=2147483647):number>/imprevu": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/inscriptions": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/inscriptions/lien": {"POST"},
    "/club/<int(max=2147483647):number>/issues": {"POST"},
    "/club/<int(max=2147483647):number>/jour": {"GET"},
    "/club/<int(max=2147483647):number>/panneau": {"GET"},
    "/club/<int(max=2147483647):number>/participants": {"GET"},
    "/club/<int(max=2147483647):number>/participants/<int(max=100000):participant>": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/participants/<int(max=100000):participant>/retrait": {"POST"},
    "/club/<int(max=2147483647):number>/participants/<int(max=100000):participant>/voeux": {"POST"},
    "/club/<int(max=2147483647):number>/participants/nouveau": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/placer": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/questions": {"POST"},
    "/club/<int(max=2147483647):number>/reglages": {"GET", "POST"},
    "/club/<int(max=2147483647):number>/tables": {"GET"},
    "/club/nouveau": {"GET", "POST"},
    "/inscription/<token>": {"GET", "POST"},
    "/completion/<any(lieux, cpv, activites):what>": {"GET"},
    "/decisions/garder": {"GET", "POST"},
    "/comptes": {"GET", "POST"},
    "/comptes/<int(max=2147483647):number>": {"POST"},
    "/comptes/journal": {"GET"},
    "/connexion": {"GET", "POST"},
    "/premier-compte/<token>": {"GET", "POST"},
    "/deconnexion": {"POST"},
    "/dossiers": {"GET"},
    "/dossiers/<int(max=2147483647):number>": {"GET"},
    "/dossiers/<int(max=2147483647):number>/decisions/<int(max=100000):decision>/retirer": {"POST"},
    "/dossiers/<int(max=2147483647):number>/depuis": {"GET"},
    "/dossiers/<int(max=2147483647):number>/dossier.<any(xlsx, csv, json):form>": {"GET"},
    "/dossiers/<int(max=2147483647):number>/etat": {"POST"},
    "/dossiers/<int(max=2147483647):number>/fiche": {"GET", "POST"},
    "/dossiers/<int(max=2147483647):number>/impression.css": {"GET"},
    "/dossiers/<int(max=2147483647):number>/imprimer": {"GET"},
    "/dossiers/<int(max=2147483647):number>/lots/<int(max=100000):lot>/ajouter": {"GET", "POST"},
    "/dossiers/<int(max=2147483647):number>/lots/<int(max=100000):lot>/messages": {"GET", "POST"},
    "/dossiers/<int(max=2147483647):number>/lots/<int(max=100000):lot>/retirer": {"POST"},
    "/dossiers/<int(max=2147483647):number>/lots/<int(max=100000):lot>/suivi": {"POST"},
    "/dossiers/<int(max=2147483647):number>/note": {"POST"},
    "/dossiers/importer": {"GET", "POST"},
    "/dossiers/importer/<key>": {"GET"},
    "/dossiers/importer/<key>/abandon": {"POST"},
    "/dossiers/nouveau": {"GET", "POST"},
    "/dossiers/retenir": {"GET", "POST"},
    "/groupement": {"GET"},
    "/groupement/groupements.<any(json, xlsx):form>": {"GET"},
    "/historique": {"GET", "POST"},
    "/rapprocher": {"GET", "POST"},
    "/achats/<key>/reponse": {"POST"},
    "/mon-compte": {"GET", "POST"},
    "/fournisseurs/<path:supplier_id>": {"GET"},
    "/fournisseurs/<path:supplier_id>/corrections": {"POST"},
    "/fournisseurs/<path:supplier_id>/corrections/<int:number>/retrait": {"POST"},
    "/fournisseurs/<path:supplier_id>/propositions": {"POST"},
    "/fournisseurs/<path:supplier_id>/faux-numero": {"POST"},
    "/fournisseurs/nouveau": {"GET", "POST"},
    "/plan-clause": {"GET"},
    "/plan-clause/plan.<any(json, xlsx):form>": {"GET"},
    "/pourquoi": {"GET"},
    "/programme": {"GET", "POST"},
    "/r/<token>": {"GET", "POST"},
    "/r/<token>/retrait": {"POST"},
    "/static/<path:filename>": {"GET"},
}


def test_the_addresses_are_those_reviewed(app: Flask) -> None:
    found: dict[str, set[str]] = {}
    for rule in app.url_map.iter_rules():
        found.setdefault(rule.rule, set()).update(set(rule.methods or ()) - {"HEAD", "OPTIONS"})
    assert found == ROUTES


def test_what_writes_is_never_asked_by_a_link(app: Flask) -> None:
    """One endpoint answers one method, so that what a role may do is said of each."""
    for rule in app.url_map.iter_rules():
        assert len(set(rule.methods or ()) - {"HEAD", "OPTIONS"}) == 1, rule.endpoint


def test_each_blueprint_is_one_file_of_the_room_of_its_templates(app: Flask) -> None:
    for name, blueprint in app.blueprints.items():
        assert blueprint.import_name.rsplit(".", 1)[1] == name
        room = blueprint.import_name.removeprefix("matcher.web.").split(".")[0]
        assert (ROOT / "templates" / room).is_dir()
