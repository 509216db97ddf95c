"""The words between values and concepts, by which it is decided what belongs to what.

All patterns are for folded text in which concepts, grades and times are blanked by their marks.
"""

from __future__ import annotations

import re

from extract.links import CONCEPT, GRADE, TIME
from extract.quantities import PEOPLE

VERB = (
    r"(?:had|has|have|having|achiev\w+|attain\w+|obtain\w+|reach(?:ed|ing)|experienc\w+|develop\w+|show(?:ed|ing)?|exhibit\w+|suffer\w+|"
    r"(?:was|were|is|are|being|been)(?:\s+(?:still|all|also|subsequently|found\s+to\s+be|considered|classified\s+as|reported\s+(?:as|with|to\s+have)|diagnosed\s+with|in|with|deemed|documented\s+(?:with|to\s+have)|rated|scored|graded(?:\s+as)?|observed\s+to\s+have|given|treated\s+with))*|"
    r"remain\w*(?:\s+in)?|maintain\w+|sustain\w+|enter\w+|present\w+\s+with|met|display\w+|demonstrat\w+|manifest\w+|acquir\w+|became|"
    r"under(?:went|go)|receiv\w+|requir\w+|need\w+|proceed\w+(?:\s+to)?|incurred|contracted|encountered|with|who|that|in|got|gave|went\s+on\s+to|continued\s+in|"
    r"converted\s+to|lost|died\s+(?:of|from|due\s+to|with|because\s+of|in)|succumbed\s+to|discontinued|subsequently|later|eventually|reported|documented|classified\s+as|rated\s+as|due\s+to|(?:related|attributed|attributable)\s+to|complicated\s+by|affected\s+by|diagnosed\s+with)"
)
# Right: words between a value and the concept it counts.
RIGHT_VERB = re.compile(
    rf"^[\])%\s]*(?:of\s+(?:the\s+|all\s+)?[\w-]+(?:\s+[\w-]+)?\)\s*)?(?:,\s*)?(?:(?:of\s+)?(?:the\s+|these\s+|those\s+|them\s*,?\s*|whom\s*,?\s*|which\s*,?\s*|all\s+|our\s+)?(?:[\w'’+/-]+\s+){{0,7}}?)(?:{VERB})\s+(?:[\w'’+/{GRADE}{TIME}-]+\s+){{0,6}}?[\(\[]?$"
)
RIGHT_NEAR = re.compile(
    rf"^[\])%\s]*(?:of\s+(?:the\s+|these\s+|those\s+|all\s+)?|in\s+|with\s+|as\s+)?(?:(?!and\b|or\b|while\b|but\b|versus\b|vs\b|was\b|were\b|after\b|at\b|for\b)[\w'’+/{GRADE}-]+\s+){{0,5}}[\(\[]?$"
)
RIGHT_PREDICATE = re.compile(
    rf"^[\])%\s]*(?:of\s+(?:the\s+|these\s+|those\s+|all\s+|them\s+|whom\s+)?)?(?:[\w'’+/{TIME}-]+\s+){{0,6}}$"
)
PREDICATES = re.compile(
    r"^(?:responded|relapsed|flared|progressed|recurred|died|(?:did|do|had|has)?\s*not respond|failed to respond|survived|were|was|proceed|bridg|consolidat|underwent|went|received|cleared|lost|died|had|completely)"
)
GROUP_NOUN = re.compile(
    r"^(?:[\w/-]+\s+)*?(?:responders?|remitters?|non-?responders?|complete responders?|(?:complete |partial )?(?:remissions|responses)|relapses|recurrences|relapsed|(?:crs?|prs?|cr/cri|cri)\s+(?:patients|cases))"
)
# 'Grade ≥3 adverse events were', 'Severe toxicities included': what follows is a list of that grade.
HEAD = re.compile(
    rf"^\s*(?:[\w-]+\s+){{0,5}}?(?:events?|toxicit\w+|effects?|aes|teaes|{CONCEPT}+)(?:\s+[\w()%.{TIME}-]+){{0,8}}?\s*(?:\bwere\b|\bincluded?\b|\bincluding\b|:|\bwas\b|\bsuch\s+as\b|\(|\bcomprised\b|\bconsisted\s+of\b|,\s*most(?:ly)?\b)"
)
TRAILING = re.compile(
    rf"^[^.;:,(){CONCEPT}{GRADE}]*(?:\bof\s+)?[{CONCEPT}{GRADE}][^.;:,()]*?[(\[]\s*$|^[^.;:,(){CONCEPT}{GRADE}]*[{CONCEPT}{GRADE}]+\s*,\s*$"
)
FIGURES = re.compile(
    r"\b(?:figures?|rates|numbers|values|proportions|percentages|incidences)\s+(?:for|of|with|were)\s+(?:the\s+)?$|\bfor\s+$|\bsame\s+(?:was\s+)?(?:true\s+)?for\s+$"
)
# 'at 3 months, they were 60% and 43%', 'in NHL it was 47%'
AGAIN = re.compile(
    r"\b(?:they|these|it|(?:the\s+|these\s+)?(?:corresponding|respective|same|these)\s+(?:rates?|figures?|values?|numbers?|proportions?|percentages?)(?:\s+(?:in|for|at|with|among)\s+[\w\s+-]{1,40}?(?:\s*\(n\s?=\s?\d+\))?)?)\s+(?:was|were|had\s+been|reached|rose\s+to|fell\s+to|increased\s+to|decreased\s+to|declined\s+to|dropped\s+to|improved\s+to)\s+(?:only\s+|just\s+)?$"
)
# '… whereas 5 of 6 non-transplanted patients did'
DID = re.compile(r"[\])%\s]*(?:(?!and\b|or\b|but\b)[\w'’+/-]+\s+){0,6}did(?:\s+so)?\s*(?:$|[.,;)])")
ASSESSED = re.compile(
    r"\b(?:assess(?:ed|able|ment)|evaluated|measured|analy[sz]ed|determined|available|tested|data)\b[^.;,]{0,30}$|\b(?:among|across)\s+(?:the\s+|all\s+|our\s+|these\s+)*$"
)
CHANGE = re.compile(
    r"[\])%\s]*(?:\([^()]{0,60}\)\s*)?(?:absolute\s+|relative\s+)?(?:reduction|decrease|decline|drop|lower|higher|greater|gain|benefit|improvement|difference|more\s+likely|less\s+likely)\b"
)
FOR_SOME = re.compile(rf"^[\])%\s]*(?:for|in|among)\s+(?:all|those|everyone|{PEOPLE})\b")
# 'CD19-negative in 6 and unknown in 1', '(one not typed)': a number of those of whom it is not known.
UNTOLD = re.compile(
    r"\s*(?:(?:was|were)\s+)?(?:of\s+)?(?:unknown|unclassified|undetermined|indeterminate|missing|not\s+(?:typed|tested|assessed|assessable|available|evaluable|known|determined)|too\s+early)\b"
)
UNTOLD_IN = re.compile(
    r"\b(?:unknown|unclassified|undetermined|indeterminate|missing|not\s+(?:typed|tested|assessed|available|evaluable|known|determined))\s+in\s+(?:the\s+(?:other|remaining)\s+)?$"
)
REMISSIONS = frozenset({"CR", "CRi", "CR/CRi", "MRD- CR", "MRD-"})
# '…, and 26 were given immunoglobulin': a new statement begins with this value.
OTHER_PREDICATE = re.compile(
    rf"^[\])%\s]*(?:of\s+(?:them|these|whom)\s*)?(?:,\s*respectively\s*,\s*)?(?:(?:{PEOPLE})\s+)?(?:were|was|had|received|underwent|required|did|have|needed|started|switched|completed|discontinued|proceeded|went|receiving|undergoing)\s+(?![^.;,]{{0,24}}[{GRADE}{CONCEPT}])"
)
# 'patients in sustained remission'
LASTING_STATE = r"(?:(?:sustained|continuous|continued|ongoing|durable|long-term|stable|prolonged|first|second)\s+)?"
IN_STATE = re.compile(rf"\b(?:{PEOPLE})\s+(?:who\s+were\s+)?in\s+(?:an?\s+)?{LASTING_STATE}$")
# Between an event and the 'adverse events' of which it is one: 'was the most common', 'were among the most frequent'.
MOST_COMMON_OF = re.compile(
    rf"^\s*(?:\([^()]*\)\s*)?(?:was|were|is|are|remained|being|represented|constituted)\s+(?:by\s+far\s+|also\s+|among\s+)*(?:the\s+)?(?:second\s+|third\s+)?(?:most|only|main|predominant|commonest|leading|major|principal)\s+(?:[\w≥>-]+\s+|{GRADE}+\s+){{0,5}}$"
)
LIST_JOINT = re.compile(r",\s*(?:and|or)\b|,|\b(?:and|or)\b")
# 'one had no CRS', 'three were without ICANS', 'all patients but one developed CRS'
HAD_NONE = re.compile(
    rf"^[\])%\s]*(?:(?:{PEOPLE})\s+)?(?:(?:had|have|developed|experienced|showed|did|were|was|with)\s+(?:no|not|never|without)|without)\b"
)
MOST_COMMON = re.compile(r"^[^()]*\)\s*(?:was|were)\s+(?:among\s+)?the\s+(?:[\w-]+\s+)*$")
ABSENT_IN = re.compile(r"\b(?:absent|not\s+(?:observed|seen|detected|present)|did\s+not\s+occur)\s+in\s+(?:only\s+)?$")
# '22 serious adverse events were recorded in 14 patients': events first, then who had them.
COUNTED_BY_EVENT = frozenset({"AE", "SAE", "infection", "secondary malignancy"})
EVENTS_IN = re.compile(
    rf"\s*(?:\w+\s+)?(?:(?:were|was)\s+(?:observed|recorded|reported|noted|seen|documented|identified|diagnosed)|occurred|arose|developed)?\s*(?:in|among|by)\s+(?:only\s+|a\s+total\s+of\s+)?(?:\d+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)\s+(?:\([^()]*\)\s*)?(?:of\s+(?:the\s+)?\d+\s+)?(?:{PEOPLE})\b"
)
# '(n = 5' counts what stands right before it: 'CRS (n = 5)', 'grade 1 in most (n = 17)'.
EQUALS = re.compile(
    rf"[{GRADE}{CONCEPT}]\s*(?:in\s+(?:most|some|others?|the\s+(?:majority|others?|rest|remainder))\s*)?[,(:]?\s*$"
)
# 'Grade 3-4 events were more frequent in leukemia (11 of 21) than in lymphoma (15 of 97)': of the event before.
GRADED_SUBJECT = re.compile(rf"^\s*(?:the\s+)?{GRADE}+\s+(?:events?|cases?|episodes?|forms?)\b[^;:]{{0,140}}$")
# 'CRS was less frequent with prophylactic tocilizumab (20% vs 45%)': the treatment only names the group.
UNDER_TREATMENT = re.compile(
    rf"{CONCEPT}[^.;()]{{0,40}}\b(?:frequent|common|lower|higher|rarer|less|more|reduced|similar)\b[^.;(){CONCEPT}]{{0,24}}\b(?:with|after|under|without)\s+(?:[\w-]+\s+)?$"
)
ALL_BUT = re.compile(r"\b(?:all|every)\b[^.;,]{0,30}\b(?:but|except(?:\s+for)?)\s+(?:for\s+)?$")
# 'One DLT (grade 3 anorexia)', 'a dose-limiting toxicity of grade 4 ICANS': what was limiting follows.
LIMITING = re.compile(
    rf"^[^.;()]{{0,60}}?(?:[(:]\s*(?:an?\s+|one\s+)?|,\s*(?:an?\s+|one\s+)?(?={GRADE})|,\s*(?:an?\s+|one\s+)(?=(?:[\w-]+\s+){{0,2}}{CONCEPT})|\bof\s+(?={GRADE}))"
)
SELECTED = re.compile(
    r"\b(?:included?|identified|enrolled|analy[sz]ed|studied|reviewed|evaluated|cohort\s+of|selected|compared|recruited|from)\s+(?:a\s+total\s+of\s+)?$"
    r"|\b(?:studied|investigated|evaluated|analy[sz]ed|assessed|examined|explored|describe|report|measured|profiled|sequenced|compared)\b[^.;,]{0,80}\b(?:in|of|from|for|among)\s+$"
    r"|\bwe\s+(?:[a-z]+\s+)?(?:studied|investigated|evaluated|analy[sz]ed|assessed|examined|explored|described?|report(?:ed)?|measured|profiled|reviewed)\b[^.;()]{0,140}\b(?:in|of|from|for|among|on)\s+(?:the\s+|those\s+)?$"
    r"|\b(?:obtained|performed|available|done|carried\s+out|undertaken|collected|taken|recorded\s+by\s+\w+)\s+(?:in|from|for|on)\s+(?:(?:\d+\s+of\s+)?(?:the\s+)?|a\s+total\s+of\s+)$"
    r"|\b(?:mri|eeg|imaging|pet|biops(?:y|ies)|lumbar\s+punctures?|sequencing|echocardiogra\w+)\s+(?:was|were)\s+\w+\s+in\s+$"
)
# '(ICI-exposed, 11.7%; ICI-naive, 2.8%)', '(RI, 80% vs no RI, 76%)': values with labels before them.
LABELLED = re.compile(
    r"^\s*(?:,|;|vs\.?|versus|and|compared\s+with)\s*(?:[\w+≥>≤<'’/.-]+\s+){0,5}[\w+≥>≤<'’/.-]+\s*[,:=]?\s*$"
)
# 'ORR was 65% (axi-cel 74%, tisa-cel 53%)': the same of each group.
BY_GROUP = re.compile(
    r"^[%\s]*[(\[]\s*(?:(?:in|for|with)\s+)?(?:(?:the\s+)?[\w/+-]+\s+(?:group|arm|cohort)|[\w-]*-cel|\w+leucel|controls?|d?lbcl|t?fl|mcl|mzl|b?-?all|nhl|cll|children|adults|(?:high|low)-risk)\s*[,:=]?\s*$"
)
# Events that the next sentence goes on about: 'Grade 3-4 events were seen in 4'.
LASTING = frozenset({"CRS", "neurotoxicity", "GVHD", "infection", "cytopenia", "neutropenia", "HLH/MAS", "DLT"})
RESTATES = re.compile(
    r"\b(?:account(?:ed|s|ing)\s+for|correspond(?:ed|s|ing)\s+to|represent(?:ed|s|ing)|equivalent\s+to|amount(?:ed|s|ing)\s+to|equal(?:l?ed|s|l?ing)(?:\s+to)?)\s+(?:only\s+|about\s+)?$"
)
DESCRIBES = re.compile(
    r"\bwe\s+(?:\w+ly\s+)?(?:counted|followed|monitored|recorded|registered|collected|determined|measured|searched|quantified|tracked|surveyed|looked\s+(?:at|for)|examine|describe|study|present)\b|\b(?:analy[sz]ed|examined|evaluated|evaluating|investigated|assessed|characteri[sz]ed|described?|report|compared|explored|studied|reviewed|followed|counted|tracked|monitored|evaluates?|patterns|outcomes)\b"
)
# 'those with CR', 'patients achieving MRD negativity': who is spoken of.
DESCRIBED = re.compile(
    r"\b(?:those|patients|children|participants|subjects|recipients|individuals|responders)\s+(?:with(?:out)?|who\s+(?:had|developed|experienced|achieved|attained)|developing|achieving|attaining|experiencing)\s+(?:[\w-]+\s+){0,3}$"
)
# '(32 patients with ICANS and 22) matched controls': people of their own.
OTHERS = re.compile(
    rf"\s*(?:[\w-]+\s+){{0,2}}?(?:controls|healthy|{PEOPLE})\b(?!\s+(?:of|had|developed|experienced)\b)"
)
# '(patients with CRS) had more prior infections (38%': a predicate of its own before the value.
TOLD_OF = re.compile(
    rf"^\s*(?:[{GRADE}{TIME}]+\s+)?(?:had|were|was|showed|displayed|exhibited|received|required|underwent|experienced|tended)\s+(?![{GRADE}{CONCEPT}])[^;]{{4,}}"
)
# 'Of the 36 children …', 'Among 11 patients …': what follows is told of them.
TOPIC = re.compile(
    r"(?:^|[,;:.]\s*|\band\s+|\bthat\s+)(?:of|among|amongst|for|from|out\s+of)\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+)*$"
)
# '… in patients with CR', 'for those without ICANS': the concept tells whose figure it is.
OF_GROUP = re.compile(
    rf"\b(?:in|for|among|between)\s+(?:the\s+|all\s+)?(?:[a-z-]+\s+)?(?:{PEOPLE}|those)\s+(?:with(?:out)?|who\s+(?:had|developed|experienced|achieved|attained)|developing|experiencing|achieving|attaining)\s+(?:[\w-]+\s+){{0,2}}$"
)
# 'for CR and non-CR patients': both only say who.
DESCRIBED_PAIR = re.compile(
    rf"\b(?:in|for|of|among|between)\s+(?:the\s+)?(?:[\w{CONCEPT}-]+\s*(?:and|or|vs\.?|versus|/)\s*(?:non-?|no\s+)?)?$"
)
AND_PEOPLE = re.compile(
    rf"^-?\s*(?:(?:and|or|vs\.?|versus)\s+(?:non-?|no\s+|without\s+)?[\w{CONCEPT}-]+\s+)?(?:{PEOPLE}|groups|cohorts)\b"
)
RATE_IN = re.compile(rf"{CONCEPT}\s*(?:rates?\s+)?(?:in|of|among|for)\s+(?:the\s+|these\s+|all\s+|those\s+|our\s+)*$")
MOST = re.compile(
    rf"(?:events?|toxicit\w+|{CONCEPT})[^;]{{0,160}},\s*(?:the\s+)?(?:most\s+(?:commonly|frequently|notably|common\s+being|frequent\s+being)|mainly|predominantly|primarily|namely)\s+(?:[\w-]+\s+){{0,2}}$"
)
# The same where the grade stands behind the events: 'AEs of grade ≥3 were reported in 83 (95%), most commonly'.
MOST_BEHIND = re.compile(
    r"^[^;]{0,160},\s*(?:with\s+)?(?:the\s+)?(?:most\s+(?:commonly|frequently|notably|common(?:\s+(?:events?|ones))?(?:\s+being|:)|frequent(?:\s+(?:events?|ones))?(?:\s+being|:))|mainly|predominantly|primarily|namely)\s+(?P<rest>[^;]*)$"
)
EVENTS_OF = re.compile(
    rf"(?:events?|toxicit\w+|effects?|{CONCEPT})\s*(?:\([^()]*\)\s*)?(?:,\s*)?(?:(?:that|which|were|of|with|at|being)\s+)*$"
)
# Left: words between a concept and the value it introduces.
LEFT_WORD = (
    r"(?:rates?|probabilit(?:y|ies)|estimates?|incidences?|frequenc(?:y|ies)|proportions?|events?|cases?|toxicit(?:y|ies)|status|levels?|was|were|is|are|be|been|being|of|in|at|by|for|to|the|an?|and|as|with|from|on|among|only|just|all|overall|both|"
    r"occur(?:red|ring|s)?|observed|seen|noted|reported|recorded|achieved|documented|developed|detected|found|reached|attained|obtained|confirmed|present|diagnosed|experienced|given|used|required|needed|administered|estimated|"
    r"affect(?:ed|ing)|remained|appeared|arose|emerged|happened|took\s+place|ranged|comprised|included|amounted|approximately|about|nearly|almost|around|some|estimated|respectively|median|medians|mean|"
    r"however|patients?|had|have|has|did|not|then|also|still|higher|lower|decreased|increased|rose|fell|dropped|improved|longer|shorter|greater|more|less|frequent|common|similar|comparable|significantly|similarly|n|i\.e|exclusively|mostly|mainly|severe|transient|reversible|manageable|low|high|maximum|worst|peak|highest|any|grade|best|performed|carried|out|calculated|determined|identified|registered|necessary|treatment|therapy|infusion|post|after|following|within|during|day|days|months?|weeks?|years?|first|available|evaluable|assessable|infused|treated|enrolled|between|groups?|arms?|cohorts?|subgroups?|differ(?:ed)?|did|no|difference|remarkably|lasting|sustained|ongoing|maintained|received|underwent|undergone|achieving|reaching|experiencing|developing|showed|showing|shown|who|these|those|this|that|which|respective|corresponding|rate|v|resolved|yielded|gained|seen|came|stood|stands|as\s+low\s+as|as\s+high\s+as|exceeded|equalled|equaled|totalled)"
)
LEFT_DIRECT = re.compile(rf"^(?>[\s,:=\[\](){GRADE}{TIME}~≈-]|(?<![a-z]){LEFT_WORD}(?![a-z]))*+$")
BARRIER = re.compile(r";|\bwhile\b|\bwhereas\b|\balthough\b|\bbut\b|\bthough\b|\bwhereby\b")
# 'PFS (primary end point; 13.3 vs 4.4 months)': what stands before the semicolon is an aside.
IN_BRACKET = re.compile(rf"^\s*[\[(;](?:[^()\[\]\d;{CONCEPT}]{{0,40}};){{1,2}}\s*(?:median\s*,?\s*)?$")
# '… 92% had CRS; it was grade ≥3 in 15%', 'CRS was common (76%) but seldom severe (4%)': still the same event.
GOES_ON = re.compile(
    rf"^[\])%\s]*[,;]?\s*(?:but\s+|although\s+|though\s+|and\s+)?(?:it\s+|this\s+|they\s+|these\s+)?(?:was\s+|were\s+|had\s+)?(?:(?:of|only|seldom|rarely|infrequently|uncommonly|occasionally)\s+)*{GRADE}+\s*(?:in|\(|occurred\s+in)\s*(?:only\s+|just\s+)?$"
)
# '64% of CRs were ongoing'
ONGOING = re.compile(
    rf"^\s*(?:{PEOPLE}\s+)?(?:were|was|are|is|remain\w*|stayed)\s+(?:still\s+)?(?:ongoing|maintained|durable|sustained|in\s+(?:response|remission)|on\s+response)\b"
)
# 'converted from PR to CR', 'patients in PR converting to CR', 'with PR later achieved CR': the later one is told.
CONVERTED = re.compile(
    rf"^\s*(?:(?:at|by|on)\s+{TIME}+\s+)?(?:{PEOPLE}\s+)?(?:to|into|(?:(?:who|which|that|and|then|later|subsequently|eventually|ultimately|further|had|have|has|was|were)\s+)*(?:convert\w*|deepen\w*|improv\w+|upgrad\w+|evolv\w+|progress\w+|turn\w*|went\s+on|(?:subsequently|later|eventually|ultimately|then)\s+(?:achiev\w+|attain\w+|reach\w+|had|enter\w+|develop\w+))(?:\s+(?:in)?to)?)\s+(?:an?\s+|the\s+)?(?=[{CONCEPT}])"
)
LIST = re.compile(
    r"^\s*(?:rates?|events?|cases?|syndromes?|status)?\s*(?:\([^()\d]{1,24}\)\s*)?(?:,|/|&|and|or|nor|plus|as\s+well\s+as|and/or|,\s*and|,\s*or|,\s*as\s+well\s+as|along\s+with|together\s+with|followed\s+by|\+)\s*(?:(?:any|all|the|a|an|of|for|in|both|other|grade|severe|median|rate\s+of|rates\s+of|"
    + GRADE
    + "+|"
    + TIME
    + r"+)\s*)*$"
)
VERSUS = re.compile(r"\b(?:vs|versus|v|compared\s+(?:with|to)|to|than|against|as\s+opposed\s+to)\b")
VALUE_GAP = re.compile(
    rf"^(?:\s+(?:in|for|with)\s+[\w+-]+(?=\)))?[\])%\s]*(?:of\s+(?:the\s+|all\s+)?)?(?:(?:[\w+-]+\s+){{0,2}}?{PEOPLE}\s*)?(?:(?:in|for|with|after|among|on|at|of|from|without|receiving|(?:treated|infused|dosed)\s+(?:with|at|in|on))\s+(?:the\s+)?(?:[\w+≥>≤<%'’/.-]+\s+){{0,6}}?[\w+≥>≤<%'’/.-]+)?(?:\s*\([^()]{{0,40}}\))?\s*[\])]*\s*"
    rf"(?:,|;|and|vs\.?|versus|v\.?|to|compared\s+(?:with|to)|or|/|than|against|as\s+opposed\s+to|,\s*and|;\s*and|,\s*versus|,\s*against|,\s*vs\.?|;\s*vs\.?|,\s*(?:as\s+)?compared\s+(?:with|to)|respectively\s*,?\s*and)\s*(?:(?:in|of|by|only|just|an?|for|no|the|among|with|increased\s+to|decreased\s+to|[\w+-]+\s+group|[\w+-]+\s+arm)\s+)*[\(\[]?$"
)
CARRY = re.compile(
    rf"^[\])%\s]*(?:(?:of|in|for|with|after|among)\s+(?:[\w+/-]+\s+){{0,5}}[\w+/-]+(?=\s*,))?(?:(?:of\s+(?:the\s+|all\s+)?(?:treated\s+|infused\s+)?)?(?:{PEOPLE})|of\s+them|of\s+whom|of\s+these|of\s+which|events?|cases?)?\s*[,;:]?\s*[\(\[]?\s*(?:(?:and(?:\s+by)?|with|including|being|which|of\s+which|of\s+whom|among\s+(?:them|these|whom)|of\s+(?:these|them)|all|only|was|were|of|in|by|the|i\.e\.|had|but|reaching|most|mostly|worst|maximum|peak|highest|an?(?![a-z])|while|whereas|events?|cases?|patients?|majority|at|for|limited\s+to|confined\s+to|just|though|higher|grades?|mainly|or|it|these|them|this|reached|estimates?|rates?|probabilit\w+|corresponding|overall|still|then|later|also|they|respectively|those|that|declin\w+|decreas\w+|increas\w+|rose|fell|dropped|improv\w+|to)(?![a-z])|(?:by|on|within|after)\s+(?:the\s+)?(?={TIME})|[\s,:;&(\[{GRADE}{TIME}-])*+$"
)
# '…, and was lower in transplanted patients (20% vs 54%)': the same endpoint, compared.
COMPARED = re.compile(
    rf"^[\])%\s]*(?:(?:at|by|after|within)\s+{TIME}+\s*)?,?\s*(?:(?:and|but|which|that|with)\s+)?(?:(?:it|this|they)\s+)?(?:(?:was|were|being)\s+)?(?:also\s+|\w+ly\s+){{0,2}}(?:lower|higher|better|worse|superior|inferior|greater|more\s+frequent|less\s+frequent|similar|comparable|different|reduced|increased|improved)\s+(?:in|for|with|among|after|between|if|when|where)\s+[^.;()]{{1,80}}[(\[]\s*$"
)
# '(45%), followed by ADCs (30%)', '(90%) compared to tisa-cel (70%)': the same for another group.
NEXT_GROUP = re.compile(
    r"^[\])%\s]*(?:(?:in|for|with|after|among|of)\s+(?:[\w+-]+\s+){0,5}[\w+-]+)?\s*,?\s*(?:followed\s+by|compared\s+(?:to|with)|as\s+compared\s+(?:to|with)|versus|vs\.?|against|than|and|or)\s+(?:(?:that\s+)?(?:in|with|for|of)\s+)?(?:the\s+)?(?:(?!was\b|were\b|had\b|who\b|received\b)[\w+-]+\s+){1,6}[(\[]\s*$"
)
NEGATED_LIST = re.compile(
    rf"\b(?:no|without|neither)\s+(?:any\s+|{GRADE}+\s+|[\w-]+\s+){{0,2}}{CONCEPT}+(?:[{CONCEPT}{GRADE}\s,]|\b(?:or|nor|and|other|any|severe|serious)\b)*$"
)
# '52% (FL: 53%, MZL: 47%)': the same by group.
BRACKETED_GROUP = re.compile(
    r"^[\])%\s]*[\[(]\s*(?!grade|any\b|n\b|all\b|range|iqr|p\b|hr\b|median|95)(?:[\w+≥≤<>'’/-]+\s+){0,4}[\w+≥≤<>'’/-]+\s*[,:=]\s*$"
)
# '(41%) and low cell counts (20%)': no group by its words.
UNKNOWN_NEXT = re.compile(
    rf"^[\])%\s]*,?\s*(?:and|or)\s+(?!in\b|for\b|with\b|(?:[\w+-]+\s+){{0,3}}(?:[\w-]*cel|[\w-]*leucel|{PEOPLE}|groups?|arms?|cohorts?|therapy|chemotherapy|transplantation)\s*[(\[])"
)
# '… was 6.4% in cohorts, in trials 4.8%', 'but in CD19-naive patients 74%': the same for another group.
IN_GROUP = re.compile(
    r"^[\])%\s]*(?:[,;]\s*)?(?:and\s+|while\s+|but\s+)?(?:that|those)\s+(?:of|in|for|with|given|on)\s+[^.;()\ue000-\uf8ff]{1,60}?\s+(?:(?:was|were)\s+)?$|"
    r"^[\])%\s]*(?:as\s+regards|regarding|in\s+terms\s+of|as\s+to)\s+(?:[\w-]+\s+){0,4}[\w-]+,?\s+(?:and|but)\s+(?:only\s+)?(?:in\s+)?$|"
    r"^[\])%\s]*(?:(?:in|for|with|after|among|of)\s+(?:[\w+-]+\s+){0,5}[\w+-]+)?[,;]\s*(?:and\s+|but\s+)?(?:in|for|with|among|after)\s+(?:the\s+)?(?:[\w+-]+,?\s+){1,5}(?:(?:it|this|they|the\s+rate)\s+(?:was|were|reached)\s+)?$"
)
# 'Hypogammaglobulinemia required immunoglobulin in 40%': the figure is of what was done.
HANDLED = re.compile(
    r"^\s*(?:events?\s+|cases?\s+)?(?:(?:was|were|had|and|that|which)\s+)*(?:requir\w+|need\w+|necessitat\w+|prompt\w+|managed|treated|resolv\w+|revers\w+|recover\w+)\s+(?!in\b)(?:[\w-]+\s+){1,6}in\s+(?:only\s+)?$"
)
# '10% (12 of 116), with recovery in 9'
OVERCOME = re.compile(
    r"\b(?:with|and|including|but)\s+(?:[\w-]+\s+){0,2}(?:recovery|resolution|improvement|sequelae|normali[sz]ation|reversal|admission|hospitali[sz]ation)\s+(?:\w+\s+)?in\s*$"
)
# 'Infections were bacterial in 14, viral in 9 and fungal in 2': still of infection.
INFECTION_KINDS = re.compile(
    rf"^[\])%\s]*(?:(?:{PEOPLE})\s*)?(?:,|;|:|and|,\s*and|\(|including|mostly|mainly)\s*(?:and\s+)?(?:bacterial|viral|fungal|parasitic|mixed|polymicrobial|unknown|culture-negative|respiratory|bloodstream|opportunistic)(?:\s+(?:infections?|ones|origin))?\s*(?:in\s+|\(\s*|:\s*|,\s*)?$"
)
# Between two figures of one endpoint: '68% in naive patients but only 36% in …', '62% with CR, 20% with …'. The
# groups may be named by concepts.
_GROUP = rf"(?:(?!(?:was|were|had|has|have|is|are|developed|experienced|achieved|died|occurred|underwent|required)\b)[\w+≥≤<>'’/.{CONCEPT}{TIME}-]+\s*(?:\([^()]{{0,40}}\)\s*)?)"
OTHER_GROUP = re.compile(
    rf"^[\])%\s]*;\s*(?:and\s+)?(?:with|without|otherwise|in\s+(?:the\s+)?(?:others?|rest)|if\s+not)\s*(?:[\w-]+\s+){{0,3}}?[\w-]*,\s*$|"
    rf"^[\])%\s]*(?:\([^()]{{0,60}}\)\s*)?(?:(?:in|for|with|among|of|after|without|from|at)\s+{_GROUP}{{1,12}}|overall\s*|alone\s*)?"
    rf"[,;(]?\s*(?:and|but|vs\.?|versus|than|compared\s+(?:with|to)|as\s+compared\s+(?:with|to)|as\s+opposed\s+to|(?:similar|comparable|superior|inferior)\s+to|against|while|whereas|relative\s+to|,)\s*"
    rf"(?:only\s+|just\s+|it\s+was\s+|that\s+|those\s+)*(?:(?:in|for|with|among|after|without|of|from)\s+{_GROUP}{{1,12}})?[\[(]?\s*(?:was\s+|only\s+|it\s+was\s+|:\s*)*$"
)
# What follows a figure that is of another group: who it is, or nothing.
FOR_GROUP = re.compile(
    rf"^[\])%\s]*(?:[\[(][^()\[\]]{{0,60}}[\])]\s*)?(?:(?:in|for|with|among|after|without|from)\s+(?!{GRADE})|respectively|[.,;)]|and\b|vs|versus|$)"
)
# '89% for OS': the endpoint of the figure itself follows.
FOR_NAMED = re.compile(r"^[\])%\s]*(?:for\s+(?:the\s+)?(?:median\s+)?)?$")
# 'PFS by disease: LBCL 42%, FL 78%': each figure behind its label.
FIRST_LABEL = re.compile(r":\s*(?:[\w/+-]+\s+){1,2}$|\d\s?%?\s*,\s*(?:and\s+)?(?:[\w/+-]+\s+){1,2}$")
NEXT_LABEL = re.compile(r"^[%\s]*,\s*(?:and\s+)?(?!and\b|with\b|in\b)(?:[a-z][\w/+-]*\s+){1,2}$")
OVER_TIME = {"duration", "not_reached"}
# 'SD (1) or PD (3)': behind the first of two endpoints, each with its count.
COUNTED_EACH = re.compile(
    rf"\s*\(\s*(?:n\s?=\s?)?\d+\s*\)\s*(?:,|or|and|,\s*and|,\s*or)\s*{CONCEPT}+\s*\(\s*(?:n\s?=\s?)?\d"
)
# '…, nor was median OS': the number of a value not reached, told of what follows.
NOR = re.compile(r"(?:neither|nor)\s+(?:was|were|had|has)\b")
SHARE_OF_THOSE = re.compile(
    rf"\s*(?:[\w-]+\s+){{0,2}}?(?:{PEOPLE})\s+(?:who\s+(?:had|achieved|attained|reached|obtained)|with|in|achieving)\s+(?:an?\s+)?$"
)
# 'expansion was associated with responses, and persisted in 17%': the object of a sentence is not told of further on.
OBJECT = re.compile(r"\b(?:associated|correlated)\s+with\s+(?:[\w-]+\s+){0,2}$")
# 'MRD was undetectable', 'MRD became negative': a whole statement, whose patients stand before it.
SAID_OF = re.compile(r"\s(?:was|were|became|turned)\s")
MADE_UP = re.compile(r"\s*(?:accounted\s+for|made\s+up|constituted|comprised|represented)\s+(?:only\s+|about\s+)?$")
EITHER = re.compile(rf"{CONCEPT}+\s+or\s+{CONCEPT}+")
