"""Absences and qualifiers: 'no grade 4 CRS', 'none relapsed', 'most patients had mild CRS'."""

from __future__ import annotations

import re

from extract.concepts import Mention
from extract.link_words import BARRIER
from extract.links import CONCEPT, GRADE, Carried, Link
from extract.occurrences import read_occurrences
from extract.quantities import PEOPLE, Quantity
from extract.responses import read_responses
from extract.statements import read_statements
from extract.unused import read_unused

_WORDS = rf"(?:[\w'’,/+{GRADE}-]+\s+)"
_ADJECTIVE = rf"(?:(?!(?:and|but|or|in|with|was|were|had|of|for|to|at|difference|differences|significant|impact|association|effect|correlation|influence|relationship|other|further|additional|more|longer|standard|also|went|data|evidence|increase|prior|previous|history|need|clear|statistically)\b)[\w'’/+{GRADE}-]+\s+)"
_HAD = r"(?:had|have|has|having|developed|develops|experienced|showed|suffered|exhibited|achieved|was|were|met|presented|displayed|underwent|received|required|needed|manifested|lost|died\s+(?:of|from)|died|is|reached|attained|with)"
# 'no CRS', 'no cases of ICANS', 'no patient developed grade 3 CRS', 'without DLT', 'neither CRS nor ICANS'
_BEFORE = re.compile(
    rf"(?:\b(?P<no>no|without(?:\s+any)?|neither|nor|zero|absence\s+of|lack\s+of|free\s+of|did\s+not\s+(?:have|develop|experience|cause|observe|result\s+in|show|require|receive)|not\s+(?:observe|detect|see|record|find|encounter)(?:ed)?(?:\s+any)?|never)\s+"
    rf"(?:(?:single\s+)?(?:{PEOPLE}|recipient|one|child|patient|participant)(?:\s+(?:in\s+(?:either|the|any|this)[\w\s-]{{0,24}}|at\s+[\w\s]{{0,20}}|with\s+[\w\s-]{{1,30}}?))?\s+{_HAD}\s+(?:any\s+|an?\s+|of\s+|in\s+|grade\s+|signs\s+of\s+)?)?"
    rf"{_ADJECTIVE}{{0,4}}?(?:(?:cases?|events?|episodes?|occurrences?|instances?|signs?|evidence|incidents?|reports?)\s+of\s+(?:any\s+)?)?{_ADJECTIVE}{{0,3}}?)$"
)
_NONE_OF = re.compile(
    rf"\b(?:none|neither)\b(?:\s+of\s+(?:the\s+|these\s+|them|those\s+|whom|our\s+|all\s+)?(?:[\w-]+\s+){{0,4}}?)?\s*(?:{_HAD}|{GRADE})?\s*(?:any\s+|an?\s+|of\s+|in\s+|signs\s+of\s+)?{_ADJECTIVE}{{0,4}}?$"
)
_NO_PATIENT = re.compile(rf"\bno\s+(?:{PEOPLE}|one|child|patient|participant|recipient)\b[^.;,]{{0,50}}$")
# 'CRS was not observed', 'did not occur', 'was absent', ': none'
_AFTER = re.compile(
    rf"^[\])\s]*(?:rates?|events?|cases?|{GRADE}+|of\s+(?:any\s+)?{GRADE}*|or\s+(?:higher|mutation|worse)|in\s+(?:any|either)\s+[\w\s-]{{1,24}}?|\s)*(?:,\s*)?(?:(?:was|were|has\s+been|had\s+been|have\s+been|could\s+be)\s+not\s+(?:been\s+)?(?:observed|seen|reported|noted|recorded|detected|encountered|found|documented|identified|present|evident|registered|described)|(?:was|were)\s+(?:never|absent|not\s+(?:an?\s+issue))(?:\s+(?:seen|observed))?|(?:was|were)\s+(?:zero|nil)\b|did\s+not\s+(?:occur|develop|appear|arise|happen)|(?:occurred|developed|arose|(?:was|were)\s+(?:seen|observed|noted|recorded|reported|found|fulfilled|met|reached))\s+(?:in|by)\s+(?:none|no\s+(?:patients?|child(?:ren)?|participants?|one|cases?|subjects?|recipients?))|:\s*none\b|\(\s*none\s*\)|,\s*none\b(?!\s+of)|(?:in|was)\s+(?:none|zero|nil|no\s+patients?)\b(?!\s+of\b)|was\s+(?:seen|observed|noted|recorded|reported|found)\s+in\s+none)"
)
_SOME_WITHOUT = re.compile(
    rf"\b(?:{PEOPLE}|those)\s+without\s+(?:an?\s+|any\s+|(?:ongoing|prior|severe|early)\s+|{GRADE}+\s+)*$"
)
_ONE_WITHOUT = re.compile(
    rf"^{CONCEPT}+\s*(?:\([^()]*\)\s*)?(?:events?\s+)?(?:but\s+)?without\s+(?:any\s+|concurrent\s+|concomitant\s+|{GRADE}+\s*)*$"
)
_HAPPENED = re.compile(r"(?:relapsed|recurred|progressed|responded|died|survived)$")
_LACKED = re.compile(r"\bwithout\s+(?!having\b)[^.;,]*\w\s+$")
_DENIED = re.compile(r"\b(?:not|never|absent|zero|nil|none|no)\b")  # without one of these _AFTER cannot fit
_NONE_GRADE = re.compile(
    r"\b(?:none|no(?:\s+(?:events?|cases?|patients?|one|child|episodes?|instances?|further|other))*|without(?:\s+any)?|never|nor|neither|not)\b(?:\s+(?:of\s+(?:them|these|the\s+[\w-]+|which|whom)|was|were|being|had|of|reached|reaching|any|exceed(?:ed|ing)?|at|a|an|as|developed|experienced|higher\s+than|rated|events?|grade|cases?|in))*\s*$"
)
_QUALIFIER = (
    (re.compile(r"\b(?:most|the\s+majority\s+of|nearly\s+all|almost\s+all|the\s+vast\s+majority\s+of|mostly|predominantly|mainly|majority)\b"), "most"),
    (re.compile(r"\b(?:all|every|each|universal(?:ly)?|exclusively|invariably)\b"), "all"),
    (re.compile(r"\b(?:a\s+few|few|rare|rarely)\b"), "few"),
    (re.compile(r"\b(?:some|several)\b"), "some"),
)  # fmt: skip


