"""The study as a whole: its type, targets, diseases, phase, products and number of patients."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from extract.cohorts import Count
from models.record import Record
from models.study import StudyType
from models.vocabulary import fold, vocabulary

_CAR = r"(?:car|chimeric\s+antigen\s+receptors?)"

# Rules in order; the first whose pattern is found decides. `where`: title, or all (title, abstract, types).
STUDY_TYPES: tuple[tuple[StudyType, str, str], ...] = (
    ("cost_effectiveness", "all", r"cost[\s-]effective|cost[\s-]utility|incremental\s+cost|quality[\s-]adjusted\s+life|\bqalys?\b|budget\s+impact|economic\s+(?:evaluation|model|analysis)|willingness[\s-]to[\s-]pay|partitioned\s+survival|markov\s+model"),
    ("meta_analysis", "all", r"meta[\s-]?analys[ie]s|systematic(?:ally)?\s+(?:literature\s+)?review|systematic\s+search|pooled\s+(?:estimates?|prevalence|proportions?)|prisma\b|umbrella\s+review|network\s+meta|(?:pubmed|medline|embase|cochrane)[^.]{0,60}(?:were|was)\s+searched|we\s+searched\s+(?:pubmed|medline|embase)|random[\s-]effects?\s+model"),
    ("case_report", "title", r"case\s+(?:report|series\s+of\s+(?:two|three|2|3))|a\s+case\s+of|\bin\s+a\s+(?:patient|child|boy|girl|man|woman)\b|two\s+cases|three\s+cases|\ba\s+case\b"),
    ("case_report", "types", r"case\s+reports"),
    ("review", "types", r"^review$|\breview\b"),
    ("review", "title", r"(?:state[\s-]of[\s-]the[\s-]art|narrative\s+review|\breview\b|current\s+(?:status|landscape|perspectives?|practice)|recent\s+advances|perspectives?\b|past,?\s+present|challenges\s+and|overview|advances\s+in|emerging|future\s+directions|recommendations|guidelines?|consensus|how\s+i\s+(?:treat|manage|use)|what\s+(?:we|have)|opportunities|roadmap|lessons)"),
    ("review", "all", r"(?:this|our|the\s+present|in\s+this|narrative|scoping)\s+review\b|we\s+(?:review|summari[sz]e|discuss|outline)\b(?!ed)|this\s+(?:article|paper|chapter|perspective|commentary)\s+(?:review|summari|discuss|outline|describ|highlight|provides\s+an\s+overview)|here,?\s+we\s+(?:review|summari[sz]e|discuss)"),
)  # fmt: skip
_PRECLINICAL = re.compile(r"\b(?:mice|mouse|murine|xenograft\w*|in\s+vivo|in\s+vitro|cell\s+lines?|preclinical|nsg|primates?|macaques?|organoids?|zebrafish|knock[\s-]?out|crispr|humani[sz]ed\s+mice|cytotoxicity\s+assays?|transduced|engineered)\b")
_CLINICAL = re.compile(rf"\b\d+\s+(?:[\w-]+\s+){{0,4}}(?:patients|children|adults|participants|subjects|recipients|cases|individuals)\b|\b(?:enrolled|phase\s*[1-3i]|clinical\s+trial\s+\(|retrospective(?:ly)?|cohort\s+of|median\s+follow-?\s?up|were\s+infused|overall\s+survival|progression-free)\b")
_TRIAL = re.compile(
    r"phase[\s-]*(?:1|2|3|4|i{1,3}v?|iv|one|two|three|[0i]{1,3}/[i]{1,3})[ab]?\b|\bnct\s?0?\d{6,8}|chictr|eudract|umin0|clinicaltrials\.gov|first[\s-]in[\s-]human|dose[\s-]escalation|open[\s-]label|single[\s-]arm|randomi[sz]ed|randomi[sz]ation|prospective(?:ly)?\b|investigator[\s-]initiated|\bpilot\s+(?:study|trial)|clinical\s+trial\s+of|we\s+conducted\s+a|trial\s+registration|3\s?\+\s?3|dose[\s-]limiting|dose\s+levels?|this\s+trial|in\s+this\s+(?:phase|trial)|post\s?hoc\s+analysis\s+of|long[\s-]term\s+follow[\s-]up\s+of\s+(?:the|a)|compassionate|we\s+(?:enrolled|treated|gave|infused)|were\s+enrolled|bayesian"
)
_TRIAL_STRONG = re.compile(r"phase[\s-]*(?:1|2|3|i{1,3})[ab]?(?:/(?:2|3|i{1,3})[ab]?)?\b[^.]{0,50}\b(?:trial|study|clinical|dose)|randomi[sz]ed|first[\s-]in[\s-]human|single[\s-]arm|open[\s-]label|prospective(?!\s+(?:validation|registry|observational|studies|trials|data|cohorts|clinical\s+studies|multicenter\s+studies|evaluation))|dose[\s-]escalation|zuma-\d+|karmma|cartitude-\d|juliet|eliana|transcend|transform|zuma|elara|legend-2|fumanba|pilot\s+(?:study|trial)|investigator[\s-]initiated|were\s+enrolled|patients\s+enrolled|we\s+enrolled|clinical\s+trial\s+\(|long[\s-]term\s+follow[\s-]up\s+of\s+(?:a|the)\s+phase")
_REAL_WORLD = re.compile(
    r"real[\s-]world|registr(?:y|ies)\b(?!\s+number)|consortium|\bcibmtr\b|\bebmt\b|descar-?t|nationwide|national\b|multi[\s-]?cent(?:er|re|ric)|multi[\s-]?institution\w*|(?:across|at|from|in)\s+(?:[5-9]|\d{2,}|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty)\s+(?:[\w-]+\s+){0,3}(?:centers?|centres?|hospitals?|sites?|institutions?)|routine\s+(?:clinical\s+)?practice|standard[\s-]of[\s-]care\s+(?:axi|tisa|liso|brexu|ide|cilta|car|setting)|commercial\s+(?:car|axi|use|setting|practice)|standard\s+practice|claims|post[\s-]?marketing|pharmacovigilance|faers|vigibase|expanded\s+access|population[\s-]based|database|gela|glA|lysa\b|gimema|geth"
)
_RETROSPECTIVE = re.compile(r"retrospective(?:ly)?|chart\s+review|single[\s-](?:cent(?:er|re)|institution\w*)|medical\s+records|our\s+(?:center|centre|institution|hospital|experience)|consecutive\s+(?:patients|adults|children)|we\s+(?:analy[sz]ed|reviewed|evaluated|compared|examined|describe|report|assessed|investigated|studied)|matched[\s-]pair|propensity|cohort\s+of|institutional")
_CASE = re.compile(r"case\s+report|we\s+(?:report|describe|present)\s+(?:here\s+)?(?:a|an|the|our|one|two|three)\s+(?:[\w-]+\s+){0,6}?(?:case|patient|man|woman|boy|girl|child|patients|cases|male|female)\b|(?:a|an)\s+\d+[\s-]year[\s-]old|(?:two|three)\s+(?:[\w-]+\s+){0,4}(?:patients|children|cases)\s+(?:with|who|in\s+whom)|a\s+\d{1,2}[\s-]year")


def study_type(record: Record, folded_title: str, folded: str) -> StudyType:
    """The kind of study, from publication types, title and abstract."""
    types = " | ".join(record.publication_types).lower()
    texts = {"title": folded_title, "all": f"{folded_title} {folded}", "types": types}
    everything = texts["all"]
    for kind, where, pattern in STUDY_TYPES:
        if re.search(pattern, texts[where], re.I if where == "types" else 0):
            if kind == "review" and _clinical_weight(everything) >= 3 and where != "types":
                continue
            if kind == "meta_analysis" and _clinical_weight(everything) >= 6 and not re.search(r"meta[\s-]?analys|systematic|pooled|prisma|studies\s+(?:were\s+)?included|included\s+studies", everything):
                continue
            return kind
    if "meta-analysis" in types or "systematic review" in types:
        return "meta_analysis"
    clinical = _clinical_weight(everything)
    preclinical = len(_PRECLINICAL.findall(everything))
    if _CASE.search(everything) and clinical <= 3:
        return "case_report"
    if preclinical >= 2 and clinical <= 1 or preclinical >= 5 and clinical <= 2:
        return "preclinical"
    trial = bool(re.search(r"clinical trial|randomized controlled", types)) or bool(_TRIAL_STRONG.search(everything))
    real_world = bool(_REAL_WORLD.search(everything))
    retrospective = "retrospective" in everything
    if real_world and (retrospective or re.search(r"real[\s-]world|registr(?:y|ies)\b|standard[\s-]of[\s-]care|commercial|routine|consortium|nationwide|database|post[\s-]?marketing", everything)) and not re.search(r"phase[\s-]*[123i]|randomi[sz]ed", folded_title):
        return "real_world"
    if retrospective and not re.search(r"phase[\s-]*[123i]|randomi[sz]ed|prospective\s+(?:trial|study)", everything):
        return "retrospective"
    if trial or (record.nct and clinical >= 1):
        return "prospective_trial"
    if clinical == 0:
        return "preclinical" if preclinical else "other" if re.search(r"survey|interview|questionnaire|qualitative|policy|access|workshop", everything) else "review"
    if real_world:
        return "real_world"
    if _RETROSPECTIVE.search(everything) and not _TRIAL.search(everything):
        return "retrospective"
    if _TRIAL.search(everything):
        return "prospective_trial"
    if preclinical > clinical:
        return "preclinical"
    return "retrospective"


def _clinical_weight(text: str) -> int:
    return len(_CLINICAL.findall(text))


def targets(record: Record, folded_title: str, folded: str) -> tuple[str, ...]:
    """Antigens the CAR-T cells are aimed at, in order of first mention, from names and from products."""
    vocab, products = vocabulary("targets"), vocabulary("products")
    text = f"{folded_title} . {folded}"
    original = f"{record.title} . {record.abstract}"
    found: dict[str, int] = {}
    score: Counter[str] = Counter()
    for hit in vocab.hits(original, text):
        before, after = text[max(0, hit.start - 34) : hit.start], text[hit.end : hit.end + 46]
        name = hit.term.name
        found.setdefault(name, hit.start)
        if re.search(r"\bloss\s+of\s*$|\banti-?\s*$", before) and re.match(r"\s*(?:antibod|monoclonal)", after):
            continue
        if _AIMED_AFTER.match(after) or _AIMED_BEFORE.search(before):
            score[name] += 3 if hit.end <= len(folded_title) else 2
        elif hit.end <= len(folded_title):
            score[name] += 1
    for hit in products.hits(original, text):
        for name in hit.term.targets:
            found.setdefault(name, hit.start)
            score[name] += 2
    best = [name for name in found if score[name] >= 2]
    return tuple(sorted(best, key=lambda name: found[name]))


_AIMED_AFTER = re.compile(
    rf"^(?:[\s/,-]*(?:and|or|/|\+|×|x)?[\s-]*(?:cd\s?\d+[ab]?|bcma|gprc5d|cs1|taci))?[\s,/-]*(?:\([^()]{{0,12}}\)[\s,-]*)?(?:[\s-]*(?:directed|targeted|targeting|specific|redirected|bispecific|dual|tandem|bicistronic|allogeneic|autologous|universal|negative\s+selected|derived|based|fully|human(?:i[sz]ed)?|4-1bb|cd28|naive|memory|cotransduced|co-stimulated|loop|nanobody|single-domain|transduced|second-generation|anti))*[\s,/-]*(?:\([^()]{{0,12}}\)[\s,-]*)*{_CAR}(?![a-z]{{3,}}(?<!cart))"
)
_AIMED_BEFORE = re.compile(
    rf"(?:anti[\s-]*|target(?:ing|ed|s)(?:\s+(?:to|against|both|the|antigens?))*\s+|directed\s+(?:against|at|to|towards?)\s+|against\s+|specific\s+(?:for|to)\s+|recogni[sz](?:ing|es)\s+|(?:cd\d+|bcma)\s?(?:/|and|-|x|×|\+)\s?|{_CAR}[\s-]*(?:t[\s-]*)?(?:cells?\s*)?(?:targeting|against|to|directed\s+(?:at|against))\s+)$"
)


def diseases(folded_title: str, folded: str, original_title: str, original: str) -> tuple[str, ...]:
    """Diseases treated, in order of mention: those of the title and those the abstract names for its patients."""
    vocab = vocabulary("diseases")
    counts: Counter[str] = Counter()
    first: dict[str, int] = {}
    for text, ftext, weight, base in ((original_title, folded_title, 4, 0), (original, folded, 1, 10_000)):
        spans: list[tuple[int, int]] = []
        for hit in sorted(vocab.hits(text, ftext), key=lambda h: (h.start - h.end, h.start)):
            if any(hit.start < e and s < hit.end for s, e in spans):
                continue
            spans.append((hit.start, hit.end))
            if re.search(r"(?:secondary|subsequent|therapy-related|second|risk\s+of|developed|transformed|history\s+of)\s+(?:[\w-]+\s+)?$", ftext[max(0, hit.start - 30) : hit.start]):
                continue
            counts[hit.term.name] += weight
            first.setdefault(hit.term.name, base + hit.start)
    kept = {name for name, c in counts.items() if c >= 1}
    for narrow, broad in _BROADER:
        if narrow in kept:
            kept.discard(broad)
    return tuple(sorted(kept, key=lambda name: first[name]))


_BROADER = (
    ("B-ALL", "ALL"), ("T-ALL", "ALL"), ("LBCL", "B-NHL"), ("DLBCL", "B-NHL"), ("FL", "B-NHL"), ("MCL", "B-NHL"), ("MZL", "B-NHL"),
    ("LBCL", "NHL"), ("DLBCL", "NHL"), ("FL", "NHL"), ("MCL", "NHL"), ("MZL", "NHL"), ("HL", "NHL"), ("PCNSL", "NHL"), ("B-NHL", "NHL"),
    ("T-LBL", "NHL"), ("Burkitt lymphoma", "NHL"), ("PTLD", "NHL"), ("PTCL", "NHL"), ("PCNSL", "LBCL"), ("IIM", "myositis"), ("Burkitt lymphoma", "B-NHL"),
    ("DLBCL", "LBCL"), ("CLL", "NHL"),
)  # fmt: skip

_PHASE = re.compile(r"phase[\s-]*((?:[1-4]|i{1,3}v?|iv)[ab]?(?:\s*(?:/|-|–|and)\s*(?:phase\s*)?(?:[1-4]|i{1,3}v?)[ab]?)?)(?![a-z])")


def phase(folded_title: str, folded: str) -> str | None:
    """'1', '1/2', '2', '3' as written in title or abstract, roman numerals turned to digits."""
    m = _PHASE.search(folded_title) or _PHASE.search(folded)
    if not m:
        return None
    text = re.sub(r"\s*(?:-|–|and|/)\s*(?:phase\s*)?", "/", m[1])
    for roman, digit in (("iv", "4"), ("iii", "3"), ("ii", "2"), ("i", "1")):
        text = text.replace(roman, digit)
    return text


def study_products(folded: str, original: str) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for hit in vocabulary("products").hits(original, folded):
        names.setdefault(hit.term.name, None)
    return tuple(sorted(names))


def study_number(kind: StudyType, counts: Sequence[tuple[int, Count]]) -> int | None:
    """The number for the 'patients' column: treated if stated, else enrolled or analysed.

    `counts` are (sentence index, cohort count) pairs in the order of the text.
    """
    if kind in ("review", "preclinical", "cost_effectiveness"):
        return None
    found = [c for _, c in counts]

    def most(role: str, *, title: bool = False) -> int:
        return max((c.n for c in found if c.role == role and (title or c.rule != "title-count")), default=0)

    treated, enrolled = most("treated"), most("enrolled")
    analysed = max((c.n for c in found if c.role == "evaluable" and not c.rule.startswith("denominator")), default=0)
    if kind == "meta_analysis":
        return max(treated, enrolled, analysed, most("treated", title=True)) or None
    arms = [c.n for c in found if c.role == "arm" and c.rule not in ("dose-level", "denominator-controls")]
    randomised = max((c.n for c in found if c.rule == "randomised"), default=0)
    if randomised or enrolled and sum(arms) == enrolled:
        return randomised or enrolled  # a comparison counts all it compares
    if treated and 2 * treated > enrolled:
        return treated
    if enrolled and 2 * analysed > enrolled:
        return analysed
    if enrolled or analysed:
        return enrolled or analysed
    titled = most("treated", title=True)
    if titled:
        return titled
    if len(arms) >= 2:
        return sum(arms)
    for role in ("subgroup", "screened"):
        if most(role):
            return most(role)
    return 1 if kind == "case_report" else None
