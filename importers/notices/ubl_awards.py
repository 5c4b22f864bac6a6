"""Reads the award results of an eForms notice (the European standard): for each lot, the amount, the date and the winning companies."""

from collections.abc import Sized
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import chain

from importers.notices.importer import WinnerWritten, winners_once
from importers.notices.tree import MOST_NODES, TOO_MANY, Node, TreeRefused

_WON = "selec-w"  # BT-142: winner chosen; clos-nw and open-nw: no winner


@dataclass(frozen=True, slots=True)
class LotResult:
    """Result of a lot: sum of the winning offers, its currency, day of the contract (else of the decision), and the winners."""

    amount: str = ""
    currency: str = ""
    on: str = ""
    winners: tuple[WinnerWritten, ...] = ()

    def without_amounts(self) -> "LotResult":
        """Return the same result without amounts."""
        winners = tuple(replace(winner, awarded="", shared=None) for winner in self.winners)
        return replace(self, amount="", winners=winners)


class NoticeResults:
    """Index of a notice's companies, offers and contracts by identifier, from which the result of each lot is computed."""

    def __init__(self, extension: Node) -> None:
        self._organizations = _by_number(extension.all("Organizations/Organization"), "Company/PartyIdentification/ID")
        self._tenders = _by_number(extension.all("NoticeResult/LotTender"))
        self._parties = _by_number(extension.all("NoticeResult/TenderingParty"))
        self._contracts = _by_number(extension.all("NoticeResult/SettledContract"))
        self._signed: dict[str, set[str]] = {}  # by offer, the contracts that sign it
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
        """Return a company by its identifier in the notice, « ORG-0001 », or an empty element."""
        return self._organizations.get(number, Node()).one("Company")

    def closing_codes(self) -> list[str]:
        """Return the result codes, each once, if no lot of the notice has a winner; else nothing."""
        codes = [result.first("TenderResultCode") for result in chain(*self._results.values())]
        return [] if _WON in codes else list(dict.fromkeys(filter(None, codes)))

    def of(self, lot: str) -> LotResult:
        """Return the result of a lot. Raises TreeRefused if the lots have too many winners together."""
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
        results = [result for result in self._results.get(lot, ()) if result.first("TenderResultCode") in (_WON, "")]
        contracts = self._referenced_elements(results, "SettledContract/ID", self._contracts)
        offers = self._winning_offers(results, contracts)
        offers_total = _total(list(map(_amount, offers)))
        maximums = [result.one("FrameworkAgreementValues/MaximumValueAmount") for result in results]
        amount, currency = offers_total or _total(maximums) or ("", "")
        days = [contract.first("IssueDate") or contract.first("AwardDate") for contract in contracts]
        # The companies of each offer, all members of a group; names that may be persons' are left out.
        winners = []
        for offer in offers:
            parties = self._referenced_elements([offer], "TenderingParty/ID", self._parties)
            companies = self._referenced_elements(parties, "Tenderer/ID", self._organizations)
            self._count(companies)
            of_several = offers_total is not None and len(offers) > 1
            own = (_amount(offer).text, len(companies) > 1) if of_several else ("", None)
            for company in companies:
                person = company.first("NaturalPersonIndicator") != "false"
                number = company.first("Company/PartyLegalEntity/CompanyID")
                name = "" if person else company.first("Company/PartyName/Name")
                if number or name:
                    winners.append(WinnerWritten(number, name, *own))
        return LotResult(amount, currency, next(filter(None, days), ""), winners_once(winners))

    def _winning_offers(self, results: list[Node], contracts: list[Node]) -> list[Node]:
        """Return the offers of a lot that contracts sign, else those of rank 1. A contract may also sign offers of other lots."""
        offers = self._referenced_elements(results, "LotTender/ID", self._tenders)
        numbers = {contract.first("ID") for contract in contracts}
        signed = [offer for offer in offers if not numbers.isdisjoint(self._signed.get(offer.first("ID"), ()))]
        return signed or [offer for offer in offers if offer.first("RankCode") in ("1", "")]

    def _referenced_elements(self, nodes: list[Node], path: str, known: dict[str, Node]) -> list[Node]:
        """Return the elements whose identifiers stand at a path in `nodes`, each once."""
        numbers = dict.fromkeys(number for node in nodes for number in node.texts(path))
        return [known[number] for number in numbers if number in known]


def _by_number(nodes: list[Node], path: str = "ID") -> dict[str, Node]:
    return {number: node for node in nodes for number in node.texts(path)[:1]}


def _amount(offer: Node) -> Node:
    return offer.one("LegalMonetaryTotal/PayableAmount")


def _total(amounts: list[Node]) -> tuple[str, str] | None:
    """Return (sum of amounts, currency), a single amount as written; None if one is not a number, or if currencies differ."""
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
