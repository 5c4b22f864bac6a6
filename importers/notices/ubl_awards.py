"""Results of a notice of the European forms: of each lot, what it was awarded for, when, and to which companies."""

from collections.abc import Sized
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from importers.notices.importer import WinnerWritten, winners_once
from importers.notices.tree import MOST_NODES, TOO_MANY, Node, TreeRefused

_WON = "selec-w"  # BT-142: a winner is chosen; clos-nw and open-nw, none is


@dataclass(frozen=True, slots=True)
class LotResult:
    """Outcome of a lot: the sum of the offers kept, the day of the contract (else of the decision), and who made them."""

    amount: str = ""
    currency: str = ""
    on: str = ""
    winners: tuple[WinnerWritten, ...] = ()

    def without_amounts(self) -> "LotResult":
        """Return who won and when, and nothing of for how much."""
        winners = tuple(replace(winner, awarded="", shared=None) for winner in self.winners)
        return replace(self, amount="", winners=winners)


class NoticeResults:
    """The companies that a notice names, and the results of each of its lots, found by their identifiers."""

    def __init__(self, extension: Node) -> None:
        """Take the extension of a notice, where both stand."""
        self._organizations = _by_number(extension.all("Organizations/Organization"), "Company/PartyIdentification/ID")
        self._tenders = _by_number(extension.all("NoticeResult/LotTender"))
        self._parties = _by_number(extension.all("NoticeResult/TenderingParty"))
        self._contracts = _by_number(extension.all("NoticeResult/SettledContract"))
        self._signed: dict[str, set[str]] = {}  # the contracts that sign an offer
        for number, contract in self._contracts.items():
            for offer in contract.texts("LotTender/ID"):
                self._signed.setdefault(offer, set()).add(number)
        self._found: dict[str, LotResult] = {}
        self._named = 0
        self._results: dict[str, list[Node]] = {}
        for result in extension.all("NoticeResult/LotResult"):
            for number in result.texts("TenderLot/ID"):
                self._results.setdefault(number, []).append(result)

    def company(self, number: str) -> Node:
        """Return a company by its identifier in the notice, « ORG-0001 »; an empty element where it is absent."""
        return self._organizations.get(number, Node()).one("Company")

    def closing_codes(self) -> list[str]:
        """Return the codes of a notice none of whose lots has a winner, each once."""
        codes = [result.first("TenderResultCode") for result in chain(*self._results.values())]
        return [] if _WON in codes else list(dict.fromkeys(filter(None, codes)))

    def of(self, lot: str) -> LotResult:
        """Return what became of a lot. Raises TreeRefused where lots name more winners together than a notice has elements."""
        if lot not in self._found:
            self._found[lot] = self._of(lot)
        lot_result = self._found[lot]
        self._count(lot_result.winners)
        return lot_result

    def _count(self, named: Sized) -> None:
        self._named += len(named)
        if self._named > MOST_NODES:
            raise TreeRefused(TOO_MANY)

    def _of(self, lot: str) -> LotResult:
        results = [each for each in self._results.get(lot, ()) if each.first("TenderResultCode") in (_WON, "")]
        contracts = self._held(results, "SettledContract/ID", self._contracts)
        nodes = self._kept(results, contracts)
        of_offers = _total([_amount(offer) for offer in nodes])
        most = [result.one("FrameworkAgreementValues/MaximumValueAmount") for result in results]
        amount, currency = of_offers or _total(most) or ("", "")
        days = [contract.first("IssueDate") or contract.first("AwardDate") for contract in contracts]
        winners = self._winners(nodes, apart=of_offers is not None and len(nodes) > 1)
        return LotResult(amount, currency, next(filter(None, days), ""), winners)

    def _kept(self, results: list[Node], contracts: list[Node]) -> list[Node]:
        """The offers that won: those that contracts sign, else those of the first rank. A contract may sign those of other lots too."""
        offers = self._held(results, "LotTender/ID", self._tenders)
        numbers = {contract.first("ID") for contract in contracts}
        nodes = [offer for offer in offers if not numbers.isdisjoint(self._signed.get(offer.first("ID"), ()))]
        return nodes or [offer for offer in offers if offer.first("RankCode") in ("1", "")]

    def _held(self, nodes: list[Node], path: str, known: dict[str, Node]) -> list[Node]:
        """The elements that others name at a path, each once."""
        numbers = dict.fromkeys(number for node in nodes for number in node.texts(path))
        return [known[number] for number in numbers if number in known]

    def _winners(self, offers: list[Node], *, apart: bool) -> tuple[WinnerWritten, ...]:
        """The companies that made offers, all those of a group, each with the amount of its offer where these are given `apart`; the name of
        one that may be a person is left.
        """
        results = []
        for offer in offers:
            parties = self._held([offer], "TenderingParty/ID", self._parties)
            companies = self._held(parties, "Tenderer/ID", self._organizations)
            self._count(companies)
            own = (_amount(offer).text, len(companies) > 1) if apart else ("", None)
            for company in companies:
                person = company.first("NaturalPersonIndicator") != "false"
                number = company.first("Company/PartyLegalEntity/CompanyID")
                name = "" if person else company.first("Company/PartyName/Name")
                if number or name:
                    results.append(WinnerWritten(number, name, *own))
        return winners_once(results)


def _by_number(nodes: list[Node], path: str = "ID") -> dict[str, Node]:
    return {number: node for node in nodes for number in node.texts(path)[:1]}


def _amount(offer: Node) -> Node:
    return offer.one("LegalMonetaryTotal/PayableAmount")


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
