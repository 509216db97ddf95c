"""Numbers: one grammar for every numeric expression, results and non-results alike.

`read_numbers` makes one regex pass over a folded sentence and gives atoms in order. What is not a
result (p values, doses, ages, years, thresholds, ...) is recognised too, so that nothing later
mistakes it for one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from models.choice import Choice

Kind = Literal[
    "count", "fraction", "percent", "decimal", "duration", "time", "ci", "range", "pair", "hr", "not_reached", "noise",
]  # fmt: skip

_UNITS = {"d": "d", "day": "d", "w": "wk", "wk": "wk", "week": "wk", "m": "mo", "mo": "mo", "mos": "mo", "month": "mo",
          "y": "y", "yr": "y", "year": "y"}  # fmt: skip
_ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]  # fmt: skip
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {w: i for i, w in enumerate(_ONES, 1)} | {w: 10 * i for i, w in enumerate(_TENS, 2)}

_D = r"(?:[-‐‑–—−]|to)"
NUM = r"(?:\d{1,3}(?:,\d{3}){1,3}(?!\d)|\d{1,9}(?!\d))(?:[.·∙]\d{1,9})?|[.·]\d{1,9}"
_WORD = (
    r"(?:(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?"
    r"|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
    r"|one|two|three|four|five|six|seven|eight|nine)"
)
_WORDNUM = rf"(?:(?:(?:a|one|two|three|four|five|six|seven|eight|nine)\s+hundred(?:\s+(?:and\s+)?{_WORD})?)|{_WORD})"
_UNIT = r"(?:days?|d|weeks?|wks?|months?|mos?|years?|yrs?|(?<![a-z])y(?![a-z]))"
_OPEN = r"(?:not\s+(?:yet\s+)?(?:estimable|evaluable|reached|available|calculable|applicable|assessable|determined|attained|defined|estimated)|n\.?[eracd]\.?|inf(?:inity)?|∞|unreached|undefined|upper\s+(?:limit|bound)\s+not\s+reached|-+|–|—)"
_BOUND = rf"(?:{NUM}|{_OPEN})"
_SEP = r"\s*(?:%|months?|mos?|years?|days?)?\s*(?:[-‐‑–—−~,;]|to|and|through)\s*"
_CI_HEAD = (
    r"(?:(?:(?P<level>8\d|9\d(?:[.·]\d)?)\s?%\s*[-]?\s*)?(?:ci|cri|confidence\s+intervals?|credible\s+intervals?)(?:\s*[\[(](?:ci|cri|cis)[\])]|\s?_?95(?!\d|[.·]\d|\s*[-–]))?"
    r"(?:\s*(?P<level2>9\d)\s?%)?)"
)
_IS = r"\s*[:,;=]?\s*(?:of|was|from|is)?\s*[:=]?\s*"

# '6-, 12- and 18-month': numbers with or without their unit, joined as a list.
_TIME = rf"(?:{_WORD}|\d{{1,3}}(?:\.\d)?)"
_TIME_LIST = rf"(?:{_TIME}(?:[-‐‑–]{_UNIT})?[-‐‑–]?\s?(?:,\s?(?:and|or)\b|,|and\b|or\b|/|&)\s?){{0,5}}{_TIME}"

# Each row: name, pattern over folded text. Earlier rows win where they start at the same place.
GRAMMAR: tuple[tuple[str, str], ...] = (
    ("registration", r"(?:nct|chictr|eudract|umin|isrctn|actrn|jrct)[\s:-]*[a-z]*[\d-]+"),
    ("p_value", r"(?<![a-z])p(?:\s?-?\s?values?)?(?:\s*(?:for|_)[\w\s]{1,20})?\s*(?:=|<|>|≤|≥|＜|＝|:|\s(?:was|of)\s)\s*(?:<|>)?\s*[\d.·]*\d(?:\s*(?:×|x)\s*10\S*)?"),
    ("odds", r"(?:odds\s+ratios?|relative\s+risks?|risk\s+ratios?|rate\s+ratios?|(?<![a-z])(?:a?or|i?rr|smd|md|ror|aor)(?=\s*[:=,;]?\s*\[?\(?\s*\d+[.·]\d+(?!\d*\s?%)))(?:\s*[\[(][a-z]{2,3}[\])])?(?:\s*[\[(;,]?\s*9\d\s?%\s*(?:-\s*)?(?:ci|confidence\s+intervals?)(?:\s*[\[(]cis?[\])])?\s*[\])])?\s*(?:of|was|=|:|,|;|is|,?\s*for\s[^.;,()\d]{1,40}(?:was|,))?\s*[\[(]?\s*" + rf"(?:{NUM})(?!\s?%)(?:[\s,;:(\[]*(?:9\d\s?%\s*)(?:ci|confidence\s+interval|cri)[:,;=\s]*[\[(]?{_BOUND}{_SEP}{_BOUND}[\])]?)?"),
    ("power", rf"(?:[<>≤≥]\s?)?(?:(?:{NUM})\s*(?:,\s*(?:and|or)|,|and|or|to|-|–)\s*){{0,4}}(?:{NUM})?\s*(?:[×x✕*·]\s*)?(?<!\d)10\s?(?:\^|[⁰¹²³⁴-⁹⁻]|[-−–]\s?\d(?!\d))\s?[-−–⁻]?[\d⁰¹²³⁴-⁹]*(?:\s*(?:(?:car[\s-]?t?\+?|cd\d+)?[\s-]*(?:t[\s-])?(?:cells?\s*)?(?:/\s?kg|/\s?m2|per\s+kilogram|per\s+kg)|(?:car[\s-]?t?\+?\s+)?(?:t[\s-])?cells?))?"),
    ("power_lost", rf"(?:{NUM})\s*(?:×|x|✕)\s*10(?=\s+(?:car\b|car[-+]|cells?\b|t[\s-]cells?\b|viable\b|cd\d))"),
    ("power_flat", rf"(?:{NUM})(?:\s*[-–]\s*(?:{NUM}))?\s*(?:×|x|✕|\*)\s*10\s?[\d⁰¹²³⁴-⁹]{{1,2}}"),
    ("age", rf"(?<![a-z])age[ds]?(?![a-z])(?:\s*\[[^\]]{{0,12}}\])?[^.;()\d%]{{0,24}}?(?:[≥≤<>]\s?)?(?:{NUM})(?:\s*{_D}\s*(?:{NUM})|\s+and\s+(?:{NUM}))?\s*(?:years?|yrs?|months?)?(?:\s+(?:old|of\s+age))?(?:\s*[,;]?\s*[\[(]?\s*(?:range|iqr|interquartile\s+range)?[:,;]?\s*(?:{NUM})\s*{_D}\s*(?:{NUM})(?:\s*years?)?[\])]?)?"),
    ("age_after", rf"(?:[≥≤<>]\s?)?(?:{NUM})(?:\s*{_D}\s*(?:{NUM}))?[\s-]*(?:years?|yrs?|months?)[\s-]*(?:old|of\s+age|in\s+age)"),
    ("year_range", r"(?:19|20)\d\d\s*(?:[-–—]|to|and|through)\s*(?:(?:january|february|march|april|may|june|july|august|september|october|november|december)\s+)?(?:19|20)\d\d(?!\d)"),
    ("date", r"(?:january|february|march|april|may|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.?\s+\d{1,2}(?:st|nd|rd|th)?(?:,?\s+(?:19|20)\d\d)?(?![\d%])|\d{1,2}\s+(?:january|february|march|april|june|july|august|september|october|november|december)(?:,?\s+(?:19|20)\d\d)?"),
    ("year", r"(?:19[5-9]|20[0-4])\d(?![\d%.,/]\d|\s*%|\s*(?:patients|participants|subjects|individuals|cases|recipients))"),
    ("heterogeneity", r"(?<![a-z])i\s?=\s?\d+(?:\.\d+)?\s?%|(?<![a-z])(?:i\s?[\^]?[2²]|τ2|τ²|q)\s*(?:=|:|,|\sof\s|\swas\s|(?=\s*\d+(?:\.\d+)?\s?%))\s*(?:[<>]\s*)?[\d.]+\s?%?"),
    ("statistic", r"(?:auc|c[\s-]?index|c[\s-]statistic|cohen'?s?\s+kappa|kappa|β|beta|r2|r²|(?<![a-z])r|rho|ρ|z|chi-?square)\s*(?:=|:|,|\sof\s|\swas\s|\s)\s*[-−]?(?:0?[.·]\d+|1[.·]0+)(?:\s*[-–]\s*0?[.·]\d+)?"),
    ("ci", rf"{_CI_HEAD}{_IS}(?P<ci_open>[\[(])?\s*(?:[<>]\s*)?(?P<ci_low>{_BOUND})\s*{_SEP}(?P<ci_high>{_BOUND})(?![\d.]*\d)\s*(?:%|{_UNIT}(?![a-z]))?(?(ci_open)[\])]?)"),
    ("ci_after", r"(?P<after_low>\d+(?:[.·]\d+)?)\s?%?\s*[-–—]\s*(?P<after_high>\d+(?:[.·]\d+)?)\s?%?\s*,\s*95\s?%\s*ci"),
    ("ci_bare_level", r"9\d(?:[.·]\d)?\s?%\s*(?:-\s*)?(?:ci|cri|confidence\s+intervals?|credible\s+intervals?)s?(?:\s*[\[(](?:ci|cri|cis)[\])])?"),
    ("range", rf"(?:(?:min[-–/]max|full\s+range|(?:inter\s?-?quartile\s+)?range[sd]?|iqr|i\.q\.r\.)(?:\s*[\[(][a-z]{{2,4}}[\])])?)\s*[:,;=]?\s*(?:of|was|from|between)?\s*[\[(]?\s*(?:[<>]\s?)?(?P<low>{NUM})(?P<low_plus>\+)?\s*(?:%|{_UNIT})?\s*(?:[-‐‑–—−~,;]|to|and)\s*(?:[<>]\s?)?(?P<high>{NUM})\+?(?![\d.]*\d)\s*(?:%|{_UNIT}(?![a-z]))?[\])]?"),
    ("hr", r"(?:(?:sub[\s-]?distribution\s+|adjusted\s+|unadjusted\s+|cause-specific\s+|multivaria(?:te|ble)\s+|pooled\s+|stratified\s+)*hazards?\s+ratios?|(?<![a-z])(?:a|s|ad|c)?hrs?(?![a-z]))(?:\s*[\[(]\s*(?:a?hr|shr|\s|;|,)*\s*[\])])?(?:\s*[\[(;,]?\s*9\d\s?%\s*(?:-\s*)?(?:ci|confidence\s+intervals?)(?:\s*[\[(]cis?[\])])?[\])]?)?(?:\s*(?:for|of)\s+(?!\d)[^.;()=\d]{1,130}?)?\s*(?:=|:|,|;|of|was|is|were|being|\[|\()*\s*(?:of\s*)?(?:approximately\s*)?(?P<hr>\d+(?:[.·]\d+)?)(?![\d.]*\d|\s?%|\s*(?:months|patients|years))"),
    ("label_span", r"(?:ds|dl|deauville(?:\s+scores?)?|ipi|score)\s?\d\s?[-–/]\s?\d(?![\d.]*\d|\s?%|\s*(?:patients|of)\b)"),  # 'DS1-3'
    ("phase", r"phase[\s-]*(?:\d|i+v?)[ab]?(?:\s*(?:/|-|–|and|or)\s*(?:phase\s*)?(?:\d|i+v?)[ab]?)?(?![a-z\d])"),
    ("million_cells", rf"(?:{NUM})(?:\s*{_D}\s*(?:{NUM}))?\s*(?:million|billion|m)\s+(?:[\w.+-]+\s+){{0,4}}(?:t[\s-])?cells?(?![a-z])"),
    ("spread", rf"(?:median|mean)\s*[\[(]\s*(?:range|iqr|s\.?d\.?)\s*[\])][^.;()%]{{0,90}}?(?:{NUM})\s*{_UNIT}?\s*[\[(]\s*(?:{NUM})\s*{_UNIT}?\s*[\])]"),
    ("range_one", r"range\s*[,:=]?\s*\d+(?:\.\d+)?(?=\s*[\])])"),
    ("ratio", r"\d+\s?:\s?\d+(?:\s?:\s?\d+)?(?![\d%])"),
    ("n_equals", r"(?<![a-z])n\s?(?:=|＝|:)\s?(?P<n_eq>\d{1,3}(?:,\d{3}){1,3}|\d{1,9}(?!\d))(?:\s?/\s?(?P<n_eq_total>\d{1,9}))?(?![\d.]*\d|\s?%)"),
    ("time_list", r"(?<![a-z])(?<!between\s)(?P<tl_unit>days?|weeks?|months?|years?)[\s-](?P<tl>\d{1,4}(?:\s?,\s?\d{1,4}){0,5}\s?,?\s(?:and|&)\s\d{1,4})(?![\d.]*\d|\s?%|\s*(?:patients|of|/))"),
    ("day", r"(?<![a-z])(?:days?|d)[\s-]?\+?(?P<day>\d{1,4})(?![\d.]*\d|\s?%)(?:\s*(?:[-–]|to|and|through)\s*\+?\d{1,4}(?!\d|\.\d|\s?%|\s*(?:months|patients|of)))?"),
    ("month_no", r"(?<![a-z])(?P<no_unit>months?|weeks?|years?)[\s-]\+?(?P<no>\d{1,3})(?:\s*(?:and|to|-|–)\s*\d{1,3}(?!\s?%|\.\d|\d|\s*(?:patients|of)))?(?![\d.]*\d|\s?%|\s*(?:patients|of|/))"),
    ("times", rf"(?P<ts>{_TIME_LIST})\s?[-‐‑–]\s?(?P<ts_unit>day|week|wk|month|year|yr|mo|y)s?(?![a-z])(?!\s*old|\s+of\s+age)"),
    ("for_longer", rf"(?:for|lasting|beyond)\s+(?:more\s+than|at\s+least|over|longer\s+than|up\s+to|exceeding|>|≥|≥)\s*(?P<fl>{NUM}|{_WORD})[\s-]*(?P<fl_unit>{_UNIT})(?![a-z])"),
    ("short_time", r"(?P<sh>\d{1,2})\s?(?P<sh_unit>mo?|yr?|d|wk)[-‐‑–]?(?=\ue000|(?:os|pfs|efs|dfs|lfs|rfs|dor|ttp|orr|crr?|nrm|trm)\b)"),  # '12m-OS'; endpoints come masked
    ("duration_change", rf"(?:{NUM})(?:\s*(?:and|,)\s*(?:{NUM}))?\s*{_UNIT}\s+(?:longer|shorter|earlier|later|more|less)"),
    ("duration", rf"(?P<dur>{NUM}|{_WORD}|half\s+a)\s*(?P<dur_plus>\+)?[\s-]*(?P<dur_unit>{_UNIT})(?![a-z²^/])(?:,?\s+(?:and|or)\s+(?=\d+%))?"),
    ("open_duration", r"(?P<open>not\s+(?:yet\s+)?(?:been\s+)?reached|not\s+(?:yet\s+)?(?:been\s+)?attained|yet\s+to\s+be\s+reached|has\s+not\s+(?:yet\s+)?(?:been\s+)?reached|unreached|not\s+(?:yet\s+)?(?:estimable|evaluable)(?!\s+(?:patients|for|because))|\bne(?=\s*[\[(]\s?95)|(?<=was\s)n\.?[re](?![a-z])|(?<=were\s)n\.?[re](?![a-z])|(?<=dor\s)n[re](?![a-z])|(?<=pfs\s)n[re](?![a-z])|(?<=mos\s)n[re](?![a-z])|\bnr(?=\s*(?:\(|\[|vs|versus|,|;|and|months))|(?<=vs\s)n[re](?![a-z])|(?<=vs\.\s)n[re](?![a-z])|(?<=versus\s)n[re](?![a-z])|(?<=compared\swith\s)n[re](?![a-z])|(?<=compared\sto\s)n[re](?![a-z])|\bnr(?=\s+(?:for|in)\s+(?:those|patients\s+(?:with|who)|the\s+[\w-]+\s+(?:group|arm|cohort))))"),
    ("measure", rf"(?:[<>≤≥~]\s?)?(?:{NUM})(?:\s*{_D}\s*(?:{NUM}))?\s*[-]?\s*(?:mg|ppm|ppb|g/dl|g/l|µg|μg|mcg|ng|pg|iu|u/l|ml|µl|μl|l/min|gy|mm3?(?!\s+(?:patients?|pts|cases|subjects|participants|adults)\b)|cm2?|kg|nm|bp|kb|kda|°c|hours?|hrs?|h(?![a-z0-9])|min(?:utes)?(?![a-z])|fold|[-]fold|times|copies|cells/|cells\s+per|k\b|×\s?109)(?![a-z])(?:/[\w²^]+)?"),
    ("lines", rf"(?:(?:≥|>|at\s+least|up\s+to|a\s+median\s+of|median\s+of)\s*)?(?:{NUM}|{_WORDNUM})(?:\s*(?:or\s+more|{_D}\s*(?:\d+|{_WORD})))?(?:\s+(?:or\s+more))?\s+(?:(?:prior|previous|earlier|different|median|lines?)\s+)+(?:lines?|therap(?:y|ies)|regimens?|treatments?|of|systemic)|(?:{NUM}|{_WORD})(?:\s*{_D}\s*\d+|\s+or\s+more)?\s+(?:lines?|regimens?|courses?|cycles?|centers?|centres?|hospitals?|sites?|institutions?|countries|stud(?:y|ies)|trials|databases|articles?|publications?|reports?|copies|doses?(?!\s+levels?)|infusions?|dose\s+levels|samples?|genes?|mutations?|points?|records|time\s*points|cohorts|arms|groups|clusters|parameters|variables|(?:(?:risk|adverse|prognostic|poor|high-risk)\s+)*(?:factors|features)|antigens|targets|mice|donors|cell\s+lines|randomi[sz]ed\s+(?:controlled\s+)?trials|clinical\s+trials|eligible\s+(?:studies|trials)|single-arm|observational|(?:(?:real-world|real-life|clinical|prospective|retrospective|observational|comparative|eligible|relevant|independent|published|ongoing|registered|interventional|cohort|phase|single-cent(?:er|re)|multicent(?:er|re)|non-?randomi[sz]ed|unique)\s+){{1,3}}(?:studies|trials|articles|reports|publications|registries)|categories|subtypes|domains|languages|quartiles|tertiles|scenarios|full-text|abstracts|datasets|products|batches|doublings?|classes)(?![a-z])"),
    ("percent_pair", rf"(?P<pp1>{NUM})\s?%?\s*[-–—]\s*(?P<pp2>{NUM})\s?%(?!\s*ci)"),
    ("percent_slash", r"(?P<ps1>\d+(?:[.·]\d+)?)\s?%\s?/\s?(?P<ps2>\d+(?:[.·]\d+)?)\s?%"),
    ("lancet_percent", r"(?P<lancet>\d{1,2}-\d)\s?%"),
    ("percent_bound", rf"(?:[<>≤≥⩽⩾]|(?:less|more|greater|fewer|lower|higher)\s+than|at\s+least|above|below|over(?=\s+\d+(?:\.\d+)?\s?%)|under|exceed(?:s|ing|ed)?|up\s+to)\s*(?:{NUM})\s?%"),
    ("one_in", rf"(?:more\s+than\s+|nearly\s+|about\s+)?(?:{_WORD}|\d)\s+in\s+(?:two|three|four|five|six|eight|ten|twenty|\d{{1,2}})(?![\w%.-]|\s*\()(?!\s+(?:patients|children|participants|with|grade))"),
    ("construct", r"(?:19|20|22)\s?[-‐‑–]\s?(?:28|bb|137)[a-zζ]{0,3}(?![\d%.])(?=\s*(?:z|ζ|car|cells?|t\b))"),
    ("tracer", r"(?:18|68|89)\s?(?:f|ga|zr)(?![a-z])"),
    ("none_to", rf"(?:none|zero|nil)\s*(?:to|-|–)\s*(?:{NUM})\s?%"),
    ("percent_range", rf"(?:ranging|ranged|varied|varying)\s+(?:from\s+|between\s+)?(?:{NUM})\s?%?\s*(?:to|and|-|–)\s*(?:{NUM})\s?%"),
    ("duration_span", rf"(?:{NUM})(?:\s?[-–]\s?|\s+to\s+)(?:{NUM})\s?{_UNIT}(?![a-z])"),
    ("rate_base", r"per\s+\d[\d,]*|\d[\d,.]*\s+(?:patient|person)[\s-](?:years|months)"),
    ("labels", r"(?:patients|cases|subjects|pts)\s+\d{1,2}(?:\s*,\s*\d{1,2}){0,8}\s*,?\s*(?:and|&|or)\s*\d{1,2}(?![\d.]*\d|\s?%|\s*(?:/|of\b|\())"),
    ("label", r"(?:patient|case|subject|pt|no)\.?\s+\d+(?![\d.]*\d|\s?%)"),
    ("bound", rf"(?:[<>≤≥⩽⩾]\s?|at\s+least\s+|(?:less|more|greater|fewer|lower|higher)\s+than\s+)(?:{NUM}|{_WORD})(?!\s?%)"),
    ("changed_by", rf"(?:shr[aiu]nk(?:age)?|decreas(?:ed?|ing)|reduc(?:ed|tions?|ing)|fell|declined?|dropped|regress(?:ed|ion)|increas(?:ed?|ing)|rose|grew)\s+(?:of|by)\s+(?:(?:about|approximately|more\s+than|at\s+least|up\s+to)\s+)?(?:{NUM})\s?%"),
    ("percent_change", rf"(?:{NUM})\s?%\s*(?:lower|higher|greater|reduced|reduction|increased?\s+(?:in|risk)|decrease|relative|improvement|longer|shorter|chance|power)"),
    ("duration_se", rf"(?P<se_dur>{NUM})\s*(?:±|\+/-)\s*(?:{NUM})[\s-]*(?P<se_unit>days?|weeks?|months?|years?)(?![a-z])"),
    ("percent_se", rf"(?P<se_pct>{NUM})\s?%?\s*(?:±|\+/-)\s*(?:{NUM})\s?%?"),
    ("percent", rf"(?P<pct>(?:{NUM})(?=\s?(?:%|％|per\s?cent))|{_WORDNUM}(?=\s+per\s?cent))\s?(?:%|％|per\s?cent(?![a-z]))"),
    ("fraction", r"(?P<fn>\d{1,3}(?:,\d{3})+(?!\d)|\d{1,9})\s?/\s?(?P<fd>\d{1,3}(?:,\d{3})+(?!\d)|\d{1,9})(?![\d/]|\s?(?:kg|mg|m2))"),
    ("pair", rf"[\[(](?!(?<![%\d]\s[(\[])\d{{1,4}}\s*[;,]\s*\d+(?:[.·]\d+)?\s?%)\s*(?P<p1>{NUM})\s?%?\s*(?:[-‐‑–—−~,;]|to)\s*(?P<p2>{NUM}|{_OPEN})\s?(?:%|months?|mo|years?)?\s*(?:[\])]|(?=;))"),
    ("int_range", r"(?P<ir1>\d+(?:[.·]\d+)?)\s?[-–—]\s?(?P<ir2>\d+(?:[.·]\d+)?)(?![\d.·]*\d|\s?%|[\s-]*(?:months?|days?|weeks?|years?)\b|[a-z])"),
    ("ordinal", r"\d+(?:st|nd|rd|th)(?![a-z])"),
    ("levels", r"(?:dose\s+levels|levels|cohorts|arms|groups)\s+\d+(?:\s*(?:,|and|to|or|-|–|,\s*and)\s*\d+){0,4}(?![\d%/])"),
    ("criteria", r"(?:i?recist|lugano|cheson|mrecist|imwg|rano|lyric)\s*(?:criteria\s*)?,?\s*(?:v(?:ersion|er)?\.?\s*)?(?:\d\.\d|(?:19|20)\d\d)"),
    ("figure", r"(?:fig(?:ure)?s?|tables?|table|appendix|arm|cohort|group|dose\s+level|level|stage|score|grades?|type|period|version|no|part)\.?\s?\d+[a-z]?(?![\d%/]|\s+(?:\([^()]{1,12}\)\s+)?(?:out\s+)?of\s+(?:the\s+)?\d)"),
    ("score", r"\b(?:sledai(?:-?2k)?|edss|mg-?adl|qmg|mgc|mrss|cdai|sdai|mmt-?8|das-?28|clasi|haq(?:-di)?|ecog|kps|karnofsky|moca|mmse)(?:\s+(?:total\s+)?scores?)?\s*(?:of|was|is|were|=|:|[≤<≥>])?\s*\d+(?:\.\d+)?(?![\d%/]|\.\d)"),
    ("decimal", r"(?P<dec>\d+[.·]\d+|(?<=[\s(,=])[.·]\d+)"),
    ("count", r"(?<![a-z][-–])(?<![/])(?P<cnt>\d{1,3}(?:,\d{3}){1,3}|\d{1,9}(?!\d))(?![\d.]*\d|\s?%|[a-z]|-\d?[a-z]{1,3}\b|/[a-z\d]|\s+or\s+more\b)"),
    ("word_count", rf"(?<!every\s)(?<!each\s)(?:a\s+total\s+of\s+|(?:only|just)\s+)?(?!one\s+of\s+[\d.·]+\s?(?:%|(?:months?|years?|weeks?|days?)\b))(?P<wcnt>{_WORDNUM}|zero(?=\s+(?:of|out\s+of)\b)|a\s+single|another(?=\s+(?:[\w-]+\s+){{0,2}}(?:patient|child|participant|case|recipient)\b)|single(?=\s+(?:patient|case|death|event))|both(?=\s+(?:of\s+(?:the|these|our)\s+)?(?:[\w/-]+\s+){{0,2}}?(?:patients|children|adults|cases|women|men|girls|boys|recipients|participants|infants|siblings)\b))(?![a-z-]*-(?:arm|center|centre|fold|stage|step|sided|year|tailed|dose|drug|way|cent|third|half))(?![a-z])(?!\s+(?:or\s+more\b|hundred|third|thirds|quarter|half))"),
)  # fmt: skip

# These may stand right behind a comma or a hyphen: '4,12%' in a list, '≥3-24/30'.
_AFTER_COMMA = frozenset({
    "percent", "percent_se", "duration_se", "fraction", "hr", "p_value", "percent_bound", "bound", "n_equals",
    "pair", "ci", "odds", "heterogeneity", "range", "ci_bare_level", "ci_after", "percent_pair",
    "percent_slash", "lancet_percent", "duration", "count", "decimal", "measure", "times",
})  # fmt: skip
_LOOSE, _APART = r"(?<![\w.·^_])", r"(?<![\w.,·^_-])"
_NUMBERS = Choice((_LOOSE if name in _AFTER_COMMA else _APART) + f"(?:{pattern})" for name, pattern in GRAMMAR)


@dataclass(frozen=True, slots=True)
class Atom:
    """One numeric expression: `kind`, its span in the sentence, the rule that read it and its numbers."""

    kind: Kind
    start: int
    end: int
    rule: str
    numbers: tuple[float | None, ...] = ()
    unit: str = ""
    times: tuple[str, ...] = field(default=())


def number(text: str) -> float:
    """'1,204', '81·3', '.8', 'twenty-four', 'a hundred and two' as a number."""
    text = text.strip().replace("·", ".").replace("∙", ".")[:40]
    if text[:1].isdigit() or text[:1] == ".":
        return float(text.replace(",", ""))
    if text.startswith(("a single", "single", "another")):
        return 1.0
    if text == "both":
        return 2.0
    total = 0
    for word in re.split(r"[\s-]+", text):
        if word == "hundred":
            total = (total or 1) * 100
        elif word == "a":
            total = 1
        else:
            total += _WORDS.get(word, 0)
    return float(total)


def unit(text: str) -> str:
    """'months' -> 'mo'; 'yrs' -> 'y'."""
    text = text.strip().rstrip(".")
    return _UNITS.get(text) or _UNITS[text.rstrip("s")]


def time_text(value: float, of: str) -> str:
    return f"{value:g} {of}"


def _bound(text: str | None) -> float | None:
    return number(text) if text and re.match(r"[\d.·]", text) else None


def read_numbers(folded: str) -> list[Atom]:
    """All numeric expressions of a folded sentence, in order, not overlapping."""
    if not any(c.isdigit() for c in folded) and not _WORD_HINT.search(folded):
        return []
    atoms: list[Atom] = []
    for row, match in _NUMBERS.hits(folded):
        atoms.append(_atom(match, GRAMMAR[row][0]))
    if _RANGING.search(folded):
        atoms = _without_spans(folded, atoms)
    if any(a.rule in ("hr", "odds") for a in atoms):
        atoms = _listed_ratios(folded, atoms)
    if _AT_BARE.search(folded):
        atoms = _shared_units(folded, atoms)
    if any(a.kind == "not_reached" for a in atoms) and (nor := _NOR.search(folded)):
        atoms.append(Atom("not_reached", nor.start("nor"), nor.end("nor"), "nor_reached"))
        atoms.sort(key=lambda a: a.start)
    neither = _NEITHER.search(folded)
    if neither and not any(a.kind == "not_reached" for a in atoms):
        atoms.append(Atom("not_reached", neither.start(1), neither.end(1), "neither_reached"))
        atoms.sort(key=lambda a: a.start)
    return atoms


_AT_BARE = re.compile(r"\bat\s+\d{1,3}(?:\s*,)?\s+(?:and|,|versus|vs\.?)?\s*\d")


def _shared_units(folded: str, atoms: list[Atom]) -> list[Atom]:
    """'69% (95% CI, 61-75) at 6 and 59% at 12 months': the 6 is a time too."""
    out = list(atoms)
    for i, a in enumerate(atoms):
        if (
            a.kind != "count"
            or not re.search(r"\bat\s+$", folded[max(0, a.start - 6) : a.start])
            or a.numbers[0] is None
        ):
            continue
        named = next(
            (
                b
                for b in atoms[i + 1 : i + 8]
                if b.kind in ("duration", "time") and re.search(r"\bat\s+$", folded[: b.start])
            ),
            None,
        )
        shared = named.unit or named.times[0].split()[1] if named is not None else ""
        if shared:
            out[i] = Atom("time", a.start, a.end, "shared_unit", times=(time_text(a.numbers[0], shared),))
    return out


_RANGING = re.compile(r"\brang(?:ed|ing|es?)\b|\bvar(?:ied|ying)\b")


def _without_spans(folded: str, atoms: list[Atom]) -> list[Atom]:
    """'ORR ranging from 40% to 90% and CR from 20% to 60%': the bounds of what was found, no results."""
    out = list(atoms)
    for i, (a, b) in enumerate(pairwise(atoms)):
        if (
            a.kind == b.kind == "percent"
            and re.search(r"\b(?:from|between)\s+$", folded[max(0, a.start - 9) : a.start])
            and folded[a.end : b.start].strip() in ("to", "and", "-", "–")
        ):
            out[i : i + 2] = [replace(x, kind="noise", rule="percent_range") for x in (a, b)]
    return out


_NEXT_RATIO = re.compile(r"[\])\s]*(?:,|;|and|or|,\s*and|vs\.?|versus)\s*$")


def _listed_ratios(folded: str, atoms: list[Atom]) -> list[Atom]:
    """'hazard ratio [95% CI], 0.81 [0.44-1.49] and 0.95 [0.58-1.57]': the second number is a ratio like the first."""
    out: list[Atom] = []
    head: Atom | None = None
    for a in atoms:
        if a.rule in ("hr", "odds"):
            head = a
        elif head is not None and a.kind == "decimal" and _NEXT_RATIO.match(folded[out[-1].end : a.start]):
            a = replace(a, kind=head.kind, rule=head.rule)
        elif a.kind not in ("ci", "pair", "range") and a.rule not in ("ci_bare_level", "p_value"):
            head = None
        out.append(a)
    return out


_NEITHER = re.compile(r"\bneither\b[^.;]{1,90}?\b(?:has|had|have|was|were)\s+((?:been\s+)?reached)")
# 'Median DOR was not reached, neither was median PFS (16.8-NE)'
_NOR = re.compile(
    r"\bnot\s+(?:yet\s+)?(?:been\s+)?(?:reached|attained|estimable)\b[^.;]{0,60}[,;]\s*(?:and\s+)?(?P<nor>(?:neither|nor)\s+(?:was|were|had|has))\s"
)
_WORD_HINT = re.compile(rf"\b(?:{_WORD}|zero|hundred|another|single|both|reached|nr|estimable)\b")


def _atom(m: re.Match[str], rule: str) -> Atom:
    start, end = m.start(), m.end()
    if rule == "ci":
        level = m["level"] or m["level2"]
        return Atom(
            "ci", start, end, rule, (_bound(m["ci_low"]), _bound(m["ci_high"]), number(level) if level else None)
        )
    if rule == "ci_after":
        return Atom("ci", start, end, rule, (number(m["after_low"]), number(m["after_high"]), 95.0))
    if rule == "range":
        return Atom("range", start, end, rule, (number(m["low"]), number(m["high"])))
    if rule == "hr":
        return Atom("hr", start, end, rule, (number(m["hr"]),))
    if rule == "n_equals":
        if m["n_eq_total"]:
            return Atom("fraction", start, end, rule, (number(m["n_eq"]), number(m["n_eq_total"])))
        return Atom("count", start, end, rule, (number(m["n_eq"]),))
    if rule == "day":
        return Atom("time", start, end, rule, times=(time_text(number(m["day"]), "d"),))
    if rule == "month_no":
        return Atom("time", start, end, rule, times=(time_text(number(m["no"]), unit(m["no_unit"])),))
    if rule == "time_list":
        of = unit(m["tl_unit"])
        return Atom(
            "time", start, end, rule, times=tuple(time_text(number(p), of) for p in re.findall(r"\d+", m["tl"]))
        )
    if rule == "short_time":
        return Atom("time", start, end, rule, times=(time_text(number(m["sh"]), unit(m["sh_unit"])),))
    if rule == "times":
        of = unit(m["ts_unit"])
        times: list[str] = []
        for part in reversed(
            list(re.finditer(rf"(?P<value>{_WORD}|\d+(?:\.\d+)?)(?:[-‐‑–\s]?(?P<unit>{_UNIT})(?![a-z]))?", m["ts"]))
        ):
            of = unit(part["unit"]) if part["unit"] else of  # '6-month and 1-year EFS': each its own
            times.insert(0, time_text(number(part["value"]), of))
        return Atom("time", start, end, rule, times=tuple(times))
    if rule == "for_longer":
        return Atom("time", start, end, rule, times=(time_text(number(m["fl"]), unit(m["fl_unit"])),))
    if rule == "duration":
        value = 0.5 if m["dur"].startswith("half") else number(m["dur"])
        return Atom("duration", start, end, rule, (value,), unit(m["dur_unit"]))
    if rule == "duration_se":
        return Atom("duration", start, end, rule, (number(m["se_dur"]),), unit(m["se_unit"]))
    if rule == "open_duration":
        return Atom("not_reached", start, end, rule)
    if rule == "percent_pair":
        if "-" in m[0] and re.fullmatch(r"\d{1,2}\s?%?-\d\s?%", m[0]) and number(m["pp1"]) > number(m["pp2"]):
            return Atom("percent", start, end, "lancet_percent", (number(f"{m['pp1']}.{m['pp2']}"),))
        return Atom("noise", start, end, rule, (number(m["pp1"]), number(m["pp2"])))
    if rule == "percent_slash":
        return Atom("percent", start, end, rule, (number(m["ps1"]), number(m["ps2"])))
    if rule == "lancet_percent":
        return Atom("percent", start, end, rule, (number(m["lancet"].replace("-", ".")),))
    if rule in ("percent", "percent_se"):
        return Atom("percent", start, end, rule, (number(m["pct"] if rule == "percent" else m["se_pct"]),))
    if rule == "fraction" and (number(m["fn"]) > number(m["fd"]) or m.string[start - 1 : start] == "/"):
        return Atom("noise", start, end, rule)  # '10/4/1', no part of a whole
    if rule == "fraction":
        return Atom("fraction", start, end, rule, (number(m["fn"]), number(m["fd"])))
    if rule == "int_range":
        return Atom("pair", start, end, rule, (number(m["ir1"]), number(m["ir2"])))
    if rule == "pair" and m[0].count("%") == 2 and m["p2"][0].isdigit() and number(m["p1"]) > number(m["p2"]):
        # '(88%, 6%)' falls, as no interval does: two percents.
        return Atom("percent", start + 1, m.end("p2") + 1, "percent_slash", (number(m["p1"]), number(m["p2"])))
    if rule == "pair":
        return Atom("pair", start, end, rule, (number(m["p1"]), _bound(m["p2"])))
    if rule == "decimal":
        return Atom("decimal", start, end, rule, (number(m["dec"]),))
    if rule in ("count", "word_count"):
        return Atom("count", start, end, rule, (number(m["cnt"] if rule == "count" else m["wcnt"]),))
    return Atom("noise", start, end, rule)
