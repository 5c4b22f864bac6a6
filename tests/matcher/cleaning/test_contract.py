"""One contract for every cleaner of a field: no text is too strange."""

from hypothesis import given
from hypothesis import strategies as st

from matcher.cleaning.area import clean_area
from matcher.cleaning.dates import clean_date
from matcher.cleaning.names import name_key, tidy
from matcher.cleaning.phone import clean_phone
from matcher.cleaning.postcode import address_key, join_address
from matcher.cleaning.siret import clean_finess
from matcher.cleaning.web import clean_email, clean_website
from matcher.reference.trades.naf import clean_naf
from tests.matcher.cleaning.test_area import AREAS


@given(st.text())
def test_no_text_is_too_strange(raw: str) -> None:
    for cleaner in (clean_phone, clean_naf, clean_finess, clean_date, clean_website, clean_email):
        cleaner(raw)
    clean_area(raw, AREAS)
    join_address(raw, raw)
    address_key(raw)
    assert "\n" not in tidy(raw)
    assert "  " not in tidy(raw)
    assert name_key(name_key(raw)) == name_key(raw)
