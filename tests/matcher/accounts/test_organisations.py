"""Organisations: opened, described, with members; and who answers for the data of each."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from matcher.accounts import audit
from matcher.accounts.organisations import (
    UNNAMED,
    OrganisationProfile,
    add_member,
    controller_of,
    create_organisation,
    describe_organisation,
    find_organisation,
    list_organisations,
    load_organisation,
    remove_member,
)
from matcher.accounts.roles import Role
from matcher.accounts.store import AccountRefused, add_account
from matcher.accounts.store import list_accounts as accounts
from matcher.ownership import FIRST_ORGANISATION, OrganisationId
from matcher.settings import (
    CONTROLLER_ADDRESS_VARIABLE,
    CONTROLLER_CONTACT_VARIABLE,
    CONTROLLER_NAME_VARIABLE,
    Controller,
    SettingsError,
)

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
GOOD = "cheval agrafe pile correcte"
TOWN = OrganisationProfile(
    "Ville de  Maubeuge",
    "215 903 923 00013",
    "Hainaut",
    "Maubeuge",
    (),
    "La maire",
    "1 place Verte",
    "dpo@ville.example",
)


def test_there_is_one_from_the_start_which_says_nothing(engine: Engine) -> None:
    assert [(one.id, one.its) for one in list_organisations(engine)] == [
        (FIRST_ORGANISATION, OrganisationProfile(UNNAMED))
    ]


def test_one_is_opened_described_and_found_by_its_name(engine: Engine) -> None:
    made = create_organisation(engine, TOWN, author="essai", now=NOW)
    assert (made.its.name, made.its.siret) == ("Ville de Maubeuge", "21590392300013")
    assert (
        load_organisation(engine, made.id)
        == made
        == find_organisation(engine, " ville de MAUBEUGE")
        == find_organisation(engine, str(made.id))
    )
    with pytest.raises(AccountRefused, match="existe déjà"):
        create_organisation(engine, OrganisationProfile("VILLE DE MAUBEUGE"), author="essai", now=NOW)
    describe_organisation(engine, made.id, OrganisationProfile("Maubeuge"), author="essai", now=NOW)
    assert load_organisation(engine, made.id).its == OrganisationProfile("Maubeuge")
    for unknown in (
        lambda: find_organisation(engine, "Ailleurs"),
        lambda: load_organisation(engine, OrganisationId(9)),
    ):
        with pytest.raises(AccountRefused, match="organisation list"):
            unknown()
    lines = [(line.action, line.organisation) for line in audit.read_whole_journal(engine)]
    assert lines == [("décrit une organisation", "Maubeuge"), ("ouvre une organisation", "Maubeuge")]


def test_members_have_a_role_in_each_and_an_administrator_is_always_left(engine: Engine) -> None:
    add_account(engine, "Léa", GOOD, Role.ADMINISTRATOR, FIRST_ORGANISATION, author="essai", now=NOW)
    town = create_organisation(engine, TOWN, author="Léa", now=NOW).id
    add_member(engine, town, "léa", Role.READER, author="Léa", now=NOW)
    (lea,) = accounts(engine)
    assert [(one.organisation, one.role) for one in lea.memberships] == [
        (UNNAMED, Role.ADMINISTRATOR),
        ("Ville de Maubeuge", Role.READER),
    ]
    assert lea.installation
    with pytest.raises(AccountRefused, match="pas membre"):
        remove_member(engine, OrganisationId(9), "Léa", author="Léa", now=NOW)
    remove_member(engine, town, "Léa", author="Léa", now=NOW)
    with pytest.raises(AccountRefused, match="seul à administrer"):
        remove_member(engine, FIRST_ORGANISATION, "Léa", author="Léa", now=NOW)
    add_member(engine, town, "Léa", Role.ADMINISTRATOR, author="Léa", now=NOW)
    remove_member(engine, FIRST_ORGANISATION, "Léa", author="Léa", now=NOW)
    (lea,) = accounts(engine)
    assert [one.owner for one in lea.memberships] == [town]
    with pytest.raises(AccountRefused, match="pas membre"):
        remove_member(engine, FIRST_ORGANISATION, "Léa", author="Léa", now=NOW)


def test_the_organisation_answers_for_its_data_else_the_installation(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = create_organisation(engine, TOWN, author="essai", now=NOW).id
    assert controller_of(engine, town) == Controller("La maire", "1 place Verte", "dpo@ville.example")
    with pytest.raises(SettingsError):
        controller_of(engine, FIRST_ORGANISATION)
    monkeypatch.setenv(CONTROLLER_NAME_VARIABLE, "Le pays")
    monkeypatch.setenv(CONTROLLER_ADDRESS_VARIABLE, "2 rue Verte")
    monkeypatch.setenv(CONTROLLER_CONTACT_VARIABLE, "dpo@pays.example")
    assert controller_of(engine, FIRST_ORGANISATION).name == "Le pays"
    assert controller_of(engine, town).name == "La maire"
