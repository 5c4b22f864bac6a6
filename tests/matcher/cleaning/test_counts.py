import re

import pytest

from matcher.cleaning.counts import COUNT, months_written, number_written


@pytest.mark.parametrize(
    ("text", "number"), [("12 mois", 12), ("douze mois", 12), ("dix-huit mois", 18), ("dix mois", 10), ("un an", 1)]
)
def test_a_count_is_read_whole_in_digits_or_in_words(text: str, number: int) -> None:
    match = re.match(COUNT, text)
    assert match is not None
    assert number_written(match[0]) == number


def test_months_are_twelve_a_year() -> None:
    assert (months_written("trois", "mois"), months_written("3", "ans"), months_written("deux", "annees")) == (
        3,
        36,
        24,
    )
