"""A website or an e-mail is one that can be opened, or refused."""

from email.headerregistry import Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.web import EMAIL_UNREADABLE, WEBSITE_UNREADABLE, clean_email, clean_website, emails_in
from tests.personal_values import EMAIL, EMAILS


def test_web() -> None:
    assert clean_website("www.exemple.fr") == ("http://www.exemple.fr", "")
    assert clean_website("https://exemple.fr/contact?x=1") == ("https://exemple.fr/contact?x=1", "")
    assert clean_website("javascript:alert(1)") == (None, WEBSITE_UNREADABLE)
    assert clean_email("Contact@Exemple.FR") == ("contact@exemple.fr", "")
    assert clean_email("contact chez exemple") == (None, EMAIL_UNREADABLE)


@pytest.mark.parametrize(
    "written",
    [
        "a..b@x.example",
        ".a@x.example",
        "a.@x.example",
        "a@x",
        "a@b@x.example",
        f"{'a' * 65}@x.example",
        f"a@{'b.' * 126}fr",
    ],
)
def test_an_address_that_no_message_can_be_sent_to_is_refused(written: str) -> None:
    assert clean_email(written) == (None, EMAIL_UNREADABLE)


@given(st.from_regex(r"[a-zA-Z0-9_.+'-]{1,6}@[a-z0-9_.-]{1,6}\.[a-z]{2}", fullmatch=True))
def test_what_is_accepted_can_be_written_in_a_header(text: str) -> None:
    if value := clean_email(text).value:
        assert Address(addr_spec=value).addr_spec == value


@pytest.mark.parametrize("written", EMAILS)
def test_an_address_is_found_in_a_text_in_any_spelling(written: str) -> None:
    text = f"Écrire à {written}. Merci"
    assert written in [text[one.start : one.end] for one in emails_in(text) if one.value == EMAIL]


@given(st.text(alphabet="aé .@()[]-_+pointdt", max_size=60))
def test_every_address_found_is_a_passage_of_the_text(text: str) -> None:
    for one in emails_in(text):
        assert 0 <= one.start < one.end <= len(text)


@pytest.mark.parametrize("piece", ["a.", "a@", "a point ", "@-", " ", "@" + "-" * 50])
def test_twice_the_text_has_at_most_twice_the_addresses(piece: str) -> None:
    one, other = (sum(1 for _ in emails_in(piece * times)) for times in (200, 400))
    assert other <= 2.2 * one
