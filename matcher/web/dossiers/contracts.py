"""« Noter le marché attribué »: what came of a lot, or of a whole dossier, once it is notified."""

from collections.abc import Iterator
from dataclasses import replace

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from matcher.domain.french import number
from matcher.dossiers.contract_changes import USED, RecordContract, RemoveContract
from matcher.dossiers.dossier import WHOLE, AwardedContract, Dossier, DossierChange
from matcher.journal.texts import ChangeRefused
from matcher.web.dossiers.dossier_page import dossier_page
from matcher.web.dossiers.write import LOT, NUMBER, dossier_of, typed, write
from matcher.web.frame.forms import Line, Lines, PageForm, amount, day, siret

pages = Blueprint("contracts", __name__)

NONE = "aucun"


class ContractForm(PageForm):
    """Form of a contract; of its levers nothing ticked is not said, « aucun » is none."""

    notified = day("Notifié le", needed="Donnez le jour de la notification : c’est lui qui dit l’année du bilan.")
    amount = amount(
        "Montant",
        "Montant",
        unit="€ HT",
        shown=lambda euros: number(euros, 2),
        hint="Hors taxes, sur toute la durée ; laissez vide s’il n’est pas connu.",
    )
    winner = Line("Titulaire")
    winner_siret = siret("SIRET du titulaire")
    levers = Lines("Leviers utilisés", most=len(USED) + 1)

    def together(self) -> Iterator[tuple[str, str]]:
        """Yield what cannot be used beside the rest."""
        if NONE in self.levers.data and len(self.levers.data) > 1:
            yield "levers", "Cochez « aucun », ou les leviers utilisés, pas les deux."

    def contract(self, lot: int) -> AwardedContract:
        """Return the contract that the form says."""
        ticked = self.levers.data
        used = None if not ticked else () if ticked == (NONE,) else tuple(sorted(ticked, key=[*USED, *ticked].index))
        return self.made(AwardedContract, lot=lot, levers=used)


@pages.get(f"/dossiers/{NUMBER}/marches/{LOT}")
def edit(number: int, lot: int) -> ResponseReturnValue:
    """Show the contract of a lot, or of the whole dossier (0), to be noted or changed."""
    dossier = dossier_of(number)
    if (held := dossier.contract(lot)) is None:
        return _form(dossier, lot, ContractForm())
    levers = (NONE,) if held.levers == () else held.levers or ()
    return _form(dossier, lot, ContractForm.showing(replace(held, levers=levers)))


@pages.post(f"/dossiers/{NUMBER}/marches/{LOT}")
def record(number: int, lot: int) -> ResponseReturnValue:
    """Note a contract, in the place of the one noted before."""
    form = ContractForm(request.form)
    if form.faults:
        return _form(dossier_of(number), lot, form)
    its = form.contract(lot)

    def made(seen: Dossier) -> list[DossierChange]:
        return [RecordContract(its)] if seen.contract(lot) != its else []

    def refused(dossier: Dossier, said: str) -> ResponseReturnValue:
        form.faults["notified"] = said
        return _form(dossier, lot, form)

    return write(
        number, made, refused, then="marches", said="Le marché est noté : il compte dans le bilan de son année."
    )


@pages.post(f"/dossiers/{NUMBER}/marches/{LOT}/retrait")
def remove(number: int, lot: int) -> ResponseReturnValue:
    """Take a contract out, with the reason."""
    return write(
        number,
        lambda _: [RemoveContract(lot, request.form.get("motif", ""))],
        lambda dossier, said: dossier_page(dossier, typed(said, f"marche-{lot}"), 422),
        then="marches",
        said="Le marché est retiré ; le journal le garde.",
    )


def _form(dossier: Dossier, lot: int, form: ContractForm) -> tuple[str, int]:
    try:
        of = dossier.lot(lot) if lot != WHOLE else None
    except ChangeRefused:
        abort(404)
    page = render_template(
        "dossiers/marche.html", dossier=dossier, number=lot, lot=of, form=form, levers=USED, no_lever=NONE
    )
    return page, 422 if form.faults else 200
