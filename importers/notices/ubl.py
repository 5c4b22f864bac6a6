"""Reads a notice in eForms (the European standard, in the XML vocabulary UBL) from its tree into a NoticeRecord with its lots.

Of a text in several languages, the French is kept, else the notice's language, else the first. BT-71 etc. are the standard's field numbers."""

from collections.abc import Iterator

from importers.importer import RefusedRow
from importers.notices.importer import LotWritten, NoticeRecord, PlaceWritten
from importers.notices.tree import MOST_LOTS, TOO_MANY_LOTS, Node, TreeRefused
from importers.notices.ubl_awards import NoticeResults

# The forms about contracts; BusinessRegistrationInformationNotice is not.
FORMS = ("ContractNotice", "ContractAwardNotice", "PriorInformationNotice")
NO_NUMBER = "avis sans identifiant : il ne serait pas reconnu la fois suivante."
EXTENSION = "UBLExtensions/UBLExtension/ExtensionContent/EformsExtension"
# Groups of lots (« GLO-0001 »), which are not lots themselves (« LOT-0001 », or « PAR-0001 » for a planned part).
_GROUP, _GROUP_NUMBER = "LotsGroup", "GLO-"
_FRENCH = ("FRA", "FRE", "FR")
_BEFORE_TAX = "HT"  # all values of the forms are without VAT
_PROJECT, _TERMS, _PROCESS = "ProcurementProject", "TenderingTerms", "TenderingProcess"
# BT-1311, BT-630, BT-131. The deadline for requests to participate, if any, comes first: who misses it cannot make an offer.
_DEADLINES = (
    f"{_PROCESS}/ParticipationRequestReceptionPeriod",
    f"{_PROCESS}/{EXTENSION}/InterestExpressionReceptionPeriod",
    f"{_PROCESS}/TenderSubmissionDeadlinePeriod",
)
# BT-27 estimated value; BT-271 and BT-157 maximum value of a framework agreement.
_AMOUNTS = (
    f"{_PROJECT}/RequestedTenderTotal/EstimatedOverallContractAmount",
    f"{_PROJECT}/RequestedTenderTotal/{EXTENSION}/FrameworkMaximumAmount",
    f"{_PROCESS}/FrameworkAgreement/EstimatedMaximumValueAmount",
)
# BT-71 reserved participation, BT-736 reserved execution, BT-70 conditions; BT-775 social aims, BT-06 and BT-777 their description.
_RESERVED = f"{_TERMS}/TendererQualificationRequest/SpecificTendererRequirement/TendererRequirementTypeCode"
_EXECUTION, _AIMS = f"{_TERMS}/ContractExecutionRequirement", f"{_PROJECT}/ProcurementAdditionalType"
_NONE = "none"
_SYSTEM = f"{_PROCESS}/ContractingSystem/ContractingSystemTypeCode"
_DOCUMENTS = f"{_TERMS}/CallForTendersDocumentReference/Attachment/ExternalReference/URI"
# Known names under these elements of a lot: those read here, then those ignored on purpose (how to answer, appeals, payment).
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
    """Return the record of a notice of one of the FORMS, or a refused row; `reference` is its publisher's, else the notice's « identifier-version ».

    Its nature is the type, « cn-standard », and the reason of a change or an end: « cn-standard/cancel », « can-standard/clos-nw » (no lot has a winner).
    `published` is the day of publication, else of sending. Raises TreeRefused for too many lots or winners."""
    own = "-".join(filter(None, (tree.first("ID"), tree.first("VersionID"))))
    if not (reference or own):
        return RefusedRow(line, NO_NUMBER)
    language = tree.first("NoticeLanguageCode")
    extension = tree.one(EXTENSION)
    results = NoticeResults(extension)
    buyer = results.company(tree.first("ContractingParty/Party/PartyIdentification/ID"))
    reasons = extension.texts("Changes/ChangeReason/ReasonCode") or results.closing_codes()
    # keys of lots neither read nor ignored are reported: a newer version of the forms may add useful ones
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
    """Return the references of the notices that this one changes or awards: « identifier-version », or the publication number."""
    node = tree.one(EXTENSION)
    changed = node.texts("Changes/ChangedNoticeIdentifier") + node.texts("ContractModification/ChangedNoticeIdentifier")
    awarded = tree.texts(f"{_PROCESS}/NoticeDocumentReference/ID") if form == "ContractAwardNotice" else []
    return tuple(dict.fromkeys(changed + awarded))


