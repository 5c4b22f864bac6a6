"""Fields of the forms of an event, read with the tools that read the spreadsheets; what cannot be used is said under its field."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from matcher.cleaning.dates import clean_date
from matcher.cleaning.hours import clean_hour
from matcher.cleaning.numbers import clean_measure, clean_number
from matcher.cleaning.phone import clean_phone
from matcher.cleaning.siret import SIRET_BAD_KEY, clean_siret
from matcher.cleaning.web import clean_email
from matcher.journal.texts import LONGEST_LINE, without_unseen

_SHOWN = 40


@dataclass
class Fields:
    """A form being read; `faults` are French sentences by field."""

    form: Mapping[str, str]
    faults: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, most: int = LONGEST_LINE, *, needed: str = "") -> str:
        """Return a text on one line; `needed` is what to say where it is empty."""
        found = " ".join(without_unseen(self.form.get(name, "")[: most + 200]).split())
        if len(found) > most:
            self.faults[name] = f"C’est trop long : {most} caractères au plus."
        elif needed and not found:
            self.faults[name] = needed
        return found

    def day(self, name: str) -> date | None:
        """Return a date, None where the field is empty."""
        typed = self.text(name)
        found: date | None = clean_date(typed).value
        if typed and found is None:
            self.faults[name] = f"« {typed[:_SHOWN]} » n’est pas une date, par exemple 03/12/2026."
        return found

    def hour(self, name: str, *, needed: str = "") -> int | None:
        """Return minutes since midnight, None where the field is empty; `needed` is what to say then."""
        typed = self.text(name, needed=needed)
        found = clean_hour(typed).value
        if typed and found is None:
            self.faults[name] = f"« {typed[:_SHOWN]} » n’est pas une heure, par exemple 9 h 20."
        return found

    def whole(self, name: str, least: int, most: int, label: str, *, needed: bool = False) -> int | None:
        """Return a whole number between two, None where the field is empty; `label` is what the page calls it."""
        typed = self.text(name, needed=f"{label} : un nombre est nécessaire." if needed else "")
        if not typed:
            return None
        found = clean_number(typed).value
        if found is None or found != int(found) or not least <= found <= most:
            self.faults[name] = f"{label} : un nombre entier de {least} à {most}. Vous avez écrit « {typed[:_SHOWN]} »."
            return None
        return int(found)

    def hours(self, name: str) -> float | None:
        """Return hours of work, None where the field is empty."""
        typed = self.text(name)
        found = clean_measure(typed, "h", "heure", "heures").value
        if typed and found is None:
            self.faults[name] = f"Un nombre d’heures, par exemple 1 200. Vous avez écrit « {typed[:_SHOWN]} »."
        return found

    def siret(self, name: str) -> str:
        """Return a SIRET, empty where the field is."""
        typed = self.text(name)
        cleaned = clean_siret(typed)
        if typed and (cleaned.value is None or cleaned.flag == SIRET_BAD_KEY):
            self.faults[name] = "Un SIRET compte 14 chiffres, dont une clé ; vérifiez-les, ou laissez vide."
        return cleaned.value or ""

    def phone(self, name: str) -> str:
        """Return a telephone number in E.164, empty where the field is."""
        typed = self.text(name)
        found: str | None = clean_phone(typed).value
        if typed and found is None:
            self.faults[name] = "Un numéro de téléphone, par exemple 03 20 00 00 00."
        return found or ""

    def email(self, name: str) -> str:
        """Return an e-mail address, empty where the field is."""
        typed = self.text(name)
        found: str | None = clean_email(typed).value
        if typed and found is None:
            self.faults[name] = "Une adresse de courriel, par exemple prenom.nom@exemple.fr."
        return found or ""

    def yes(self, name: str) -> bool:
        """Return whether a box is checked."""
        return self.form.get(name) == "oui"
