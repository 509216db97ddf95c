"""Measure how good the extraction is and write docs/accuracy.md: accuracy.py [DIR] [--out FILE]

DIR holds annotated abstracts as for gold.py. What stands between the KEPT marks of the page is written by hand and
stays; all else is made anew, and is the same for the same program and abstracts.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import subprocess
import sys
import tempfile
import textwrap
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import calibrate
import gold

PAGE = gold.HERE / "docs" / "accuracy.md"
SENTENCES = gold.HERE / "tests" / "extract" / "sentences"
KEPT = "<!-- kept: written by hand, stays when the page is made anew -->"
KEPT_END = "<!-- end of kept -->"
KEPT_AT_FIRST = "Figures on real abstracts are in the notes of each release."

CORE = ("cohort", "response", "survival", "toxicity")
TARGET_CORE, TARGET_UNSEEN, TARGET_TYPE, TARGET_SURE, SURE = 0.93, 0.90, 0.85, 0.95, 0.8
STUDY = (  # the scorer's name, ours, the target
    ("study_n_accuracy", "number of patients right, where there is one", 0.97),
    ("study_n_rightly_empty", "number of patients left empty, where there is none", 1.0),
    ("study_type_accuracy", "study type right", 0.95),
    ("targets_f1", "targets, F1", 0.97),
    ("diseases_f1", "diseases, F1", None),
)
FEWEST, RULES, PAIRS, EXAMPLES = 10, 15, 12, 12  # facts of a rule; rows of the tables

Fact = dict[str, Any]
Rows = list[tuple[float, bool]]  # confidence, right


@dataclass(frozen=True)
class Measured:
    """What the program found in the annotated abstracts, held against what is annotated."""

    scores: dict[str, Any]
    judged: list[tuple[Fact, bool]]  # every fact given, and whether it was right
    near: list[tuple[Fact, Fact]]  # annotated, and given instead: a match but for a near neighbour
    cross_validated: Rows


def main() -> int:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("folder", type=Path, nargs="?", default=gold.DEFAULT)
    args.add_argument("--out", type=Path, default=PAGE)
    given = args.parse_args()
    measured = measure(given.folder.resolve())
    before = given.out.read_text(encoding="utf-8") if given.out.exists() else ""
    given.out.write_text(page(measured, kept(before)), encoding="utf-8")
    print(f"{given.out} written: core strict F1 {figure(measured.scores['core']['f1'])}.")
    return 0


def measure(folder: Path) -> Measured:
    """Run the program on a folder of annotated abstracts and match each fact. Exits where there is no scorer."""
    scorer_path = gold.find(folder, "score.py")
    scorer = calibrate.load(scorer_path)
    split = calibrate.load(gold.find(folder, "to_pubmed_xml.py")).sections
    with tempfile.TemporaryDirectory() as scratch:
        facts = gold.extracted(folder, Path(scratch))
        scored = subprocess.run(
            [sys.executable, scorer_path, folder, facts, "--json"], check=True, capture_output=True, encoding="utf-8"
        )
        given = read(facts, scorer.TYPES)
    judged: list[tuple[Fact, bool]] = []
    near: list[tuple[Fact, Fact]] = []
    for path in sorted(folder.glob("*.json")):
        annotated = json.loads(path.read_text(encoding="utf-8"))
        for kind in scorer.TYPES:
            golds = [fact for fact in annotated["facts"] if fact["type"] == kind]
            ours = [fact for fact in given[str(annotated["pmid"])] if fact["type"] == kind]
            _, missed, false = scorer.tally(golds, ours, scorer.strict)
            judged += [(fact, i not in false) for i, fact in enumerate(ours)]
            near += neighbours(scorer, [golds[i] for i in missed], [ours[i] for i in false])
    rows = calibrate.samples(scorer, split, [folder])
    unseen = [(value, right) for _, value, right in calibrate.cross_validated(rows)]
    return Measured(json.loads(scored.stdout), judged, near, unseen)


def read(facts: Path, types: Sequence[str]) -> dict[str, list[Fact]]:
    """The exported facts that are scored, by PMID, with the denominator named as the scorer has it."""
    given: dict[str, list[Fact]] = defaultdict(list)
    for line in facts.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        if fact["type"] in types and fact.get("event") != "all-cause death":
            if "total" in fact:
                fact["N"] = fact.pop("total")
            given[fact["pmid"]].append(fact)
    return given


def neighbours(scorer: ModuleType, missed: list[Fact], false: list[Fact]) -> Iterator[tuple[Fact, Fact]]:
    """Pairs of a missed and a false fact that match leniently; each fact is in one pair at most."""
    left = list(false)
    for annotated in missed:
        found = next((fact for fact in left if scorer.lenient(annotated, fact)), None)
        if found is not None:
            left.remove(found)
            yield annotated, found


def kept(page: str) -> str:
    """The part of a page that is written by hand; a neutral sentence where there is none yet."""
    found = re.search(f"{re.escape(KEPT)}\n(.*?)\n{re.escape(KEPT_END)}", page, re.DOTALL)
    return found[1] if found else KEPT_AT_FIRST


def page(measured: Measured, by_hand: str) -> str:
    """The whole page as Markdown."""
    parts = [
        "# Accuracy",
        "<!-- made by ./go accuracy; only the part between the marks 'kept' is written by hand -->",
        what(measured.scores),
        "## Beyond the synthetic abstracts",
        f"{KEPT}\n{by_hand}\n{KEPT_END}",
        "## Facts by type",
        by_type(measured.scores),
        "## The study as a whole",
        study_level(measured.scores),
        "## Confidence",
        confidence(measured),
        "## Rules",
        by_rule(measured.judged),
        "## Near misses",
        near_misses(measured.near),
        "## What does not work",
        failing(),
    ]
    return "\n\n".join(parts) + "\n"


def what(scores: dict[str, Any]) -> str:
    return prose(
        f"""Measured on {scores["abstracts"]} synthetic abstracts: texts made up in the manner of reports on CAR-T
        cells, with every fact annotated, {scores["all"]["gold"]} in all. They are not part of the project. The rules
        were written with these abstracts at hand and the weights of the confidence were fitted on annotated abstracts,
        these among them, so that the figures below say how far the rules go, not how well they do on texts they never
        met.""",
        """A fact counts as right (strict) when its type, what it measures (endpoint, event and grade, role, measure)
        and every annotated number agree, for survival rates the time too. A lenient match forgives the role of a
        cohort, the wording of a grade and neighbouring endpoints, and asks for one equal number. Precision is the
        share of given facts that are right, recall the share of annotated facts that were found, F1 their harmonic
        mean.""",
    )


def by_type(scores: dict[str, Any]) -> str:
    rows = []
    for kind in (*CORE, "core", "followup", "procedure", "all"):
        of = scores[kind]
        target = TARGET_CORE if kind == "core" else TARGET_TYPE if kind in CORE else None
        strict = (figure(of[name]) for name in ("precision", "recall", "f1"))
        lenient = (figure(of[f"lenient_{name}"]) for name in ("precision", "recall", "f1"))
        rows.append((kind, of["gold"], of["predicted"], *strict, aim(target), *lenient))
    low, high = scores["core"]["f1_95ci"]
    headings = ("type", "annotated", "given", "precision", "recall", "F1", "target F1", "lenient P", "lenient R",
                "lenient F1")  # fmt: skip
    return "\n\n".join(
        [
            table(headings, rows),
            prose(
                f"""`core` is the first four types together; its strict F1 lies between {figure(low)} and
                {figure(high)} (95% interval over abstracts). The targets are those for these abstracts; for ones that
                the rules never met it is {TARGET_UNSEEN:.2f} for the core."""
            ),
        ]
    )


def study_level(scores: dict[str, Any]) -> str:
    rows = [
        (meaning, "—" if scores[name] is None else figure(scores[name]), aim(target)) for name, meaning, target in STUDY
    ]
    return table(("what", "measured", "target"), rows)


def confidence(measured: Measured) -> str:
    own: Rows = [(fact["confidence"], right) for fact, right in measured.judged if fact["type"] in CORE]
    every: Rows = [(fact["confidence"], right) for fact, right in measured.judged]
    unseen = measured.cross_validated
    rows = []
    for low, high in itertools.pairwise(calibrate.BINS):
        cells = [right_of(row for row in scored if low <= row[0] < high) for scored in (own, unseen)]
        rows.append((f"{low:.2f} to {min(high, 1):.2f}", *cells[0], *cells[1]))
    sure = []
    for name, scored in (("core types", own), ("core types, cross-validated", unseen), ("all types", every)):
        _, right = right_of(row for row in scored if row[0] >= SURE)
        share = sum(value >= SURE for value, _ in scored) / max(1, len(scored))
        sure.append((name, right, aim(TARGET_SURE), figure(share), aim(2 / 3)))
    return "\n\n".join(
        [
            prose(
                """How often facts of the core types were right, by the confidence they were given. The weights were
                fitted with these abstracts among others, and as a whole set to how often facts of unread abstracts
                were right, so that they promise less than these abstracts keep. The columns on the right tell the
                same of weights fitted on these alone, each time without the abstracts in question (five folds),
                which is the fairer test."""
            ),
            table(("confidence", "facts", "right", "facts, cross-validated", "right, cross-validated"), rows),
            f"Facts with a confidence of {SURE} or more:",
            table(("of", "right", "target", "share of all", "target share"), sure),
        ]
    )


def by_rule(judged: list[tuple[Fact, bool]]) -> str:
    found: dict[tuple[str, str], list[bool]] = defaultdict(list)
    for fact, right in judged:
        found[fact["type"], fact["rule"]].append(right)
    often = {name: rights for name, rights in found.items() if len(rights) >= FEWEST}
    worst = sorted(often, key=lambda name: (sum(often[name]) / len(often[name]), name))[:RULES]
    rows = [(kind, f"`{rule}`", len(often[kind, rule]), share(often[kind, rule])) for kind, rule in worst]
    return "\n\n".join(
        [
            prose(
                f"""Each fact carries the rule that tied its figure to its words. Of the {len(often)} rules that gave
                {FEWEST} facts or more, these {len(rows)} were wrong most often."""
            ),
            table(("type", "rule", "facts", "right"), rows),
        ]
    )


def near_misses(near: list[tuple[Fact, Fact]]) -> str:
    counts = Counter(difference(annotated, given) for annotated, given in near)
    rows = [(*names, count) for names, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:PAIRS]]
    return "\n\n".join(
        [
            prose(
                f"""{len(near)} facts match what is annotated leniently but not strictly. Where what is measured
                agrees, the figures that do not are named. The {len(rows)} commonest pairs:"""
            ),
            table(("type", "annotated", "given", "facts"), rows),
        ]
    )


def difference(annotated: Fact, given: Fact) -> tuple[str, str, str]:
    """Type, what is annotated, what was given: of the names where these differ, else of the numbers."""
    kind = annotated["type"]
    for name in ("role", "endpoint", "name", "grade"):
        one, other = (fact.get(name, "any" if name == "grade" else None) for fact in (annotated, given))
        if one != other:
            return kind, f"{name} `{one}`", f"`{other}`"
    told = " ".join(
        f"`{annotated[name]}`"
        for name in ("role", "endpoint", "measure", "event", "name", "grade")
        if name in annotated
    )
    fields = ("n", "N", "percent", "value", "unit", "time", "ci_low", "ci_high", "low", "high", "not_reached")
    lost = [name for name in fields if name in annotated and name not in given]
    other_than = [name for name in fields if name in annotated and name in given and annotated[name] != given[name]]
    said = [f"without {', '.join(lost)}"] * bool(lost) + [f"another {', '.join(other_than)}"] * bool(other_than)
    return kind, told or "a figure", " and ".join(said) or "another statement"


def failing() -> str:
    cases = [
        case
        for path in sorted(SENTENCES.glob("*.toml"))
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
    ]
    found: dict[str, list[str]] = defaultdict(list)
    for case in cases:
        if "fails" in case:
            found[case["fails"]].append(case["text"])
    often = sorted(found, key=lambda reason: (-len(found[reason]), reason))
    marked = sum(len(texts) for texts in found.values())
    shown = [
        item(
            f"{plain(reason)} ({len(found[reason])}). {quoted(min(found[reason], key=lambda text: (len(text), text)))}"
        )
        for reason in often[:EXAMPLES]
    ]
    rest = [f"{plain(reason)} ({len(found[reason])})" for reason in often[EXAMPLES:]]
    parts = [
        prose(
            f"""{marked} of the {len(cases)} sentences in `tests/extract/sentences/` do not come out right yet. Why, how
            many of them, and for the commonest reasons one such sentence (they are our own words, all figures are
            invented):"""
        ),
        "\n".join(shown),
    ]
    if rest:
        parts += ["The others:", "\n".join(item(text) for text in rest)]
    return "\n\n".join(parts)


def right_of(rows: Iterable[tuple[float, bool]]) -> tuple[int, str]:
    """How many facts, and the share of right ones."""
    rights = [right for _, right in rows]
    return len(rights), share(rights)


def share(rights: Sequence[bool]) -> str:
    return figure(sum(rights) / len(rights)) if rights else "—"


def figure(value: float) -> str:
    return f"{value:.3f}"


def aim(target: float | None) -> str:
    return "" if target is None else "1.00" if target == 1 else f"≥ {target:.2f}"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [headings, ["---"] * len(headings), *([str(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def prose(*paragraphs: str) -> str:
    return "\n\n".join(textwrap.fill(" ".join(text.split()), 120, break_on_hyphens=False) for text in paragraphs)


def item(text: str) -> str:
    return textwrap.fill(text, 120, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)


def plain(text: str) -> str:
    """Text that Markdown shows as it stands."""
    return re.sub(r"([\\`*_<>|~\[\]])", r"\\\1", text)


def quoted(sentence: str) -> str:
    return f"“{plain(sentence)}”"


if __name__ == "__main__":
    sys.exit(main())
