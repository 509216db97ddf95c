"""Scope: which sentences tell this study's own results, and what kinds of fact they may give."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """What a sentence may give: all facts, cohort sizes only, or nothing."""

    RESULTS = "results"
    COHORT = "cohort"
    NOTHING = "nothing"


_BACKGROUND = re.compile(
    r"background|introduction|context|importance|rationale|purpose|aim|objective|hypothesis|significance|what is|statement|funding|registration|data sources|study selection|data extraction|main outcome|key point|topic",
    re.I,
)
_METHODS = re.compile(
    r"method|design|setting|material|intervention|procedure|participants|exposure|patients(?! and results)|measure|experimental",
    re.I,
)
_RESULTS = re.compile(r"result|finding|case|observation|outcomes?$", re.I)
_CONCLUSION = re.compile(r"conclu|interpretation|discussion|implication|meaning|summary|limitation", re.I)

# Signs, in the sentence itself, that it is not about this study's results.
OTHERS = re.compile(
    r"\b(?:(?<!\d\s)historical(?:ly)?(?!\s+(?:controls?|cohorts?|comparators?)\s+(?:matched|of\s+\d|\(|receiving|treated|who|given))|(?<!as\s)previous(?:ly)?\s+(?:reported|published|described|shown)|have\s+been\s+(?:reported|shown|described|associated)|has\s+been\s+(?:reported|shown|described)|in\s+(?:earlier|other|previous|prior|published|historical)\s+(?:trials?|stud(?:y|ies)|series|reports?|cohorts)|"
    r"(?:was|were|is|are)\s+(?:first\s+)?(?:approved|licen[sc]ed|authori[sz]ed)\b[^.]{0,120}?\b(?:on\s+the\s+(?:strength|basis)|based\s+on|following)\b|"
    r"(?:is|are)\s+(?:estimated|expected|known|reported)\s+to|pivotal\s+trials?\s+(?:reported|showed|of)|according\s+to\s+the\s+literature|the\s+literature|in\s+contrast\s+to\s+(?:published|historical)|reported\s+(?:by|in)\s+(?:others|the\s+literature)|others\s+have\s+reported|for\s+(?:instance|example),?\s+in|^(?:a?etiolog\w+|causes)\s+(?:included|were|of(?!\s+(?:[\w-]+\s+){0,4}(?:deaths?|mortality|nrm)\b))|meanwhile\s+published|"
    r"^(?!.*\bzuma-\d).*scholar-1|designed\s+to\s+(?:detect|show|demonstrate)|power\s+to\s+detect|was\s+powered|sample\s+size|planned\s+(?:enrol|accrual|sample)|null\s+hypothesis|one[\s-]sided\s+(?:type|alpha|α|significance|error|test)|type\s+i\s+error|per\s+protocol\s+defined|"
    r"willingness[\s-]to[\s-]pay|qaly|incremental\s+cost|quality[\s-]adjusted|model(?:led|ed)\s+(?:as|from)|simulat(?:ed|ion)|markov|assumed)\b"
)
# What one of the studies of a meta-analysis found.
ONE_STUDY = re.compile(
    r"\b(?:in|from|by|of)\s+(?:the\s+|an?\s+)?(?:largest|smallest|earliest|first|one|two|single|individual|another|other|randomi[sz]ed|pivotal|recent)\s+(?:[\w-]+\s+){0,2}(?:trial|study|series|reports?|studies|trials)\b(?!\s+(?:were|was)\s+(?:included|pooled|identified))"
    r"|\b(?:one|two|a\s+single|another)\s+(?:[\w-]+\s+){0,2}(?:study|trial|studies|trials)\s+(?:reported|found|showed|described|observed|noted)\b|\bet\s+al\b"
)
AIMS = re.compile(
    r"\b(?:(?:primary|secondary|main|key|co-?primary|exploratory)\s+(?:(?:efficacy|safety|study|outcome)\s+)*(?:end\s?-?\s?points?|objectives?|outcomes?|aims?)\b(?!\s+(?:was|were|has\s+been)\s+(?:met|reached))|aim(?:ed)?\s+(?:of|to|was)|we\s+(?:aimed|sought|hypothesi[sz]ed|assessed\s+whether|asked\s+whether|investigated\s+whether|set\s+out)|objectives?\s+(?:was|were|of|is)|purpose\s+of|"
    r"(?<!\d\s)(?<!teen\s)(?<!of\s)(?<!among\s)(?<!the\s)eligible\s+(?:patients|if|were|adults|children|participants)|were\s+eligible|eligibility|inclusion\s+criteria|exclusion\s+criteria|was\s+defined\s+as|were\s+defined\s+as|defined\s+as|end\s?-?\s?points?\s+(?:were|was|included|of)|endpoints?\s+(?:were|was|included)|to\s+(?:evaluate|determine|estimate|assess|explore|investigate)\s+(?:the|whether|if)\b)"
)
_MET_CRITERIA = re.compile(
    r"\b(?:patients|children|adults|participants|subjects|cases|individuals)\s+(?:who\s+)?(?:met|meeting|fulfilled)\b"
)
_STATED = re.compile(
    r"(?:(?:was|were|in)\s+\d+(?:[.·]\d+)?\s?%|\b(?:seen|observed|achieved|reached|occurred|noted)\s+(?:in|by)\s+[\w/\s]{1,24}\(\d)(?!.*\b(?:detect|power|hypothes|assum|target|null|planned)\w*)"
)
_MET = re.compile(
    r"\b(?:meeting|met|meets|reached|reaching|achieved)\s+(?:the|its|their)\s+(?:[\w-]+\s+){0,2}(?:co-?)?primary|primary\s+(?:[\w-]+\s+)?(?:end\s?-?points?|outcome|objective)\s+(?:[^.;]{1,60}\s)?(?:was|were)\s+(?:met|reached|achieved)"
)
# A section label that stands in the text itself: 'Results: …', 'RESULTSIn …'.
INLINE_LABEL = re.compile(
    r"^(?:[①-⑩(\d).]{0,3}\s*)?(?:(?P<colon>Background|Objectives?|Aims?|Purpose|Introduction|Methods?|Materials and methods|Patients and methods|Results?|Findings|Conclusions?|Interpretation|Discussion|BACKGROUND|OBJECTIVES?|AIMS?|PURPOSE|INTRODUCTION|METHODS|MATERIALS AND METHODS|PATIENTS AND METHODS|RESULTS?|FINDINGS|CONCLUSIONS?|INTERPRETATION|DISCUSSION)\s*:|(?P<glued>(?:Background|Methods|Results|Conclusions?)(?=[A-Z])|BACKGROUND|OBJECTIVES?|AIMS?|PURPOSE|INTRODUCTION|METHODS|RESULTS?|FINDINGS|CONCLUSIONS?|INTERPRETATION|DISCUSSION)(?=\s?[A-Z][a-z]|\s(?:[A-Z]|\d)))"
)
_BACKGROUND_CUE = re.compile(
    r"\b(?:remains?\s+(?:poor|dismal|a|an|unknown|unclear|limited|the|challenging|undefined)|poor\s+(?:outcome|prognosis)|dismal|unmet\s+need|standard\s+of\s+care|little\s+is\s+known|is\s+unknown|are\s+unknown|are\s+lacking|is\s+lacking|has\s+(?:become|emerged|revolutioni[sz]ed|transformed|changed|improved)|have\s+(?:become|emerged|revolutioni[sz]ed|transformed|changed|improved|limited|poor)|"
    r"well[\s-]known|commonly|approved\s+(?:for|by)|are\s+scarce|is\s+scarce|limited\s+data|data\s+are\s+limited|few\s+data|about\s+(?:a\s+)?(?:half|one[\s-]third|\d+%)|up\s+to|most\s+patients\s+with|(?:can|may|might|often|frequently|typically|usually|generally)\b|is\s+(?:a|an|the|associated|characterized|expressed|rare|effective|curative)|are\s+(?:associated|not|rarely|often))\b"
)
_OWN = re.compile(
    r"\b(?:we|our|us|this\s+(?:study|trial|analysis|phase|report|cohort|series|retrospective|prospective|work|case|multicent)|the\s+present\s+study|here|herein|in\s+this|in\s+total|a\s+total\s+of|(?:of|among)\s+(?:the\s+)?\d[\d,]*\s+(?:[\w/-]+\s+){0,2}(?:patients|pts|adults|children|subjects|participants|recipients|cases|reports|icsrs)|(?:enrolled|infused|dosed|treated)\s*:\s*\d+|median\s+follow|met\s+(?:the\s+)?(?:eligibility|inclusion)|were\s+(?:enrolled|included|treated|infused|analy[sz]ed|randomi[sz]ed|assigned|identified|collected|reviewed|given)|was\s+(?:conducted|performed|designed)|received|between\s+(?:\w+\s+)?(?:19|20)\d\d|from\s+(?:\w+\s+)?(?:19|20)\d\d|(?:\d+|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|two|three|four|five|six|seven|eight|nine)(?:-[a-z]+)?\s+(?:[\w-]+\s+){0,2}(?:patients|pts|adults|children|participants|subjects|recipients|studies|trials)|he|she|his|her|the\s+patient|a\s+\d+-year-old|pooled|were\s+dosed)\b"
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|achieved|developed|occurred|received|underwent|showed|experienced|reached|died|relapsed|responded|enrolled|included|treated)\b"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of title or abstract: its text, place and what it may give."""

    text: str
    folded: str
    start: int
    end: int
    section: str  # 'TITLE', label or 'ABSTRACT'
    scope: Scope
    first: bool = False
    conclusion: bool = False