def _lots(form: str, tree: Node, results: NoticeResults, language: str) -> Iterator[LotWritten]:
    """Yield the lots; without any, the whole contract as lot « 1 » if it has a name or a description.

    An only lot takes missing fields from the whole contract, except in an award notice, which may omit lots."""
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
    """Return one lot; `sources` are its node and the whole contract's, in which missing fields are searched."""
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
    # number of renewals, then words: « 3 ; reconductible de manière tacite »
    extension = _one(sources, f"{_PROJECT}/ContractExtension")
    renewals = (extension.first("MaximumNumberNumeric"), _words(extension.all("Renewal/Period/Description"), language))
    reserved = _codes_of_list(_all(sources, _RESERVED), "reserved-procurement")
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
        # « none » only without another code
        reserved=next((code for code in reserved if code != _NONE), next(iter(reserved), "")),
        reserved_execution=next(
            iter(_codes_of_list(_all(sources, f"{_EXECUTION}/ExecutionRequirementCode"), "reserved-execution")), ""
        ),
        social=tuple(_codes_of_list(_all(sources, f"{_AIMS}/ProcurementTypeCode"), "social-objective")),
        conditions=_conditions(sources, language),
        documents=_one(sources, _DOCUMENTS).text,
        framework=any(code != _NONE for code in _codes_of_list(_all(sources, _SYSTEM), "framework-agreement")),
        awarded=result.amount,
        awarded_on=result.on,
        winners=result.winners,
    )


def _all(parents: tuple[Node, ...], *paths: str) -> list[Node]:
    """Return the non-empty elements at the first path that has any, in the first parent that has any."""
    for parent in parents:
        for path in paths:
            if nodes := [node for node in parent.all(path) if node.text or node.inside]:
                return nodes
    return []


def _one(nodes: tuple[Node, ...], *paths: str) -> Node:
    return next(iter(_all(nodes, *paths)), Node())


def _words(texts: list[Node], language: str) -> str:
    """Return a text in French, else in the notice's language, else the first."""
    by_language = {text.attributes.get("languageID", "").upper(): text.text for text in reversed(texts) if text.text}
    first = next(reversed(by_language.values()), "")
    return next((by_language[wanted] for wanted in (*_FRENCH, language.upper()) if wanted in by_language), first)


def _codes_of_list(codes: list[Node], listed: str) -> list[str]:
    """Return the distinct codes whose attribute `listName` is `listed`: the same element holds codes of several lists."""
    return list(dict.fromkeys(code.text for code in codes if code.attributes.get("listName") == listed and code.text))


def _conditions(nodes: tuple[Node, ...], language: str) -> str:
    """Return the conditions of execution, the description of the social aim, and the additional information (BT-300), one on a line."""
    terms = [
        term for term in _all(nodes, _EXECUTION) if _codes_of_list(term.all("ExecutionRequirementCode"), "conditions")
    ]
    aims = [
        aim
        for aim in _all(nodes, _AIMS)
        if "soc-obj" in _codes_of_list(aim.all("ProcurementTypeCode"), "strategic-procurement")
    ]
    conditions = [_words(term.all("Description"), language) for term in terms]
    conditions += [_words(aim.all("ProcurementType"), language) for aim in aims]
    conditions.append(_words(_all(nodes, f"{_PROJECT}/Note"), language))
    return "\n".join(dict.fromkeys(filter(None, conditions)))
