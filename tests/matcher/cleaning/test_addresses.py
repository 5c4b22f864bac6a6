"""An address is spelt in full and compared whatever its spelling."""

from matcher.cleaning.addresses import address_key, join_address, spell_street_type


def test_addresses() -> None:
    assert spell_street_type("12 B R DES LILAS") == "12 bis RUE DES LILAS"
    assert spell_street_type("RTE DE DIJON") == "ROUTE DE DIJON"
    assert spell_street_type("Rue du Four") == "Rue du Four"
    assert join_address("10 R DES LILAS", "", "BP 8") == "10 RUE DES LILAS, BP 8"
    assert join_address("10 R DES LILAS", "10 r des Lilas") == "10 RUE DES LILAS"


def test_address_key_is_blind_to_spelling_and_mailbox() -> None:
    assert address_key("69 AV GAY LUSSAC, CS 45221") == address_key("69, avenue Gay-Lussac")
    assert address_key("BP 12") == ""
