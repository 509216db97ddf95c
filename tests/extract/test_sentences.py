"""Sentences with the facts that a reviewer reads in them: one table a subject in `sentences/`.

A case is a `text` of one or a few sentences in our own words and the `facts` it states:

    toxicity CRS >=3 n=8 percent=24              event, grade, numbers
    response 'CR/CRi|CR' n=12 total=15 time=28d  endpoint (here one of two), numbers, time point
    survival OS rate 71.6 time=1y ci=58..84.5    endpoint, measure, value; `ci=9.9..` has no upper bound
    survival PFS median 10.4mo ci=7..13          `survival OS median not_reached`, `survival OS hr 0.45`
    followup 14.2mo range=3.1..29
    cohort treated 34
    procedure 'HSCT bridging' n=9 percent=30
    toxicity ICANS any absent                    a stated absence; `qualifier=all` says whom without a number

What is written must be given and equal, and what is not written must not be given, except: `total?=12` may be
given, but must then be 12; a denominator that the extractor marks as inferred; `level`, `group` and a
`qualifier` beside a number, which are compared only where they are written. Facts in `may` are right, but a
reviewer could leave them out. Facts of the event 'all-cause death' are not scored and are left out here too.

Other keys of a case: `before` (sentences that stand before, whose own facts are not looked at), `section`
(RESULTS if not given), `kind` (study type, prospective_trial if not given) and `fails`: why the extractor
does not manage the case yet. A case so marked that comes out right fails the test until the mark is removed:
`PYTHONPATH=. python tests/extract/test_sentences.py` removes all such marks and prints what else is wrong.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from extract import VERSION
from extract.facts import facts_of, finish
from extract.language import language
from extract.reading import read_document
from extract.study import study_number
from models.evidence import EVIDENCE, Fact
from models.record import Record, Section
from models.study import StudyType

TABLES = Path(__file__).parent / "sentences"
LOOSE = {"group", "ci_level"}  # compared only where a case writes them
KEYS = {"response": ("endpoint",), "survival": ("endpoint", "measure"), "toxicity": ("event", "grade"),
        "cohort": ("role",), "procedure": ("name",), "followup": ()}  # fmt: skip
NAMES = {"range": ("low", "high"), "ci": ("ci_low", "ci_high"), "level": ("ci_level",)}
FLAGS = ("absent", "not_reached")
CASE_KEYS = {"text", "facts", "may", "before", "section", "kind", "fails"}
Values = dict[str, Any]


def read(line: str) -> tuple[Values, set[str]]:
    """The fields a line of a table asks for, and the names of those it only allows."""
    kind, *words = shlex.split(line)
    fields: Values = {"type": kind}
    optional: set[str] = set()
    for name, word in zip(KEYS[kind], words, strict=False):
        fields[name] = word
    for word in words[len(KEYS[kind]) :]:
        name, sign, text = word.partition("=")
        if not sign:
            fields |= {word: True} if word in FLAGS else _value(kind, word)
            continue
        names = NAMES.get(name.rstrip("?"), (name.rstrip("?"),))
        if name.endswith("?"):
            optional |= set(names)
        if len(names) == 2:
            fields |= {n: float(v) for n, v in zip(names, text.split(".."), strict=True) if v}
        elif names == ("time",):
            fields["time"] = "best" if text == "best" else " ".join(_quantity(text))
        else:
            fields[names[0]] = text if names[0] in ("qualifier", "group", "unit") else float(text)
    return fields, optional


def _value(kind: str, word: str) -> Values:
    number, unit = _quantity(word)
    return {"n" if kind == "cohort" else "value": float(number)} | ({"unit": unit} if unit else {})


def _quantity(word: str) -> tuple[str, str]:
    unit = word.lstrip("0123456789.")
    return word[: len(word) - len(unit)], unit


def given(fact: Fact) -> Values:
    """A fact's fields, without those that came from another sentence."""
    return {k: v for k, v in fact.values.items() if k not in fact.inferred} | {"type": fact.type}


def agrees(expected: tuple[Values, set[str]], got: Values) -> bool:
    fields, optional = expected
    numbers = any(isinstance(v, (int, float)) and not isinstance(v, bool) for v in fields.values())
    loose = LOOSE | ({"qualifier"} if numbers else set())
    for name in fields.keys() | got.keys():
        if name not in fields:
            if name not in loose:
                return False
        elif name not in got:
            if name not in optional:
                return False
        elif not _same(fields[name], got[name]):
            return False
    return True