def scope_of(folded: str, section: str, *, own_begun: bool) -> tuple[Scope, bool]:
    """The scope of a sentence, and whether it speaks of this study.

    `own_begun`: whether an earlier sentence of the abstract already did; before that, an unlabelled
    sentence in the present tense is background.
    """
    own = bool(_OWN.search(folded))
    if section == "TITLE":
        return Scope.COHORT, False
    labelled = section != "ABSTRACT"
    if labelled:
        if _RESULTS.search(section) and not re.fullmatch(r"(?i)case summary|.*main outcome.*", section):
            return (Scope.NOTHING if OTHERS.search(folded) and not own else Scope.RESULTS), True
        if _CONCLUSION.search(section):
            return (Scope.NOTHING if OTHERS.search(folded) or not re.search(r"\d", folded) else Scope.RESULTS), True
        if _METHODS.search(section):
            if (
                AIMS.search(folded)
                and not _MET_CRITERIA.search(folded)
                and not _MET.search(folded)
                and not re.search(r"\b(?:enrolled|treated|received|infused|included)\b", folded)
            ):
                return Scope.NOTHING, True
            return Scope.COHORT, True
        if _BACKGROUND.search(section):
            return Scope.NOTHING, False
    if OTHERS.search(folded) and not (
        own
        and own_begun
        and not re.search(
            r"(?<!\d )histor(?!ical (?:controls?|cohorts?|comparators?) (?:matched|of \d|\(|receiving|treated|who|given))|previously|literature|model|assumed|markov|simulat|sample size|powered",
            folded,
        )
    ):
        return Scope.NOTHING, own
    if not own_begun and not own:
        return Scope.NOTHING, False
    if (
        AIMS.search(folded)
        and not _MET_CRITERIA.search(folded)
        and not _MET.search(folded)
        and not _STATED.search(folded)
    ):
        numbers = bool(re.search(r"\d+\s*(?:%|/|patients|of\b)|\d+\s+(?:[\w/-]+\s+){0,4}patients\b|\(n\s?=", folded))
        return (Scope.COHORT if numbers else Scope.NOTHING), own
    if not own_begun and _BACKGROUND_CUE.search(folded) and not _PAST.search(folded):
        return Scope.NOTHING, False
    return Scope.RESULTS, own or own_begun
