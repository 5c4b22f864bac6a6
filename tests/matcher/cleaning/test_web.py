"""A website or an e-mail is one that can be opened, or refused."""

from matcher.cleaning.web import EMAIL_UNREADABLE, WEBSITE_UNREADABLE, clean_email, clean_website


def test_web() -> None:
    assert clean_website("www.exemple.fr") == ("http://www.exemple.fr", "")
    assert clean_website("https://exemple.fr/contact?x=1") == ("https://exemple.fr/contact?x=1", "")
    assert clean_website("javascript:alert(1)") == (None, WEBSITE_UNREADABLE)
    assert clean_email("Contact@Exemple.FR") == ("contact@exemple.fr", "")
    assert clean_email("contact chez exemple") == (None, EMAIL_UNREADABLE)
