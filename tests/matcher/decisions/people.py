"""Invented candidates, and Hypothesis strategies for them."""

from dataclasses import replace

from hypothesis import strategies as st

from matcher.decisions.candidates import STANDINGS, Candidate, CandidateStanding
from matcher.domain.kinds import SupplierKind

KINDS = (SupplierKind.ESAT, SupplierKind.EA, SupplierKind.ACI, SupplierKind.EI, SupplierKind.AI, SupplierKind.GEIQ)


def candidate(name: str = "Les Ateliers du Marais", kind: str = "ESAT", **fields: object) -> Candidate:
    """Return a candidate that declares the trade, alone of its organisation, whose workforce is not known; or with `fields`."""
    made = Candidate(
        id=f"essai:{name}",
        name=name,
        organisation=name,
        kinds=(SupplierKind(kind),),
        city="Ville",
        distance_km=5.0,
        workers=None,
        standing=CandidateStanding.CREDIBLE,
        fit=1.0,
        confirmed=True,
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def to_call(name: str, kind: str = "ESAT", fit: float = 0.3, **fields: object) -> Candidate:
    """Return a candidate whose trade is to be asked."""
    return candidate(name, kind, **{"standing": CandidateStanding.TO_CALL, "fit": fit, "confirmed": False, **fields})


def hinted(name: str, kind: str = "ESAT", **fields: object) -> Candidate:
    """Return a candidate that a clue points to."""
    return to_call(name, kind, standing=CandidateStanding.HINT, **fields)


def classed(name: str, kind: str = "ESAT", **fields: object) -> Candidate:
    """Return a candidate known by its class alone, which is to be confirmed."""
    return candidate(name, kind, confirmed=False, **fields)


@st.composite
def someone(draw: st.DrawFn, *, credible: bool | None = None) -> Candidate:
    """Any candidate, of few organisations so that some share theirs."""
    sure = draw(st.booleans()) if credible is None else credible
    pointed = not sure and draw(st.booleans())
    standing = CandidateStanding.CREDIBLE if sure else CandidateStanding.HINT if pointed else CandidateStanding.TO_CALL
    number = draw(st.integers(0, 10_000))
    return candidate(
        f"Structure {number}",
        draw(st.sampled_from(KINDS)),
        organisation=f"org{draw(st.integers(0, 12))}",
        workers=draw(st.none() | st.floats(0.5, 200)),
        standing=standing,
        fit=draw(st.floats(0.6, 1)) if sure else draw(st.floats(0.02, 0.6)),
        confirmed=sure and draw(st.booleans()),
    )


def in_order(found: list[Candidate]) -> list[Candidate]:
    """By standing, as `candidates` gives them, each with an id of its own."""
    apart = [replace(its, id=f"essai:{place}") for place, its in enumerate(found)]
    return sorted(apart, key=lambda its: STANDINGS.index(its.standing))
