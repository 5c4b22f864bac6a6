"""A page of a supplier's site to what it says; bytes of strangers, whatever they are."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from importers.online.faults import PageRefused, RobotsAnswer
from matcher.catalogue.intake.site_page import MOST_CONTACTS, read_robots, read_site_page, robots_in_subprocess
from matcher.jobs.reader_process import apart

URL = "http://lilas.test/accueil"
HOME = """<html><head><title>ESAT Les Lilas, Arras</title><style>p{}</style></head><body>
<nav><a href="/contact">Contact</a><a href="/nos-activites#bas">Nos activités</a><a href="/actualites">Actualités</a>
<a href="http://ailleurs.test/activites">Activités</a><a href="plan.pdf">Nos prestations</a><a href="http://[">services</a>
<a href="/nos-activites">encore</a><a href="/mentions">Nos savoir-faire</a></nav>
<h1>Bienvenue</h1><p>Nous assurons la blanchisserie.</p><script>Nettoyage</script>
<footer>Tél. 03 21 00 11 22, portable 06 12 34 56 78, SIRET 123 456 789 00011
<a href="mailto:contact@lilas.test?subject=x">écrire</a> jeanne.martin@lilas.test</footer></body></html>"""


def page(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "page.html"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_page_says_its_heading_its_text_its_links_and_how_to_reach_the_establishment(tmp_path: Path) -> None:
    read = apart(read_site_page)(page(tmp_path, HOME), URL)
    assert read.heading == "ESAT Les Lilas, Arras · Bienvenue"
    assert "Nous assurons la blanchisserie." in read.text
    assert "Nettoyage" not in read.text
    assert read.links == (
        "http://lilas.test/nos-activites",
        "http://lilas.test/mentions",
        "http://lilas.test/contact",
    )
    assert read.phones == ("+33321001122",), "no mobile phone, which may be a person's"
    assert read.emails == ("contact@lilas.test",), "no person's address"


def test_a_directory_of_people_gives_no_contact(tmp_path: Path) -> None:
    many = "".join(
        f"<p>03 21 00 11 {n:02}, contact{n}@x.test, contact.{n}@lilas.test</p>" for n in range(MOST_CONTACTS + 1)
    )
    read = read_site_page(page(tmp_path, many), URL)
    assert (read.phones, read.emails) == ((), ())


def test_a_page_of_windows_is_read_with_its_accents(tmp_path: Path) -> None:
    assert (
        read_site_page(page(tmp_path, "<p>Façade et métallerie</p>".encode("cp1252")), URL).text
        == "Façade et métallerie"
    )


def test_a_calendar_without_end_gives_few_links(tmp_path: Path) -> None:
    days = "".join(f'<a href="/activites?jour={day}">activités</a>' for day in range(5000))
    assert len(read_site_page(page(tmp_path, days), URL).links) <= 500


def test_elements_without_end_are_read_to_where_they_are_too_deep(tmp_path: Path) -> None:
    read = apart(read_site_page)(page(tmp_path, "<p>Avant</p>" + "<div>" * 200_000 + "Après"), URL)
    assert read.text == "Avant"


@example(b"<?xml")
@given(
    st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"<p>{text}</p><a href='{text}'>contact".encode())
)
def test_any_bytes_are_a_page(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    read = read_site_page(page(tmp_path_factory.getbasetemp(), content), URL)
    assert all(link.startswith("http://lilas.test") for link in read.links)


@pytest.mark.parametrize("prolog", [b'<?xml version="1.0" encoding="utf-8"?>', b"<?xml?>\n<?xml ?>"])
def test_a_page_that_declares_xml_is_read_without_a_warning(tmp_path: Path, prolog: bytes) -> None:
    assert read_site_page(page(tmp_path, prolog + b"\n<p>Blanchisserie</p>"), URL).text == "Blanchisserie"


def test_robots_txt_is_read_with_its_wildcards_its_longest_rule_and_its_pause(tmp_path: Path) -> None:
    path = page(tmp_path, "User-agent: *\nDisallow: /*?jour=\nDisallow: /prive\nAllow: /prive/public\nCrawl-delay: 8\n")
    urls = [f"http://lilas.test{path}" for path in ("/", "/a?jour=2", "/prive/x", "/prive/public")]
    assert [read_robots(path, "Entremise", url).allowed for url in urls] == [True, False, False, True]
    assert robots_in_subprocess(path, "Entremise", urls[0]) == RobotsAnswer(True, 8.0)
    assert not read_robots(page(tmp_path, "User-agent: Entremise\nDisallow: /"), "Entremise", urls[0]).allowed
    assert read_robots(page(tmp_path, b"\xff\xfe<html>"), "Entremise", urls[0]).allowed


def test_a_robots_txt_that_cannot_be_read_allows_nothing(tmp_path: Path) -> None:
    with pytest.raises(PageRefused, match="abîmé"):
        robots_in_subprocess(tmp_path / "absent", "Entremise", "http://lilas.test/")
