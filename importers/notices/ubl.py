"""Notices of the European forms (eForms, in UBL), from their tree: `read_ubl_notice(form, tree, source, line, reference)` gives a record, or why not.

`json_tree` makes the tree of a JSON value: `read_ubl_notice("ContractNotice", json_tree(given["EFORMS"]["ContractNotice"]), "boamp", rank, "26-12345")`.
Of a text in several languages, the French is kept, else that of the notice's own language, else the first.
BT-71 and the like are the numbers of the fields in the forms.
"""

from collections.abc import Iterator

from importers.importer import RefusedRow
from importers.notices.importer import LotWritten, NoticeRecord, PlaceWritten
from importers.notices.tree import MOST_LOTS, TOO_MANY_LOTS, Node, TreeRefused
from importers.notices.ubl_awards import NoticeResults

# The forms that tell of contracts; BusinessRegistrationInformationNotice does not.
FORMS = ("ContractNotice", "ContractAwardNotice", "PriorInformationNotice")
NO_NUMBER = "avis sans identifiant : il ne serait pas reconnu la fois suivante."
EXTENSION = "UBLExtensions/UBLExtension/ExtensionContent/EformsExtension"
# A group of lots only bounds them; its number is « GLO-0001 », where those of a lot and of a part foreseen are « LOT-0001 », « PAR-0001 ».
_GROUP, _GROUP_NUMBER = "LotsGroup", "GLO-"
_FRENCH = ("FRA", "FRE", "FR")
_BEFORE_TAX = "HT"  # the forms ask each value without VAT
_PROJECT, _TERMS, _PROCESS = "ProcurementProject", "TenderingTerms", "TenderingProcess"
# BT-1311, BT-630, BT-131. Who did not ask to take part cannot offer: that moment comes first where the procedure has one.
_DEADLINES = (
    f"{_PROCESS}/ParticipationRequestReceptionPeriod",
    f"{_PROCESS}/{EXTENSION}/InterestExpressionReceptionPeriod",
    f"{_PROCESS}/TenderSubmissionDeadlinePeriod",
)
# BT-27 the estimate, BT-271 and BT-157 the most that a framework may come to.
_AMOUNTS = (
    f"{_PROJECT}/RequestedTenderTotal/EstimatedOverallContractAmount",
    f"{_PROJECT}/RequestedTenderTotal/{EXTENSION}/FrameworkMaximumAmount",
    f"{_PROCESS}/FrameworkAgreement/EstimatedMaximumValueAmount",
)
# BT-71, BT-736, BT-70; BT-775 the social aims, BT-06 and BT-777 what is said of the one that a lot pursues.
_RESERVED = f"{_TERMS}/TendererQualificationRequest/SpecificTendererRequirement/TendererRequirementTypeCode"
_EXECUTION, _AIMS = f"{_TERMS}/ContractExecutionRequirement", f"{_PROJECT}/ProcurementAdditionalType"
_NONE = "none"
_SYSTEM = f"{_PROCESS}/ContractingSystem/ContractingSystemTypeCode"
_DOCUMENTS = f"{_TERMS}/CallForTendersDocumentReference/Attachment/ExternalReference/URI"
# The names that a lot may tell at these places: those read here, then those left, on how to answer, appeal and be paid.
_PLACES = (_PROJECT, _TERMS, _PROCESS)
_KNOWN = frozenset(
    (
        *("ID", "ProcurementProject", "TenderingTerms", "TenderingProcess", "UBLExtensions", "Name", "Description"),
        *("Note", "ProcurementTypeCode", "ProcurementAdditionalType", "RequestedTenderTotal"),
        *("MainCommodityClassification", "AdditionalCommodityClassification", "RealizedLocation", "PlannedPeriod"),
        *("ContractExtension", "TendererQualificationRequest", "ContractExecutionRequirement"),
        *("CallForTendersDocumentReference", "ParticipationRequestReceptionPeriod", "TenderSubmissionDeadlinePeriod"),
        *("FrameworkAgreement",),
        *("AccessToolsURI", "AdditionalInformationParty", "AdditionalInformationRequestPeriod"),
        *("AllowedSubcontractTerms", "AppealTerms", "AuctionTerms", "AwardingTerms"),
        *("CandidateReductionConstraintIndicator", "ContractingSystem", "DocumentProviderParty"),
        *("EconomicOperatorShortList", "EmploymentLegislationDocumentReference"),
        *("EnvironmentalLegislationDocumentReference", "EstimatedOverallContractQuantity"),
        *("FiscalLegislationDocumentReference", "FundingProgramCode", "GovernmentAgreementConstraintIndicator"),
        *("InvitationSubmissionPeriod", "Language", "LatestSecurityClearanceDate", "MultipleTendersCode"),
        *("NoticeDocumentReference", "OpenTenderEvent", "PaymentTerms", "PostAwardProcess", "ProcessJustification"),
        *("RecurringProcurementIndicator", "RequiredCurriculaCode", "RequiredFinancialGuarantee"),
        *("SMESuitableIndicator", "SecurityClearanceTerm", "SubmissionMethodCode", "TenderEvaluationParty"),
        *("TenderRecipientParty", "TenderValidityPeriod", "VariantConstraintCode"),
    )
)


