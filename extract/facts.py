"""Facts: links turned into typed evidence with quote, offsets, confidence and checks."""

from __future__ import annotations

import re
from typing import Any

from extract.cases import case_statements
from extract.checks import check, check_study, same_percent
from extract.concepts import ANTIGEN_POSITIVE, Mention
from extract.confidence import confidence
from extract.deaths import death_of, fatal_events, other_causes
from extract.denominators import denominators
from extract.grades import NO_GRADE
from extract.links import Link
from extract.quantities import Quantity
from extract.reading import Reading
from extract.unlisted import UNNAMED
from models.evidence import Fact, fact_from
from models.record import Record
from models.study import StudyType


def facts_of(readings: list[Reading], kind: StudyType) -> list[dict[str, Any]]:
    """Drafts of facts: dicts of fact fields plus 'at' (sentence index) and 'strength'."""
    drafts = _drafts(readings, kind)
    if kind == "meta_analysis":
        for draft in drafts:
            if draft["type"] != "cohort":
                draft["pooled"] = True
    return drafts


def _drafts(readings: list[Reading], kind: StudyType) -> list[dict[str, Any]]:
    drafts: list[dict[str, Any]] = []
    totals = denominators(readings)
    given = _first_given(readings) if kind == "case_report" else 0
    cases = case_statements(readings) if kind == "case_report" else []
    for i, reading in enumerate(readings):
        drafts += _infused_of_enrolled(reading, i)
        for count in reading.cohorts:
            drafts.append(
                _draft(
                    reading,
                    i,
                    count.start,
                    count.end,
                    count.rule,
                    count.strength,
                    type="cohort",
                    role=count.role,
                    n=count.n,
                )
            )
        for seen in reading.followups:
            q = seen.quantity
            low, high = q.range or (q.ci[:2] if q.ci and q.ci[2] is None else None) or seen.spread or (None, None)
            value, unit = (q.value, q.unit) if q.kind != "time" else _split_time(q.times[0])
            drafts.append(
                _draft(
                    reading,
                    i,
                    seen.start,
                    seen.end,
                    seen.rule,
                    0.95,
                    type="followup",
                    value=value,
                    unit=unit or None,
                    low=low,
                    high=high,
                )
            )
        told = [*reading.links, *(cases[i] if cases else [])]
        told += fatal_events(reading.sentence.folded, told)
        told += other_causes(reading.sentence.folded, reading.quantities, told)
        causes: set[int] = set()
        for link in told:
            draft = _fact(reading, i, link)
            if draft is None or (draft["type"] == "response" and i < given):
                continue
            if draft.get("event") == "death" and link.quantity is not None:
                if id(link.quantity) in causes:
                    continue  # '12% of HLH or CRS': two causes, one count of deaths
                causes.add(id(link.quantity))
            if id(link) in totals and "total" not in draft and draft["type"] != "survival":
                draft |= {"total": totals[id(link)], "inferred": ("total",)}
            if link.restates is not None and link.restates.n is not None and "n" not in draft:
                draft["restated_n"] = int(link.restates.n)
            drafts.append(draft)
    return drafts


_SHARE_OF = re.compile(r"(?<!total )\b(?:of|out\s+of)\s+(?:the\s+|all\s+|a\s+total\s+of\s+|these\s+|our\s+)*$")
_SCREENED = re.compile(r"\bscreened\b|\bassessed\s+for\b")


_GIVEN = re.compile(r"\b(?:u|h)?car\b|\bcar-?t|\bcart\w*|-cel\b|leucel\b|\binfus(?:ed|ion)")


def _first_given(readings: list[Reading]) -> int:
    """The index of the first sentence of a case that speaks of the cells: remissions told before it were earlier."""
    return next(
        (i for i, r in enumerate(readings) if r.sentence.section != "TITLE" and _GIVEN.search(r.sentence.folded)), 0
    )


# '91% of apheresed patients were infused', '23 of 25 enrolled patients received liso-cel'
_WERE_INFUSED = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:of\s+(?:the\s+|all\s+)?)?(?:enrolled|apheresed|leukapheresed|collected|registered)\s+(?:patients|children|participants|adults|subjects)\s+"
    r"(?:\([^()]*\)\s*)?(?:subsequently\s+|ultimately\s+|eventually\s+|had\s+|went\s+on\s+to\s+be\s+)?"
    r"(?:(?:were|was|being)?\s*(?:infused|dosed)\b|(?:received|underwent)\s+(?:an?\s+|the\s+|their\s+)?(?:[\w-]+\s+)?(?:infusion|car[\s-]t|cells?|product|[\w-]+-cel\b|\w+leucel))"
)


