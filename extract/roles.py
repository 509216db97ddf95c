"""Wordings that tell whose number a count is: the rule tables of `extract.cohorts`.

Patterns are for folded text whose brackets are blanked, so that '23 (median age, 31 years) received' reads
'23 … received'. They are read top down; every row is (role, rule id, pattern).
"""

from __future__ import annotations

import re

Row = tuple[str, str, str]

PEOPLE = (
    r"(?:(?:in|out)?patients?|pts?|children|child|infants?|adults?|adolescents?|participants?|subjects?|individuals?"
    r"|recipients?|"
    r"cases?|people|persons?|volunteers?|veterans?|controls?|candidates?|referrals?|non-?responders?|responders?|"
    r"survivors?|youths?|teenagers?|men|women|males?|females?|boys?|girls?|man|woman)"
)
SEX = re.compile(r"(?:men|women|males?|females?|boys?|girls?|man|woman)\b")

# What is counted but is not people.
THINGS = (
    r"(?:cent(?:er|re)s?|hospitals?|sites?|institutions?|countries|stud(?:y|ies)|trials?|rcts?|cohorts?"
    r"|arms?|groups?|"
    r"samples?|specimens?|products?|batches|infusions?|doses?|cycles?|lines?|courses?|regimens?|therap(?:y|ies)|"
    r"treatments?|months?|weeks?|days?|years?|hours?|events?|episodes?|deaths?|infections?|relapses|responses?|"
    r"cells?|genes?|mutations?|mice|donors?|records?|reports?|articles?|publications?|databases?|points?|factors?|"
    r"variables?|parameters?|antigens?|targets?|categories|models?|levels?|times?|fold|million|billion|percent|"
    r"procedures|transplants|transplantations|admissions|hospitali[sz]ations|visits|claims|scans?|images|biopsies|assays|lesions"
    r"|questionnaires?|surveys|interviews|citations|abstracts|guidelines|clones|proteins|cytokines|reactions|"
    r"caregivers?|physicians?|clinicians?|respondents?|experts?|items?|domains?|of\s+10|x\s+10|×)"
)

CAR = (
    r"(?:\b(?:u|h)?car\b|\b(?:u|h)?car[\s-]?t|\b[a-z]{1,4}\d{1,3}[a-z]?-?car-?ts?\b|\w*cart\d*\b|chimeric|-cel\b|leucel\b|anti-?\s?cd|\bcd\s?\d+|\bbcma|"
    r"\bgprc5d|\bgpc3|\binfusions?\b|\bcells?\b|\bstudy\s+treatment|\ballocated\s+(?:treatment|procedure)|"
    r"\b(?:kte|ctl|jcar|jwcar|bb|lcar|cyad|cnct|pbcar|ucart|allo|auto|ct|gc|tt)-?[a-z]{0,2}\d{2,5}[a-z]?\b|\b(?!abt|mk-?\d|gs-?\d|rg\d|bgb|ly\d)[a-z]{2,5}-?\d{3,6}[a-z]?\b|"
    r"\bconstructs?\b|\bdoses?\s+of\s+(?!(?:[\w-]+\s+)?(?:vaccin|tociliz|steroid|cortico|dexameth|anakinra|chemo))|\bcommercial\s+product|\d\s?(?:×|x)\s?10|\bthe\s+product\b)"
)
PRODUCT = re.compile(r"[a-z]-cel\b|leucel\b")
OTHER_THERAPY = (
    r"(?:bridg|tocilizumab|toci\b|steroid|cortico|dexameth|methylpred|prior\b|previous|earlier\b|second\b(?!-line)"
    r"|third\b(?!-line)|another|"
    r"boost|stem[\s-]cell|cd34|allo|auto-?(?:sct|hsct|hct)|autologous\s+(?:stem|ha?ematop|transpl|hsct|hct|sct)|hsct|"
    r"\bhct|asct|\bsct|haplo|transplant|consolidat|salvage|radio|irradiat|blinatumomab|inotuzumab|chemo"
    r"|immunoglobulin|"
    r"ivig|g-?csf|gm-csf|filgrastim|eltrombopag|romiplostim|thrombopoietin|anakinra|ruxolitinib"
    r"|siltuximab|antibiotic|"
    r"antifungal|antiviral|prophyla|maintenance|systemic\s+therap|local\s+therap|further|subsequent|additional|no\b|"
    r"only\s+(?:one|supportive)|lenalidomide|rituximab|bendamustine|daratumumab|glofitamab|epcoritamab|mosunetuzumab|"
    r"polatuzumab|pirtobrutinib|ibrutinib|btki?\b|bispecific|checkpoint|\bici\b|nivolumab|pembrolizumab|growth|"
    r"transfusion|platelet|venetoclax|tki\b|oos\b|out[\s-]of[\s-]spec|multiple\s+lines|placebo|their\b|blood|"
    r"antibod|supportive|palliat|vaccin|levetiracetam|defibrotide|dialysis|conventional|standard\s+(?:therap|treat))"
)
_NOT_OTHER = rf"(?!(?:(?!(?:after|following)\b)[\w'’/+.-]+\s+){{0,2}}?{OTHER_THERAPY})"
OBJECT = rf"{_NOT_OTHER}[^;:]{{0,70}}?{CAR}"

