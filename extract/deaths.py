"""Deaths by cause: of treatment, toxicity, infection or another cause than the disease they are 'death'.

Deaths of the disease, of any cause or of an unknown one are 'all-cause death', which is no fact of toxicity.
In a list of causes ('6 of infection, 2 of HLH'; 'causes were infection (n = 6) and …') each count is of deaths.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

from extract.concepts import Mention
from extract.links import Link
from extract.quantities import PEOPLE, Quantity

_DIED = re.compile(
    r"\b(?:died|deaths?|fatalit(?:y|ies)|succumbed|mortality|nrm|trm|grade\s+5\s+(?:events?|adverse\s+events?|toxicit\w+|aes?))\b"
)
_BECAUSE = r"(?:(?:was|were|being|,)?\s*(?:considered\s+|judged\s+|deemed\s+|possibly\s+|probably\s+|likely\s+|directly\s+)*(?:due\s+to|owing\s+to|because\s+of|as\s+a\s+result\s+of|secondary\s+to|caused\s+by|attributed\s+to|attributable\s+to|related\s+to|resulting\s+from|linked\s+to|associated\s+with)|of|from|after|with|by)"
_SHORT = r"(?:to|of|from)"
_CAUSE = r"(?:(?:an?|the|severe|fatal|fulminant|other|their|its|underlying|subsequent|progressive|bacterial|fungal|viral)\s+)*(?P<cause>[^.;,()\[\]]{1,60})"
# What stands between a count of deaths and their cause: '3 patients died on day 12 of'.
_AFTER_VALUE = re.compile(
    rf"^[\])%\s]*(?:(?:of\s+)?(?:the\s+|these\s+|those\s+|them|whom|which)?\s*(?:[\w-]+\s+){{0,3}}?(?:{PEOPLE}|deaths?|of\s+them|of\s+whom|fatalities)?\s*(?:\([^()]*\)\s*)?)(?:(?:had\s+|have\s+|in\s+(?:each|the)\s+[\w-]+\s+)*(?:died|deaths?|succumbed|occurred)\s+)?(?:\([^()]*\)\s*)?(?:(?:on|at|in|by|within)\s+(?:day|month|week)s?\s+\+?\d+\s+)?(?P<why>{_BECAUSE}|{_SHORT})\s+{_CAUSE}"
)
_AFTER_DEATHS = re.compile(
    r"^\s*(?:\([^()]*\)\s*)?(?:were\s+|was\s+|,\s*|that\s+|which\s+)*(?:(?:on|at|in|by)\s+(?:day|month|week)\s+\+?\d+\s+)?(?:(?:considered|judged|deemed|possibly|probably|likely|directly|both|all)\s+)*(?:of|from|due\s+to|because\s+of|as\s+a\s+result\s+of|secondary\s+to|caused\s+by|attributed\s+to|related\s+to|attributable\s+to|resulting\s+from|through)\s+(?!which\b|whom\b|these\b|them\b)(?:an?\s+|the\s+|severe\s+|fatal\s+|fulminant\s+|other\s+|\d+\s+)?(?P<cause>[^.;,]{0,60})"
)
_DISEASE = re.compile(
    r"\b(?:relaps\w*|progress\w*|disease|lymphomas?|leuk(?:a)?emias?|myeloma|tumou?rs?|cancer|malignancy|recurrence|blast)\b|\bpd\b"
)
_OTHER_DISEASE = re.compile(
    r"\b(?:other\s+than|unrelated\s+to|not\s+related\s+to|without|second\w*|subsequent|(?:an)?other\s+(?:malig|cancer|neopl|tumou?r)\w*|(?:new|further)\s+(?:malig|cancer|neopl)\w*|therapy-related|cardiovascular\s+disease|vod|sinusoidal|graft|gvhd|pulmonary\s+disease|non-?\s?relapse|in\s+remission|coronavirus|covid)\b"
)
_UNKNOWN = re.compile(r"^(?:unknown|undetermined|unclear|unspecified|any|all)\b")
# The words that open a list of causes behind the deaths.
_OPENS = re.compile(
    r"(?:due\s+to|because\s+of|caused\s+by|attributed\s+to|attributable\s+to|related\s+to|resulting\s+from|\bof|\bfrom|\bwere|\bwas|\bincluded|\bincluding|:|\(|\[|,\s*(?:from|due\s+to|of)|\bbeing|\bnamely)\s*(?:an?\s+|the\s+|severe\s+|mainly\s+|mostly\s+|only\s+|\d+\s+|one\s+|two\s+|three\s+)*$"
)
_GOES_ON = re.compile(
    rf"^[\])%\s]*(?:(?:{PEOPLE})\s*)?(?:\([^()]*\)\s*)?(?:,|;|and|,\s*and|;\s*and)\s*(?:(?:an?|the|in|due\s+to|from|to|of|severe|fatal)\s+)*$"
)
_NEW_VERB = re.compile(r"\b(?:had|developed|occurred|received|experienced)\b")
_CAUSES = re.compile(
    r"\bcauses?\s+(?:of|for|among|in)\s+(?:the\s+)?(?:[\w-]+\s+){0,3}(?:deaths?|mortality|nrm)|\b(?:primary|main|leading|most\s+common|stated|second\s+most\s+common)\s+cause\b"
)


def death_of(folded: str, link: Link, links: list[Link]) -> str | None:
    """'death' or 'all-cause death' where a link counts deaths; None where it does not."""
    name, q = link.mention.name, link.quantity
    if name == "death" or link.mention.kind != "events":
        return None
    if name == "all-cause death":
        return _counted(folded, link, q)
    if q is None or link.grade not in (None, "any"):
        return None
    if _shares_deaths(folded, link.mention, q):
        return "death"
    died = list(_DIED.finditer(folded, 0, max(q.start, link.mention.start)))
    causes = _CAUSES.search(folded)
    if not died and causes is None:
        return None
    if died and q.bare and link.mention.start > died[-1].end():
        opened = folded[died[-1].end() : min(q.start, link.mention.start)]
        if (
            re.match(r"\s*(?:\([^()]*\)\s*)?:\s", opened)
            and not re.search(r"[.;]", opened)
            and not _NEW_VERB.search(opened)
        ):
            return "death"  # 'ten had died: progression in 6, infection in 4'
    head = min([m.start() for m in died] + ([causes.start()] if causes else []))
    if ";" in folded[head : min(q.start, link.mention.start)] and causes is None:
        due = _AFTER_VALUE.match(folded[q.end : q.end + 90]) if q.bare and not q.noun else None
        if due is None or due["why"] == "with":
            return None  # 'fourteen died; six due to …' goes on about them
    if q.end <= link.mention.start:
        m = _AFTER_VALUE.match(folded[q.end : link.mention.end])
        if m and m.start("cause") + q.end <= link.mention.start:
            return _kind(m["cause"])
        if died and re.match(r"\s*-?\s*(?:related|associated)\b", folded[link.mention.end : link.mention.end + 14]):
            return "death"  # 'of 10 deaths, 2 were infection related'
        tight = re.match(r"^[\])%\s]*(?:of\s+|from\s+|to\s+)?(?:[\w-]+\s+){0,2}$", folded[q.end : link.mention.start])
        if tight and _in_list(folded, link, links, died[-1].end() if died else head):
            return "death"
        after = _AFTER_VALUE.match(folded[q.end : q.end + 90])
        return _kind(after["cause"]) if after and died and not tight else None
    after = _AFTER_VALUE.match(folded[q.end : q.end + 90])
    between = folded[link.mention.end : q.start]
    if after and after["why"] != "with" and re.search(r"\d|,|\band\b", between):
        return _kind(after["cause"])  # '4 to infection and 3 to other causes'
    if _in_list(folded, link, links, died[-1].end() if died else head) or (
        causes is not None and causes.start() < q.start and len(between) < 60
    ):
        return "death"
    return None


# 'Among 60 nonrelapse deaths, infection was the cause in 51% and …': what follows is a list of causes.
_OF_DEATHS = re.compile(
    r"(?:^|[.;:]\s+)(?:results:\s+)?(?:among|of|in|for)\s+(?:(?:the|all|these|those)\s+)*(?:(?:\d[\d,]*|[a-z]+(?:-[a-z]+)?)\s+)?(?:\([^()]*\)\s+)?(?:reported\s+|documented\s+)?(?:non-?\s?relapse\s+(?:mortality\s+)?(?:deaths|events|cases)|nrm\s+(?:deaths|events|cases)|(?:treatment|therapy)-related\s+deaths|toxic\s+deaths|deaths\s+(?:without|unrelated\s+to|not\s+due\s+to)\s+(?:relapse|progression|disease))[^.;]{0,40}?,\s"
)
_NOT_A_CAUSE = re.compile(r"\b(?:had|developed|experienced|received|underwent|were\s+in|median)\b")
# 'Infection accounted for 58% of nonrelapse deaths', 'sepsis caused 4 (40%) of the deaths without relapse'
_CAUSED = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:events?\s+|cases?\s+)?(?:,\s+which\s+)?(?:together\s+|alone\s+)?(?:account\w*\s+for|explain\w*|caus\w+|(?:was|were)\s+(?:the\s+)?(?:\w+\s+)?(?:causes?\s+(?:of|in|for)|responsible\s+for)|represent\w*|constitut\w+|underlay|made\s+up)\b[^.;,]{0,40}$"
)
_SHARE_OF_DEATHS = re.compile(
    r"[\])%\s]*(?:\([^()]*\)\s*)?of\s+(?:(?:the|all|these|those)\s+)*(?:\d+\s+)?(?:[\w-]+\s+){0,2}?(?:deaths?|nrm|mortality|fatalities)\b"
)


def _shares_deaths(folded: str, m: Mention, q: Quantity) -> bool:
    """Whether a figure is the share of an event among the causes of death."""
    topic = next((t for t in _OF_DEATHS.finditer(folded, 0, min(q.start, m.start))), None)
    if topic is not None and not _NOT_A_CAUSE.search(folded, topic.end(), max(q.start, m.start)):
        return True
    return (
        m.end <= q.start
        and bool(_CAUSED.match(folded[m.end : q.start]))
        and bool(_SHARE_OF_DEATHS.match(folded, max(q.end, q.tail)))
    )


_NEXT_CAUSE = re.compile(
    r"[\])%\s]*(?:,|and|,\s*and)\s+(?!(?:the|in)\b)(?P<cause>[^.;,()\d]{3,60}?)\s+(?:in|for|\()\s*$|[\])%\s]*(?:,|and|,\s*and)\s+(?P<bracketed>[^.;,()\d]{3,60}?)\s*\($"
)


def other_causes(folded: str, quantities: list[Quantity], links: list[Link]) -> list[Link]:
    """'…, another malignancy in 8%': the causes in a list of causes of death that are no event of the vocabulary."""
    topic = _OF_DEATHS.search(folded)
    if topic is None:
        return []
    linked = {id(k.quantity) for k in links if k.quantity is not None}
    shares = [q for q in quantities if q.kind == "proportion" and q.start >= topic.end()]
    out: list[Link] = []
    for last, q in pairwise(shares):
        m = _NEXT_CAUSE.fullmatch(folded[max(last.end, last.tail) : q.start])
        if m is None or id(q) in linked or _kind(m["cause"] or m["bracketed"]) != "death":
            continue
        if id(last) not in linked and not any(k.quantity is last for k in out):
            continue
        start = q.start - len(m[0].lstrip(")]% ,"))
        mention = Mention("events", start, q.end, "death")
        out.append(Link(mention, q, "cause-of-death", 0.7, start, q.end))
    return out


# 'Adverse events led to death in 3', 'sepsis resulting in death'
_LED_TO = re.compile(r"\b(?:led\s+to|leading\s+to|result(?:ed|ing)\s+in|caus(?:ed|ing))\s+(?:the\s+)?$")
_NEXT_COUNT = re.compile(
    r"\s+(?:and|while|whereas|with)\s+(?:\d|one\b|two\b|three\b|four\b|five\b|six\b|another|the\s+other)"
)
# 'Infection was the leading cause, accounting for 12 of 20 deaths', 'CRS explained 3 deaths'.
_EXPLAINS = re.compile(
    r"\b(?:account(?:ed|s|ing)\s+for|explain(?:ed|s|ing)|(?:the|a)\s+cause\s+(?:of|in)|cause\s+of\s+death\s+(?:in|for)|responsible\s+for|caus(?:ed|es|ing)|led\s+to|result(?:ed|ing)\s+in)\s+(?:only\s+|about\s+|the\s+)*$"
)


def fatal_events(folded: str, links: list[Link]) -> list[Link]:
    """'Fatal infection in two' tells two deaths besides two infections of grade 5."""
    out = []
    for link in links:
        if (
            link.grade == "5"
            and link.quantity is not None
            and link.mention.kind == "events"
            and link.mention.name != "death"
            and re.search(r"\b(?<!or\s)(?<!/)(?:fatal|lethal)\b(?!\s*(?:or|/))", folded[link.start : link.end + 24])
        ):
            mention = Mention("events", link.mention.start, link.mention.end, "death")
            out.append(replace(link, mention=mention, rule="fatal-event", grade=None))
    return out


def _kind(cause: str) -> str:
    cause = _NEXT_COUNT.split(cause.strip())[0]
    if _UNKNOWN.match(cause):
        return "all-cause death"
    if _OTHER_DISEASE.search(cause):
        return "death"
    return "all-cause death" if _DISEASE.search(cause.split(" without ")[0]) else "death"


def _counted(folded: str, link: Link, q: Quantity | None) -> str:
    """The deaths themselves are counted: 'three patients died of sepsis', 'deaths were due to infection in 4'."""
    m = _AFTER_DEATHS.match(folded[link.mention.end : link.mention.end + 130])
    if m and m["cause"].strip():
        return _kind(m["cause"])
    led = _LED_TO.search(folded, max(0, link.mention.start - 40), link.mention.start)
    if led:
        return _kind(folded[max(0, led.start() - 60) : led.start()])
    if q is not None and q.end <= link.mention.start and _EXPLAINS.search(folded[max(0, q.start - 40) : q.start]):
        return _kind(folded[max(0, q.start - 110) : q.start])
    if q is not None and q.start > link.mention.end:
        after = _AFTER_VALUE.match(folded[q.end : q.end + 110])
        if after:
            return _kind(after["cause"])
    return "all-cause death"


def _in_list(folded: str, link: Link, links: list[Link], since: int) -> bool:
    """Whether a link stands in a list of causes that opens behind the deaths."""
    for _ in range(_LONGEST_LIST):
        if link.quantity is None:
            return False
        start = min(link.quantity.start, link.mention.start)
        if start < since:
            return False
        before = folded[since:start]
        bracketed = re.search(r"[(:]\s*(?:\w+\s+)?$", before)
        if len(before) < 60 and _OPENS.search(before) and (bracketed or not _NEW_VERB.search(before)):
            return True
        ends = [
            (max(o.quantity.end, o.quantity.tail, o.mention.end), i)
            for i, o in enumerate(links)
            if o.quantity is not None and o.mention.kind == "events" and o.mention.name != "all-cause death"
        ]
        end, i = max(((e, i) for e, i in ends if since <= e <= start), default=(0, -1))
        if i < 0 or not _GOES_ON.match(folded[end:start]):
            return False
        link = links[i]
    return False


_LONGEST_LIST = 12
