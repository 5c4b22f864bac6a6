"""Results of a notice of the European forms: of each lot, what it was awarded for, when, and to which companies."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from importers.notices.record import WinnerWritten
from importers.notices.tree import MOST_NODES, TOO_MANY, Node, TreeRefused

_WON = "selec-w"  # BT-142: a winner is chosen; clos-nw and open-nw, none is


@dataclass(frozen=True, slots=True)
class LotResult:
    """Outcome of a lot: the sum of the offers kept, the day of the contract (else of the decision), and who made them."""

    amount: str = ""
    currency: str = ""
    on: str = ""
    winners: tuple[WinnerWritten, ...] = ()


class NoticeResults:
    """The companies that a notice names, and what it says of each of its lots, found by their identifiers."""

    def __init__(self, told: Node) -> None:
        """Take the extension of a notice, where both stand."""
        self._organizations = _by_number(told.all("Organizations/Organization"), "Company/PartyIdentification/ID")
        self._tenders = _by_number(told.all("NoticeResult/LotTender"))
        self._parties = _by_number(told.all("NoticeResult/TenderingParty"))
        self._contracts = _by_number(told.all("NoticeResult/SettledContract"))
        self._signed: dict[str, set[str]] = {}  # the contracts that sign an offer
        for number, contract in self._contracts.items():
            for offer in contract.texts("LotTender/ID"):
                self._signed.setdefault(offer, set()).add(number)
        self._found: dict[str, LotResult] = {}
        self._named = 0
        self._results: dict[str, list[Node]] = {}
        for result in told.all("NoticeResult/LotResult"):
            for number in result.texts("TenderLot/ID"):
                self._results.setdefault(number, []).append(result)

    def company(self, number: str) -> Node:
        """Return a company by its identifier in the notice, « ORG-0001 »; an empty element where it is not told."""
        return self._organizations.get(number, Node()).one("Company")

    def closed(self) -> list[str]:
        """Return the codes of a notice none of whose lots has a winner, each once."""
        codes = [result.first("TenderResultCode") for result in chain(*self._results.values())]
        return [] if _WON in codes else list(dict.fromkeys(filter(None, codes)))

    def of(self, lot: str) -> LotResult:
        """Return what became of a lot. Raises TreeRefused where lots name more winners together than a notice has elements."""
        if lot not in self._found:
            self._found[lot] = self._of(lot)
        found = self._found[lot]
        self._named += len(found.winners)
        if self._named > MOST_NODES:
            raise TreeRefused(TOO_MANY)
        return found

    def _of(self, lot: str) -> LotResult:
        results = [each for each in self._results.get(lot, ()) if each.first("TenderResultCode") in (_WON, "")]
        contracts = self._held(results, "SettledContract/ID", self._contracts)
        kept = self._kept(results, contracts)
        amounts = [offer.one("LegalMonetaryTotal/PayableAmount") for offer in kept]
        most = [result.one("FrameworkAgreementValues/MaximumValueAmount") for result in results]
        amount, currency = _total(amounts) or _total(most) or ("", "")
        days = [contract.first("IssueDate") or contract.first("AwardDate") for contract in contracts]
        return LotResult(amount, currency, next(filter(None, days), ""), self._winners(kept))

    def _kept(self, results: list[Node], contracts: list[Node]) -> list[Node]:
        """The offers that won: those that contracts sign, else those of the first rank. A contract may sign those of other lots too."""
        offers = self._held(results, "LotTender/ID", self._tenders)
        numbers = {contract.first("ID") for contract in contracts}
        kept = [offer for offer in offers if not numbers.isdisjoint(self._signed.get(offer.first("ID"), ()))]
        return kept or [offer for offer in offers if offer.first("RankCode") in ("1", "")]

    def _held(self, nodes: list[Node], path: str, known: dict[str, Node]) -> list[Node]:
        """The elements that others name at a path, each once."""
        numbers = dict.fromkeys(number for node in nodes for number in node.texts(path))
        return [known[number] for number in numbers if number in known]

    def _winners(self, offers: list[Node]) -> tuple[WinnerWritten, ...]:
        """The companies that made offers, all those of a group; the name of one that may be a person is left."""
        parties = self._held(offers, "TenderingParty/ID", self._parties)
        found = []
        for organization in self._held(parties, "Tenderer/ID", self._organizations):
            person = organization.first("NaturalPersonIndicator") != "false"
            number = organization.first("Company/PartyLegalEntity/CompanyID")
            found.append(WinnerWritten(number, "" if person else organization.first("Company/PartyName/Name")))
        return tuple(winner for winner in dict.fromkeys(found) if winner != WinnerWritten())


def _by_number(nodes: list[Node], path: str = "ID") -> dict[str, Node]:
    return {number: node for node in nodes for number in node.texts(path)[:1]}


def _total(amounts: list[Node]) -> tuple[str, str] | None:
    """The sum of amounts and its currency, one alone as it is written; None where one is no number, or they are of several currencies."""
    currencies = {amount.attributes.get("currencyID", "") for amount in amounts}
    if len(currencies) != 1 or not all(amount.text for amount in amounts):
        return None
    total = amounts[0].text
    if len(amounts) > 1:
        try:
            total = format(sum(Decimal(amount.text) for amount in amounts), "f")
        except ArithmeticError:
            return None
    return total, currencies.pop()
