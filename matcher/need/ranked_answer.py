"""Ranked answer for Python scripts and notebooks: the dictionary of `AnswerShape`, which prints as text or HTML its doubts and the candidates that a first screen shows."""

from collections import Counter
from collections.abc import Iterator
from html import escape
from typing import Any, Literal, overload

from matcher.domain.french import NO_BREAK, UNKNOWN, unit
from matcher.domain.match import Band
from matcher.need.json_shapes import CatalogueShape, CountsShape, MatchShape, ReadingShape, RefusedShape, SourceShape
from matcher.need.listing import band_words
from matcher.render.described_file import NOTICE_KEY

_HEAD = ("Bande", "N°", "Fournisseur", "Types", "Commune", "Distance", "En clair")


class RankedAnswer(dict[str, Any]):
    """An answer to a lot: a dictionary with the keys of `AnswerShape`."""

    @overload
    def __getitem__(self, key: Literal["lot"], /) -> ReadingShape: ...
    @overload
    def __getitem__(self, key: Literal["catalogue"], /) -> CatalogueShape: ...
    @overload
    def __getitem__(self, key: Literal["sources"], /) -> list[SourceShape]: ...
    @overload
    def __getitem__(self, key: Literal["matches"], /) -> list[MatchShape]: ...
    @overload
    def __getitem__(self, key: Literal["screen"], /) -> list[str]: ...
    @overload
    def __getitem__(self, key: Literal["date", "answer"], /) -> str: ...
    @overload
    def __getitem__(self, key: Literal["question"], /) -> str | None: ...
    @overload
    def __getitem__(self, key: Literal["counts"], /) -> CountsShape | None: ...
    @overload
    def __getitem__(self, key: Literal["known_by_activity"], /) -> dict[str, int]: ...
    @overload
    def __getitem__(self, key: Literal["refused"], /) -> list[RefusedShape]: ...
    @overload
    def __getitem__(self, key: str, /) -> Any: ...
    def __getitem__(self, key: str, /) -> Any:
        return super().__getitem__(key)

    @property
    def doubts(self) -> list[str]:
        """Return the doubts on the reading of the lot, in French."""
        return self["lot"]["doubts"]

    def rows(self) -> list[dict[str, Any]]:
        """Return the candidates of the first screen as flat rows for a data frame; `points_` + signal is the points of that signal."""
        return [
            {
                **{key: value for key, value in match.items() if not isinstance(value, list)},
                "kinds": ", ".join(match["kinds"]),
                "known_for": ", ".join(match["known_for"]),
                **{f"points_{part['signal']}": part["points"] for part in match["contributions"]},
            }
            for match in self._shown()
        ]

    def __repr__(self) -> str:
        lines = (
            f"{band} {rank}. {name} ({kinds}), {city}, {far} : {why}"
            for band, rank, name, kinds, city, far, why in self._cells()
        )
        return "\n".join((*self._before(), *lines, *self._left_out()))

    def _repr_html_(self) -> str:
        before = "".join(f"<p>{escape(line)}</p>" for line in self._before())
        head = "".join(f'<th scope="col">{escape(title)}</th>' for title in _HEAD)
        cell = '<td style="text-align:left">{}</td>'  # a notebook aligns to the right
        rows = "".join(f"<tr>{''.join(cell.format(escape(text)) for text in texts)}</tr>" for texts in self._cells())
        after = "".join(f"<p>{escape(line)}</p>" for line in self._left_out())
        return f"{before}<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>{after}" if rows else before

    def _before(self) -> Iterator[str]:
        """Yield the lines above the list: the notice that the data are a sample, the lot as read, its doubts, the headline."""
        if NOTICE_KEY in self:
            yield self[NOTICE_KEY]
        lot = self["lot"]
        trades = ", ".join(activity["label"] for activity in lot["activities"] if activity["code"] in lot["asked"])
        places = ", ".join(place["name"] for place in lot["places"])
        yield " · ".join(filter(None, (lot["objet"].partition("\n")[0], trades, places)))
        yield from (f"Doute : {doubt}" for doubt in self.doubts)
        yield self["answer"]

    def _left_out(self) -> Iterator[str]:
        """Yield a line with the number of candidates of each band that are not shown, if any."""
        counts = self["counts"]
        if counts is None:
            return
        shown = Counter(match["band"] for match in self._shown())
        left = {band: counts[band.value] - shown[band.value] for band in (Band.CONNU, Band.INDICE, Band.A_APPELER)}  # type: ignore[literal-required]
        if texts := [f"{band_words(band).one} : {number}" for band, number in left.items() if number > 0]:
            yield f"Non montrés : {' ; '.join(texts)}."

    def _shown(self) -> list[MatchShape]:
        matches = {match["id"]: match for match in self["matches"]}
        return [matches[match_id] for match_id in self["screen"]]

    def _cells(self) -> Iterator[tuple[str, ...]]:
        """Yield the texts of each candidate shown, in the order of `_HEAD`."""
        for match in self._shown():
            km = match["distance_km"]
            if km is None:
                far = f"distance {UNKNOWN}e"
            else:
                far = f"à {unit(km, 'km')}" if km >= 1 else f"à moins de {unit(1, 'km')}"
            yield (
                band_words(Band(match["band"]) if match["band"] else None).one,
                str(match["place"]),
                match["name"],
                ", ".join(match["kinds"]) or UNKNOWN,
                match["city"] or f"commune {UNKNOWN}e",
                far,
                match["explanation"].split(f"{NO_BREAK}: ", 1)[-1],  # an explanation begins by the name: « Nom : … »
            )
