"""Terminal output of `entremise match`, `read` and `explain`: the ranked list with its reasons, the reading of a need, the explanation for one supplier."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.table import Column, Table
from rich.text import Text

from matcher.catalogue.store.named_supplier import short_id
from matcher.catalogue.store.sample import SAMPLE_AREA
from matcher.cli.frame.outlet import KNOWN, REFUSED, UNKNOWN, facts_grid, headed_table
from matcher.domain.french import count, day, enumeration, number, unit
from matcher.domain.match import Match, WhyNot
from matcher.domain.reading import Reading
from matcher.need.answer import Answer
from matcher.need.criteria import known_size_lines
from matcher.need.fields import ASKED_LEVERS
from matcher.need.listing import BANDS, WORDS, Beyond, band_words
from matcher.need.sentences import lacks_sentence
from matcher.need.why_not import standing_sentences
from matcher.ranking.reasons import against, explanation, listed_evidence, strengths, unknowns
from matcher.reading.kinds_cited import said_kinds
from matcher.reading.reader import LotRead, why_trade
from matcher.reading.trade.doubt import shown_activities
from matcher.reference.levers import lever
from matcher.reference.trades.taxonomy import taxonomy
from matcher.render.described_file import head_notice

BAR_WIDTH = 20
NARROW = 80
MOST_REASONS, MOST_UNKNOWNS = 3, 2


def shortlists(answers: Sequence[Answer], out: Console) -> None:
    """Print each lot's reading, candidates and counts of refused suppliers."""
    for shortlist in answers:
        out.print(reading_block(shortlist.reading))
        out.print(Text(shortlist.text, style="bold"))
        if shortlist.matches:
            out.print(_candidates(shortlist) if out.width >= NARROW else _narrow_list(shortlist))
            if hidden := _hidden_sentence(shortlist):
                out.print(hidden)
            first = short_id(shortlist.matches[0].id)
            out.print(
                f"[dim]Une fiche, par l’identifiant sous le nom : entremise catalogue show {first} ; il sert aussi à « entremise explain {first} --objet … » et « entremise dossier keep DOSSIER {first} --par NOM ».[/dim]"
            )
            out.print(
                f"[dim]{KNOWN} connu   {UNKNOWN} non connu : à demander   score sur 100 ; la part connue dit ce que les annuaires savent[/dim]"
            )
        elif head_notice() and not shortlist.question:
            out.print(SAMPLE_AREA)
        if left_out := shortlist.counts and shortlist.counts.non_eligibles:
            out.print(f"{REFUSED} {WORDS[Beyond.NON_ELIGIBLES].title} : {number(left_out)}, à portée")
        for refusal in shortlist.refusals:
            out.print(
                f"{REFUSED} {count(refusal.count, 'fournisseur écarté', 'fournisseurs écartés')} : {escape(refusal.reason)}"
            )
        out.print(
            f"[dim]Catalogue version {shortlist.catalogue_version}, "
            f"{count(shortlist.catalogue_suppliers, 'fournisseur')}, {day(shortlist.on)}.[/dim]\n"
        )


def readings(readings_of_lots: Sequence[tuple[Reading, Sequence[LotRead]]], out: Console, *, why: bool = False) -> None:
    """Print the reading of each lot, with the reasons for its trade if `why`, then of each lot of a notice."""
    for reading, lots in readings_of_lots:
        out.print(reading_block(reading))
        if why:
            out.print(_why_trade(reading))
        for lot_reading in lots:
            out.print(Text(f"\nLot {lot_reading.number} de l’avis : {lot_reading.title}", style="bold"))
            out.print(reading_block(lot_reading.reading))