def read_ubl_notice(form: str, tree: Node, source: str, line: int, reference: str = "") -> NoticeRecord | RefusedRow:
    """Return a notice of one of the FORMS, or why it is refused; `reference` is its publisher's, else « identifier-version » of the notice.

    Its nature is its type, « cn-standard », and where it changes or ends another, why: « cn-standard/cancel », « can-standard/clos-nw »
    where no lot has a winner. `published` is the day it was published, else that it was sent. Raises TreeRefused where it has more lots, or
    winners of them, than any notice.
    """
    own = "-".join(filter(None, (tree.first("ID"), tree.first("VersionID"))))
    if not (reference or own):
        return RefusedRow(line, NO_NUMBER)
    language = tree.first("NoticeLanguageCode")
    extension = tree.one(EXTENSION)
    results = NoticeResults(extension)
    buyer = results.company(tree.first("ContractingParty/Party/PartyIdentification/ID"))
    reasons = extension.texts("Changes/ChangeReason/ReasonCode") or results.closing_codes()
    # what lots hold that is neither read nor left on purpose: a newer form may write there what matters
    lots = tree.all("ProcurementProjectLot")
    inside = [(f"{place}/", node) for lot in lots for place in _PLACES for node in lot.all(place)]
    nodes = [*(("", lot) for lot in lots), *inside]
    return NoticeRecord(
        source,
        reference or own,
        line,
        nature="/".join(filter(None, (tree.first("NoticeTypeCode"), *reasons))),
        shape=form,
        folder=tree.first("ContractFolderID"),
        earlier=_earlier(form, tree),
        published=extension.first("Publication/PublicationDate") or tree.first("IssueDate"),
        title=_words(tree.all(f"{_PROJECT}/Name"), language),
        description=_words(tree.all(f"{_PROJECT}/Description"), language),
        buyer=buyer.first("PartyLegalEntity/CompanyID"),
        buyer_name=_words(buyer.all("PartyName/Name"), language),
        buyer_post_code=buyer.first("PostalAddress/PostalZone"),
        buyer_city=buyer.first("PostalAddress/CityName"),
        buyer_country=buyer.first("PostalAddress/Country/IdentificationCode"),
        lots=tuple(_lots(form, tree, results, language)),
        unread=tuple(sorted({f"{place}{name}" for place, node in nodes for name in node.inside.keys() - _KNOWN})),
    )


def _earlier(form: str, tree: Node) -> tuple[str, ...]:
    """The notices that this one changes, and those that it awards: « identifier-version », or the number of publication."""
    node = tree.one(EXTENSION)
    changed = node.texts("Changes/ChangedNoticeIdentifier") + node.texts("ContractModification/ChangedNoticeIdentifier")
    awarded = tree.texts(f"{_PROCESS}/NoticeDocumentReference/ID") if form == "ContractAwardNotice" else []
    return tuple(dict.fromkeys(changed + awarded))


def _lots(form: str, tree: Node, results: NoticeResults, language: str) -> Iterator[LotWritten]:
    """The lots; of a notice that has none, the whole under « 1 » where it has a name or a description.

    A field of the whole is that of its only lot, but in an award, which may leave out lots of which nothing is given.
    """
    lots: list[Node] = []
    for lot in tree.all("ProcurementProjectLot"):
        own = lot.one("ID")
        is_group = own.attributes.get("schemeName") == _GROUP or own.text.startswith(_GROUP_NUMBER)
        if lot.inside and not is_group:
            lots.append(lot)
    if not lots and any(tree.texts(f"{_PROJECT}/{name}") for name in ("Name", "Description")):
        lots = [Node(inside={_PROJECT: tree.all(_PROJECT)})]
    if len(lots) > MOST_LOTS:
        raise TreeRefused(TOO_MANY_LOTS)
    whole = tree if len(lots) == 1 and form != "ContractAwardNotice" else Node()
    for rank, lot in enumerate(lots, start=1):
        yield _lot(lot.first("ID") or str(rank), (lot, whole), results, language)


