"""How PubMed's formats name the ties between a record and its corrections, retractions and comments."""

from __future__ import annotations

import re

from models.record import Link, LinkKind

# XML RefType, MEDLINE tag, heading on the page, kind. A partial retraction leaves the paper standing, so it
# is not `retraction_in`; a paper that was retracted and republished elsewhere does not stand.
_NOTICES: tuple[tuple[str, str, str, LinkKind], ...] = (
    ("RetractionIn", "RIN", "Retraction in", "retraction_in"),
    ("RetractedandRepublishedIn", "RRI", "Retracted and republished in", "retraction_in"),
    ("RetractionOf", "ROF", "Retraction of", "retraction_of"),
    ("RetractedandRepublishedFrom", "RRF", "Retracted and republished from", "retraction_of"),
    ("ErratumIn", "EIN", "Erratum in", "erratum_in"),
    ("ErratumFor", "EFR", "Erratum for", "erratum_for"),
    ("ExpressionOfConcernIn", "ECI", "Expression of concern in", "expression_of_concern_in"),
    ("ExpressionOfConcernFor", "ECF", "Expression of concern for", "expression_of_concern_for"),
    ("CorrectedandRepublishedIn", "CRI", "Corrected and republished in", "corrected_and_republished_in"),
    ("CorrectedandRepublishedFrom", "CRF", "Corrected and republished from", "corrected_and_republished_from"),
    ("UpdateIn", "UIN", "Update in", "update_in"),
    ("UpdateOf", "UOF", "Update of", "update_of"),
    ("CommentIn", "CIN", "Comment in", "comment_in"),
    ("CommentOn", "CON", "Comment on", "comment_on"),
    ("PartialRetractionIn", "PRIN", "Partial retraction in", "other"),
    ("PartialRetractionOf", "PROF", "Partial retraction of", "other"),
    ("RepublishedIn", "RPI", "Republished in", "other"),
    ("RepublishedFrom", "RPF", "Republished from", "other"),
    ("OriginalReportIn", "ORI", "Original report in", "other"),
    ("SummaryForPatientsIn", "SPIN", "Summary for patients in", "other"),
)
BY_REF_TYPE: dict[str, LinkKind] = {ref_type: kind for ref_type, _, _, kind in _NOTICES}
BY_MEDLINE_TAG: dict[str, LinkKind] = {tag: kind for _, tag, _, kind in _NOTICES}
BY_HEADING: dict[str, LinkKind] = {heading.lower(): kind for _, _, heading, kind in _NOTICES}

_PMID = re.compile(r"\bPMID:\s*([1-9][0-9]{0,8})\b")


def link_of_citation(kind: LinkKind, citation: str) -> Link:
    """A link from a printed citation that may end in 'PMID: 90000001'."""
    found = _PMID.search(citation)
    return Link(kind=kind, pmid=found[1] if found else None, citation=_PMID.sub("", citation).strip().rstrip("."))