DISEASE = (
    r"(?:lymphomas?|leuka?emias?|myelomas?|\bd?lbcl\b|\b[bt]-?\s?all\b|\ball\b|\bmcl\b|\bt?fl\b|\bmzl\b"
    r"|\b[bt]?-?nhl\b|"
    r"\b(?:rr)?mm\b|\bcll\b|\baml\b|\bpcnsl\b|\bcnsl\b|\bpmbcl\b|\brt\b|neoplasms?|malignanc(?:y|ies)"
    r"|tumou?rs?|cancers?|"
    r"carcinomas?|gliomas?|glioblastomas?|neuroblastomas?|sarcomas?|mesotheliomas?|lupus|\bsle\b|myositis|sclerosis|"
    r"gravis|\bnmosd\b)"
)

# Words inside the count's own noun phrase: '30 evaluable patients', '1,246 registered recipients'.
ADJECTIVES: tuple[Row, ...] = (
    ("evaluable", "adjective-evaluable", r"\b(?:\w+-)?(?:evaluable|assessable)\b"),
    ("enrolled", "adjective-enrolled",
        r"\b(?:enrolled|included|recruited|registered|randomi[sz]ed|approved|accepted)\b"),
    ("screened", "adjective-screened", r"\b(?:screened|referred|leuka?pheresed|apheresed)\b"),
    ("treated", "adjective-treated",
        r"\b(?:infused|treated|dosed)\b|\b(?:car|cel|car-?t|t-cell)\b[\w\s-]{0,20}\brecipients\b"),
    ("evaluable", "adjective-analysed", r"\b(?:analy[sz]ed|analy[sz]able|assessed|evaluated)\b"),
)  # fmt: skip

