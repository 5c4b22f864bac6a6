"""A campaign of sixty, sent to a real server; or handed to a mail merge, whose cells run nothing."""

import io
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine

from matcher.dossiers.asking.answering import open_invitation
from matcher.dossiers.asking.sending import merge_file, send_campaign
from matcher.dossiers.asking.store import end_campaign, load_campaign
from matcher.journal.change import ChangeRefused
from matcher.mail.delivery import Delivery
from matcher.mail.outbox import MessageState
from matcher.ownership import FIRST_ORGANISATION
from tests.factories import raw, siret, taking
from tests.matcher.dossiers.asking.campaigns import ADDRESS, BY, NOW, asked, filled, secrets
from tests.matcher.mail.mailbox import Mailbox, serving


def test_sixty_are_asked_in_the_same_words_each_by_its_own_link(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path, 60)
    number = asked(engine).campaign.id
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert send_campaign(engine, FIRST_ORGANISATION, number, server, BY, ADDRESS, clock=lambda: NOW) == Delivery(
            60, 0, 0
        )
    links = {one.get_content().partition(f"{ADDRESS}/r/")[2].split()[0] for one in mailbox.taken}
    assert len(links) == 60
    assert (
        len(
            {
                one.get_content().replace(link, "")
                for one in mailbox.taken
                for link in links
                if link in one.get_content()
            }
        )
        == 1
    )
    assert {open_invitation(engine, link, NOW).campaign.id for link in links} == {number}
    body = mailbox.taken[0].get_content()
    assert all(said in body for said in (BY.name, BY.address, BY.contact))


def test_without_a_server_one_is_told_of_the_mail_merge(engine: Engine, tmp_path: Path) -> None:
    filled(engine, tmp_path)
    number = asked(engine).campaign.id
    with pytest.raises(ChangeRefused, match="merge-file"):
        send_campaign(engine, FIRST_ORGANISATION, number, None, BY, ADDRESS, clock=lambda: NOW)
    assert len(secrets(engine, number)) == 3
    assert {one.messages[0].state for one in load_campaign(engine, FIRST_ORGANISATION, number).asked_structures} == {
        MessageState.HANDED
    }
    mailbox = Mailbox()
    with serving(mailbox) as server:
        assert send_campaign(engine, FIRST_ORGANISATION, number, server, BY, ADDRESS, clock=lambda: NOW) == Delivery(
            0, 0, 0
        )
        end_campaign(engine, FIRST_ORGANISATION, number, now=NOW)
        with pytest.raises(ChangeRefused, match="close"):
            send_campaign(engine, FIRST_ORGANISATION, number, server, BY, ADDRESS, clock=lambda: NOW)


def test_a_workbook_is_asked_again_and_runs_no_formula(engine: Engine, tmp_path: Path) -> None:
    taking(engine, tmp_path, NOW)(raw("1", '=HYPERLINK("http://x")', siret=siret(1), email="a@b.example"))
    number = asked(engine).campaign.id
    first, second = (merge_file(engine, FIRST_ORGANISATION, number, ADDRESS, now=NOW, workbook=True) for _ in range(2))
    sheet = openpyxl.load_workbook(io.BytesIO(second)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2))
    assert first != second
    assert all(cell.data_type == "s" for row in rows for cell in row)
    assert rows[0][2].value == "a@b.example"