_INFUSED_IN = re.compile(r"\b(?:infused|administered|given)\s+(?:in|to|into)\s+$")
_OF_ENROLLED = re.compile(
    r"\s*(?:\([^()]*\)\s*)?of\s+(?:the\s+|all\s+)?(?:\d+\s+)?(?:enrolled|apheresed|leukapheresed|registered)\s+(?:patients|children|participants|adults|subjects)"
)


def _infused_of_enrolled(reading: Reading, at: int) -> list[dict[str, Any]]:
    """'Of 36 who enrolled, 33 (92%) were infused': how many of those enrolled got the cells."""
    for share in reading.quantities:
        end = share.total_span[1] if share.total_span else share.end
        folded = reading.sentence.folded
        led = _INFUSED_IN.search(folded, max(0, share.start - 40), share.start)
        told = _WERE_INFUSED.match(folded, end) or (_OF_ENROLLED.match(folded, end) if led else None)
        if told and share.kind == "proportion" and not share.bare:
            return [_draft(reading, at, share.start, told.end(), "infused-of-those", 0.85, type="procedure",
                           name="infused of enrolled", n=share.n, total=share.total, percent=share.percent)]  # fmt: skip
    before = [c for c in reading.cohorts if c.role in ("enrolled", "screened")]
    for treated in (c for c in reading.cohorts if c.role == "treated"):
        wider = [c for c in before if c.start < treated.start and c.n >= treated.n]
        if not wider:
            continue
        q = next((q for q in reading.quantities if q.start == treated.start), None)
        percent = q.percent if q is not None else None
        chosen = wider[0]
        if percent is not None:
            chosen = next((c for c in wider if same_percent(treated.n, c.n, percent)), chosen)
            if not same_percent(treated.n, chosen.n, percent):
                percent = None
        folded = reading.sentence.folded
        told_as_share = _SHARE_OF.search(folded[max(0, chosen.start - 30) : chosen.start])
        if percent is None and not (told_as_share and 2 * treated.n > chosen.n):
            return []  # 'thirty were enrolled and 28 infused' tells two cohorts, no share
        if percent is None and _SCREENED.search(folded[chosen.start : treated.start]):
            return []
        return [_draft(reading, at, chosen.start, treated.end, "infused-of-enrolled", 0.85,
                       type="procedure", name="infused of enrolled", n=treated.n, total=chosen.n, percent=percent)]  # fmt: skip
    return []


def _draft(
    reading: Reading, at: int, start: int, end: int, rule: str, strength: float, **values: Any
) -> dict[str, Any]:
    s = reading.sentence
    end = min(end, len(s.text))
    quote = s.text[start:end]
    # A quote keeps its closing bracket.
    if (quote.count("(") > quote.count(")") and s.text[end : end + 1] == ")") or (
        quote.count("[") > quote.count("]") and s.text[end : end + 1] == "]"
    ):
        end += 1
    lead = len(s.text[start:end]) - len(s.text[start:end].lstrip())
    start += lead
    end -= len(s.text[start:end]) - len(s.text[start:end].rstrip())
    return {**{k: v for k, v in values.items() if v is not None}, "rule": rule, "strength": strength, "at": at,
            "crowd": sum(link.quantity is not None for link in reading.links),
            "section": s.section, "start": s.start + start, "end": s.start + end}  # fmt: skip


# A manufacture that failed, steroids that were stopped, are no procedure done.
_UNDONE = re.compile(r"\bfail")
_STOPPED = re.compile(
    r"\s*(?:could\s+be\s+|was\s+|were\s+|had\s+been\s+|have\s+been\s+|therapy\s+)*(?:successfully\s+)?(?:stopped|discontinued|tapered|withdrawn|weaned|reduced|ceased)\b"
)
_OFF = re.compile(
    r"\b(?:off|without|stopp(?:ed|ing)|discontinu\w+|taper\w+|wean\w+|free\s+of|refractory\s+to)\s+(?:all\s+|systemic\s+|oral\s+|of\s+|their\s+)*$"
)