_BE = r"(?:(?:were|was|been|being|are)\s+)?"
# Predicates and modifiers after the noun phrase, searched in the words up to the next count.
AFTER: tuple[Row, ...] = (
    ("evaluable", "evaluable-after",
        r"\b(?:response-|efficacy-|safety-)?(?:evaluable|assessable)\b|\b(?:could|can)\s+be\s+(?:assessed"
        r"|evaluated)|\beligible\s+for\s+(?:the\s+|this\s+)?(?:[\w-]+\s+){0,3}?analys[ie]s\b"),
    ("screened", "screened-after",
        rf"\b{_BE}(?:screened|harvested|approached)\b|\b{_BE}assessed\s+for\s+(?:eligibility|inclusion)|\b(?:leuk?[ao]?|lympho?)?pheresed\b"
        rf"|\b(?:leuk[ao])?apheresed\b|\b(?:underwent|undergone|undergoing|had|completed|started|(?:went\s+on"
        rf"|proceeded|came)\s+to)\s+(?:a\s+|successful\s+)?(?:leuk[ao]?|lympho?|t-cell\s+)?(?:a?pheresis|collection"
        rf"|screening|harvest)|\bhad\s+(?:\w+\s+)?cells\s+(?:collected|harvested)|\b(?:was"
        rf"|were)\s+(?:successfully\s+)?manufactured"),
    ("subgroup", "validation-cohort",
        r"\b(?:in|from|of|to|for|as)\s+(?:the|an?)\s+(?:\w+\s+)?(?:training|validation|derivation|discovery|test|development"
        r"|escalation|expansion|run-in|dose-escalation|dose-expansion)\s+(?:cohort|set|group|sample|phase|part|stage)\b"),
    ("evaluable", "included-in-analysis",
        rf"\b{_BE}included\s+in\s+(?:the|this|our|these)\s+(?:[\w-]+\s+){{0,3}}?analys[ie]s\b"),
    ("enrolled", "randomised", r"\b(?:underwent\s+)?random(?:i[sz](?:ed|ation)|\s+assignment|ly\s+(?:assigned|allocated))\b"),
    ("arm", "assigned-arm",
        r"\b(?:assigned|allocated)\s+to\b(?!\s+treatment)|\b(?:enrolled|treated|included|entered|infused)\s+in(?:to)?\s+(?:the\s+)?(?:cohort|group|arm|stratum)\s+[\da-d]\b|\b(?:in\s+each|per)\s+(?:arm|group)|\bof\s+(?:arm|period|cohort"
        r"|group)\s+\w{1,2}\b|\bto\s+each\s+(?:treatment|arm|group)"),
    ("enrolled", "enrolled-after",
        rf"\bassigned\s+to\s+treatment\b|\bmet\s+(?:the\s+|all\s+)?criteria\b(?!\s+(?:for|of))"
        rf"|\b{_BE}(?:enrolled|registered|recruited|accrued|included|identified|intended|eligible|consented"
        rf"|approved|accepted|selected|collected|reviewed|retained|accessioned|invited)\b(?!\s*$)(?!\s+in\s+(?:the|this|our|these)\s+(?:[\w-]+\s+){{0,3}}?analys[ie]s\b)"
        rf"|\b(?:entered|could\s+enter|were\s+entered\s+(?:in|into|on))\s+(?:the|this|into)\b|\b{_BE}(?:enrolled|registered|recruited|identified|eligible"
        rf"|approved|accepted|selected|retained)\s*$|\b(?:were|was|been)\s+included\s*$|(?<!not )(?<!not have )\b(?:met|meeting"
        rf"|fulfilled|satisfied)\s+(?:[\w-]+\s+){{0,3}}?(?:inclusion|eligibility|selection|study|entry"
        rf"|enroll?ment)\s+(?:[\w-]+\s+){{0,2}}?(?:criteri|requirement)|\bparticipated\b|\b(?:were|was)\s+(?:studied|described)\b|\bcompleted\s+(?:the\s+|an?\s+)?(?:[\w-]+\s+)?(?:surveys?|interviews?)\b|\btook\s+part\b"
        rf"|\b(?:gave|signed|provided)\s+(?:\w+\s+)?consent|\bjoined\b"),
    ("treated", "treated-after",
        rf"(?<!re-)\b(?:infused|dosed|transfused)\b(?!\s+with\s+(?:platelet|red)|\s+(?:in|into|to)\s+(?:only\s+|the\s+|all\s+|another\s+)*(?:\d|two\b|three\b|four\b|five\b|six\b|seven\b|eight\b|nine\b|ten\b|eleven\b|twelve\b|$))|\btreated\b(?!\s*-)(?!\s+(?:with|by"
        rf"|using)\b)|\btreated\s+(?:with|by|using)\s+{OBJECT}|\b(?:received|receiving|given|got|administered"
        rf"|receipt\s+of)\s+{OBJECT}|\b(?:underwent|undergone|undergoing|had|completed|proceeded\s+to"
        rf"|went\s+on\s+to|made\s+it\s+to|reached)\s+{_NOT_OTHER}(?:a\s+|an\s+|the\s+|one\s+"
        rf"|single\s+)*(?:[\w-]+\s+){{0,2}}?(?:car\b|car[\s-]?t|cart\b|chimeric|infusion|treatment\b"
        rf"|lymphodepletion\s+and)(?![\s-]*(?:t[\s-]cells?\s+|t\s+|cells?\s+|products?\s+|therapy\s+)*(?:orders?|requests?|prescriptions?|slots?|approvals?|referrals?|indications?)\b)|\b(?:had|(?:went\s+on|proceeded|came|transitioned|bridged)\s+to)\s+{_NOT_OTHER}(?!been\s+(?:assigned|allocated|randomi[sz]ed))(?:[\w-]+\s+){{0,3}}?(?:\w+-cel|\w*leucel)\b"
        rf"|\breceived\s+(?:lymphodeplet\w+|conditioning|preconditioning)\s+(?:[\w-]+\s+){{0,2}}?(?:followed\s+by|and|then)"
        rf"\s+(?!(?:allo|auto|stem))[^;:,]{{0,60}}?{CAR}|\bcompleted\s+the\s+treatment|\bhad\s+(?:car"
        rf"|cd\d+)[\w\s-]{{0,30}}administered"),
    ("evaluable", "analysed-after",
        rf"\b{_BE}(?:analy[sz]ed|evaluated|assessed(?!\s+for\s+(?:eligib|inclusion))|available)\b"
        rf"|\bfor\s+(?:the\s+)?(?:final\s+|primary\s+)?analys[ie]s\b|\bin\s+the\s+final\s+(?:dataset|cohort|sample)\b|\bhad\s+(?:an?\s+)?(?:evaluable|available"
        rf"|informative|assessable|measurable)\b"),
)  # fmt: skip

