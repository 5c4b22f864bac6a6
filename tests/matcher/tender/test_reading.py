"""Documents become pieces in a reader process, whatever is wrong with them; each says how far it was read."""

from pathlib import Path

import pytest

from importers.documents.read import LARGEST
from matcher.jobs.reader_child import ReadingLimits
from matcher.jobs.stop import Stop, Stopped
from matcher.tender import reading
from matcher.tender.piece import PieceState
from matcher.tender.reading import MOST_PIECES, TenderRefused, check_sizes, read_piece, read_tender
from tests.importers.documents.writing import write_docx, write_pdf, write_xlsx, write_zip
from tests.matcher.tender.pieces import CCAP, DPGF, RC


def test_a_dce_is_read_whole_and_keeps_no_text(tmp_path: Path) -> None:
    paths = [
        write_pdf(tmp_path / "RC.pdf", [page.split("\n") for page in RC]),
        write_docx(tmp_path / "CCAP.docx", "\n".join(CCAP).split("\n")),
        write_xlsx(tmp_path / "DPGF.xlsx", {"Prix": [[line] for line in DPGF[0].split("\n")]}),
        write_pdf(tmp_path / "plan.pdf", [[]]),
    ]
    told: list[tuple[int, int]] = []
    found = read_tender(paths, tell=lambda done, total: told.append((done, total)))
    assert [(piece.kind.letters, piece.state) for piece in found.pieces] == [
        ("RC", PieceState.READ),
        ("CCAP", PieceState.READ),
        ("DPGF", PieceState.READ),
        ("", PieceState.UNREAD),
    ]
    assert "c’est une image" in found.pieces[3].says[0]
    assert not any(piece.pages for piece in found.pieces)
    assert [lot.number for lot in found.proposal.lots] == ["1", "2", "3"]
    assert told == [(rank, 4) for rank in range(5)]


def test_a_long_pdf_is_read_in_part(tmp_path: Path) -> None:
    found = read_piece(write_pdf(tmp_path / "cctp.pdf", [[f"Article {rank}"] for rank in range(1, 901)]))
    assert (found.kind.letters, found.state) == ("CCTP", PieceState.PARTLY)
    assert "sur 900" in found.says[0]


def test_macros_leave_a_piece_read(tmp_path: Path) -> None:
    found = read_piece(write_docx(tmp_path / "ae.docm", ["Acte d’engagement"], {"word/vbaProject.bin": b"\0"}))
    assert (found.state, found.says) == (PieceState.READ, ("ses macros sont ignorées.",))


def test_what_takes_too_long_is_said_with_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "DOCUMENT", ReadingLimits(seconds=0, memory=512 * 2**20, silence=0))
    found = read_piece(write_docx(tmp_path / "lourd.docx", [f"{rank:x}" for rank in range(400_000)]))
    assert found.state is PieceState.UNREAD
    assert "plus rien n’en a été lu" in found.says[0]
    assert "découpez-le, et déposez ce fichier" in found.says[0]


def test_an_archive_among_pieces_refuses_itself_alone(tmp_path: Path) -> None:
    archive = write_zip(tmp_path / "dce.zip", {"autre.zip": b"PK\x03\x04"})
    found = read_tender([archive, write_docx(tmp_path / "rc.docx", RC[1].split("\n"))])
    assert [piece.state for piece in found.pieces] == [PieceState.UNREAD, PieceState.READ]
    assert found.pieces[0].says == (
        "c’est une archive ZIP ; décompressez-la et déposez les pièces qu’elle contient, sans les archives.",
    )


def test_too_many_too_large_and_none_are_refused() -> None:
    for sizes, says in (
        ([], "au moins une pièce"),
        ([1] * (MOST_PIECES + 1), "41 pièces, pour 40 au plus"),
        ([LARGEST, 1], "50 Mo ensemble"),
    ):
        with pytest.raises(TenderRefused, match=says):
            check_sizes(sizes)


def test_a_stop_ends_the_reading(tmp_path: Path) -> None:
    stop = Stop()
    stop.ask()
    with pytest.raises(Stopped):
        read_piece(write_docx(tmp_path / "rc.docx", ["Objet"]), stop=stop)
