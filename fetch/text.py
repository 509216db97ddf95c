"""Canonical text: what a title or an abstract says once its inline markup is walked.

All offsets in the project count characters of this text, so it must not change between versions.
"""

from __future__ import annotations

import re

from lxml import etree

from models.errors import SourceError

_BLANK_RUN = re.compile(r"[ \t\r\n]{2,}|[\t\r\n]")
_BLANKS = " \t\r\n"

SHIFT_MARKS = {"sup": "^", "sub": "_"}

# Signs that stand raised by themselves; a caret before them would say nothing.
_RAISED_BY_NATURE = frozenset("®™©℠°′″‴ªº⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ")
_LOWERED_BY_NATURE = frozenset("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")

_MATH_TOKENS = frozenset({"mi", "mn", "mo", "mtext", "ms"})
_MATH_SILENT = frozenset({"annotation", "annotation-xml", "mphantom", "mprescripts", "none"})
_MATH_INVISIBLE = str.maketrans("", "", "\u2061\u2062\u2063\u2064")
_SIMPLE_OPERAND = re.compile(r"\w+(?:[.·]\w+)?|\(.*\)")


def folded(text: str) -> str:
    """Each run of spaces, tabs and line ends becomes one space; none at the ends. Other Unicode stays."""
    return _BLANK_RUN.sub(" ", text).strip(_BLANKS)


def canonical(element: etree._Element) -> str:
    """The text of `element` with its markup walked: `10<sup>6</sup>` gives `10^6`.

    Raises SourceError for an entity that is not defined, since its text is not known.
    """
    if len(element) == 0:
        return folded(element.text or "")
    return folded(_inline(element))


def local_name(element: etree._Element) -> str:
    """The tag without its namespace."""
    tag = element.tag
    if not isinstance(tag, str):
        # Comments and processing instructions say nothing; an entity node is text that nobody can know.
        if tag is etree.Entity:
            raise SourceError(f"The entity {element.text} is not defined; replace it by its character.")
        return ""
    return tag.rpartition("}")[2] if tag[0] == "{" else tag


def _inline(element: etree._Element) -> str:
    parts = [element.text or ""]
    open_mark = ""  # the mark of a <sup> or <sub> that ended right here
    for child in element:
        name = local_name(child)
        mark = SHIFT_MARKS.get(name, "")
        if mark:
            shifted = _shifted(mark, _inline(child))
            # <sup>-</sup><sup>3</sup> is one exponent.
            parts.append(shifted[1:] if mark == open_mark and shifted.startswith(mark) else shifted)
        elif name == "math":
            parts.append(_math(child))
        elif name == "br":
            parts.append(" ")
        elif name:
            parts.append(_inline(child))
        tail = child.tail or ""
        parts.append(tail)
        open_mark = mark if not tail else ""
    return "".join(parts)


def _shifted(mark: str, inner: str) -> str:
    """`inner` as superscript (`^`) or subscript (`_`); blanks inside move behind it."""
    text = folded(inner)
    if not text:
        return " " if inner else ""
    behind = " " if inner[-1] in _BLANKS else ""
    own = _RAISED_BY_NATURE if mark == "^" else _LOWERED_BY_NATURE
    marked = text[0] in "^_" or own.issuperset(text)
    return f"{'' if marked else mark}{text}{behind}"


def _math(element: etree._Element) -> str:
    """One line for a MathML element; blanks between its elements mean nothing."""
    name = local_name(element)
    if name in _MATH_TOKENS:
        return folded("".join(map(str, element.itertext()))).translate(_MATH_INVISIBLE)
    if name in _MATH_SILENT or not name:
        return ""
    if name == "mspace":
        return " "
    parts = [_math(child) for child in element if local_name(child)]
    if name == "semantics":
        return parts[0] if parts else ""
    if name == "msqrt":
        return "√" + _operand("".join(parts))
    if name == "mfenced":
        return _fenced(element, parts)
    if name == "mtr":
        return ", ".join(parts)
    if name == "mtable":
        return "; ".join(parts)
    match name, parts:
        case "msup" | "mover", [base, raised]:
            return base + _power("^", raised, accent=name == "mover")
        case "msub" | "munder", [base, lowered]:
            return base + _power("_", lowered)
        case "msubsup" | "munderover", [base, lowered, raised]:
            return base + _power("_", lowered) + _power("^", raised)
        case "mfrac", [above, below]:
            return f"{_operand(above)}/{_operand(below)}"
        case "mroot", [base, index]:
            return f"{_operand(base)}^(1/{index})"
        case "mmultiscripts", [base, *scripts]:
            marks = "_^" * len(scripts)
            return base + "".join(_power(mark, text) for mark, text in zip(marks, scripts, strict=False))
    return "".join(parts)


def _power(mark: str, text: str, *, accent: bool = False) -> str:
    if not text:
        return ""
    if accent and len(text) == 1 and not text.isalnum():
        return text  # a bar or a hat
    return _shifted(mark, text)


def _operand(text: str) -> str:
    """In brackets when it would be misread beside `/` or `√`."""
    return text if _SIMPLE_OPERAND.fullmatch(text) or len(text) <= 1 else f"({text})"


def _fenced(element: etree._Element, parts: list[str]) -> str:
    separators = element.get("separators", ",").strip()
    joint = f"{separators[0]} " if separators else ""
    return f"{element.get('open', '(')}{joint.join(parts)}{element.get('close', ')')}"
