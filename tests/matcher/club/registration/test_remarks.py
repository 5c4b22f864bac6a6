"""Remarks of one kind are one, with a line each; what is written in a cell changes neither."""

from matcher.club.registration.remarks import Fault, LineRemark, in_groups_of_a_kind

UNREAD = "« {} », heure illisible ; la case est laissée."


def test_ninety_remarks_of_a_kind_are_one_line_and_a_fold() -> None:
    hours = [LineRemark("a.csv", Fault(line, "Présence", UNREAD, (f"{line} heures {{}}",))) for line in range(2, 92)]
    alone = LineRemark("a.csv", Fault(3, "", "une ligne de total : la ligne est laissée."))
    many, one = in_groups_of_a_kind([*hours, alone])
    assert many.text == "« a.csv », 90 lignes, colonne « Présence » : « … », heure illisible ; la case est laissée."
    assert (len(many.lines), many.lines[0]) == (90, "ligne 2 : « 2 heures {} »")
    assert (one.text, one.lines) == (str(alone), ())


def test_other_columns_and_other_files_are_said_apart() -> None:
    places = (("a.csv", "Arrivée"), ("a.csv", "Départ"), ("b.csv", "Arrivée"))
    found = in_groups_of_a_kind([LineRemark(file, Fault(2, column, UNREAD, ("25h",))) for file, column in places])
    assert [group.text.split(" : ")[0] for group in found] == [f"« {f} », ligne 2, colonne « {c} »" for f, c in places]