def _fact(reading: Reading, at: int, link: Link) -> dict[str, Any] | None:
    mention, q = link.mention, link.quantity
    values: dict[str, Any] = {}
    if mention.name in (
        "DCR",
        "MLFS",
        "lesser response",
        "other drug",
        UNNAMED,
    ):  # read so that the value goes nowhere else; no endpoints of the evidence table
        return None
    if mention.kind == "survival":
        return _survival(reading, at, link)
    if mention.kind == "response":
        if mention.name == "MRD-" and q is not None and _among_remissions(reading, link, q):
            mention = Mention(mention.kind, mention.start, mention.end, "MRD- CR")
        values = {"type": "response", "endpoint": mention.name, "time": link.time}
        if mention.name == ANTIGEN_POSITIVE:
            values["endpoint"] = "relapse"
            link.group = link.group or reading.sentence.folded[mention.start : mention.end]
    elif mention.kind == "events":
        event, grade = _event(reading, link)
        if grade == NO_GRADE:
            return None
        values = {"type": "toxicity", "event": event, "grade": grade or "any", "time": link.time}
    elif mention.kind == "procedures":
        folded = reading.sentence.folded
        if (
            _UNDONE.search(folded[mention.start : mention.end])
            or _STOPPED.match(folded, mention.end)
            or _OFF.search(folded[max(0, mention.start - 40) : mention.start])
        ):
            return None
        values = {"type": "procedure", "name": mention.name}
    if link.absent:
        values["absent"] = True
    values["group"] = _as_printed(reading, link.group)
    if link.qualifier:
        values["qualifier"] = link.qualifier
    if q is not None:
        if q.kind != "proportion":
            return None
        if (
            mention.name in ("PD", "relapse")
            and not reading.sentence.folded[mention.start : mention.end].endswith("ed")
            and _caused_death(reading.sentence.folded, mention, q)
        ):
            return None
        values |= _proportion(q)
        if q.bare and q.eq is False and mention.kind == "procedures" and not q.noun and link.strength < 0.8:
            return None
    return _draft(reading, at, link.start, link.end, link.rule, link.strength, **values)


_DEATHS = re.compile(r"\b(?:died|deaths?|fatalities|succumbed|causes?\s+of\s+death)\b")
_OF_CAUSE = re.compile(
    r"\b(?:due\s+to|of|from|because\s+of|attributed\s+to|attributable\s+to|related\s+to|caused\s+by|following|after|to|with)\s+(?:(?!and\b|who\b)[\w-]+\s+){0,2}$"
)
_CAUSES = re.compile(
    r"\b(?:causes?|reasons?)\s+(?:of|for)\s+(?:the\s+)?(?:\w+\s+){0,2}(?:deaths?|mortality)\b|\bdeaths?\s*[(:]|\bdied\s*[(:]"
)


def _caused_death(folded: str, mention: Mention, q: Quantity) -> bool:
    """'Fourteen died: 11 from progressive disease', 'causes of death were progression (n = 5) and …'."""
    before = folded[max(0, mention.start - 200) : mention.start]
    clause = re.split(r"[.;]\s", before)[-1]
    if _CAUSES.search(clause):
        return True
    return bool(_DEATHS.search(clause) and _OF_CAUSE.search(clause))


def _split_time(time: str) -> tuple[float, str]:
    value, unit = time.split()
    return float(value), unit


_POINTS_BACK = re.compile(
    r"\b(?:of|among|in)\s+(?:them|whom|these|those|which)\b|\bof\s+the\s+(?:\w+\s+)?(?:complete\s+remissions|crs\b|patients\s+in\s+(?:cr|complete))|\bof\s+(?:the\s+)?\w+\s+(?:patients|children|participants)\s+in\s+(?:cr|complete|remission)"
)


def _among_remissions(reading: Reading, link: Link, q: Quantity) -> bool:
    """MRD negativity of those in CR ('24 of them were MRD negative') is MRD-negative CR."""
    sentence = reading.sentence.folded
    remitted = [
        o.quantity.n for o in reading.links if o.quantity is not None and o.mention.name in ("CR", "CRi", "CR/CRi")
    ]
    if q.total is not None and q.total in remitted and q.n != q.total:
        return True
    within = [
        o.mention for o in reading.links if o.mention.end <= q.start and o.mention.name in ("CR", "CRi", "CR/CRi")
    ]
    if within and re.match(r"\s*(?:rates?\s*)?\(\s*(?:including\s+|with\s+)?$", sentence[within[-1].end : q.start]):
        return True  # '18 achieved CR (17 with MRD negativity)'
    if not _POINTS_BACK.search(sentence[max(0, q.start - 24) : link.mention.start]):
        return False
    if re.search(r"\bin\s+(?:cr\b|complete|remission)", sentence[q.start : link.mention.start]):
        return True
    earlier = [o.mention.name for o in reading.links if o.start < link.start and o.mention.kind == "response"]
    return bool(earlier) and earlier[-1] in ("CR", "CRi", "CR/CRi")


def _as_printed(reading: Reading, folded: str | None) -> str | None:
    """A group's name with its capitals."""
    at = reading.sentence.folded.find(folded) if folded else -1
    return reading.sentence.text[at : at + len(folded)] if folded and at >= 0 else folded


def _proportion(q: Quantity) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in (("n", q.n), ("total", q.total)):
        if value is not None:
            values[name] = int(value)
    if q.percent is not None:
        values["percent"] = q.percent
    if q.ci is not None:
        values |= {"ci_low": q.ci[0], "ci_high": q.ci[1], "ci_level": q.ci[2]}
    return values


