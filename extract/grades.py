"""Grades of events as they are printed: 'grade 3 or higher', 'grades 1, 2 and 3', 'severe', '1 in 52%, 2 in 30%'."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from models.choice import beginnings


@dataclass(slots=True)
class Mention:
    """A concept or a grade in a sentence. `kind`: response, survival, events, procedures or grade."""

    kind: str
    start: int
    end: int
    name: str
    grades: tuple[str, ...] = field(default=())


NO_GRADE = "0"  # 'grade 0', 'grade 0-1': includes those without the event, so it is no grade of evidence
_N = r"(?:[1-5]|i{1,3}v?|iv|v)"
_GE = r"(?:[≥⩾]|>\s?=|>/=|&ge;)"
_SPAN = r"\s*(?:-|‐|‑|–|—|/|to|or)\s*"
_JOIN = r"\s*(?:-|‐|‑|–|—|/|to|or|and|&|,|,\s*or|,\s*and)\s*"
_GRADE_WORD = r"(?<![a-z])(?:(?:astct|ctcae|who|nci|lee|common\s+terminology\s+criteria)[\s-]+)?(?:grade|grades|gr\.?|g)(?:\s*\(g\))?"
# '…, 3 with grade 2': the number in front is a count with a grade of its own.
_OWN_GRADE = r"(?:at\s+|with\s+|had\s+|were\s+|being\s+)?(?:gr\.?|grade|g)[\s-]*[1-5i]"
_MORE = r"(?:or\s+(?:higher|greater|above|more|worse|over|severer|more\s+severe)|and\s+(?:higher|above|greater|over|worse)|or\s+more|\+|and\s+more)"

GRADES = re.compile(
    rf"(?P<ge_before>(?:at\s+least\s+|{_GE}\s*)(?:grade|g)[\s-]*(?P<gb>{_N})(?![a-z\d]))"
    rf"|(?P<ge_reversed>{_GE}\s*(?P<gr>{_N})[\s-]*(?:grade|°)(?![a-z]))"
    rf"|(?P<degree>(?<![a-z\d.%])(?P<from>i{{1,3}}v?|iv)\s?°(?:{_SPAN}(?P<to>i{{1,3}}v?|iv)\s?°)?(?P<above>\s*{_MORE})?)"
    rf"|(?P<gt_before>(?:above|exceed(?:ed|ing|s)?|over|beyond|(?:more|worse|greater|higher)\s+than|>)\s*(?:grade|g)[\s-]*(?P<gtb>{_N})(?![a-z\d]))"
    rf"|(?P<lt>(?:<|below|lower\s+than|less\s+than)\s*grade[\s-]*(?P<ltn>[2-5])(?![a-z\d]))"
    rf"|(?P<both>(?<![a-z])grades\s+(?P<lower>{_N})\s*(?:and|or|&)\s*(?P<upper>{_N})(?=\s*[(:]\s*[\d.]+\s?%))"
    rf"|(?P<graded>{_GRADE_WORD}(?:\s+(?:was|were|being|of))?[\s:-]*(?:(?P<ge>{_GE}|at\s+least)\s*(?P<gen>{_N})(?![a-z\d%])|(?P<gt>>|above|higher\s+than)\s*(?P<gtn>{_N})(?![a-z\d])"
    rf"|(?P<le>≤|<\s?=|⩽)\s*(?P<len>{_N})(?![a-z\d])"
    rf"|(?P<none>0)(?![\d%./])(?:{_SPAN}(?P<nonen>{_N})(?![a-z\d%]|\.\d))?|(?P<first>{_N})(?![a-z\d%]|\.\d)(?:\s*(?P<more>{_MORE})|(?P<rest>(?:(?:{_SPAN}|{_JOIN}(?=(?:(?:grade|g)[\s-]*)?{_N}(?!\s*(?:patients|of|\(|{_OWN_GRADE})))(?<!,\s)(?:(?:grade|g)[\s-]*)?|{_JOIN}(?={_N}(?!\s*(?:patients|of|\(|{_OWN_GRADE}))))(?:(?<!,\s)(?:grade|g)[\s-]*)?{_N}(?![a-z\d%]|\.\d)){{1,6}}))?))"
    rf"|(?P<bare>(?:(?<=grade\s\()(?:{_GE})\s?(?=[2-5]\))|(?<=[;,(/]\s)(?:{_GE})\s?(?=[2-5]\s?(?::|in\s))|(?<=[;,]\s)(?:{_GE})\s?(?=[2-5]\s+\d{{1,3}}(?:\.\d+)?\s?%)|(?<=[(/])(?:{_GE})\s?(?=[2-5]\s?(?::|in\s))|(?:(?<=crs\s)|(?<=icans\s)|(?<=cres\s)|(?<=syndrome\s)|(?<=neurotoxicity\s)|(?<=infections\s)|(?<=aes\s))(?:{_GE}|(?P<more_than>>))\s?(?=(?:[2-5]|i{{2,3}}v?|iv)(?![a-z\d.%,]|\s?(?:days|months|weeks|episodes))))(?P<bn>[2-5]|i{{2,3}}v?|iv))"
    rf"|(?P<all>(?:(?<=\()|(?<=[;,]\s))(?:any|all)(?=\s*(?::|/\s*(?:grade|g\s?\d|{_GE}|severe))))"
    rf"|(?P<any>(?:any|all)[\s-]+grades?(?!\s*(?:≥|>|[1-5]|i))|of\s+any\s+(?:grade|severity)|any[\s-]+severity|all\s+grades)"
    rf"|(?P<low>(?<![a-z])low[\s-]+grade|grade\s+low)"
    rf"|(?P<high>(?<![a-z])(?:high|(?<!no )higher)[\s-]+grade(?!\s+(?:b[\s-]|lymphoma|glioma|serous)))"
    rf"|(?P<broad>(?<![a-z])(?:mild|moderate)(?:[\s-]*(?:to|or|and)[\s-]*|/)severe(?![a-z]))"
    rf"|(?P<severe>(?<![a-z])serious(?=\s+infections?)|(?<![a-z])severe(?!ly|\s*(?:or|and|/|and/or)\s*fatal)(?:\s+or\s+(?:worse|life[\s-]threatening))?(?!\s+acute\s+resp)(?!\s+combined))"
    rf"|(?P<mild>(?<![a-z])mild(?:\s+(?:to|or|and)\s+moderate|[-/]moderate|-to-moderate)?(?![a-z])|minor(?=\s+(?:crs|cytokine|icans|neuro|toxic)))"
    rf"|(?P<moderate>(?<![a-z])moderate(?![a-z]))"
    rf"|(?P<dire>(?<![a-z])(?:life[\s-]threatening|severe|fatal)\s*(?:or|and|/|and/or)\s*fatal|(?<![a-z])fatal\s*(?:or|and|/|and/or)\s*life[\s-]threatening)"
    rf"|(?P<fatal>(?<![a-z])(?:fatal|lethal)(?=\s+(?:(?:cases?\s+of\s+)?(?:crs|cytokine|icans|neuro|infect|seps|cerebral|pneumon|h(?:a)?emorrh|hlh|h(?:a)?emophag|macrophage|encephal|brain|intracranial|septic|covid|cmv|viral|invasive|opportun|candid|aspergill|mucor|arrhythm|heart|myocard|respirat|pulmon|hepat|liver|renal|graft|gvhd|tumou?r\s+lysis|coagul|bacter|fung|cardi|immune|bleed))))"
    rf"|(?P<deadly>(?<=was\s)fatal|(?<=were\s)fatal|(?<=proved\s)fatal|(?<=being\s)fatal|fatal(?=\s+in\b)|fatal(?=\s+cases?(?!\s+of)))"
    rf"|(?P<threat>life[\s-]threatening)"
)  # fmt: skip
_GUARDED = re.compile(f"(?={beginnings([GRADES.pattern])})(?:{GRADES.pattern})")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5}


def _digit(text: str) -> int:
    return int(text) if text.isdigit() else _ROMAN.get(text, 0)


def read_grades(folded: str) -> list[Mention]:
    """Grades as canonical texts: 'grade 3 or higher' -> '>=3'; 'grades 1, 2 and 3' -> three grades."""
    out = []
    for m in _GUARDED.finditer(folded):
        grades = _grades(m)
        if grades and m["rest"] and _COUNTED.fullmatch(m["rest"]) and not _PLURAL.match(m["graded"]):
            if folded[m.end() : m.end() + 1] in (";", ")", "]", ".", ""):
                # '(grade 1, 16; grade 2, 4)': the second number counts.
                out.append(Mention("grade", m.start(), m.end("first"), str(_digit(m["first"])), ()))
                continue
        if grades:
            out.append(Mention("grade", m.start(), m.end(), grades[0], grades))
    for m in _OF_EVENT.finditer(folded):
        if not any(g.start < m.end() and m.start("n") < g.end for g in out):
            grades = _span_grades(m)
            out.append(Mention("grade", m.start("n"), m.end(), grades[0], grades))
    out = _explained(folded, sorted(out, key=lambda g: g.start))
    for g in list(out):
        if g.name in _SINGLE:
            out += _counted_on(folded, g, {o.start for o in out})
    return sorted(out, key=lambda g: g.start)


_COUNTED = re.compile(r"\s*,\s*\d")
_PLURAL = re.compile(r"(?:\w+\s+)?grades")
# 'The maximum grade of CRS was 1 in 52%', 'the worst ICANS grades were 2 (n = 5) and …'
_OF_EVENT = re.compile(
    rf"(?<![a-z])(?:grades?|severity)\s+(?:of|for)\s+(?:[a-z][\w'-]*[\s-]+){{1,6}}(?:was|were|being)\s+(?:of\s+)?(?P<n>[1-5])(?:\s*(?P<more>{_MORE})|\s*(?:-|–|/|or|to)\s*(?P<to>[2-5]))?(?=\s*(?:in\s|\(|\[))"
)
_SINGLE = frozenset({"1", "2", "3", "4", "1-2"})
_NUMERAL = r"(?:\d[\d.,·/]*\s?%?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|both)"
_PATIENTS = r"(?:\s*(?:patients?|pts|cases?|children|subjects|participants|individuals)(?![a-z]))?"
_BRACKET = r"(?:\s*[\[(]\s*\d[^()\[\]]{0,24}[\])])?"
# '… 1 in 52%, 2 in 30% and 3 in 4%', '… grade 1 (n = 24) or 2 (n = 8)': the grades that follow are bare digits.
_NEXT = {
    "in": re.compile(
        rf"(?:\s*events?)?\s*(?:was\s+|were\s+)?(?:seen\s+|observed\s+|noted\s+)?in\s+(?:only\s+|just\s+)?{_NUMERAL}(?:\s+of\s+\d+)?{_PATIENTS}{_BRACKET}{_PATIENTS}\s*(?:,|;|,?\s*and|,?\s*or)\s+(?:of\s+)?(?P<n>[1-5])(?:\s*(?P<more>{_MORE})|\s*(?:-|–|/|or|to)\s*(?P<to>[2-5]))?(?=\s+in\s+(?!patients|those|the))"
    ),
    "(": re.compile(
        rf"\s*[\[(]\s*(?:n\s?=\s?)?{_NUMERAL}[^()\[\]]{{0,24}}[\])]\s*(?:,|;|,?\s*and|,?\s*or)\s+(?:of\s+)?(?P<n>[1-5])(?:\s*(?P<more>{_MORE})|\s*(?:-|–|/|or|to)\s*(?P<to>[2-5]))?(?=\s*[\[(]\s*(?:n\s?=\s?)?\d[^()\[\]]{{0,24}}[\])](?!\s*(?:had|were|was|developed|experienced|patients|died|received)))"
    ),
    ":": re.compile(
        rf"\s*[:=]\s*(?:n\s?=\s?)?{_NUMERAL}{_PATIENTS}{_BRACKET}\s*(?:,|;|,?\s*and)\s+(?P<n>[1-5])(?P<more>\+)?(?:\s*(?:-|–|/)\s*(?P<to>[2-5]))?(?=\s*[:=])"
    ),
}  # fmt: skip


_WORDED = frozenset({"severe", "mild", "moderate", "1-2", ">=3"})


def _explained(folded: str, grades: list[Mention]) -> list[Mention]:
    """'Severe (grade ≥3)' is one grade, told twice."""
    out: list[Mention] = []
    for g in grades:
        last = out[-1] if out else None
        if last is not None and last.name in _WORDED and not folded[last.end : g.start].strip(" ("):
            closed = re.match(r"\s*\)", folded[g.end : g.end + 3])
            if (
                "(" in folded[last.end : g.start]
                and closed
                and not any(c.isdigit() for c in folded[last.start : last.end])
            ):
                out[-1] = Mention("grade", last.start, g.end + closed.end(), g.name, g.grades)
                continue
        out.append(g)
    return out


def _counted_on(folded: str, g: Mention, known: set[int]) -> list[Mention]:
    """The bare digits that carry a distribution of grades on from `g`, each higher than the last."""
    found: list[Mention] = []
    for pattern in _NEXT.values():
        at, last = g.end, int(g.name[-1])
        while m := pattern.match(folded, at):
            n = int(m["n"])
            if n <= last or m.start("n") in known:
                break
            grades = _span_grades(m)
            found.append(Mention("grade", m.start("n"), m.end(), grades[0], grades))
            at, last = m.end(), int(m["to"] or n) if not m["more"] else 5
        if found:
            break
    return found


def _span_grades(m: re.Match[str]) -> tuple[str, ...]:
    n = int(m["n"])
    return (_at_least(n) if m["more"] else _span(n, int(m["to"])) if m["to"] else str(n),)


def _grades(m: re.Match[str]) -> tuple[str, ...]:
    if m["ge_before"]:
        return (_at_least(_digit(m["gb"])),)
    if m["gt_before"]:
        return (_at_least(_digit(m["gtb"]) + 1),)
    if m["ge_reversed"]:
        return (_at_least(_digit(m["gr"])),)  # '≥3 grade CRS'
    if m["degree"]:
        first, last = _digit(m["from"]), _digit(m["to"] or "")
        return (_at_least(first) if m["above"] else _span(first, last),)  # 'II° in 3', 'III°-IV°'
    if m["bare"]:
        return (_at_least(_digit(m["bn"]) + bool(m["more_than"])),)
    if m["lt"]:
        return (_up_to(_digit(m["ltn"]) - 1),)
    if m["both"]:
        return (_span(_digit(m["lower"]), _digit(m["upper"])),)  # 'grades 3 and 4 (41%)': one figure for both
    if m["graded"]:
        if m["ge"]:
            return (_at_least(_digit(m["gen"])),)
        if m["gt"]:
            return (_at_least(_digit(m["gtn"]) + 1),)
        if m["le"]:
            return (_up_to(_digit(m["len"])),)
        if m["none"]:
            return (NO_GRADE,)
        first = _digit(m["first"])
        if not first:
            return ()
        if m["more"]:
            return (_at_least(first),)
        return _listed(f"{m['first']}{m['rest'] or ''}")
    if m["any"] or m["all"] or m["broad"]:
        return ("any",)
    if m["low"]:
        return ("1-2",)
    if m["high"]:
        return (">=3",)
    if m["severe"]:
        return ("severe",)
    if m["mild"]:
        return ("mild",)
    if m["moderate"]:
        return ("moderate",)
    if m["dire"]:
        return (">=3" if "severe" in m["dire"] else ">=4",)
    if m["fatal"] or m["deadly"]:
        return ("5",)
    if m["threat"]:
        return ("4",)
    return ()


def _listed(text: str) -> tuple[str, ...]:
    """'1-2 and 3' -> ('1-3', '1-2', '3'): the whole span first, then the listed grades where there are several."""
    listed = []
    for part in re.split(r"\b(?:and|or)\b|,|&", text):
        digits = [_digit(n) for n in re.findall(rf"(?<![a-z]){_N}(?![a-z\d])", part)]
        if digits:
            listed.append((digits[0], digits[-1]))
    whole = _span(min(a for a, _ in listed), max(b for _, b in listed))
    several = len(listed) > 1 and bool(re.search(r"\band\b|,|&", text))  # '3 or 4' is one grade, '3 and 4' may be two
    return (whole, *(_span(a, b) for a, b in listed)) if several else (whole,)


def _at_least(n: int) -> str:
    return f">={n}" if 2 <= n <= 4 else "any" if n <= 1 else "5"


def _up_to(n: int) -> str:
    return "1" if n == 1 else f"1-{n}" if n in (2, 3) else "any"


def _span(a: int, b: int) -> str:
    if a == b or not b:
        return str(a)
    a, b = min(a, b), max(a, b)
    text = f"{a}-{b}"
    return {"3-5": ">=3", "4-5": ">=4", "2-5": ">=2", "1-5": "any", "1-4": "any", "2-4": ">=2"}.get(text, text)
