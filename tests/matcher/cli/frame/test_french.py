"""What the system refuses is told in French, as what it is: an address that is taken is no failure to write."""

import errno

from matcher.cli.frame.french import system_trouble


def test_an_address_in_use_is_not_a_failure_to_write() -> None:
    said = system_trouble(OSError(errno.EADDRINUSE, "Address already in use"))
    assert "déjà prise" in said
    assert "--port 0" in said
    assert "écriture" not in said
    assert system_trouble(OSError(errno.ENOSPC, "No space left")) == "L’écriture a échoué : le disque est plein."
    assert system_trouble(OSError(errno.ENOENT, "x", "sites.csv")) == "« sites.csv » : introuvable."