# Words before the count, up to the start of its clause.
_DATA = (
    r"(?:(?:the\s+|all\s+|available\s+|clinical\s+|medical\s+|electronic\s+)*(?:data|outcomes?|records?"
    r"|charts?|case\s+notes|results?|files|characteristics|histories)\s+(?:of|from|on|in|for)\s+)?"
)
_SUM = (
    r"(?:a\s+(?:total|cohort|series|group|sample)\s+of\s+|in\s+total\s+|the\s+first\s+|the\s+|all\s+"
    r"|our\s+|these\s+|up\s+to\s+|first\s+)*$"
)
BEFORE: tuple[Row, ...] = (
    ("subgroup", "remaining", r"\b(?:remaining|other)\s+$"),
    ("arm", "cohort-size",
        rf"\b(?:cohort|arm|group|stratum|dose\s+level|dl)[\s-]*(?:\d|i{{1,3}}|[a-d])\s+(?:included|comprised|consisted\s+of|contained|enrolled"
        rf"|had|with|of)\s+{_SUM}"
        rf"|(?:(?<!study)(?<!patient)(?<!whole)(?<!entire)(?<!our)(?<!this)(?<!total)(?<!overall)(?<!the)\s(?:arm|group)|(?:-cel|leucel|\bcart?|transplant|chemotherapy|control)\s+cohort)"
        rf"\s+(?:included|comprised|consisted\s+of|contained|had)\s+{_SUM}"),
    ("subgroup", "validation-cohort",
        rf"\b(?:training|validation|derivation|discovery|test)\s+(?:cohort|set)\s+(?:included|comprised"
        rf"|consisted\s+of|of|with)\s+{_SUM}"),
    ("screened", "screened-before",
        rf"\b(?:screened|(?:leuk[ao]?)?(?:a?pheresis)\s+(?:(?:was|were)\s+(?:\w+\s+)?(?:performed|done"
        rf"|carried\s+out|completed|successful)\s+)?(?:in|for|on|of)|manufactured\s+for)\s+{_SUM}"),
    ("subgroup", "not-given-to",
        rf"\b(?:was|were|been)\s+not\s+(?:given|administered|infused|delivered)\s+(?:to|in|into)\s+{_SUM}"),
    ("subgroup", "second-product",
        rf"\b(?:second|third|repeat)\s+[\w\s-]{{0,30}}(?:was|were)\s+(?:given|administered|infused)\s+(?:to"
        rf"|in)\s+{_SUM}"),
    ("treated", "treated-before",
        rf"\b(?:treated|infused|dosed|(?:was|were)\s+(?:given|administered|delivered|infused)\s+(?:to|in)"
        rf"|(?:gave|administered)\s+[^;:]{{0,80}}?\bto|given\s+to|infusions?\s+[^;:,]{{0,40}}?\b(?:of|in|to"
        rf"|for)|administrations?\s+of\s+[^;:,]{{0,20}}?{CAR}[^;:,]{{0,40}}?\b(?:in|to)|transition\s+to\s+car[\w-]*\s+in)\s+{_SUM}"),
    ("treated", "therapy-in",
        rf"(?:\bcar\b|\bcar[\s-]?t\w*|cart\d*|-cel|leucel|t[\s-]cells?|(?:\bcar|\bt[\s-]cells?)[\w\s-]{{0,24}}\b(?:therap(?:y"
        rf"|ies)|treatment|products?)),?\s+(?:was\s+used\s+)?(?:(?:given\s+)?as\s+(?:part\s+of\s+)?[\w-]+(?:-line|\s+line)\s+(?:treatment|therapy)\s+)?(?:in|on)\s+{_SUM}"),
    ("treated", "tolerated-in",
        rf"\b(?:tolerated|safe|feasible|effective|(?:efficacy|toxicity|safety|outcomes?|activity|toxicities)\s+(?:and|or)\s+\w+)"
        rf"(?:\s+and\s+\w+)?\s+in\s+{_SUM}"),
    ("evaluable", "analysed-before",
        rf"\b(?:analy[sz](?:ed|ing)|analysis\s+(?:of|included|comprised|was\s+based\s+on)|analysis\s+(?:set"
        rf"|population)\s+(?:of|included|comprised|consisted\s+of))\s+{_DATA}{_SUM}"),
    ("evaluable", "samples-of",
        rf"\b(?:samples?|specimens?|biops(?:y|ies)|eegs?|scans?|images|products?|sera|serum|plasma|blood|aspirates)\s+"
        rf"(?:(?:were\s+)?(?:collected|obtained|available|derived|taken|isolated)\s+)?(?:from|of|for|in)\s+{_SUM}"),
    ("enrolled", "enrolled-before",
        rf"\b(?:enrolled|enroll?ing|included(?:\s+were)?|includes|gathered|assembled|compiled|recruited|registered|identified|reviewed|evaluated"
        rf"|studied|enroll?ment\s+of|involv(?:ing|ed)|including|compris(?:ing|ed)|accrued|collected"
        rf"|total(?:l)?ing|total\s+of|in\s+total,?|encompass(?:ing|ed)|cohort\s+of|cohort\s+(?:included"
        rf"|comprised|consisted\s+of)|population\s+(?:included|comprised|consisted\s+of|of)|investigated"
        rf"|assessed|examined|reported?|reporting|describe|present|series\s+of|experience\s+(?:of|with|in)"
        rf"|study\s+of|followed|irradiated|scored|regraded|retained|stud(?:y|ies)\s+(?:with|and)"
        rf"|trials?\s+(?:with|and)|(?:data|outcomes?|records?|information)\s+(?:of|from|on)"
        rf"|report\s+on|look(?:ed|ing)?\s+(?:back\s+)?at|used|(?:series|cohort|population|registry|database|dataset)\s+(?:has|had"
        rf"|contain(?:s|ed)|holds|held|lists|listed|covers|covered|counted)|(?:study\s+population|study\s+sample|cohort|series)\s+(?:was|were))\s+(?:on\s+)?{_DATA}{_SUM}"),
    ("enrolled", "randomised", rf"\b(?:randomi[sz]ed|randomly\s+(?:assigned|allocated))\s+{_SUM}"),
    ("enrolled", "there-were", rf"\bthere\s+were\s+{_SUM}"),
    ("enrolled", "across", rf"\b(?:identified|included|pooled|covering)\s[^;:.]{{0,70}}?\bacross\s+{_SUM}"),
    ("enrolled", "studied-in",
        rf"\bwe\s+(?:(?:also|then|\w+ly)\s+)?(?:assess|evaluat|analy[sz]|investigat|examin|stud[iy]|compar|describ|characteri[sz]|explor"
        rf"|review|audit|survey)(?:e|ed|ied)?\s[^;:.()\d]{{3,140}}?\b(?:in|among|of|from)\s+{_SUM}"),
)  # fmt: skip