_VALUE_FOLLOWS = re.compile(
    rf"^[\])\s]*(?:rates?\s*)?(?:(?:of\s+{GRADE}++|{GRADE}++|was|were|occurred|developed|seen|observed|reported|noted|in|of|only|just)\s*)*+[\(\[]?\s*(?:\d|(?:one|two|three|four|five|six|seven|eight|nine|ten)\b)"
)
_IN_SOME = re.compile(
    rf"^[\])\s]*(?:events?\s+)?(?:(?:was|were)\s+)?(?:observed|seen|noted|reported|recorded|occurred|developed|found|present)?\s*(?:in|by|for)\s+(?:only\s+)?(?:(?!100)\d+(?:[.·]\d+)?\s?%|\d+\s+(?:\([^()]*\)\s+)?(?:(?:{PEOPLE})\s+)?(?:of|out\s+of)\s+(?:the\s+)?\d|\d+\s+(?:{PEOPLE})?\s*\(\s*(?!100)\d+(?:[.·]\d+)?\s?%)"
)
# 'Ten patients had no CRS' is told of ten, not of all.
_SOME_HAD_NONE = re.compile(
    rf"(?:\d\s*[)%]{{0,2}}|(?:\b(?:sixty|seventy|eighty|ninety|twenty|thirty|forty|fifty)(?:-\w+)?\s+)?\b(?:per\s?cent|(?:two|one)[\s-]thirds?|(?:three|one)[\s-]quarters?|half|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|others?|rest|remaining|some|half|most)\b)\s*(?:of\s+(?:the\s+|all\s+)?)?(?:(?:{PEOPLE})\s*)?(?:\([^()]*\)\s*)?(?:(?:had|have|developed|experienced|suffered|showed|with|were|remained|reported)\s+(?:no|without|neither|free\s+of)|(?:did|had|have)\s+not|never|(?<=%\s)without)\s[^.;,]{{0,40}}$"
)
# 'Absence of remission increased the risk of death': a factor, not what was absent.
_LACK_OF = re.compile(r"\b(?:absence|lack)\s+of\s+[^.;,]{0,40}$")
_FACTOR = re.compile(
    r"^[^.;]{0,80}\b(?:associat\w+|correlat\w+|predict\w*|prognos\w*|independent\w*|risk|hazard|odds|hr|or|worse|poorer|inferior|shorter|adverse)\b"
)
_NEITHER = re.compile(r"\b(?:neither|nor)\b")
_NOT_SO = re.compile(
    r"^[\])\s]*(?:rates?|events?|incidences?|severity)?\s*(?:(?:was|were|had|did|is|are)\s+)?(?:[\w-]+\s+){0,2}?"
    r"(?:differ\w*|chang\w*|correlat\w*|predict\w*|prognostic|influenc\w*|affect\w*|impact\w*|effects?|associat\w*|linked|related\s+to|increased|improved|worsened|delayed|precluded|prevented)\b"
)
_APART = re.compile(r",\s*(?:and|while)\s+(?:[\w-]+\s+){0,2}$")
_UNIVERSAL_AFTER = re.compile(
    rf"^(?:\s+of\s+{GRADE}+)?(?:\s+(?:was|were|occurred|developed|experienced|observed|seen|noted|reported|present|recorded|induced|documented|found|transient|persisted|in|of|for|by))+\s+(?:(?P<all>(?:all|every|each)\s+(?!but\b|except\b)(?:of\s+the\s+)?(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE})(?!\s*\((?:n\s?=|\d)|\s*,?\s*(?:but|except|apart\s+from|save|other\s+than)\b)|all(?=\s*(?:[.;,]|$))|everyone|universal)|(?P<most>(?:most|the\s+majority\s+of|nearly\s+all|almost\s+all)\s+(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE})))\b|^\s+(?:was|were)\s+universal\b(?P<u>)"
)


