"""Fit the confidence weights: which facts of annotated abstracts were right, and by what signs they could be told.

    python benchmarks/calibrate.py SCORE.PY GOLD_DIR [GOLD_DIR ...] [--unread GOLD_DIR ...] [--write]

SCORE.PY is the scorer beside the gold folders. Prints precision by confidence under five-fold cross-validation over
abstracts; with --write the weights fitted on all of them go to extract/weights/confidence.toml. The rules were
written with most abstracts at hand and are right in them more often than elsewhere; those that nobody had read
(--unread) count five times, and the confidence as a whole is set to how often their facts are right, so that it
means what it says on texts that the rules never met.
"""

from __future__ import annotations

import argparse
import importlib.util
import itertools
import json
import sys
from collections import defaultdict
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from extract.checks import check, check_study  # noqa: E402
from extract.confidence import WEIGHTS, signs  # noqa: E402
from extract.facts import facts_of  # noqa: E402
from extract.language import language  # noqa: E402
from extract.reading import read_document  # noqa: E402
from extract.study import study_number, study_type  # noqa: E402
from models.record import Record, Section  # noqa: E402
from models.vocabulary import fold  # noqa: E402

BINS = (0.0, 0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.01)


def load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("gold_tool", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drafts(gold: dict[str, Any], split: Any) -> list[dict[str, Any]]:
    """The drafts of facts of one abstract, with their checks."""
    parts = tuple(Section(label=label, text=" ".join(text.split())) for label, text in split(gold["abstract"]))
    record = Record(pmid=gold["pmid"], title=gold["title"], sections=parts)
    kind = study_type(record, fold(record.title), fold(record.abstract))
    readings = read_document(record, language()(record.abstract), kind)
    number = study_number(kind, [(i, c) for i, r in enumerate(readings) for c in r.cohorts])
    found = facts_of(readings, kind)
    cohort = max([d["n"] for d in found if d["type"] == "cohort"] + ([number] if number else []), default=None)
    for one in found:
        one["checks"] = check({"n": one.get("restated_n"), **one}, cohort)
    check_study(found)
    return found


Row = tuple[str, list[str], bool]  # abstract, signs of a fact, whether it is right
UNREAD = 5.0


def samples(scorer: ModuleType, split: Any, folders: list[Path]) -> list[Row]:
    """Every core fact of the folders' abstracts."""
    out = []
    for folder in folders:
        for path in sorted(folder.glob("*.json")):
            gold = json.loads(path.read_text(encoding="utf-8"))
            found = [d for d in drafts(gold, split) if d.get("event") != "all-cause death"]
            for kind in scorer.TYPES[:4]:
                ours = [{**d, "N": d.get("total")} for d in found if d["type"] == kind]
                _, _, false = scorer.tally([f for f in gold["facts"] if f["type"] == kind], ours, scorer.strict)
                out += [(f"{folder.name}/{path.stem}", signs(d), i not in false) for i, d in enumerate(ours)]
    return out


def fit(rows: list[Row], unread: frozenset[str]) -> dict[str, float]:
    """Weights by penalised logistic regression; signs seen fewer than four times are left out."""
    counts: dict[str, int] = defaultdict(int)
    for _, names, _ in rows:
        for name in names:
            counts[name] += 1
    names = sorted(name for name, count in counts.items() if count >= 4)
    column = {name: i for i, name in enumerate(names)}
    x = np.zeros((len(rows), len(names)))
    for i, (_, found, _) in enumerate(rows):
        for name in found:
            if name in column:
                x[i, column[name]] = 1
    counted = [UNREAD if name in unread else 1.0 for name, *_ in rows]
    model = LogisticRegression(C=0.4, max_iter=3000).fit(x, [right for *_, right in rows], sample_weight=counted)
    weights = {"bias": float(model.intercept_[0]), **dict(zip(names, map(float, model.coef_[0]), strict=True))}
    weights["bias"] += shift([(sure(weights, found), right) for name, found, right in rows if name in unread])
    return weights


def shift(judged: list[tuple[float, bool]]) -> float:
    """What must be added to every log-odds for the mean confidence to be the share that is right; 0 for no facts."""
    if not judged:
        return 0.0
    odds = np.log([value / (1 - value) for value, _ in judged])
    share = sum(right for _, right in judged) / len(judged)
    low, high = -5.0, 5.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if np.mean(1 / (1 + np.exp(-odds - middle))) < share else (low, middle)
    return low


def sure(weights: dict[str, float], found: list[str]) -> float:
    return float(1 / (1 + np.exp(-(weights["bias"] + sum(weights.get(name, 0.0) for name in found)))))


def cross_validated(rows: list[Row], unread: frozenset[str] = frozenset()) -> list[tuple[str, float, bool]]:
    """(abstract, confidence, right) of every fact, by weights that did not see its abstract (five folds)."""
    folds = {name: i % 5 for i, name in enumerate(sorted({name for name, *_ in rows}))}
    scored: list[tuple[str, float, bool]] = []
    for fold_number in range(5):
        weights = fit([row for row in rows if folds[row[0]] != fold_number], unread)
        scored += [(name, sure(weights, found), right) for name, found, right in rows if folds[name] == fold_number]
    return scored


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("scorer", type=Path)
    args.add_argument("gold", type=Path, nargs="+")
    args.add_argument("--unread", type=Path, nargs="+", default=[], metavar="GOLD_DIR")
    args.add_argument("--write", action="store_true")
    given = args.parse_args()
    split = load(given.scorer.with_name("to_pubmed_xml.py")).sections
    scorer = load(given.scorer)
    kept = samples(scorer, split, given.unread)
    rows = samples(scorer, split, given.gold) + kept
    unread = frozenset(name for name, *_ in kept)
    scored = cross_validated(rows, unread)
    table(f"{len(rows)} facts of {len({name for name, *_ in rows})} abstracts", scored)
    if unread:
        table(f"the {len(kept)} facts of {len(unread)} unread ones", [one for one in scored if one[0] in unread])
    if given.write:
        lines = ["# Written by benchmarks/calibrate.py; see extract/confidence.py.", "[weights]"]
        weights = fit(rows, unread)
        lines += [f"{json.dumps(name, ensure_ascii=False)} = {value:.3f}" for name, value in sorted(weights.items())]
        WEIGHTS.write_text("\n".join(lines) + "\n", encoding="utf-8")


def table(title: str, scored: list[tuple[str, float, bool]]) -> None:
    print(f"{title}, cross-validated over abstracts")
    print("confidence     facts  right")
    for low, high in itertools.pairwise(BINS):
        inside = [right for _, value, right in scored if low <= value < high]
        if inside:
            print(f"{low:.2f} to {min(high, 1):.2f} {len(inside):8} {sum(inside) / len(inside):6.3f}")
    high_ones = [right for _, value, right in scored if value >= 0.8]
    share = len(high_ones) / len(scored)
    print(f"at 0.8 or more: {share:.3f} of all, {sum(high_ones) / max(1, len(high_ones)):.3f} right")


if __name__ == "__main__":
    main()