def print_why_not(reading: Reading, answer: WhyNot, suppliers: int, out: Console) -> None:
    """Print the rank of one supplier or the reasons of its refusal, its rank under other choices, and the detail of its points."""
    out.print(reading_block(reading))
    if answer.refused:
        out.print(f"[bold]{escape(answer.name)}[/bold] n’est pas dans la liste :")
        for reason in answer.refused:
            out.print(f"  {REFUSED} {escape(reason)}")
    else:
        out.print(
            f"[bold]{escape(answer.name)}[/bold] : rang {answer.rank} sur {count(suppliers, 'fournisseur')} au catalogue."
        )
    for sentence in standing_sentences(answer)[1:]:
        out.print(Text(sentence))
    if answer.match is not None:
        out.print("")
        for sentence in explanation(answer.match):
            out.print(Text(sentence))
        if answer.refused:
            out.print("[dim]Sans ce qui l’écarte, son score serait :[/dim]")
        columns = (
            Column("Signal", "Total"),
            Column("Ce qui est comparé", f"à {unit(answer.match.coverage * 100, '%')} sur des données"),
            Column(),
            Column("Points", number(answer.match.score, 2), justify="right"),
            Column("sur", str(sum(c.weight for c in answer.match.contributions)), justify="right"),
        )
        rows = []
        for contribution in answer.match.contributions:
            mark, style, block = (UNKNOWN, "yellow", "▒") if contribution.value is None else (KNOWN, "", "█")
            width = max(1, round(contribution.weight * BAR_WIDTH / 40))
            full = round(width * contribution.points / contribution.weight)
            says, bar = Text(f"{mark} {contribution.says}", style=style), block * full + "·" * (width - full)
            points, weight = number(contribution.points, 2), str(contribution.weight)
            rows.append((contribution.label, says, bar, points, weight))
        out.print(headed_table(columns, rows, show_footer=True))


def reading_block(reading: Reading) -> RenderableType:
    """Return the reading of a lot as a grid, doubts included."""
    return Group(facts_grid(_reading_facts(reading)), Text(""))


def _reading_facts(reading: Reading) -> Iterator[tuple[str, Text | str]]:
    lot = reading.lot
    yield f"Lot {lot.lot_id}".strip(), Text(lot.objet, style="bold")
    activities = " ; ".join(f"{a.label} ({unit(a.confidence * 100, '%')})" for a in shown_activities(reading))
    yield "Activités", activities or f"{UNKNOWN} non comprises"
    places = ", ".join(place.name for place in reading.places[:8]) + (" …" if len(reading.places) > 8 else "")
    yield "Lieux", places or f"{UNKNOWN} non compris"
    if cited := said_kinds(reading):
        yield "Demandés", ", ".join(cited)
    if lot.levier or reading.levier_hint:
        yield "Levier", _lever(reading)
    yield from known_size_lines(reading)
    yield from (("Doute", Text(doubt.says, style="yellow")) for doubt in reading.doubts)
    # A trade to be confirmed: each likely one, with the option that chooses it.
    for place, code in enumerate(reading.options):
        choice = Text.assemble(f"--activite {code}", (f"  {taxonomy().label(code)}", "dim"))
        yield "" if place else "Répondez", choice


def _lever(reading: Reading) -> str:
    """Return the lever chosen, else the one read in the text: with the words that give it, or with the option that would apply it."""
    if reading.lot.levier:
        return f"{reading.lot.levier} (choisi)"
    code, quote = reading.levier_hint, ""
    if reading.reserved_by:
        quote = f" : « {reading.reserved_by} »"
    elif code in ASKED_LEVERS:
        quote = f" ; à choisir avec --levier {code}"
    return f"{lever(code).label} (lu dans le texte{quote})"


def _why_trade(reading: Reading) -> RenderableType:
    """Return the words that made the first activity likely, those for the next activity, and the nearest sentence of the corpus."""
    reasons, label = why_trade(reading), taxonomy().label
    if reasons is None:
        sentence = "Pourquoi : aucun mot du texte ne dit l’activité ; elle vient d’un choix ou d’un code CPV.\n"
        return Text(sentence, style="dim")
    words = _quote_words(reasons.words) or "aucun mot ne compte plus qu’un autre"
    facts = [("Pourquoi", f"{label(reasons.code)} : {words}")]
    if reasons.other_words:
        facts.append(("", f"{label(reasons.other)} : {_quote_words(reasons.other_words)}"))
    if reasons.nearest:
        facts.append(("Proche de", f"« {reasons.nearest} »"))
    return Group(facts_grid(facts), Text(""))