def read_absences(
    folded: str, mentions: list[Mention], quantities: list[Quantity], linked: list[Link], carried: Carried
) -> list[Link]:
    """Stated absences and qualified statements of a sentence, for concepts that no value claimed."""
    mentions = [m for m in mentions if not _of_whom(folded, m)]
    chars = list(folded)
    for m in mentions:
        mark = GRADE if m.kind == "grade" else CONCEPT
        chars[m.start : m.end] = mark * (m.end - m.start)
    skeleton = "".join(chars)
    concepts = [m for m in mentions if m.kind != "grade"]
    grades = [m for m in mentions if m.kind == "grade"]
    taken = {id(link.mention) for link in linked if link.quantity is not None}
    out: list[Link] = []
    list_negated = False
    for i, c in enumerate(concepts):
        if c.kind not in ("events", "response"):
            list_negated = False
            continue
        before = skeleton[: c.start]
        clause = re.split(r"[;:]|(?<!\d),(?=\s+(?:and|but|with|while)\b)|\b(?:but|while|whereas|although)\b", before)[
            -1
        ]
        after = skeleton[c.end :]
        previous = concepts[i - 1] if i else None
        joined = previous is not None and bool(
            re.match(
                rf"^\s*(?:\([^()\d]{{0,24}}\)\s*)?(?:{GRADE}*\s*)?(?:of\s+{GRADE}+\s*)?(?:,|or|and|nor|/|,\s*or|,\s*and|,\s*nor)\s*(?:of\s+|any\s+|no\s+|{GRADE}+\s*|(?!with|in|was|were|had|then|subsequently)[\w-]+\s+){{0,3}}$",
                skeleton[previous.end : c.start],
            )
        )
        about_some = bool(_SOME_WITHOUT.search(clause[-70:])) or bool(
            re.search(
                rf"\b(?:who|that)\s+(?:did|do|had|have|were|was|never|developed)\b[^.;,]{{0,40}}$|\b(?:than|in|for|among|versus|vs)\s+(?:the\s+)?(?:those|{PEOPLE})\s+without\b[^.;,]{{0,40}}$",
                clause[-60:],
            )
        )
        about_some = about_some or bool(_SOME_HAD_NONE.search(clause[-120:]))
        # 'patients without transplantation relapsed': what happened is told by a verb, what was lacking stands before
        about_some = about_some or bool(_HAPPENED.search(folded, c.start, c.end) and _LACKED.search(clause[-90:]))
        about_some = about_some or (bool(_LACK_OF.search(clause[-60:])) and bool(_FACTOR.match(after)))
        negated = (not about_some and bool(_BEFORE.search(clause[-120:]) or _NONE_OF.search(clause[-90:]))) or (
            joined and list_negated and id(c) not in taken
        )
        if negated and previous is not None and id(previous) in taken and _ONE_WITHOUT.search(before[previous.start :]):
            negated = False  # 'two patients had CRS without ICANS': they had none, not all
        negated = negated or (
            bool(_NO_PATIENT.search(clause[-80:]))
            and CONCEPT not in clause[clause.rfind("no ") :]
            and c.name in ("ORR", "relapse", "all-cause death", "PD")
        )
        backwards = negated
        rest = _list_tail(skeleton, concepts, i)
        if negated and _NEITHER.search(clause[-120:]) and _NOT_SO.match(rest):
            negated, list_negated = False, True  # 'neither CRS nor ICANS differed'
            continue
        if not negated and id(c) not in taken and _DENIED.search(rest, 0, 200) and _AFTER.match(rest):
            negated = True
        value_follows = bool(_VALUE_FOLLOWS.match(after)) and id(c) in taken
        if negated and backwards and _IN_SOME.match(after):
            value_follows = True  # 'no CRS was seen in 14 of 20': six had it
        list_negated = negated
        if negated and not value_follows:
            start = _negation_start(folded, c) if backwards else c.start
            grade = _grade_of(c, grades, skeleton) if c.kind == "events" and c.name not in _UNGRADED else None
            if grade and _APART.search(skeleton[max(0, c.start - 60) : c.start]) and _AFTER.match(rest):
                grade = None  # 'no grade ≥3 CRS occurred, and ICANS was not observed'
            of = next((q for q in quantities if q.none and start <= q.start < c.end + 60), None)
            total = Quantity("proportion", of.start, of.end, total=of.n) if of is not None else None
            out.append(Link(c, total, "absence", 0.9, start, c.end, grade=grade, absent=True))
            taken.add(id(c))
    out += _none_fatal(folded, skeleton)
    out += _none_elsewhere(skeleton, linked)
    out += _graded_absences(folded, skeleton, concepts, grades, out, carried)
    out += _none_higher(skeleton, concepts, grades, carried)
    any_told = {(link.mention.name, link.grade or "any") for link in linked}
    denied = {id(link.mention) for link in out if link.absent}
    told_of = _qualified(folded, skeleton, concepts, grades, quantities, taken, carried, any_told)
    out += [link for link in told_of if id(link.mention) not in denied]
    out += read_responses(folded, skeleton, concepts, taken)
    out += read_unused(folded, skeleton, concepts, taken)
    out += read_statements(skeleton, mentions, [*linked, *(link for link in out if link.rule not in _WEAK)])
    out += read_occurrences(folded, skeleton, mentions, [*linked, *out])
    counted = {(link.mention.name, link.grade) for link in linked}
    told = {(link.mention.name, link.grade) for link in out if link.rule not in _WEAK}
    return [
        link
        for link in out
        if (link.rule != "all-of-grade" or (link.mention.name, link.grade) not in counted)
        and (link.rule not in _WEAK or (link.mention.name, link.grade) not in told)
    ]