def _same(wanted: Any, got: Any) -> bool:
    if isinstance(wanted, str):
        return got in wanted.split("|")
    return bool(abs(wanted - got) < 1e-6)


def assigned(wanted: list[tuple[Values, set[str]]], got: list[Values]) -> dict[int, int]:
    """The largest pairing of facts got (keys) with facts wanted (values)."""
    pairs: dict[int, int] = {}

    def place(w: int, seen: set[int]) -> bool:
        for g, fact in enumerate(got):
            if g not in seen and agrees(wanted[w], fact):
                seen.add(g)
                if g not in pairs or place(pairs[g], seen):
                    pairs[g] = w
                    return True
        return False

    for w in range(len(wanted)):
        place(w, set())
    return pairs


def extracted(case: Values) -> list[Values]:
    """The facts that the extractor finds in a case's text, read as part of a study of the case's kind."""
    before = case["before"] + " " if "before" in case else ""
    section = Section(label=case.get("section", "RESULTS"), text=before + case["text"])
    record = Record(pmid="90000001", sections=(section,))
    kind: StudyType = case.get("kind", "prospective_trial")
    readings = read_document(record, _language()(record.abstract), kind)
    number = study_number(kind, [(i, count) for i, reading in enumerate(readings) for count in reading.cohorts])
    facts = finish(facts_of(readings, kind), record, number, VERSION)
    begin = len(record.abstract) - len(case["text"])
    return [given(f) for f in facts if f.end > begin and getattr(f, "event", "") != "all-cause death"]


@cache
def _language() -> Any:
    return language()


def differences(case: Values) -> tuple[list[str], list[str]]:
    """Lines of the case that were not found, and facts found that it does not have."""
    lines = [*case["facts"], *case.get("may", [])]
    got = extracted(case)
    pairs = assigned([read(line) for line in lines], got)
    missing = [line for i, line in enumerate(case["facts"]) if i not in pairs.values()]
    extra = [_shown(fact) for i, fact in enumerate(got) if i not in pairs]
    return missing, extra


def _shown(fact: Values) -> str:
    keys = ("type", *KEYS[fact["type"]])
    rest = [f"{k}={v}" for k, v in fact.items() if k not in keys]
    return " ".join([*(str(fact.get(k)) for k in keys), *rest])


def load() -> list[Any]:
    return [
        pytest.param(case, id=f"{table.stem}-{number}")
        for table in sorted(TABLES.glob("*.toml"))
        for number, case in enumerate(tomllib.loads(table.read_text(encoding="utf-8"))["case"], 1)
    ]


@pytest.mark.parametrize("case", load())
def test_facts_of_a_sentence(case: Values) -> None:
    missing, extra = differences(case)
    wrong = [f"  not found: {line}" for line in missing] + [f"  not there: {line}" for line in extra]
    message = "\n".join([case["text"], *wrong])
    if "fails" in case:
        assert wrong, f"comes out right: remove the mark `fails` from\n{case['text']}"
        pytest.xfail(f"{case['fails']}\n{message}")
    assert not wrong, message


def test_the_tables_are_well_formed() -> None:
    """Known keys only, every line readable, no sentence twice."""
    texts: set[str] = set()
    for param in load():
        case = param.values[0]
        assert case.keys() <= CASE_KEYS, (param.id, case.keys() - CASE_KEYS)
        assert case["text"] not in texts, case["text"]
        texts.add(case["text"])
        for line in [*case["facts"], *case.get("may", [])]:
            fields = read(line)[0]
            assert set(KEYS[fields["type"]]) <= fields.keys() <= EVIDENCE[fields["type"]].model_fields.keys(), line


def unmark() -> None:
    """Removes the marks of cases that come out right; prints the cases that are wrong without a mark."""
    for table in sorted(TABLES.glob("*.toml")):
        head, *blocks = table.read_text(encoding="utf-8").split("[[case]]\n")
        for i, block in enumerate(blocks):
            case = tomllib.loads(block)
            missing, extra = differences(case)
            if "fails" in case and not missing + extra:
                blocks[i] = re.sub(r"^fails = .*\n", "", block, flags=re.MULTILINE)
                print(f"{table.stem}-{i + 1}: mark removed")
            elif "fails" not in case and missing + extra:
                print("\n".join([f"{table.stem}-{i + 1}: {case['text']}", *missing, *(f"+ {e}" for e in extra)]))
        table.write_text("[[case]]\n".join([head, *blocks]), encoding="utf-8")


if __name__ == "__main__":
    unmark()
