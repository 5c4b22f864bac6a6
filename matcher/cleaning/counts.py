"""Reads counts written in digits or in words, as notices write those of months and years: « 12 », « douze »."""

_NUMBERS = {
    word: number
    for number, names in {
        1: "un une", 2: "deux", 3: "trois", 4: "quatre", 5: "cinq", 6: "six", 7: "sept", 8: "huit", 9: "neuf", 10: "dix",
        11: "onze", 12: "douze", 15: "quinze", 18: "dix-huit", 20: "vingt", 24: "vingt-quatre", 30: "trente",
        36: "trente-six", 48: "quarante-huit",
    }.items()
    for word in names.split()
}  # fmt: skip
# A count in digits or in words, in a text without accents.
COUNT = rf"(?:\d{{1,3}}|{'|'.join(sorted(_NUMBERS, key=len, reverse=True))})"


def number_written(count: str) -> int:
    """Return the number that a match of `COUNT` writes."""
    return int(count) if count.isdigit() else _NUMBERS[count]


def months_written(count: str, measure: str) -> float:
    """Return the months of a match of `COUNT` in a `measure`: « mois », else years."""
    return float(number_written(count) * (1 if measure == "mois" else 12))