# Rules that say less than others do of the same event and grade.
_WEAK = frozenset({"plainly-of-grade", "mostly-of-grade", "all-of-grade"})


# 'None of the responders relapsed', 'no patient in CR at 6 months has progressed': whom, not what is absent.
_NONE_AMONG = re.compile(
    rf"\b(?:none\s+of\s+(?:the\s+|these\s+|those\s+|our\s+|all\s+)?(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE}\s+)?|no\s+(?:[\w-]+\s+)?{PEOPLE}\s+)(?:(?:in|with|who\s+(?:had|achieved|attained|reached|entered)|achieving)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){{0,2}})?$"
)
_GOES_ON_TO = re.compile(
    r"^[^.;,]{0,40}?\b(?:has|have|had|was|were|relapsed|progressed|died|developed|experienced|lost|received|underwent|did)\b"
)


def _of_whom(folded: str, m: Mention) -> bool:
    """Whether a mention only says of whom something is denied."""
    if m.kind == "grade" or not _NONE_AMONG.search(folded, max(0, m.start - 90), m.start):
        return False
    people = bool(re.search(rf"responders?|{PEOPLE}", folded[m.start : m.end + 12])) or folded[: m.start].endswith(
        "in "
    )
    return (
        people or "who" in folded[m.start - 40 : m.start] or folded[: m.start].endswith(("with ", "in a "))
    ) and bool(_GOES_ON_TO.match(folded[m.end : m.end + 70]))


