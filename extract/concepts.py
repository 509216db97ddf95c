"""Concepts: what a number may measure. Endpoints, events, procedures and grades of one sentence.

Vocabularies come from `models/data`; here are only the contexts in which a word
is no result ('immune response', 'relapsed B-ALL'), and the joining of neighbours ('MRD-negative' + 'CR').
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from extract.contextual import told_by_sentence
from extract.grades import Mention, read_grades
from models.vocabulary import Hit, Term, vocabulary

VOCABULARIES = ("endpoints", "events", "procedures")


# A term is no result where the text before or after it fits.
_NOT_BEFORE: Mapping[str, re.Pattern[str]] = {
    "ORR": re.compile(r"(?:anc|neutrophil|platelet|plt|h(?:a)?emoglobin|immune|antibody|humoral|serologic(?:al)?|seroresponse|vaccine|vaccination|inflammatory|cellular|t[\s-]cell|cytokine|host|adaptive|innate|dose|in|stress|acute[\s-]phase|stringent|complete|partial|mixed|treatment|no|not|assess|assessed|best|good|b[\s-]cell|duration\s+of|durable|deep|predict(?:s|ed|or\s+of|ing)?|renal|the\s+depth\s+of|depth\s+of|quality\s+of|time\s+to(?:\s+first)?|time\s+to\s+best|of|to|for|and|or|after|sustained|lack\s+of|loss\s+of|metabolic|immunologic(?:al)?)\s+$"),
    "CR": re.compile(r"(?:second|first|third|history\s+of|previous|prior|not\s+in|duration\s+of|time\s+to|induc(?:e|ing)|maintain(?:ing)?|predict\w*)\s+(?:a\s+)?$"),
    "relapse": re.compile(r"(?:predict\w*\s+of|associated\s+with|subsequent|second|first|third|prior|previous|multiple|history\s+of|post[\s-]transplant|time\s+to|risk\s+of|risk\s+for|without|before|after|at|following|from|or|prevent(?:ing)?|reduc\w+|non[\s-]?|early|late|since|≥|time\s+of|causes?\s+of|rescue|treat(?:ing)?|for|with|in)\s*$"),
    "PD": re.compile(r"(?:without|risk\s+of|before|time\s+to|after|at|following|until|due\s+to|or|to|for|post|free|because\s+of|since|died\s+of|patients\s+with)\s+$"),
    "OS": re.compile(r"(?:cell|t-cell|graft|car|car-t|persistence\s+and|long-term|prolong(?:ed)?|improv(?:e|ed|ing)|post-relapse)\s+$"),
    "SD": re.compile(r"[<>≥≤±]\s?\d+(?:\.\d+)?\s*$|±\s*$|mean\s*\(?$"),
    "infection": re.compile(r"(?:history\s+of|active|prior|risk\s+of|no\s+active|uncontrolled|for|lentiviral|viral\s+vector)\s+$"),
    "renal": re.compile(r"\b(?:on|without|became|before|with\s+prior)\s+$"),
    "fever": re.compile(r"(?:early|persistent|low-grade)\s+$"),
    "steroids": re.compile(r"(?:high-dose|resistant\s+to)\s+$"),
}  # fmt: skip
_DISEASE = r"(?:of\s+(?:b-?|t-?)?(?:all\b|aml\b|cll\b|mm\b|acute|multiple|myeloma|leuk|lymphoma)|b[\s-]|t[\s-]|large|lymphoma|leuk|multiple|myeloma|mm\b|dlbcl|lbcl|fl\b|mcl\b|all\b|b-all|acute|mantle|follicular|aggressive|nhl|cll|aml|disease|patients\b|children|adults|subjects|or\s+refractory|and\s+refractory|and/or|/|refractory|diffuse|cd\d|non-|indolent|hematolog|high-grade|primary|systemic|after|following|within|neuroblastoma|ovarian|solid|tumou?r)"
# 'relapsed after (an earlier) transplantation' tells the population, 'relapsed after infusion' a result.
_LATER = re.compile(r"\b(?:subsequently|later|eventually|ultimately|then)\s+$")
_EARLIER = r"(?!consolidat|subsequent)(?:(?!consolidat)[\w-]+\s+){0,3}?(?:\d+\s+(?:months?|years?)\s+(?:of|after|from)\s+(?:[\w-]+\s+){0,2}?)?(?:prior|previous|earlier|auto|allo|transplant|(?:h?sct|hct|bmt|asct)\b|first-line|front|initial|induction|second|blinatumomab|inotuzumab|multiple|\d+\s+(?:prior\s+)?lines|(?:one|two|three)\s+(?:or\s+more\s+)?(?:prior\s+)?lines)"
_COMPARED_GROUP = re.compile(
    r"\b(?:than|versus|vs\.?|with|or|among|in|for|within)\s+(?:[a-z][\w-]*[\s-]+){0,2}(?:non-?)?$"
)
# 'RR: 0.40' is a relative risk, not a response rate.
_RATIO_BEHIND = re.compile(r"\s*[\])]?\s*[:=,]?\s*\d?[.·]\d+(?!\d*\s?%)|\s*[:=]\s*\d[.·]\d+(?!\d*\s?%)")
_POPULATION = re.compile(r"\s*(?:group|cohort|subgroup|arm|patients|status)\b")
_NOT_AFTER: Mapping[str, re.Pattern[str]] = {
    "relapse": re.compile(rf"\s*(?!(?:within|after|following)\s+(?!{_EARLIER}))(?:{_DISEASE}|or\s+progress(?:ed|ive)|or\s+died|after\s+(?:transplant|auto|allo|prior)|prevention|risk|free|setting|therapy|treatment)"),
    "ORR": re.compile(r"\s*(?:to\s+(?:therapy|treatment|car|vaccin|bridging|chemo|first|prior|salvage|frontline|steroid|tocilizumab)|assessment|criteria|evaluation|duration|was\s+assessed|prediction|biomarker|adapted|durab|kinetic|depth|modifier|category|status|rate\s+(?:and|,)\s*$)"),
    **dict.fromkeys(("PR", "SD", "PD", "NR", "CR/CRi", ">=VGPR", "VGPR"), re.compile(r"\s*(?:(?:sub)?(?:groups?|arms?)|interval|prolongation|of\s+replicate)\b")),
    "CR": re.compile(r"\s*(?:(?:sub)?(?:groups?|arms?)\b|duration|status|consolidation|of\s+(?:crs|icans|cytokine))"),
    "OS": re.compile(r"\s*(?:analys|curves?|data\b|models?|benefit|outcomes?|advantage|prediction|of\s+(?:car|t)\b|time\b(?!\s+(?:was|were|of)\b)|among|prognos)"),
    "PFS": re.compile(r"\s*(?:analys|events?\b|benefit|prediction)"),
    "CRS": re.compile(r"\s*(?:onset|grading|management|prophyla|mitigation|criteria|score|symptoms|kinetics|biomarker|prediction|duration|treatment|severity)"),
    "neurotoxicity": re.compile(r"\s*(?:onset|grading|management|prophyla|mitigation|criteria|score|kinetics|biomarker|prediction|duration|treatment|severity)"),
    "steroids": re.compile(r"[\s-]*(?:refractory|resistan|sparing|dependen|free|na[iï]ve)"),
    "tocilizumab": re.compile(r"\s*(?:prophylaxis\s+(?:is|may)|refractory)"),
    "infection": re.compile(r"\s*(?:prophylaxis|prevention|risk|free|with\s+(?:hbv|hiv)|control)"),
    "secondary malignancy": re.compile(r"\s*(?:risk|surveillance)"),
    "B-cell aplasia": re.compile(r"\s*(?:duration)"),
    "hepatic": _POPULATION, "renal": re.compile(r"\s*(?:group|cohort|subgroup|arm|patients|status)\b|-(?:in)?dependen|-free"), "cardiac": _POPULATION, "pulmonary": _POPULATION, "HLH/MAS": _POPULATION,
    "cytopenia": _POPULATION, "fever": _POPULATION,
}  # fmt: skip

_ABBREVIATION_PAREN = re.compile(r"(?<=[A-Za-z\]]) [\[(]([A-Za-z][\w/+−-]{0,12})[\])]")


_ABBREVIATION_FIRST = re.compile(
    r"(?<=[a-z] )([\[(])([A-Z][A-Za-z0-9/+−-]{1,8})(?:[,;](?=\s?(?:grade|any|all))|;(?=\s))"
)


_DEPTHS_SHORT = frozenset({"CR", "CRR", "CMR", "CMRR", "CRs"})


def _defined(m: re.Match[str]) -> bool:
    """Whether '(OS; 58%' defines: the word before it begins like the short form ends; 'burden (OS; 85%' does not."""
    if not m[0].endswith(";") or m[2] not in ("OS", "PFS", "EFS", "RFS", "LFS", "DFS"):
        return True
    before = m.string[: m.start()].split()
    return bool(before) and before[-1][:1].lower() == "s"


def blank_definitions(text: str) -> str:
    """'complete remission (CR) or' -> 'complete remission      or': names then match across them."""

    def blank(m: re.Match[str]) -> str:
        if m[1] in _DEPTHS_SHORT and text[: m.start()].endswith(("ORR", "OR", "ORRs")):
            return m[0]  # 'ORR (CRR) was 86% (69%)'
        return " " * len(m[0]) if sum(c.isupper() for c in m[1]) >= 2 else m[0]

    text = _ABBREVIATION_PAREN.sub(blank, text)
    return _ABBREVIATION_FIRST.sub(
        lambda m: m[1] + " " * (len(m[0]) - len(m[1])) if sum(c.isupper() for c in m[2]) >= 2 and _defined(m) else m[0],
        text,
    )


def read_concepts(text: str, folded: str, local: Mapping[str, Term | None]) -> list[Mention]:
    """Endpoints, events and procedures of a sentence, in order, not overlapping.

    `local` holds this abstract's own abbreviations: the term each stands for, or None where a short
    form of the vocabulary means something else here.
    """
    plain = blank_definitions(text)
    folded_plain = (
        folded if plain == text else "".join(f if p == t else p for p, t, f in zip(plain, text, folded, strict=True))
    )
    hits: list[Hit] = [hit for name in VOCABULARIES for hit in vocabulary(name).hits(plain, folded_plain)]
    if local:
        hits = [
            h for h in hits if not (text[h.start : h.end] in local and (local[text[h.start : h.end]] is not h.term))
        ]
        hits += _local_hits(plain, local)
    hits = [h for h in hits if not _excluded(h, folded_plain)]
    hits.sort(key=lambda h: (h.start - h.end, h.start))
    taken: list[Hit] = []
    for hit in hits:
        if all(hit.end <= t.start or hit.start >= t.end for t in taken):
            taken.append(hit)
    taken.sort(key=lambda h: h.start)
    mentions = [Mention(h.term.kind, h.start, h.end, h.term.name) for h in taken]
    extra = [m for m in _shared_heads(folded_plain) if all(m.end <= o.start or m.start >= o.end for o in mentions)]
    mentions = sorted(mentions + extra, key=lambda m: m.start)
    # Twice: what is joined first may be what another is defined by, as in 'the CR rate (CR + CRi)'.
    return _neighbours_joined(folded_plain, _neighbours_joined(folded_plain, mentions))


def _local_hits(text: str, local: Mapping[str, Term | None]) -> list[Hit]:
    out = []
    for short, term in local.items():
        if term is not None:
            out += [
                Hit(m.start(), m.end(), term) for m in re.finditer(rf"(?<![\w-]){re.escape(short)}s?(?![\w])", text)
            ]
    return out


# An event named as a cause, a reason or a comparison group is not one that is counted here.
_EVENT_NOT_BEFORE = re.compile(
    r"(?:\b(?:administered|given|used|required|received|treated|needed|indicated|hospitali[sz]ed|admitted|prescribed|tocilizumab|steroids?|corticosteroids|dexamethasone|anakinra)\s+(?:[\w-]+\s+){0,3}for|\bto\s+(?:treat|prevent|manage|mitigate|reduce)|(?:treatment|management|prevention|prophylaxis|onset|duration|resolution|grading|severity|prediction|predictors?|risk|risks|history|odds|likelihood|mechanisms?|pathogenesis|kinetics|course)\s+(?:of|for)|risk\s+factors?\s+(?:of|for)|because\s+of|owing\s+to|predict(?:s|ed|ing|ive\s+of)?|prior\s+to|\bdespite|\btime\s+to|recovery\s+(?:from|to|of)|resolution\s+to|associated\s+with|correlated\s+with|related\s+to|(?:or|vs\.?|versus|than)\s+no|\bwith\s+(?:and|or|vs\.?|versus)\s+without|(?:patients|those|controls|children|subjects|participants|individuals)\s+(?:with\s+(?:mild\s+)?or\s+)?without)\s+(?:(?:the|any|severe|mild|an?|both|early|late|prolonged|grade\s+[≤<]?\s?\d)\s+)*$"
)


# A relapse with the antigen kept: no endpoint of its own, given as a relapse of that group.
ANTIGEN_POSITIVE = "antigen-positive relapse"
_RELAPSED = re.compile(
    r"\b(?:relapses?|relapsed(?!\s*(?:/|or\b|and\b|b-|all\b|acute|refractory))|recurrences?|recurred|progress(?:ed|ions?))\b"
)
_AFTER_RESPONSE = re.compile(
    r"\s+(?:after|following|within)\s+(?:an?\s+|the\s+|their\s+|having\s+)?(?:initial|achiev\w+|attain\w+|reach\w+|crs?\b|complete|respon\w+|remission|median|car\b|infusion|treatment|therapy|\d)"
)
# 'Toxicity' is an event where it is graded, denied or called any; elsewhere it is a subject.
_OF_TOXICITY = re.compile(
    r"(?:\bgrades?\s*[≥>=\d][^.;,()]{0,22}|\b(?:severe|serious|high-grade|low-grade|any-grade|no|any|unexpected|new|significant|life-threatening))\s+(?:[\w-]+\s+){0,2}$"
)
_TOXICITY_OF = re.compile(r"\s+(?:(?:of|with)\s+)?(?:any\s+)?(?:grades?\s*[≥>]?\s*[1-5]|[≥>]\s*grade)")
# 'Pre-existing cytopenia', 'prior GVHD': a state before the cells.
_BASELINE_EVENT = re.compile(r"\b(?:baseline|pre-?\s?existing|pre-?\s?infusion|pre-?\s?treatment|prior)\s+$")
_RELAPSING = re.compile(r"relaps|recur|blasts|progress|escape|loss|lost|antigen")


# 'HGG' as high-grade glioma
_GLIOMA = re.compile(r"gliom|glioblast|\brgbm|\bgbm|\b(?:recurrent|progressive|refractory|with)\s+$")


# 'patients whose tumour had progressed', 'with AML relapsed after transplantation': who is treated.
_CAME_WITH = re.compile(
    r"\bwhose\s+(?:[\w-]+\s+){1,4}(?:had|has)\s+$|\bwith\s+(?:[\w+-]+\s+){0,3}(?:aml|all|b-all|t-all|lymphoma|leuk(?:a)?emia|myeloma|dlbcl|lbcl|mcl|mm|disease)\s+$"
)
_ANSWERED = re.compile(
    r"\s+to\s+(?:the\s+|our\s+|this\s+|an?\s+)?(?:[\w-]+\s+)?(?:surveys?|questionnaires?|invitations?|call|query|queries)\b"
)


def _excluded(hit: Hit, folded: str) -> bool:
    if hit.term.name == "ORR" and _ANSWERED.match(folded, hit.end):
        return True
    if hit.term.name in ("PD", "relapse") and _CAME_WITH.search(folded[max(0, hit.start - 60) : hit.start]):
        return True
    if folded[hit.start : hit.end] == "hgg" and (
        _GLIOMA.search(folded) if "gliom" in folded or "gbm" in folded else _GLIOMA.search(folded, 0, hit.start)
    ):
        return True
    if hit.term.name == "antigen-negative relapse" and not _RELAPSING.search(folded):
        return True
    if hit.term.name == ANTIGEN_POSITIVE and not _RELAPSED.search(folded):
        return True
    if hit.term.kind == "events" and _BASELINE_EVENT.search(folded[max(0, hit.start - 24) : hit.start]):
        return True
    if hit.term.kind == "events" and re.match(
        r"\s*(?:(?:had|has|have)\s+resolved|resolution|resolved|prophyla|prevention)", folded[hit.end : hit.end + 16]
    ):
        return True
    if (
        hit.term.kind == "events"
        and _EVENT_NOT_BEFORE.search(folded[max(0, hit.start - 70) : hit.start])
        and not (
            folded[: hit.start].endswith("associated with ")
            and re.match(r"\s*[(\[]\s*\d", folded[hit.end : hit.end + 4])
        )
        and not folded.startswith(("fatal", "lethal"), hit.start)
    ):
        return True
    if (
        hit.term.kind == "response"
        and re.search(
            r"\b(?:after|following|without|as|lost|losing|loss\s+of)\s+(?:the\s+|an?\s+|their\s+|best\s+)?$",
            folded[max(0, hit.start - 20) : hit.start],
        )
        and "respon" in folded[hit.start : hit.end]
        and hit.term.name == "ORR"
    ):
        return True
    if (
        hit.term.name == "OS"
        and folded[hit.start : hit.end] in ("alive", "were alive")
        and re.match(r"\s+(?:and\s+)?(?:in|disease|relapse|leuk)\b", folded[hit.end : hit.end + 14])
    ):
        return True
    if hit.term.kind == "response" and _NOT_FOUND.search(folded, max(0, hit.start - 60), hit.start):
        return not _SET_SIDE_BY_SIDE.match(folded, hit.end)
    if (
        hit.term.name == "AE"
        and folded.startswith("toxicit", hit.start)
        and not _OF_TOXICITY.search(folded[max(0, hit.start - 50) : hit.start])
        and not _TOXICITY_OF.match(folded, hit.end)
    ):
        return True
    if hit.term.name == "ORR" and folded[hit.start : hit.end].endswith("responders"):
        if re.match(r"\s*[(\[]", folded[hit.end : hit.end + 4]) and _COMPARED_GROUP.search(
            folded[max(0, hit.start - 50) : hit.start]
        ):
            return True  # 'than in responders (39 of 42, 93%)' names a group
    if (
        hit.term.name == "ORR"
        and folded[hit.start : hit.end] == "rr"
        and _RATIO_BEHIND.match(folded[hit.end : hit.end + 12])
    ):
        return True
    if hit.term.name == "ORR" and folded.startswith("best", hit.start) and folded.endswith("at ", 0, hit.start):
        return True  # 'ORR and CRR at best response were 82% and 64%'
    before, after = _NOT_BEFORE.get(hit.term.name), _NOT_AFTER.get(hit.term.name)
    word = folded[hit.start : hit.end]
    if word in ("response", "responses") and _EVALUATED_IN.match(folded, hit.end):
        return True
    if (
        hit.term.name == "ORR"
        and word not in ("response", "responses")
        and re.match(r"\s*to\s", folded[hit.end : hit.end + 6])
    ):
        return False  # 'the overall response rate to CAR T was 76%'
    if (
        before is not None
        and not word.isupper()
        and (hit.term.name not in ("ORR", "CR", "relapse", "PD", "OS") or word in _LOOSE)
    ):
        if hit.term.name == "ORR" and _NONE_SEEN.match(folded, hit.end) and folded.endswith("no ", 0, hit.start):
            return False  # 'no response was seen'
        counted = re.match(r"\s*[(\[:]\s*(?:n\s?=\s?)?\d", folded[hit.end : hit.end + 10])  # 'SD (1) or PD (3)'
        if before.search(folded[max(0, hit.start - 24) : hit.start]) and not (counted and hit.term.name == "PD"):
            return True
    if (
        word == "relapsed"
        and _AFTER_RESPONSE.match(folded, hit.end)
        and not re.search(r"\b(?:had|have|who|that)\s+$", folded[max(0, hit.start - 6) : hit.start])
    ):
        return False  # 'five patients relapsed after an initial response'
    if hit.term.name == "relapse" and _LATER.search(folded[max(0, hit.start - 20) : hit.start]):
        return False
    if hit.term.name == "relapse" and re.search(r"incidence|rate", word):
        return False  # 'the incidence of relapse after transplantation was'
    return after is not None and bool(after.match(folded[hit.end : hit.end + (60 if word in _LOOSE else 24)]))


# 'The odds of CR', 'the target ORR', 'each 10% increase in CR', 'varying degrees of remission': no figure of the study.
_NOT_FOUND = re.compile(
    r"\b(?:odds|likelihood|chances?)\s+(?:of|for)\s+(?:achieving\s+|attaining\s+|having\s+|an?\s+|any\s+|the\s+)*$"
    r"|\b(?:target(?:ed)?|expected|anticipated|assumed|hypothesi[sz]ed|desired|historical|benchmark|null)\s+$"
    r"|\beach\s+[\d.]+\s?%\s+(?:increase|decrease|increment|gain)\s+in\s+(?:the\s+)?$|\bdegrees?\s+of\s+$"
)

# 'The odds of CR were higher with normal LDH (72% vs 41%)': the figures are of the CR.
_SET_SIDE_BY_SIDE = re.compile(r"[^.;()]{0,90}\(\s*[\d.]+\s?%\s*(?:vs\.?|versus|v|compared\s+(?:with|to))\s*[\d.]+\s?%")
_NONE_SEEN = re.compile(r"\s+(?:was|were)\s+(?:seen|observed|noted|documented|recorded|reported)\b(?!\s+in\b)")
# 'Response on PET evaluated in 90 (57%) patients was prognostic': so many were looked at.
_EVALUATED_IN = re.compile(
    r"\s+(?:(?:on|by)\s+[\w/-]+\s+)?(?:(?:was|were)\s+)?(?:evaluated|assessed|measured)\s+(?:in|for)\b"
    r"(?![^.;]*?\s(?:was|were)\s+\d)"
)
# Words common enough outside results that their surroundings decide.
_LOOSE = frozenset(
    ["pd", "pod", "response", "responses", "remission", "remissions", "relapse", "relapses", "relapsed", "progressed", "survival", "recurrence", "recurrences"]
) | {"disease progression", "progressive disease", "disease relapse", "complete remission", "complete response"}  # fmt: skip

# 'best overall and complete response rates': the first adjective names an endpoint of its own.
_SHARED_HEAD = re.compile(
    r"\b(?P<first>(?:best\s+)?(?:overall|objective|complete|partial))(?:\s*,\s*(?P<second>complete|partial|overall))?\s*,?\s+(?:and|/)\s+(?:best\s+|≥\s*|(?:\d{1,3}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+)?(?=(?:complete|partial|overall|objective)\s+(?:metabolic\s+)?(?:responses?|remissions?))"
)
# 'Responses were complete in 14 and partial in 5', '(complete, 13; partial, 9)', '10 with a complete and 6 with a
# partial response': an adjective beside its number speaks of the response named elsewhere in the sentence.
_COUNTED = r"(?:\d|one\b|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|eleven\b|twelve\b)"
_ADJECTIVE_COUNTED = re.compile(
    rf"(?<!in )(?<!not )\b(?P<adjective>complete|partial)(?=\s*(?:in|:|,|=|\(|\(n\s?=)\s*{_COUNTED}(?!\S*\s+(?:days|weeks|months|years)))"
)
_ADJECTIVE_LED = re.compile(
    rf"\b(?:an?)\s+(?P<adjective>complete|partial)(?=\s*,?\s+and\s+{_COUNTED}[^.;]{{0,50}}?\b(?:complete|partial)\s+(?:metabolic\s+)?(?:responses?|remissions?))"
)
# 'Eight had a complete response, five partial and two none': the noun is said once.
_ADJECTIVE_BEHIND = re.compile(
    rf"\b(?:complete|partial|major|cr|pr)\b[^.;]{{0,60}}?(?:,|\band|,\s*and)\s+(?:{_COUNTED}\S*)\s+(?:\([^()]{{1,14}}\)\s*)?(?:(?:had|patients|achieved|a)\s+){{0,3}}(?P<adjective>partial|complete)(?=\s*(?:[,.;)(]|and\b|$))"
)
_NONE_BEHIND = re.compile(
    rf"\bpartial\b[^.;]{{0,40}}?(?:,|\band|,\s*and)\s+(?:{_COUNTED}\S*)\s+(?:\([^()]{{1,14}}\)\s*)?(?:(?:had|patients|achieved)\s+){{0,2}}(?P<none>none|no\s+response)(?=\s*(?:[,.;)(]|$))"
)
_RESPONDING = re.compile(r"\brespon(?:se|ded)|\bremission|\bcrs?\b")
_SHARED_SURVIVAL = re.compile(
    r"\b(?P<first>overall)(?=(?:\s*,\s*(?:event|progression|leuk(?:a)?emia|relapse|disease)[\s-]free)*\s*,?\s+(?:and|or)\s+(?:event|progression|leuk(?:a)?emia|relapse|disease)[\s-]free\s+survival)"
)
_HEADS = {"overall": "ORR", "objective": "ORR", "complete": "CR", "partial": "PR"}


def _shared_heads(folded: str) -> list[Mention]:
    out = []
    for m in _SHARED_HEAD.finditer(folded):
        for group in ("first", "second"):
            if m[group]:
                out.append(Mention("response", m.start(group), m.end(group), _HEADS[m[group].split()[-1]]))
    for pattern in (_ADJECTIVE_COUNTED, _ADJECTIVE_LED, _ADJECTIVE_BEHIND) if _RESPONDING.search(folded) else ():
        for m in pattern.finditer(folded):
            out.append(Mention("response", m.start("adjective"), m.end("adjective"), _HEADS[m["adjective"]]))
    if _RESPONDING.search(folded):
        out += [Mention("response", *m.span("none"), "NR") for m in _NONE_BEHIND.finditer(folded)]
    out += [Mention("survival", m.start(), m.end(), "OS") for m in _SHARED_SURVIVAL.finditer(folded)]
    return out


_BETWEEN = re.compile(r"\s*(?:or|/|,\s*or|\+)\s*(?:a\s+)?$")
# 'Best responses were 3 CR, 7 PR': the heading of a breakdown, no endpoint of its own.
_BEST_WAS = re.compile(
    r"best\s+(?:overall\s+|objective\s+)?responses?\s*(?:was|were|:|included|comprised)\s*(?:an?\s+|\d{1,3}\s+|[\d.]+%\s+|[a-z]{3,9}\s+)?$"
)
# 'Progressive disease was the best response in four': says when, not what.
_WAS_BEST = re.compile(
    r"^[^.;,()\d]{0,50}\b(?:was|were|as)\s+(?:the\s+|their\s+|a\s+)?best\s+(?:overall\s+|objective\s+)?responses?$"
)
# 'Anemia was the most frequent hematologic event (31%)': the figure is of the anemia.
_MOST_COMMON_OF = re.compile(
    r"^\s*(?:was|were|being|as)\s+(?:the\s+)?(?:second[\s-]|third[\s-])?most\s+(?:common|frequent|prevalent)(?:ly)?(?:\s+(?:reported|observed|seen|occurring))?\s+(?:(?:grade|any|severe|non-?)[\w≥-]*\s+(?:\d\s+)?)?$"
)
_TOUCH = re.compile(r"[\s\-‐‑–]*$")
_JOINED = {
    frozenset({"CR", "CRi"}): "CR/CRi", frozenset({"CR", "sCR"}): "CR/sCR", frozenset({"CR", "PR"}): "ORR",
    frozenset({"CR/CRi", "CRi"}): "CR/CRi", frozenset({"CR/sCR", "CR"}): "CR/sCR",
}  # fmt: skip
_REMISSIONS = {"CR", "CRi", "CR/CRi", "MRD- CR"}


def _neighbours_joined(folded: str, mentions: list[Mention]) -> list[Mention]:
    out: list[Mention] = []
    for m in mentions:
        last = out[-1] if out else None
        if last is not None:
            gap = folded[last.end : m.start]
            pair = frozenset({last.name, m.name})
            if m.name == "ORR" and last.kind == "response" and _WAS_BEST.search(folded[last.end : m.end]):
                continue
            if last.name == "ORR" and m.kind == "response" and _BEST_WAS.match(folded[last.start : m.start]):
                out[-1] = m
                continue
            if (
                last.name == "CR"
                and m.name == "CR/CRi"
                and re.match(r"\s*(?:\(cr\)\s*)?rates?\s*[\[(]\s*$", gap)
                and re.match(r"\s*[\])]", folded[m.end :])
            ):
                out[-1] = Mention("response", last.start, m.end, "CR/CRi")  # 'the CR rate (CR + CRi) was'
                continue
            if last.kind == m.kind == "events" and _MOST_COMMON_OF.match(gap):
                continue
            if (
                pair in _JOINED
                and _BETWEEN.match(gap)
                and not (gap.strip() == "/" and folded[m.end : m.end + 1] == "/")
            ):
                out[-1] = Mention("response", last.start, m.end, _JOINED[pair])
                continue
            if last.name == "MRD-" and m.name in _REMISSIONS and _TOUCH.match(gap):
                out[-1] = Mention("response", last.start, m.end, "MRD- CR")
                continue
            if (
                last.name in _REMISSIONS
                and m.name == "MRD-"
                and (_TOUCH.match(gap) or re.match(r"\s*,?\s*(?:with|and\s+were|and\s+was)\s*$", gap))
                and not re.match(rf"\s*(?:in|\(|:|was|of)\s*(?:n\s?=\s?)?{_COUNTED}", folded[m.end : m.end + 24])
            ):
                out[-1] = Mention("response", last.start, m.end, "MRD- CR")
                continue
            if last.name == m.name and not gap.strip(" ("):
                closed = re.match(r"\s*\)", folded[m.end :]) if "(" in gap else None
                if "(" not in gap or closed:  # an open bracket stays outside: 'X (IgG <400 mg/dL)'
                    out[-1] = Mention(m.kind, last.start, m.end + (closed.end() if closed else 0), m.name)
                continue
            if last.name == "HLH/MAS" and m.name == "HLH/MAS" and re.match(r"\s*(?:/|or|and)\s*$", gap):
                out[-1] = Mention(m.kind, last.start, m.end, m.name)
                continue
        out.append(m)
    return out


# 'Grade ≥3 toxicities': any adverse event.
_TOXICITIES = re.compile(
    r"\s+(?:(?:treatment|therapy|car[\s-]t)[\s-]related\s+|acute\s+|any\s+)?(toxicit(?:y|ies)|toxic\s+effects?)\b"
)


def all_mentions(text: str, folded: str, local: Mapping[str, Term | None]) -> list[Mention]:
    """Concepts and grades of a sentence in order. A grade inside a concept's words is dropped."""
    concepts = read_concepts(text, folded, local)
    grades = [g for g in read_grades(folded) if all(g.end <= c.start or g.start >= c.end for c in concepts)]
    for g in grades:
        m = _TOXICITIES.match(folded, g.end)
        if m and g.name[-1].isdigit() and all(m.end(1) <= c.start or m.start(1) >= c.end for c in concepts):
            concepts.append(Mention("events", m.start(1), m.end(1), "AE"))
    concepts += told_by_sentence(folded, concepts)
    return sorted(concepts + grades, key=lambda m: m.start)


def masked(folded: str, mentions: list[Mention]) -> str:
    """The sentence with every mention blanked by letters, so that digits in them are not read as numbers."""
    chars = list(folded)
    for m in mentions:
        chars[m.start : m.end] = "\ue000" * (m.end - m.start)
    return "".join(chars)


__all__ = ["Mention", "all_mentions", "blank_definitions", "masked", "read_concepts"]
