"""A corpus of four outcomes and its model, in the place of those shipped: what learning takes minutes of, a test does in a moment."""

from functools import cache

import pytest

from matcher.reading.trade.corpus import CorpusSentence
from matcher.reading.trade.model import NOTHING, TradeModel
from matcher.reading.trade.training import train

GLASS, CLEANING, LINEN = "proprete.vitrerie", "proprete.locaux", "linge.blanchisserie"
_NEEDS = {
    GLASS: (
        *(
            "lavage des vitres",
            "vitres et baies",
            "laver les carreaux",
            "vitrerie en hauteur",
            "verrière à dépoussiérer",
        ),
        *("carreaux de la crèche", "baies vitrées", "vitres du gymnase", "lavage de vitrages", "façade vitrée"),
    ),
    CLEANING: (
        *("ménage des bureaux", "nettoyage des sols", "entretien courant des locaux", "passer la serpillière"),
        *(
            "ménage de l’école",
            "locaux à nettoyer",
            "propreté des sanitaires",
            "nettoyage du hall",
            "balayer les bureaux",
        ),
        "sols et sanitaires",
    ),
    LINEN: (
        *(
            "laver les draps",
            "blanchisserie du linge plat",
            "traitement des draps",
            "linge de lit",
            "repassage du linge",
        ),
        *(
            "draps de l’internat",
            "lavage de linge",
            "linge des résidents",
            "blanchir les torchons",
            "serviettes et draps",
        ),
    ),
    NOTHING: (
        *("vendre un terrain", "demande de subvention", "bonjour à tous", "congés de juillet", "assurance du maire"),
        *("achat d’un terrain", "subvention au club", "vote du budget", "bonjour", "congés"),
    ),
}
PLACES = ("à Maubeuge", "pour la mairie", "en urgence", "lot 2")
SENTENCES = tuple(
    CorpusSentence((code,), "hate", f"{need} {place}")
    for code, needs in _NEEDS.items()
    for need in needs
    for place in PLACES
)


@cache
def small_model() -> TradeModel:
    """Return the model of the small corpus."""
    return train(SENTENCES, terms=False)


def ship_small_corpus(patch: pytest.MonkeyPatch) -> None:
    """Have this process read, and learn, as if the small corpus were the one shipped."""
    patch.setattr("matcher.reading.trade.model.shipped_model", small_model)
    patch.setattr("matcher.catalogue.steward.learning.shipped_model", small_model)
    patch.setattr("matcher.catalogue.steward.learning.shipped_corpus", lambda: SENTENCES)
    patch.setattr("matcher.reading.trade.training.short_sentences", list)