def _list_tail(skeleton: str, concepts: list[Mention], i: int) -> str:
    """The text after the list of concepts that concept i stands in."""
    end = concepts[i].end
    for c in concepts[i + 1 :]:
        if re.match(rf"^\s*(?:,|or|and|nor|/|,\s*or|,\s*and)\s*(?:{GRADE}+\s*|[\w-]+\s+)?$", skeleton[end : c.start]):
            end = c.end
        else:
            break
    return skeleton[end:]


def _negation_start(folded: str, c: Mention) -> int:
    found = [
        m.start()
        for m in re.finditer(r"\b(?:no|none|without|neither|nor|zero|absence|lack|free|not|never)\b", folded[: c.start])
    ]
    return found[-1] if found and c.start - found[-1] < 120 else c.start


def _grade_of(c: Mention, grades: list[Mention], skeleton: str) -> str | None:
    printed = next(
        (g for g in grades if g.start >= c.end and re.match(r"^\s*[,(]\s*$", skeleton[c.end : g.start])), None
    )
    if printed is not None and printed.name not in ("severe", "mild", "any"):
        if re.match(r"\s+in\b", skeleton[printed.end :]):
            return None  # 'CRS (grade 1 in most)'
        return printed.name
    before = [
        g
        for g in grades
        if g.end <= c.start
        and re.match(
            rf"^\s*(?:(?!and\b|or\b|no\b)[\w'’-]+\s+){{0,2}}(?:{CONCEPT}(?:[{CONCEPT},/\s]|or\b|and\b|nor\b)*+)?$",
            skeleton[g.end : c.start],
        )
    ]
    if before:
        return before[-1].name
    after = [
        g
        for g in grades
        if g.start >= c.end
        and re.match(
            rf"^(?:[,/\s{CONCEPT}]|or\b|and\b|nor\b)*+(?:events?|rates?|\s)*[,(]?\s*(?:of|was|were|greater\s+than|at)?\s*$",
            skeleton[c.end : g.start],
        )
    ]
    after = [g for g in after if not re.match(rf"\s+{CONCEPT}", skeleton[g.end :])]  # 'no ICANS or grade 3 CRS'
    return after[0].name if after else None


def _graded_absences(
    folded: str, skeleton: str, concepts: list[Mention], grades: list[Mention], done: list[Link], carried: Carried
) -> list[Link]:
    """'…, with no grade 4 or 5 events', 'none exceeding grade 2', 'in none of them grade ≥3'."""
    out = []
    for g in grades:
        if any(link.start <= g.start and g.end <= link.end for link in done):
            continue
        cue = _NONE_GRADE.search(skeleton[: g.start])
        behind = _IN_NONE.match(skeleton, g.end)
        before = [c for c in concepts if c.end <= g.start and c.kind == "events" and c.name not in _UNGRADED]
        if behind and before and not any(link.mention is before[-1] and link.grade == g.name for link in done):
            found = Mention("events", g.start, behind.end(), before[-1].name)
            out.append(Link(found, None, "graded-absence", 0.85, g.start, behind.end(), grade=g.name, absent=True))
        if not cue or behind:
            continue
        after = next((c for c in concepts if c.start >= g.end), None)
        if (
            after is not None
            and re.match(r"^\s*(?:[\w'’/-]+\s+){0,3}$", skeleton[g.end : after.start])
            and not re.match(r"^\s*(?:events?|cases?|toxicit)", skeleton[g.end :])
        ):
            continue  # the concept itself is negated, and handled there
        previous = [c for c in concepts if c.end <= cue.start() and c.kind == "events" and c.name != "all-cause death"]
        c = previous[-1] if previous else carried.event
        if c is None or c.kind != "events":
            continue
        for named in _listed_with(skeleton, previous) if previous else [c]:
            start = named.start if previous else cue.start()
            found = Mention("events", cue.start(), g.end, named.name)
            out.append(Link(found, None, "graded-absence", 0.85, start, g.end, grade=g.name, absent=True))
    return out


