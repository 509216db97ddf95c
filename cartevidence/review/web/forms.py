"""The form of a fact: its fields by type, in the order a reader meets them, with what may be picked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args

from models.errors import InvalidData
from models.evidence import EVIDENCE, Grade, Measure, Qualifier, Role, Unit
from models.vocabulary import vocabulary

Kind = Literal["pick", "whole", "number", "time", "text", "flag"]


@dataclass(frozen=True)
class Field:
    """One field: its name in the model, its label, how it is filled in."""

    name: str
    label: str
    kind: Kind
    choices: tuple[str, ...] = ()
    needed: bool = False


UNIT_WORDS = {"d": "days", "wk": "weeks", "mo": "months", "y": "years"}
FREQUENT = (
    "CR/CRi", "CR", "ORR", "PR", "MRD-", "MRD- CR", "relapse", "OS", "PFS", "EFS", "LFS", "DOR", "CRS",
    "neurotoxicity", "HSCT bridging", "tocilizumab", "steroids",
)  # fmt: skip
FREQUENT_TIMES = ("best", "28 d", "30 d", "3 mo", "6 mo", "1 y", "18 mo", "2 y", "3 y", "5 y")
_PROPORTION = ("n", "total", "percent", "ci_low", "ci_high", "ci_level", "time", "qualifier", "absent")
ORDER: dict[str, tuple[str, ...]] = {
    "cohort": ("role", "n", "group", "pooled"),
    "response": ("endpoint", *_PROPORTION, "group", "pooled"),
    "survival": (
        "endpoint", "measure", "value", "unit", "time", "ci_low", "ci_high", "ci_level", "not_reached", "group",
        "pooled",
    ),
    "toxicity": ("event", "grade", *_PROPORTION, "group", "pooled"),
    "followup": ("value", "unit", "low", "high", "group", "pooled"),
    "procedure": ("name", *_PROPORTION, "group", "pooled"),
}  # fmt: skip
LABELS = {
    "role": "These patients were", "endpoint": "Endpoint", "event": "Event", "grade": "Grade", "name": "Procedure",
    "measure": "Measure", "n": "n, with it", "total": "N, out of", "percent": "Percent", "value": "Value",
    "unit": "Unit", "time": "At time", "ci_low": "Interval from", "ci_high": "Interval to",
    "ci_level": "Level, %", "low": "Range from", "high": "Range to", "qualifier": "Word for it",
    "absent": "Stated not to occur", "not_reached": "Median not reached", "group": "Of which group",
    "pooled": "Pooled over studies",
}  # fmt: skip
WHOLE = ("n", "total")
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}|[0-9]{1,3}(?:,[0-9]{3})+")
DECIMAL = re.compile(r"-?[0-9]{1,9}(?:[.\N{MIDDLE DOT}][0-9]{1,9})?")
FLAGS = ("absent", "not_reached", "pooled")


@cache
def fields(type: str) -> tuple[Field, ...]:
    """The fields of a type of fact."""
    needed = {name for name, field in EVIDENCE[type].model_fields.items() if field.is_required()}
    return tuple(_field(type, name, name in needed) for name in ORDER[type])


def _field(type: str, name: str, needed: bool) -> Field:
    label = "n, patients" if (type, name) == ("cohort", "n") else LABELS[name]
    choices = _choices(type, name)
    kind: Kind = (
        "pick" if choices else "whole" if name in WHOLE else "flag" if name in FLAGS
        else "time" if name == "time" else "text" if name == "group" else "number"
    )  # fmt: skip
    return Field(name, label, kind, choices, needed)


def _choices(type: str, name: str) -> tuple[str, ...]:
    literals: dict[str, Any] = {"role": Role, "measure": Measure, "grade": Grade, "qualifier": Qualifier, "unit": Unit}
    if name in literals:
        return get_args(literals[name])
    if name == "endpoint":
        survival = type == "survival"
        return _frequent_first(t.name for t in vocabulary("endpoints").terms if (t.kind == "survival") == survival)
    tables = {"event": "events", "name": "procedures"}
    return _frequent_first(vocabulary(tables[name]).by_name) if name in tables else ()


def _frequent_first(names: Iterable[str]) -> tuple[str, ...]:
    known = set(names)
    return (*(name for name in FREQUENT if name in known), *sorted(known - set(FREQUENT), key=str.casefold))


def values_of(type: str, typed: dict[str, Any]) -> dict[str, Any]:
    """What was typed into the form as values of the model; an empty field is None.

    Raises InvalidData naming the field for text where a number belongs, and for a field that the type has not.
    """
    if type not in EVIDENCE:
        raise InvalidData(f"type: {type!r} is not one of {', '.join(EVIDENCE)}")
    known = {field.name: field for field in fields(type)}
    unknown = set(typed) - set(known)
    if unknown:
        raise InvalidData(f"{min(unknown)}: a {type} fact has no such field")
    return {name: _value(known[name], text) for name, text in typed.items()}


def _value(field: Field, text: Any) -> Any:
    if field.kind == "flag":
        return True if text else None
    if not isinstance(text, str | int | float | None):
        raise InvalidData(f"{field.label}: is no text")
    typed = " ".join(str(text).split()) if text is not None else ""
    if not typed:
        return None
    if field.kind not in ("whole", "number"):
        return typed
    if field.kind == "whole" and WHOLE_NUMBER.fullmatch(typed):
        return int(typed.replace(",", ""))
    if field.kind == "number" and DECIMAL.fullmatch(typed):
        return float(typed.replace("\N{MIDDLE DOT}", "."))
    wanted = "a whole number such as 24" if field.kind == "whole" else "a number such as 64.5"
    raise InvalidData(f"{field.label}: {typed[:30]!r} is not {wanted}")
