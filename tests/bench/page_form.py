"""Forms of a page, as a browser would send them."""

import click
from bs4 import BeautifulSoup, Tag


def form_of(page: str, field: str) -> dict[str, str]:
    """Return what the form of a field would send as it stands."""
    (given,) = BeautifulSoup(page, "lxml").select(f"main form [name={field}]")
    form = given.find_parent("form")
    if not isinstance(form, Tag):
        raise click.ClickException(f"« {field} » n’est dans aucun formulaire.")
    held = form.select("input[name]:not([type=file]), textarea[name], select[name]")
    return {str(each["name"]): str(each.get("value", "")) for each in held}