def _listed_with(skeleton: str, events: list[Mention]) -> list[Mention]:
    """The last event and those it is listed with: 'CRS and ICANS were …, never of grade 4'."""
    listed = events[-1:]
    for c in reversed(events[:-1]):
        if not _AND_NEXT.match(skeleton[c.end : listed[0].start]):
            break
        listed.insert(0, c)
    return listed


_AND_NEXT = re.compile(rf"^\s*(?:\([^()\d]{{0,24}}\)\s*)?(?:,|and|or|/|,\s*and)\s*(?:{GRADE}+\s*)?$")


# 'Three patients died, none because of the cells'
_NONE_OF_TREATMENT = re.compile(
    r"\b(?:died|deaths?)\b[^.;]{0,90}?\b(?P<none>(?:none|neither)\b(?:\s+(?:of\s+(?:them|these|which|whom|the\s+(?:deaths|patients))|was|were|being|considered|deemed|judged|directly|died))*\s+(?:because\s+of|of|from|due\s+to|related\s+to|attribut\w+\s+to|caused\s+by|linked\s+to|as\s+a\s+(?:result|consequence)\s+of)\s+(?:the\s+|study\s+|car[\s-]t[\s-](?:cell\s+)?)*(?:treatment|therapy|cells?|product|[\w-]+-cel|\w+leucel|infusion|toxicit(?:y|ies)|adverse\s+events?)\b)"
)
# 'Four late infections, none lethal', 'no event was fatal'
_NONE_FATAL = re.compile(
    rf"\b(?:none|no|neither)\b(?:\s+(?:of\s+(?:them|these|the|which)|events?|cases?|of|these|{CONCEPT}+|(?:was|were|being|proved)))*\s+(?P<fatal>(?:fatal|lethal)\b|{GRADE}++)(?!\s*(?:{CONCEPT}|[a-z]))"
)


def _none_fatal(folded: str, skeleton: str) -> list[Link]:
    """No event was fatal, no death was of the treatment."""
    out = []
    for m in _NONE_OF_TREATMENT.finditer(folded):
        found = Mention("events", m.start("none"), m.end(), "death")
        out.append(Link(found, None, "none-of-treatment", 0.8, m.start("none"), m.end(), absent=True))
    for m in _NONE_FATAL.finditer(skeleton):
        if re.match(r"fatal|lethal", folded[m.start("fatal") :]):
            out.append(
                Link(
                    Mention("events", m.start("fatal"), m.end(), "death"),
                    None,
                    "none-fatal",
                    0.8,
                    m.start(),
                    m.end(),
                    absent=True,
                )
            )
    return out


# '… in four after the first and in none after the second infusion'
_NONE_ELSEWHERE = re.compile(
    rf"^[\])%\s]*(?:(?:{PEOPLE})\s+)?(?:(?:in|at|after|with|of|during)\s+[^.;,()]{{1,50}}?)?\s*,?\s*(?:and|but|vs\.?|versus)\s+(?:in\s+)?(?:none|no\s+(?:{PEOPLE}))\s+(?:in|at|after|with|during|among)\s+(?:the\s+)?(?!any\b|them\b|these\b|whom\b|which\b)(?:(?!had\b|died\b|developed\b|was\b|were\b|achieved\b|relapsed\b|experienced\b)[\w'’/+-]+\s*){{1,7}}(?:[.;,)]|$)"
)