def _quote_words(words: Sequence[str]) -> str:
    return ", ".join(f"« {word} »" for word in words)


def _hidden_sentence(shortlist: Answer) -> str:
    """Return a sentence with the number of candidates not shown, by band; empty where all are shown."""
    shown = Counter(match.band for match in shortlist.matches)
    placed = zip(BANDS, shortlist.counts.placed if shortlist.counts else (), strict=False)
    missing = [
        count(size - shown[band], band_words(band).one, band_words(band).few)
        for band, size in placed
        if size > shown[band]
    ]
    return f"Non montrés : {enumeration(missing)} ; --top en montre davantage." if missing else ""


def _candidates(shortlist: Answer) -> Table:
    """Return the table of candidates by band (level of confidence in their trade), numbered within each; those without a known trade have no score."""
    columns = (
        Column(justify="right", style="cyan", no_wrap=True),
        Column("Fournisseur", ratio=3),
        Column("Pourquoi", ratio=6),
        *(Column(header, justify="right", no_wrap=True) for header in ("Score", "Connu")),
    )
    rows: list[tuple[Text | str, ...]] = []
    for band, matches in groupby(shortlist.matches, key=lambda match: match.band):
        rows.append(("", Text(band_words(band).title, style="bold cyan")))
        for match in matches:
            place = match.city or "commune non connue"
            name = Text.assemble(
                (match.name, "bold"),
                f"\n{', '.join(match.kinds) or 'type non connu'} · {place}",
                (f"\n{short_id(match.id)}", "cyan"),
            )
            score = number(match.score, 1) if match.scored else ""
            reasons, known = _reasons(match, shortlist.reading), unit(match.coverage * 100, "%")
            rows.append((str(match.place), name, reasons, score, known))
    return headed_table(columns, rows, expand=True)


def _narrow_list(shortlist: Answer) -> Group:
    """Return the candidates one below the other, for a terminal too narrow for a table."""
    blocks: list[RenderableType] = []
    for band, matches in groupby(shortlist.matches, key=lambda match: match.band):
        blocks += [Text(""), Text(band_words(band).title, style="bold cyan")]
        for match in matches:
            title = f"{match.place}. {match.name} · {', '.join(match.kinds) or 'type non connu'} · {match.city or 'commune non connue'}"
            score = f"score {number(match.score, 1)} · " if match.scored else ""
            known = f"{short_id(match.id)} · {score}à {unit(match.coverage * 100, '%')} sur des données"
            reasons = _reasons(match, shortlist.reading)
            blocks += [Text(""), Text(title, style="bold"), Text(known, style="cyan"), reasons]
    return Group(*blocks, Text(""))


def _reasons(match: Match, reading: Reading) -> Text:
    """Return the reasons for a candidate, by points, then those against it, then the most important unknown facts."""
    text = Text()
    speaking = strengths(match)
    for contribution in speaking[:MOST_REASONS]:
        text.append(f"{KNOWN} {contribution.says}\n")
    for contribution in listed_evidence(match):
        if contribution not in speaking:  # a clue too weak to count for it, but the reason of its presence
            text.append(f"{UNKNOWN} {contribution.says}\n")
    for contribution in against(match):
        text.append(f"{KNOWN} mais {contribution.says}\n", style="dim")
    if unknown := [*filter(None, [lacks_sentence(match, reading)]), *(c.says for c in unknowns(match))]:
        text.append(f"{UNKNOWN} {' ; '.join(unknown[:MOST_UNKNOWNS])}\n", style="yellow")
    text.rstrip()
    return text
