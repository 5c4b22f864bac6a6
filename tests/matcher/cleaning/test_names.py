"""A name is tidied as it is shown, and compared without its accents."""

from matcher.cleaning.names import name_key, tidy, tidy_text


def test_names() -> None:
    assert tidy('  "ATELIER DU MARAIS"\t') == "ATELIER DU MARAIS"
    assert tidy('"ESAT ""HORS  LES MURS"""') == 'ESAT "HORS LES MURS"'
    assert tidy('ESAT "HORS LES MURS"') == 'ESAT "HORS LES MURS"'
    assert tidy("Les\u00a0Ateliers \n du  Val") == "Les Ateliers du Val"
    assert tidy_text("un\r\n\r\n  deux ") == "un\ndeux"
    assert name_key("L’Œuvre d’Étaples (ESAT)") == "l oeuvre d etaples esat"