def _none_elsewhere(skeleton: str, linked: list[Link]) -> list[Link]:
    """An event counted in one group and told of none in another."""
    out = []
    for link in linked:
        q = link.quantity
        if q is None or link.mention.kind != "events" or link.mention.name == "all-cause death":
            continue
        end = max(q.end, q.tail, link.mention.end)
        m = _NONE_ELSEWHERE.match(skeleton[end : end + 120])
        if m:
            mention = Mention("events", link.mention.start, link.mention.end, link.mention.name)
            out.append(
                Link(mention, None, "none-elsewhere", 0.75, link.start, end + m.end(), grade=link.grade, absent=True)
            )
    return out


# '… and grade 4 in none'
_IN_NONE = re.compile(
    rf"\s*(?:events?\s+|cases?\s+)?(?:(?:(?:was|were)\s+(?:seen|observed|noted|reported)\s+)?in\s+(?:none|no\s+(?:{PEOPLE}|one|cases?))\b|(?:was|were)\s+not\s+(?:seen|observed|noted|reported|recorded)\b|did\s+not\s+(?:occur|develop)\b)"
)
_UNGRADED = frozenset({"death", "all-cause death", "DLT"})
_NONE_HIGHER = re.compile(
    r"\b(?:none|no|without)\s+(?:(?:was|were|being|any|events?|cases?|a)\s+)*(?:higher|more\s+severe)(?:[\s-]+grades?|\s+events?)?\b(?!\s+than)"
)


def _none_higher(skeleton: str, concepts: list[Mention], grades: list[Mention], carried: Carried) -> list[Link]:
    """'grade 3 in 5%, none higher': the grades above the highest named are absent."""
    out = []
    for m in _NONE_HIGHER.finditer(skeleton):
        named = [g for g in grades if g.end <= m.start() and g.name[-1].isdigit() and not g.name.startswith(">")]
        events = [c for c in concepts if c.end <= m.start() and c.kind == "events"]
        event = events[-1] if events else carried.event
        if named and event is not None and int(named[-1].name[-1]) in (1, 2, 3):
            grade = f">={int(named[-1].name[-1]) + 1}"
            found = Mention("events", m.start(), m.end(), event.name)
            out.append(Link(found, None, "none-higher", 0.8, named[-1].start, m.end(), grade=grade, absent=True))
    return out


