"""Canonical text: markup in, text out."""

from __future__ import annotations

from io import BytesIO
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from synthetic import article, article_set

from fetch.pubmed_xml import outcomes
from fetch.text import canonical, folded
from models.outcome import Fetched

MATH = 'xmlns:mml="http://www.w3.org/1998/Math/MathML"'


def math(inner: str) -> str:
    return f"<mml:math {MATH}>{inner}</mml:math>"


def text(inner: str) -> str:
    return canonical(etree.fromstring(f"<AbstractText>{inner}</AbstractText>"))


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("10<sup>6</sup> cells/kg", "10^6 cells/kg"),
        ("1 × 10<sup>-3</sup>", "1 × 10^-3"),
        ("10<sup>6 </sup>cells", "10^6 cells"),
        ("10<sup> 6</sup>", "10^6"),
        ("10<sup>-</sup><sup>3</sup>", "10^-3"),
        ("10<sup>^6</sup>", "10^6"),
        ("10<sup><i>6</i></sup>", "10^6"),
        ("<i>10<sup>6</sup></i> CAR<sup>+</sup> T", "10^6 CAR^+ T"),
        ("CD19<sup>+</sup> and CD22<sup>-</sup>", "CD19^+ and CD22^-"),
        ("<sup>18</sup>F-FDG", "^18F-FDG"),
        ("IC<sub>50</sub> of H<sub>2</sub>O", "IC_50 of H_2O"),
        ("x<sub>i</sub><sup>2</sup>", "x_i^2"),
        ("a<sup>b<sub>2</sub></sup>", "a^b_2"),
        ("a<sup><sup>2</sup></sup>", "a^2"),
        ("Kymriah<sup>®</sup> and Tool<sup>™</sup>", "Kymriah® and Tool™"),
        ("37<sup>°</sup>C, m<sup>²</sup>", "37°C, m²"),
        ("x<sup/>y<sub></sub>z", "xyz"),
        ("<b>Bold</b>, <u>under</u> and <i>italic</i>", "Bold, under and italic"),
        ("before <!-- never --> after", "before after"),
        ("  a\t\n b   c ", "a b c"),
        ("thin\u2009space and no\u00a0break", "thin\u2009space and no\u00a0break"),
        ("p &lt; 0.05 &amp; n &gt; 3", "p < 0.05 & n > 3"),
        ("written &amp;lt; once", "written &lt; once"),
        ("&#x3b1;β≥81·3%", "αβ≥81·3%"),
        (math("<mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup>") + " cells", "10^6 cells"),
        (
            math("\n <mml:mn>5</mml:mn> <mml:mo>×</mml:mo><mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup>"),
            "5×10^6",
        ),
        (math("<mml:msub><mml:mi>x</mml:mi><mml:mn>1</mml:mn></mml:msub>"), "x_1"),
        (math("<mml:msubsup><mml:mi>x</mml:mi><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:msubsup>"), "x_1^2"),
        (math("<mml:mfrac><mml:mi>a</mml:mi><mml:mi>b</mml:mi></mml:mfrac>"), "a/b"),
        (
            math(
                "<mml:mfrac><mml:mrow><mml:mi>a</mml:mi><mml:mo>+</mml:mo><mml:mi>c</mml:mi></mml:mrow><mml:mi>b</mml:mi></mml:mfrac>"
            ),
            "(a+c)/b",
        ),
        (math("<mml:msqrt><mml:mn>2</mml:mn></mml:msqrt>"), "√2"),
        (math("<mml:mover><mml:mi>x</mml:mi><mml:mo>¯</mml:mo></mml:mover>"), "x¯"),
        (
            math("<mml:semantics><mml:mi>k</mml:mi><mml:annotation>\\kappa</mml:annotation></mml:semantics>"),
            "k",
        ),
        (math("<mml:mi>f</mml:mi><mml:mo>\u2061</mml:mo><mml:mi>x</mml:mi>"), "fx"),
    ],
)
def test_markup_is_walked(markup: str, expected: str) -> None:
    assert text(markup) == expected


# Characters XML can hold; what escapes must come back as it was.
XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")) | st.sampled_from(" \t\n"))


@given(XML_TEXT)
def test_text_without_markup_only_loses_its_runs_of_blanks(words: str) -> None:
    expected = " ".join(filter(None, words.replace("\t", " ").replace("\n", " ").split(" ")))
    assert text(escape(words)) == expected


@given(XML_TEXT)
def test_folding_again_changes_nothing(words: str) -> None:
    assert folded(folded(words)) == folded(words)


@given(st.integers(0, 99), st.integers(0, 99))
def test_base_and_exponent_stay_apart(base: int, exponent: int) -> None:
    assert text(f"{base}<sup>{exponent}</sup>") == f"{base}^{exponent}"


@given(XML_TEXT)
def test_what_is_stored_reads_back_as_the_same_text(words: str) -> None:
    """The raw XML of a record, parsed again, gives the same canonical text and hash."""
    (first,) = outcomes(BytesIO(article_set(article(90000001, title=escape(words)))), "x")
    assert isinstance(first, Fetched)
    (second,) = outcomes(BytesIO(first.raw), "x")
    assert isinstance(second, Fetched)
    assert second.record.title == first.record.title
    assert second.record.text_hash == first.record.text_hash