# Sets of patients that a paper names: 'the leukapheresis set (n = 92)', 'the safety population consisted of 87'.
_SET_NOUN = r"\s+(?:analysis\s+)?(?:sets?|populations?|cohorts?)\s*$"
SETS = tuple(
    (role, re.compile(rf"(?<![\w-])(?:{words}){_SET_NOUN}"))
    for role, words in (
        ("evaluable", r"modified\s+intent(?:ion)?[\s-]to[\s-]treat|mitt|(?:\w+-)?evaluable|efficacy|assessable|analysis"
            r"|response|safety|per[\s-]protocol|full\s+analysis|analy[sz]ed|study\s+analysis"),
        ("screened", r"leuk\w*pheres\w+|apheres\w+|screen\w+"),
        ("treated", r"infused|treated|dosed|infusion|as-treated"),
        ("enrolled", r"enrolled|(?:all[\s-])?enroll?ment|intent(?:ion)?[\s-]to[\s-]treat|itt|randomi[sz]ed"),
    )
)  # fmt: skip
SET_OF = re.compile(
    r"(?:\s+(?:included|comprised|consisted\s+of|consists\s+of|contained|numbered|had|was|of|with))\s+(?:a\s+total\s+of\s+|all\s+|the\s+)*$"
)


def named_set(label: str) -> str | None:
    """The role of a set of patients by its name."""
    return next((role for role, pattern in SETS if pattern.search(label)), None)


# What patients brought with them: 'TP53 mutation in 14', 'high-risk cytogenetics were present in 22'.
FEATURE_IN = re.compile(
    r"(?:\bmutat\w+|\bemd\b|\bcns\s+disease|\bmutations?|aberrations?|alterations?|abnormalit\w+|\bdeletions?|rearrangements?|translocations?|cytogenetics?"
    r"|karyotypes?|morphology|histology|involvement|extramedullary\s+disease|(?:bulky|refractory|leptomeningeal|parenchymal"
    r"|metastatic|measurable|double-hit|residual)\s+(?:\w+\s+)?(?:disease|lymphoma)|plasmacytomas?|stage\s+(?:iii|iv|3|4)[\s\w/-]*"
    r"|\becog[^;:.,]{0,36}|\bperformance\s+status[^;:.,]{0,24}|\bipi\b[^;:.,]{0,24}|\bbulky\b|\bdouble-hit\b|\bdouble-expressor\b"
    r"|comorbidit\w+|bridging(?:\s+(?:chemo\w*|radio\w*|radiation|immuno\w*|systemic|treatment|therapy|regimens?)){0,2}|\bbt\b|\bbrt\b"
    r"|prior\s+[\w\s-]{0,40}|previous\s+[\w\s-]{0,40}|(?:conditioning|lymphodepletion|grafts?|donors?)\s+(?:[\w-]+\s+){0,3}?(?:was|were|had\s+been|consisted|comprised|came)\b[^;:,.]{0,60}"
    r"|history\s+of\s+[\w\s-]{0,30}|-(?:negative|positive|dim)\s+(?:blasts|disease|phenotype)?)\s*"
    r"(?:(?:was|were|had\s+been|has\s+been)\s+)?(?:(?:present|detected|found|identified|documented|seen|observed|given|used|chosen|applied|employed"
    r"|administered|recorded|confirmed|reported|received|noted|required|delivered|needed|performed|added|started)\s+)?(?:at\s+\w+\s+)?(?:in|by|to|for)\s+(?:only\s+)?$"
)
DISEASE_IN = re.compile(rf"{DISEASE}\s+in\s+(?:another\s+)?$")
PRODUCT_IN = re.compile(
    r"(?:-cel|leucel|\bcar[\s-]?t\s+cells)\s+(?:(?:was|were)\s+(?:used|given|infused|chosen|administered)\s+)?(?:in|to)\s+(?:the\s+)?$"
)
NO_BASELINE = re.compile(
    r"\b(?:second|secondary|new|de\s+novo|resol\w+|respon\w+|regress\w*|disappear\w*|clear\w*|progress\w*|relaps\w*|remission"
    r"|develop\w*|occur\w*|causes?|reasons?|skin|melanoma|neoplasms?|malignanc\w+|death\w*|infection\w*|acquired|emerg\w+)\b"
)


def baseline(before: str) -> bool:
    """'TP53 mutation in', 'DLBCL in': what patients had before treatment, or which product they got."""
    if DISEASE_IN.search(before):
        return not NO_BASELINE.search(before)
    m = FEATURE_IN.search(before)
    if not m:
        return False
    start = max(before.rfind(",", 0, m.start()), before.rfind(" and ", 0, m.start()), 0)
    return not NO_BASELINE.search(before, start)