def _event(reading: Reading, link: Link) -> tuple[str, str | None]:
    """The event and grade of a link; deaths by cause have no grade."""
    name = death_of(reading.sentence.folded, link, reading.links)
    return (name, "any") if name is not None else (link.mention.name, link.grade)


_STATE = re.compile(r"(?:were )?(?:alive|survived)")
_FREE = re.compile(r".*[\s-]free$|free\s")
_ONE = re.compile(
    r"\b(?:(?:one|the|this|a|another|each|single|our|remaining|other)\s+(?:[a-z-]+\s+){0,2}?(?:patient|child|infant|woman|man|boy|girl|case)(?!s|[\w-]|\s+(?:group|population|cohort|set))|he|she|his|her|patient\s+\d+)\b"
)


_IN_ONE = re.compile(
    r"[\s)]*(?:in|for)\s+(?:(?:patient|case)\s+\d|(?:one|the|this|another|our)\s+(?:other\s+)?(?:patient|case)\b)"
)


def _one_or_state(reading: Reading, link: Link, word: str) -> bool:
    """A time that is no median: 'alive 14 months later', 'one patient had a PFS of 26 months', 'DOR exceeded 2 years'."""
    q = link.quantity
    folded = reading.sentence.folded
    if _STATE.match(word):
        return True
    if q is None or "median" in folded[max(0, link.start - 40) : link.end]:
        return False
    if _FREE.match(word):
        return True
    if re.search(
        r"\b(?:exceed\w*|(?:longer|more|greater)\s+than|at\s+least|beyond|up\s+to|ranged\s+from|from)\s+$",
        folded[: q.start],
    ):
        return True
    clause = re.split(r"[.;]\s", folded[: link.end])[-1]
    return bool(_ONE.search(clause) or _IN_ONE.match(folded, link.end))


_ESTIMATED = re.compile(r"\bestimat|\bprobabilit|\bkaplan|\blandmark")


def _survival(reading: Reading, at: int, link: Link) -> dict[str, Any] | None:
    q = link.quantity
    if q is None:
        return None
    word = reading.sentence.folded[link.mention.start : link.mention.end]
    if (
        word.endswith("in response")
        and q.kind == "proportion"
        and not (q.n is None and _ESTIMATED.search(reading.sentence.folded))
    ):
        kept = {"type": "response", "endpoint": "ORR", "time": link.time, "group": "ongoing", **_proportion(q)}
        return _draft(reading, at, link.start, link.end, link.rule, link.strength, **kept)
    if q.kind in ("duration", "not_reached", "decimal") and _one_or_state(reading, link, word):
        return None
    values: dict[str, Any] = {
        "type": "survival",
        "endpoint": link.mention.name,
        "group": _as_printed(reading, link.group),
    }
    if q.kind == "proportion":
        if q.percent is None:
            return None
        values |= {"measure": "rate", "value": q.percent, "time": link.time}
    elif q.kind == "duration":
        values |= {"measure": "median", "value": q.value, "unit": q.unit}
    elif q.kind == "not_reached":
        values |= {"measure": "median", "not_reached": True}
    elif q.kind == "hr":
        values |= {"measure": "hr", "value": q.value}
    else:
        return None
    if q.ci is not None:
        values |= {"ci_low": q.ci[0], "ci_high": q.ci[1], "ci_level": q.ci[2]}
    return _draft(reading, at, link.start, link.end, link.rule, link.strength, **values)


def finish(drafts: list[dict[str, Any]], record: Record, number: int | None, version: str) -> tuple[Fact, ...]:
    """Checked, deduplicated facts in the order of the text."""
    cohort = max([d["n"] for d in drafts if d["type"] == "cohort"] + ([number] if number else []), default=None)
    for draft in drafts:
        draft["checks"] = check({"n": draft.pop("restated_n", None), **draft}, cohort)
    check_study(drafts)
    facts: dict[str, Fact] = {}
    for draft in drafts:
        text = record.title if draft["section"] == "TITLE" else record.abstract
        sure = confidence(draft)
        values = {k: v for k, v in draft.items() if k not in ("at", "strength", "checks", "crowd")}
        fact = fact_from({
            **values, "pmid": record.pmid, "version": record.version, "text_hash": record.text_hash,
            "quote": text[draft["start"] : draft["end"]], "confidence": sure,
            "checks": tuple(draft["checks"]), "extractor_version": version,
        })  # fmt: skip
        facts.setdefault(fact.id, fact)
    return tuple(sorted(facts.values(), key=lambda f: (f.section != "TITLE", f.start, f.end, f.id)))
