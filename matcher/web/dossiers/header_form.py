"""Forms of what is said of a dossier as a whole: whose it is, and where the purchase stands."""

from typing import Any

from matcher.dossiers.dossier import Course, Stage
from matcher.web.frame.app_state import profile
from matcher.web.frame.forms import Line, OneOf, PageForm, day, siret


class HeaderForm(PageForm):
    """Form of a dossier's header."""

    title = Line(
        "Titre",
        needed="Donnez un titre au dossier.",
        hint="Ce que vous achetez, comme vous l’écririez sur une chemise.",
    )
    buyer = Line("Acheteur")
    territory = Line("Territoire", hint="Dans vos mots, pour retrouver le dossier.")
    reference = Line("Votre référence")
    buyer_siret = siret("SIRET de l’acheteur")
    deadline = day("Réponses attendues le")


class CourseForm(HeaderForm):
    """Form of a dossier's header and of its course."""

    stage = OneOf("Étape", [("", "non dite"), *((its, its) for its in Stage)])
    offers_by = day("Remise des offres le")
    follower = Line("Suivi par", hint="La personne à qui demander où en est ce dossier.")
    next_step = Line("Prochaine étape", hint="Par exemple : relancer les deux ESAT, publier l’avis.")
    next_on = day("Le")

    def course(self) -> Course:
        """Return the course that the form says."""
        return self.made(Course, stage=Stage(self.stage.data) if self.stage.data else None)


def own_buyer() -> dict[str, Any]:
    """Return what the organisation says of itself, by field of the header of a new dossier."""
    its = profile()
    return {"buyer": its.own_name, "buyer_siret": its.siret, "territory": its.territory}