# 'Response assessments were performed for', 'PET/CT was available in': those who could be looked at.
ASSESSED_IN = re.compile(
    r"\b(?:(?:assessments?|evaluations?|imaging|pet[\w/-]*|mri|biops(?:y|ies)|sequencing|measurements?|data|information|follow-?up|scans?|samples?"
    r"|questionnaires?|surveys?|profil\w+)\b(?!\s+(?:of|from|in|on)\s+\d)[^;:.,\d]{0,40}?(?:\s(?:beyond|of)\s[^;:.,]{0,24}?)?"
    r"\s(?:(?:was|were)\s+)?(?:performed|available|done|possible|carried\s+out|obtained|evaluable|assessable|conducted|returned|completed|collected"
    r"|on\s+record|at\s+hand|complete)\s+(?:for|in|on|from|by)"
    r"|(?:could|can)\s+be\s+(?:assessed|evaluated|analy[sz]ed|determined|measured)\s+(?:in|for)"
    r"|(?:was|were)\s+(?:\w+ly\s+)?(?:measured|profiled|quantified|sequenced|monitored|determined|genotyped)\s+(?:by\s+[\w\s-]{1,30}\s)?in"
    r"|\bwe\s+(?:\w+ly\s+)?(?:measured|profiled|quantified|sequenced|monitored|genotyped)\s[^;:.\d]{3,80}\sin"
    r"|(?:response|toxicity|efficacy|safety|mrd)[\w\s-]{0,20}\s(?:was|were)\s+(?:evaluable|assessable|assessed|evaluated)\s+(?:in|for))"
    r"\s+(?:all\s+|the\s+|only\s+|a\s+total\s+of\s+)*$"
)
MEASURED = re.compile(
    r"[^;:.]{0,160}?\b(?:was|were)\s+(?:\w+ly\s+)?(?:measured|quantified|profiled|sequenced|determined|calculated|monitored"
    r"|tested|genotyped|imaged|stained)\b"
)

# A group known by what it did not get: 'Seven patients received no further treatment'.
WITHOUT_MORE = re.compile(
    r"\s*(?:of\s+(?:them|whom|these|those)\s+)?(?:who\s+|in\s+(?:cr|remission)\s+)?(?:(?:received|had|underwent)\s+no\s+(?:further|additional|other|subsequent|consolidat\w*)"
    r"|(?:did|had)\s+not\s+(?:receive[d]?|undergo(?:ne)?|proceed(?:ed)?\s+to|require[d]?|get)\s+(?:[\w-]+\s+){0,2}?(?:consolidat\w*|transplant\w*|allo\w*"
    r"|hsct|hct|maintenance|further|bridging|bt\b|radio\w*|blinatumomab|inotuzumab|chemotherapy)"
    r"|(?:were|was|had\s+been)\s+not\s+(?:bridged|transplanted|irradiated|consolidated)"
    r"|(?:(?:did|would|could|had|have)\s+not\s+(?:have\s+)?|failed\s+to\s+)(?:fulfil\w*|me[et]t?|satisf\w+|been\s+(?:eligible|enrolled|included))\b[^;:.]{0,60}"
    r"(?:\bcriteri\w+|\btrials?\b|\b[a-z]+-\d)|would\s+(?:have\s+)?(?:been|be)\s+(?:ineligible|excluded))"
)
DENIED = re.compile(
    r"\s*,?\s*(?:of\s+\w+\s+)?(?:who\s+)?(?:(?:were|was|are|did|had|have|has|could|would)\s+(?:not"
    r"|never)\b|declined|refused|withdrew|dropped)"
)

ADJECTIVE_RULES = tuple((role, rule, re.compile(pattern)) for role, rule, pattern in ADJECTIVES)
AFTER_RULES = tuple((role, rule, re.compile(pattern)) for role, rule, pattern in AFTER)
BEFORE_RULES = tuple((role, rule, re.compile(pattern)) for role, rule, pattern in BEFORE)