def _lot(number: str, sources: tuple[Node, Node], results: NoticeResults, language: str) -> LotWritten:
    """One lot, from its own fields, else from those of the whole."""
    result = results.of(number)
    amount, period, deadline = (
        _one(sources, *_AMOUNTS),
        _one(sources, f"{_PROJECT}/PlannedPeriod"),
        _one(sources, *_DEADLINES),
    )
    duration = period.one("DurationMeasure")
    currency = amount.attributes.get("currencyID", "") or result.currency
    if currency != result.currency:
        result = result.without_amounts()
    names = ("MainCommodityClassification", "AdditionalCommodityClassification")
    codes = [code for name in names for code in _all(sources, f"{_PROJECT}/{name}/ItemClassificationCode")]
    # how many times it may be renewed, then in words: « 3 ; reconductible de manière tacite »
    extension = _one(sources, f"{_PROJECT}/ContractExtension")
    renewals = (extension.first("MaximumNumberNumeric"), _words(extension.all("Renewal/Period/Description"), language))
    reserved = _listed(_all(sources, _RESERVED), "reserved-procurement")
    places = []
    for location in _all(sources, f"{_PROJECT}/RealizedLocation"):
        address = location.one("Address")
        # the code of a wide area (« anyw-cou »), then its description
        wide, description = address.first("Region"), _words(location.all("Description"), language)
        place = PlaceWritten(
            nuts=address.first("CountrySubentityCode"),
            post_code=address.first("PostalZone"),
            city=address.first("CityName"),
            country=address.first("Country/IdentificationCode"),
            text=" ; ".join(filter(None, (wide, description))),
        )
        places.append(place)
    return LotWritten(
        number,
        title=_words(_all(sources, f"{_PROJECT}/Name"), language),
        description=_words(_all(sources, f"{_PROJECT}/Description"), language),
        nature=_one(sources, f"{_PROJECT}/ProcurementTypeCode").text,
        cpv=tuple(dict.fromkeys(code.text for code in codes if code.attributes.get("listName", "cpv") == "cpv")),
        places=tuple(places),
        amount=amount.text,
        currency=currency,
        tax=_BEFORE_TAX if amount.text or result.amount else "",
        duration=duration.text,
        duration_unit=duration.attributes.get("unitCode", ""),
        starts=period.first("StartDate"),
        ends=period.first("EndDate"),
        renewals=" ; ".join(filter(None, renewals)),
        deadline=deadline.first("EndDate"),
        deadline_time=deadline.first("EndTime"),
        # « none » only where nothing else is written
        reserved=next((code for code in reserved if code != _NONE), next(iter(reserved), "")),
        reserved_execution=next(
            iter(_listed(_all(sources, f"{_EXECUTION}/ExecutionRequirementCode"), "reserved-execution")), ""
        ),
        social=tuple(_listed(_all(sources, f"{_AIMS}/ProcurementTypeCode"), "social-objective")),
        conditions=_conditions(sources, language),
        documents=_one(sources, _DOCUMENTS).text,
        framework=any(code != _NONE for code in _listed(_all(sources, _SYSTEM), "framework-agreement")),
        awarded=result.amount,
        awarded_on=result.on,
        winners=result.winners,
    )


def _all(parents: tuple[Node, ...], *paths: str) -> list[Node]:
    """The elements that are not empty at the first of some paths that has any, of the lot, else of the whole."""
    for node in parents:
        for path in paths:
            if nodes := [each for each in node.all(path) if each.text or each.inside]:
                return nodes
    return []


def _one(nodes: tuple[Node, ...], *paths: str) -> Node:
    return next(iter(_all(nodes, *paths)), Node())


def _words(texts: list[Node], language: str) -> str:
    """A text given in several languages: in French, else in that of the notice, else in the first."""
    by_language = {text.attributes.get("languageID", "").upper(): text.text for text in reversed(texts) if text.text}
    first = next(reversed(by_language.values()), "")
    return next((by_language[wanted] for wanted in (*_FRENCH, language.upper()) if wanted in by_language), first)


def _listed(codes: list[Node], listed: str) -> list[str]:
    """The codes of one list among others that stand at the same place, each once."""
    return list(dict.fromkeys(code.text for code in codes if code.attributes.get("listName") == listed and code.text))


def _conditions(nodes: tuple[Node, ...], language: str) -> str:
    """Return the conditions of execution of the contract, its social aim, and what stands beside the lot (BT-300)."""
    terms = [each for each in _all(nodes, _EXECUTION) if _listed(each.all("ExecutionRequirementCode"), "conditions")]
    aims = [
        each
        for each in _all(nodes, _AIMS)
        if "soc-obj" in _listed(each.all("ProcurementTypeCode"), "strategic-procurement")
    ]
    conditions = [_words(each.all("Description"), language) for each in terms]
    conditions += [_words(each.all("ProcurementType"), language) for each in aims]
    conditions.append(_words(_all(nodes, f"{_PROJECT}/Note"), language))
    return "\n".join(dict.fromkeys(filter(None, conditions)))
