"""Page « Rapprocher » of a sheet of names: names by state (sure, to settle, settled, unknown), the current one with its options, and storing of answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import render_template, request, url_for

from matcher.catalogue.identity.recogniser import RecognisedOption, Recogniser
from matcher.catalogue.store.recognition import load_recogniser, settle_names, unsettle
from matcher.catalogue.store.search import suppliers_meant
from matcher.cleaning.numbers import whole_number
from matcher.decisions.purchases.reconciliation import (
    NameState,
    WrittenName,
    amounts_by_state,
    list_names,
    next_to_settle,
    reconciliation_headline,
    replay_settled,
)
from matcher.decisions.purchases.reconciliation_document import STATES, Reconciled, names_table
from matcher.decisions.purchases.spending import Tax
from matcher.decisions.purchases.study import Study
from matcher.domain.kinds import SupplierKind
from matcher.web.frame.app_state import desk
from matcher.web.frame.paging import Paging, page_number

PAGE = 100
_FOUND = "Trouvé par votre recherche."
_SEVERAL = {
    NameState.TO_SETTLE: "à trancher",
    NameState.SURE: "sûrs",
    NameState.SETTLED: "tranchés",
    NameState.UNKNOWN: "pas au catalogue",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A supplier that a written name may mean: its keyboard key, the option with its reason, and its kinds."""

    key: int
    option: RecognisedOption
    kinds: tuple[SupplierKind, ...]


def with_answers(base: Reconciled) -> Reconciled:
    """Return a reconciled sheet with the answers stored until now."""
    return replace(base, lines=tuple(replay_settled(base.lines, load_recogniser(desk().engine))))


def settling_page(study: Study, base: Reconciled) -> str:
    """Render the page. URL arguments: `part` (state listed), `nom` (rank of the current name), `q` (search text), `fait` (rank just settled)."""
    recogniser = load_recogniser(desk().engine)
    names = list_names(base.lines, recogniser)
    state = _state(request.args.get("part", ""))
    current = _name_of_request(names, "nom") or _name_at(names, next_to_settle(names))
    shown = [name for name in names if state is None or name.state is state]
    paging = Paging(_page(shown, current), PAGE, len(shown))
    typed = " ".join(request.args.get("q", "").split())
    taxes = [tax for tax in Tax if any(tax in name.amounts for name in names)]
    return render_template(
        "decisions/purchases/rapprochement.html",
        study=study,
        its=base,
        names=names,
        table=names_table(paging.of(shown), taxes),
        link=lambda row, at: "" if at else _address(study, state, nom=row.cells[1]),
        here=names_table([current], taxes).rows[0] if current else None,
        paging=paging,
        part=state.value if state else "",
        states=[(key, label, sum(name.state is key for name in names)) for key, label in _SEVERAL.items()],
        one=STATES,
        headline=reconciliation_headline(replay_settled(base.lines, recogniser)),
        stakes=_stakes(names),
        taxes=taxes,
        current=current,
        choices=_choices(current, recogniser, typed) if current else (),
        typed=typed,
        done=_name_of_request(names, "fait"),
        following=next_to_settle(names, current.rank if current else 0),
        address=lambda **more: _address(study, state, **more),
    )


def settled_from(study: Study, base: Reconciled, form: Mapping[str, str], author: str) -> str | None:
    """Store the answer of a form on a name (a supplier `choix`, none, or undo); return the next address, None where the form is incomplete."""
    recogniser = load_recogniser(desk().engine)
    names = list_names(base.lines, recogniser)
    name, state = _name_of_request(names, "nom", form), _state(form.get("part", ""))
    if name is None or not (key := name.written.key):
        return None
    if form.get("faire") == "defaire":
        unsettle(desk().engine, [key])
        return _address(study, state, nom=name.rank)
    chosen = recogniser.find(form.get("choix", ""))
    if form.get("faire") != "aucun" and chosen is None:
        return None
    settle_names(desk().engine, {key: chosen.id if chosen else ""}, author=author, now=desk().now())
    return _address(study, state, nom=next_to_settle(names, name.rank), fait=name.rank)


def _state(part: str) -> NameState | None:
    return NameState(part) if part in set(NameState) else None


def _address(study: Study, state: NameState | None, **more: object) -> str:
    parameters = {"part": state.value if state else None, **more}
    return url_for("purchases.show", key=study.key, _anchor="trancher" if "nom" in more else None, **parameters)  # type: ignore[arg-type]  # Flask takes any value of an argument


def _name_of_request(
    names: Sequence[WrittenName], field: str, form: Mapping[str, str] | None = None
) -> WrittenName | None:
    number = whole_number((request.args if form is None else form).get(field, ""))
    return None if number is None else _name_at(names, number)


def _name_at(names: Sequence[WrittenName], rank: int) -> WrittenName | None:
    return names[rank - 1] if 1 <= rank <= len(names) else None


def _page(shown: Sequence[WrittenName], current: WrittenName | None) -> int:
    """Return the requested page number, else that of the current name."""
    if "page" in request.args or current not in shown:
        return page_number(request.args)
    return shown.index(current) // PAGE + 1


def _choices(current: WrittenName, recogniser: Recogniser, typed: str) -> list[Choice]:
    shelf = desk().shelf()
    options = list(current.recognition.options)
    if typed:
        rows = suppliers_meant(desk().engine, shelf, typed)
        suppliers = (recogniser.find(shelf.suppliers[row].id) for row in rows)
        options = [RecognisedOption(supplier, _FOUND) for supplier in suppliers if supplier]
    rows_of = ((option, shelf.find(option.supplier.id)) for option in options[:9])
    return [
        Choice(key, option, () if row is None else shelf.suppliers[row].kinds)
        for key, (option, row) in enumerate(rows_of, start=1)
    ]


def _stakes(names: Sequence[WrittenName]) -> list[tuple[Tax, float, float, float]]:
    """Return for each tax basis: (tax, euros of sure or settled names, euros of names to settle, all known euros)."""
    summed = amounts_by_state(names)
    stakes = []
    for tax in Tax:
        whole = sum(amounts[tax] for amounts in summed.values())
        if any(tax in name.amounts for name in names):
            sure = summed[NameState.SURE][tax] + summed[NameState.SETTLED][tax]
            stakes.append((tax, sure, summed[NameState.TO_SETTLE][tax], whole))
    return stakes