# Predicates that stand before a number without a noun: 'safety in 55', 'we enrolled 80 and infused 70'.
BARE = tuple(
    (role, rule, re.compile(pattern))
    for role, rule, pattern in (
        ("evaluable", "analysed-in", r"\b(?:efficacy|safety|response|toxicity)\s+(?:was|were)\s+(?:analy[sz]ed|assessed|evaluated|evaluable|assessable)\s+in\s+(?:the\s+)?$"
            r"|\b(?:analy[sz]ed|assessed|evaluated|evaluable|assessable)\s+in\s[^;.]{1,60}\band\s+(?:efficacy|safety|response|toxicity)\s+in\s+(?:the\s+)?$"),
        ("treated", "infusion-in", r"\b(?:infusion|treatment|administration)\s+(?:was\s+)?(?:\w+ly\s+)?(?:done|performed|completed|carried\s+out|achieved|possible|given)\s+in\s+$"),
        ("treated", "treated-directly", r"\b(?:we|and|then)\s+(?:infused|treated|dosed)\s+$"),
        ("enrolled", "enrolled-directly", r"\b(?:we|and|trial|study)\s+(?:enrolled|included|recruited)\s+$"),
        ("screened", "screened-directly", r"\b(?:we|and|trial|study)\s+(?:screened|leuka?pheresed|apheresed)\s+$"),
        ("subgroup", "validation-cohort", r"\b(?:training|validation|derivation|discovery|test)\s+(?:cohort|set)\s+(?:(?:included|comprised|of|with)\s+)?$"),
        ("subgroup", "phase-part", r"\bphase[\s-](?:[123]|i{1,3})[ab]?\s+(?:part|portion|cohort)?\s*(?:(?:enrolled|included|treated|comprised|of|with)\s+)?$"),
    )
)  # fmt: skip
# 'three patients at dose level 1 and six at dose level 2': the label that each count of a list has.
LISTED_ARM = re.compile(
    r"\s*(?:patients\s+|children\s+|participants\s+|adults\s+)?(?:(?:were|was)\s+)?(?:(?:enrolled|treated|infused|dosed|included|entered)\s+)?"
    r"(?:(?:in|into|at|on|with|to|received|got|receiving)\s+)?(?:the\s+)?(?:(?:cohort|arm|stratum|dl|dose[\s-]levels?|level|period)[\s-]*(?:\d\b|[a-d]\b|i{1,3}\b)"
    r"|\d[\d.,]*\s*(?:×|x)\s*10|\d[\d.]*\s*million\b)"
)
LISTED_GROUP = re.compile(
    r"\s*(?:patients\s+)?(?:(?:were|was)\s+)?in\s+the\s+[\w+/-]{1,24}(?:\s+[\w+/-]{1,20}){0,3}?\s+(?:arm|group|cohort)\b"
)
GROUPS_TOLD = re.compile(
    r"\s*(?:[.,;)]|$|(?:were|was)\s+(?:\w+ly\s+)?(?:followed|included|compared|analy|treated|enrolled|evaluat|matched|infused|eligible)|completed|received)"
)
# Group labels.
ARM = re.compile(
    r"\bdose\s+(?:level|cohort)s?\b|\bdl\s?-?\d|\barms?\b|\bcohorts?\s+[a-d\d]\b|\bgroups?\b"
    r"|\bassigned\s+to|\ballocated\s+to|\bperiod\s+\d|"
    r"\brandomi[sz]ed\s+to|\bhistorical\s+controls?\b|\bcontrols?\s+(?:arm|group)"
)
COMPARED = re.compile(
    r"\bvs\b|\bversus\b|\bcompar(?:ed|ing|ison|e)\b(?!\s+to\s+baseline)|(?<!hla-)(?<!hla )\bmatched\b[^;.]{0,60}\b(?:with|to)\b"
)
GROUP_NAME = re.compile(r"\b(?:group|arm|cohort(?:\s+[\da-d])?)\s*$")
# 'in the standard arm 40 of 90 …': whom both numbers are of.
IN_ARM = re.compile(
    r"\b(?:in|of|within)\s+(?:the\s+)?(?:[\w+/-]+\s+){1,4}(?:arm|group),?\s+(?:only\s+|a\s+total\s+of\s+)?(?:[\d,]+\s*(?:\([^()]*\)\s*|\s+)(?:out\s+)?of\s+(?:the\s+)?)?$"
)
GROUP_LABEL = re.compile(
    r"\s*[\(\[]\s*(?!(?:training|validation|derivation|discovery|development|test)\b)(?!\d+\s+(?:[\w-]+\s+)?(?:per|in\s+each)\b)(?:the\s+|n\s?=\s?\d+[,;]\s*)?[\w\s+/-]{1,40}\b(?:group|arm|cohort)\b"
)
DOSE = re.compile(
    r"\s*(?:patients?\s+|children\s+|were\s+|was\s+)*(?:treated\s+|infused\s+|dosed\s+|enrolled\s+)?(?:at"
    r"|in|with|on|to|received)\s+(?:the\s+|each\s+|an?\s+)?(?:highest\s+|lowest\s+|middle\s+|same\s+|first\s+|second\s+|third\s+|fourth\s+|fifth\s+)?(?:dose[\s-]*(?:levels?"
    r"|cohorts?)|dl\s?-?\d|levels?\b|\d[\d.,]*\s*(?:×|x)\s*10|\d[\d.,]*\s*million|(?:recommended|target|maximum|optimal"
    r"|selected|expansion|highest|lowest|low|high|medium|intermediate|full|flat|starting)[\s\w-]{0,28}?\bdose\b(?!\s*(?:of\s+)?(?:steroid|cortico)))"
)
EVALUATED_PART = re.compile(
    r"\s*(?:who\s+were\s+|that\s+were\s+)?(?:with\s+(?:an?\s+|the\s+)?(?:\w+\s+)?(?:evaluable|assessable"
    r"|available|measurable|informative|known\s+mrd|(?:bone[\s-])?marrow\s+sample"
    r"|(?:[\w-]+\s+)?samples?\b|(?:[\w-]+\s+)?measurements?|response\s+(?:data|assessment)"
    r"|follow-up\s+data|mrd-negative)|(?:who|that)\s+could\s+be|evaluable|assessable|analy[sz]ed|assessed"
    r"|tested)"
)
RESULT = re.compile(
    r"\s*(?:patients?\s+)?(?:of\s+\w+\s+)?(?:who\s+)?(?:(?:had|have|has|were|was|are|is|remain(?:ed)?"
    r"|with|in|experienced|developed|showed|suffered|reached|entered|achieved|acquired|attained|still)\s+)*"
    r"(?:an?\s+|the\s+|had\s+|been\s+|in\s+|only\s+|ongoing\s+|still\s+)*(?:[\w≥>-]+\s+){0,2}?"
    r"(?:response|responses|respond(?:ed|ing)|regress\w*|remissions?|crs?|cri|pr|sd|pd|vgpr|scr|mrd\w*|progress(?:ed"
    r"|ion|ive)|died|dead|deaths?|alive|icans|neurotox\w*|grade|"
    r"toxicit\w*|adverse|relapsed|relapses?|recurr\w*|negative|stable|lost|withdr\w*|discontinued|not"
    r"|never|no|cytokine|cytopeni\w*|neutropeni\w*|thrombocyto\w*|an?emia|platelets?|bleed\w*"
    r"|h(?:a)?emorrhag\w*|herpes|pneumonia|seizures?|ventilat\w*|episodes?|normal\w*|returned|recovered"
    r"|events?|"
    r"infections?|fever|bacter\w*|hlh|mac\w*|dlts?|sae|survived|partial|complete|minimal|failed\s+(?:to"
    r"|release)|dropped|withdrew|excluded|ineligible|missing|women|men|males?|females?|boys?|girls?)\b"
)
BASELINE_RELAPSE = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:had|who\s+had)?\s*(?:relaps|progress|recurr)\w*\s+(?:after|following|within"
    r"|on|from)\b"
)
SUBGROUP = re.compile(
    r"\s*(?:(?:who\s+)?(?:had|have|has|having|carried|carry|harbou?r(?:ed|ing|s)?|carrying|presented"
    r"|presenting|exhibiting|exhibited|fulfilled|underwent|received|receiving|got|"
    r"started|initiated|commenced|began|stopped|continued|proceeded|progressed\s+to|went\s+on|were|was|remain(?:ed)?|relapsing"
    r"|failed|comprised|required|lived|identified\s+as|not\s+\w+ing)\b|"
    r"with(?:out)?\b|whose\b|who\b|aged\b|previously\b|haploidentical|(?:in|on|at|for|from|as|after|of"
    r"|without)\s+[\w≥≤<>])"
)
ELLIPSIS = re.compile(
    r"\s*,?\s*(?:(?:of\s+(?:them|whom|these|those|which|the\s+responders"
    r"|the\s+patients)\s*,?)\s*)?(?:(?:who|actually|finally|ultimately|eventually|subsequently|then|also"
    r"|already)\s+)*"
    r"(?:had|have|has|having|carried|harbou?red|were|was|are|received|underwent|got|gave|went|proceeded"
    r"|started|initiated|commenced|began|required|needed|chose|stopped|continued|fulfilled|met|completed|did|"
    r"presented|relapsing|could|would|failed|comprised|concerned|remain(?:ed)?|with(?:out)?|to|at"
    r"|of\s+[\w-]+(?:leucel|-cel|\s+ciloleucel|\s+lymphoma)|of\s+[\w-]+\s+(?:vicleucel|autoleucel"
    r"|maraleucel)|after|as|for|evaluable|assessable|infused|treated|dosed|enrolled|screened"
    r"|randomi[sz]ed|leuka?pheresed|apheresed|"
    r"enrolled|participated|recruited)\b"
)
CASE = re.compile(
    r"(?<!case\s\d,\s)(?<!patient\s\d\swas\s)(?<!patient\s\d,\s)\b(?:(?P<aged>(?:a|an|one)\s+(?:[\w-]+\s+)?(?:man|woman|male|female|boy|girl|child|infant|patient|lady|gentleman)"
    r",?\s+(?:aged|of)\s+\d{1,2}\b(?!\s*(?:%|to|-|–))|(?:a|an|one"
    r"|our)\s+(?:case\s+of\s+an?\s+)?\d{1,2}[\s-](?:year"
    r"|month)s?[\s-]olds?\s+(?:[\w'’-]+\s+){0,4}?(?:patient|man|woman|male|female|boy|girl|child|infant"
    r"|lady|gentleman))|"
    r"(?:we|here,?\s+we|herein,?\s+we|this\s+(?:report|case\s+report|article"
    r"|paper))\s+(?:\w+\s+)?(?:report|reports|describe|describes|present|presents|presented|reported"
    r"|described)\s+(?P<case>(?:on\s+)?(?:the\s+|an?\s+)(?:first\s+|rare\s+|unusual\s+|unique\s+"
    r"|novel\s+)*(?:case|patient)\b)|"
    r"(?P<one>(?:a|one|our)\s+(?:[\w-]+\s+){0,2}?patient\s+(?:with|who|receiving|treated|undergoing)\b))"
)
REPORTS = re.compile(
    r"\b(?:among|of|yielded|identified|included|includes|analy[sz]ed|retrieved|extracted|reviewed|from"
    r"|total)\s+(?:a\s+total\s+of\s+|the\s+)?"
    r"(?P<n>\d{1,3}(?:[,\s\u2009\u202f]\d{3})+|\d{2,6})\s+(?:[\w-]+\s+){0,4}?(?:reports|icsrs)\b"
)
