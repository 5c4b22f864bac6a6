"""One telephone, one address and one name, each as a dozen hands write it: what erasure must find in any text."""

import unicodedata

PHONE, EMAIL, NAME = "03 20 99 88 77", "j.martin@valbrune.example", "Jeanne Martin-Lefèvre"
PHONES = (
    PHONE,
    "0320998877",
    "03.20.99.88.77",
    "03-20-99-88-77",
    "03/20/99/88/77",
    "03\u00a020\u202f99 88 77",
    "+33 3 20 99 88 77",
    "+33 (0)3 20 99 88 77",
    "(+33) 320 99 88 77",
    "0033320998877",
    "00 33 (0)3.20.99.88.77",
    "33320998877",
    "0 320 998 877",
    "3 20 99 88 77",
    "03_20_99_88_77",
    "03–20–99–88–77",
    "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in PHONE),
)
EMAILS = (
    EMAIL,
    EMAIL.upper(),
    "J.Martin@Valbrune.Example",
    "j.martin [at] valbrune.example",
    "j.martin(at)valbrune point example",
    "j.martin {arobase} valbrune [.] example",
    "j.martin arobase valbrune point example",
    "j point martin at valbrune dot example",
    "j.martin @ valbrune . example",
    "j.martin(@)valbrune(point)example",
    "j.martin＠valbrune．example",
    "j.martin%40valbrune.example",
    "j.martin&#64;valbrune.example",
)
NAMES = (
    NAME,
    NAME.upper(),
    "MARTIN LEFEVRE Jeanne",
    "Martin-Lefèvre, Jeanne",
    "jeanne martin lefevre",
    "Jeanne MARTIN–LEFÈVRE",
    "Jeanne\u00a0Martin\u2011Lefèvre",
    "Jeanne_Martin_Lefevre",
    "Lefèvre-Martin Jeanne",
    "Jeanne\nMartin Lefèvre",
    unicodedata.normalize("NFD", NAME),
    "Jeanne Mar\u00adtin-Lefèvre",
    "jeanne.martin-lefevre",
)
# What a hand slips on, or a page hides: found to be erased, never to be written to.
SLIPS = (
    "j.martin@valbrune,example",
    "j,martin@valbrune.example",
    "j.martin@val\u200bbrune.example",
    "j.martin\u200b@valbrune.exam\u00adple",
    "03 20\u200b 99 8\u20608 77",
    "Jeanne Martin\ufeff-Lefèvre",
)
# The beginnings of the three that quotations of so many signs leave, as they are cut.
CUT = (
    "Présentation de joignable j.martin@valb…",
    "À joindre : j.martin [at] valbrune …",
    "demander au 03 20 99 …",
    "demander au +33 (0)3 20 9…",
    "Suivi par Jeanne …",
    "Suivi par MARTIN-LEF…",
    "Suivi par Jeanne Martin-L... »",
)
SPELLINGS = (*PHONES, *EMAILS, *NAMES, *SLIPS)
SPELLED = "Voir " + " ; ou bien ".join(SPELLINGS) + " ; merci."
PLANTED = " ; ou bien ".join((SPELLED, *CUT))