def _qualified(
    folded: str,
    skeleton: str,
    concepts: list[Mention],
    grades: list[Mention],
    quantities: list[Quantity],
    taken: set[int],
    carried: Carried,
    told: set[tuple[str, str]],
) -> list[Link]:
    """'Most patients only experienced mild CRS', 'all events were grade 1 or 2': graded, without a number."""
    out: list[Link] = []
    for c in concepts:
        if c.kind != "events" or c.name in ("SAE", "all-cause death", "death"):
            continue
        graded = id(c) in taken  # 'all patients had CRS (nine with grade 1, one with grade 2)'
        if graded and (c.name, "any") in told:
            continue
        if (
            out
            and not graded
            and re.match(
                r"^\s*(?:,|and|or|,\s*and)\s*(?:(?:experienced|developed|had)\s+)?$", skeleton[out[-1].end : c.start]
            )
        ):
            out.append(
                Link(c, None, "qualified", 0.65, out[-1].start, c.end, grade=out[-1].grade, qualifier=out[-1].qualifier)
            )
            continue
        before = skeleton[: c.start]
        clause_at = max(before.rfind(";"), before.rfind(":"), 0)
        cue = next(
            (
                (m, name)
                for pattern, name in _QUALIFIER
                for m in [pattern.search(before, max(clause_at, c.start - 90))]
                if m
            ),
            None,
        )
        if cue is None:
            continue
        m, name = cue
        between = skeleton[m.end() : c.start]
        if re.search(r"\b(?:in|among)\s+(?:\w+\s+)?\w+\s+with\s*$|\b(?:developing|with|experiencing)\s*$", between):
            continue
        if any(q.start >= m.end() and q.end <= c.start for q in quantities) or not re.match(
            rf"^\s*(?:had|developed|experienced|showed|reported)\s+(?:[\w{GRADE}-]+\s+){{0,4}}$|^\s*(?:of\s+(?:the\s+|these\s+)?)?(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE}|cases|of\s+them)\b[^.;,]{{0,40}}$",
            between,
        ):
            continue
        grade = _grade_of(c, grades, skeleton)
        if BARRIER.search(between) or (
            grade is None and c.name in ("CRS", "neurotoxicity", "infection") and name in ("some",)
        ):
            continue
        if graded and (name != "all" or grade is not None):
            continue
        out.append(Link(c, None, "qualified", 0.7, m.start(), c.end, grade=grade, qualifier=name))
    for c in concepts:
        if (
            c.kind != "events"
            or (id(c) in taken and (c.name, "any") in told)
            or c.name in ("SAE", "all-cause death", "death")
            or any(link.mention is c for link in out)
        ):
            continue
        shared = _UNIVERSAL_AFTER.match(_list_tail(skeleton, concepts, concepts.index(c)))
        if shared and not (id(c) in taken and _grade_of(c, grades, skeleton)):
            name = "most" if shared["most"] else "all"
            out.append(
                Link(
                    c,
                    None,
                    "qualified-after",
                    0.75,
                    c.start,
                    c.end + shared.end(),
                    grade=_grade_of(c, grades, skeleton),
                    qualifier=name,
                )
            )
    for g in grades:
        entire = re.search(
            r"\b(?P<all>all|exclusively|only|both)\s+(?:(?:were|was|of|being|other|these|such|the|remaining|crs|icans|events?|cases?|episodes?|patients?|reactions?|limited\s+to)\s+)*$",
            skeleton[: g.start],
        )
        mostly = re.search(r"\b(?:mostly|mainly|predominantly|largely|generally)\s+(?:of\s+)?$", skeleton[: g.start])
        previous = [c for c in concepts if c.end <= g.start and c.kind == "events"]
        if mostly and previous and g.name != "any" and not re.match(r"\s*\(", skeleton[g.end :]):
            out.append(
                Link(
                    Mention("events", mostly.start(), g.end, previous[-1].name),
                    None,
                    "mostly-of-grade",
                    0.7,
                    previous[-1].start,
                    g.end,
                    grade=g.name,
                    qualifier="most",
                )
            )
            continue
        plain = re.search(
            rf"{CONCEPT}\s+(?:was|were|remained|stayed)\s+(?:at\s+|of\s+|[\w-]+\s+(?:and|but)\s+)?$",
            skeleton[: g.start],
        )
        if (
            plain
            and previous
            and id(previous[-1]) not in taken
            and g.name in ("mild", "1", "1-2")
            and not any(0 <= q.start - g.end < 30 for q in quantities)
        ):
            listed = [previous[-1]] + (
                [previous[-2]]
                if len(previous) > 1 and re.match(r"^\s*and\s*$", skeleton[previous[-2].end : previous[-1].start])
                else []
            )
            out += [Link(c, None, "plainly-of-grade", 0.6, c.start, g.end, grade=g.name) for c in listed]
            continue
        later = re.search(
            r"\b(?:events?|cases?|episodes?)\s+(?:were|was)\s+(?:all|mostly|exclusively|mainly|predominantly|generally)\s+(?:of\s+)?$",
            skeleton[: g.start],
        )
        hit = entire or later
        if not hit or g.name == "any" or any(q.start >= g.end and q.start - g.end < 14 for q in quantities):
            continue
        if previous and (id(previous[-1]) in taken or previous[-1].end <= hit.start()):
            if (
                any(q.start >= previous[-1].end and q.end <= g.start for q in quantities)
                and ";" not in skeleton[previous[-1].end : g.start]
                and not re.search(r"events|cases|episodes|all\s+other", skeleton[hit.start() : g.start])
            ):
                continue
            out.append(
                Link(
                    Mention("events", hit.start(), g.end, previous[-1].name),
                    None,
                    "all-of-grade",
                    0.65,
                    previous[-1].start,
                    g.end,
                    grade=g.name,
                    qualifier="most" if "most" in hit[0] else "all",
                )
            )
        elif not previous and carried.event is not None and re.search(r"events|cases|episodes|all", hit[0]):
            out.append(
                Link(
                    Mention("events", hit.start(), g.end, carried.event.name),
                    None,
                    "all-of-grade",
                    0.6,
                    hit.start(),
                    g.end,
                    grade=g.name,
                    qualifier="all",
                )
            )
    return out
