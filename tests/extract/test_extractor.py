"""The extractor as a whole: proof of every fact, the same result always, no text that breaks it."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extract import Extractor
from extract.checks import check, same_percent
from extract.language import language, sentence_spans
from models.evidence import Fact
from models.record import Record, Section

EXTRACTOR = Extractor()


def record(text: str, label: str = "RESULTS", title: str = "") -> Record:
    return Record(pmid="90000001", title=title, sections=(Section(label=label, text=text),))


def holds(found: Record, facts: tuple[Fact, ...]) -> bool:
    texts = {True: found.title, False: found.abstract}
    return all(texts[f.section == "TITLE"][f.start : f.end] == f.quote for f in facts)


TRIAL = (
    "In this phase 1 trial, 36 patients with B-ALL were enrolled and 33 (92%) were infused with CD22 CAR T cells. "
    "CR or CRi was achieved in 28 of 33 patients (85%; 95% CI, 68-95). The 1-year overall survival was 74% (95% CI, 55-86). "
    "CRS occurred in 27 patients (82%), of grade 3 or 4 in 4 (12%); no patient had grade 3 or higher neurotoxicity."
)


def test_a_trial_gives_what_a_reviewer_types() -> None:
    done = EXTRACTOR.extract(record(TRIAL, label=""))
    assert (done.study.study_type, done.study.targets, done.study.diseases, done.study.study_n) == (
        "prospective_trial", ("CD22",), ("B-ALL",), 33,
    )  # fmt: skip
    values = [f.values for f in done.facts]
    assert {
        "type": "response",
        "endpoint": "CR/CRi",
        "n": 28,
        "total": 33,
        "percent": 85.0,
        "ci_low": 68.0,
        "ci_high": 95.0,
        "ci_level": 95.0,
    } in values
    assert any(v.get("event") == "neurotoxicity" and v.get("absent") and v["grade"] == ">=3" for v in values)


def test_the_results_of_a_meta_analysis_are_marked_as_pooled() -> None:
    text = "Fourteen studies with 702 patients were pooled. The pooled ORR was 79% (95% CI, 72-85) and severe CRS occurred in 9%."
    done = EXTRACTOR.extract(
        record(text, label="", title="CAR T cells in lymphoma: a systematic review and meta-analysis")
    )
    assert done.study.study_type == "meta_analysis"
    marks = {f.type: f.pooled for f in done.facts}
    assert marks == {"cohort": None, "response": True, "toxicity": True}
    assert not any(f.pooled for f in EXTRACTOR.extract(record(TRIAL)).facts)


def test_every_quote_stands_at_its_place_and_ids_differ() -> None:
    found = record(TRIAL, label="", title="CD22 CAR T cells in 33 patients")
    facts = EXTRACTOR.extract(found).facts
    assert holds(found, facts)
    assert len({f.id for f in facts}) == len(facts)


def test_one_by_one_and_in_batches_give_the_same() -> None:
    records = [record(TRIAL, label=""), record("CRS occurred in 5 of 9 patients (56%)."), record("")]
    assert list(EXTRACTOR.extract_many(records)) == [EXTRACTOR.extract(r) for r in records]


@pytest.mark.parametrize("kind", ["Review", "Systematic Review"])
def test_reviews_give_no_facts_of_their_own(kind: str) -> None:
    text = "CAR T cells have changed care. In one trial, CR was seen in 54% of patients. We review the evidence."
    found = Record(
        pmid="90000001", title="CAR T cells: a review", sections=(Section(text=text),), publication_types=(kind,)
    )
    if kind == "Review":
        assert EXTRACTOR.extract(found).facts == ()


@given(st.text(max_size=400))
@settings(max_examples=120, deadline=None)
def test_any_text_is_survived(text: str) -> None:
    found = record(" ".join(text.split()), title=text[:40])
    assert holds(found, EXTRACTOR.extract(found).facts)


PIECES = st.sampled_from(
    ["CRS", "ICANS", "CR", "ORR", "OS", "grade 3", "grade ≥3", "12", "24/30", "80%", "(95% CI, 61-92)", "of", "patients", "in", "and", ",", ";",
     "(", ")", "was", "had", "median", "10.2 months", "not reached", "no", "none", "respectively", "vs", "1-year", "HR 0.5", "at", ".", "n ="]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_jumble_of_real_words_gives_facts_with_proof(words: list[str]) -> None:
    found = record(" ".join(words))
    assert holds(found, EXTRACTOR.extract(found).facts)


@pytest.mark.parametrize(
    "piece",
    [
        "12 (34%) ",
        "CRS in 5, ",
        "((((",
        "[12] ",
        "95% CI 1-2 ",
        "grade 3 ",
        "and ",
        "1",
        "patients with ",
        "no ",
        "12 of 34 patients (",
        "\ue000 ",
        "a-",
    ],
)
def test_time_grows_with_length_not_faster(piece: str) -> None:
    def seconds(length: int) -> float:
        text = (piece * (length // len(piece) + 1))[:length]
        begun = time.process_time()
        EXTRACTOR.extract(record(text))
        return time.process_time() - begun

    seconds(1000)
    small, large = seconds(4000) + 0.02, seconds(32000)
    assert large < 60 * small, f"{piece!r}: {small:.2f} s at 4,000 characters, {large:.2f} s at 32,000"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CRS vs. ICANS was seen. No deaths occurred.", ["CRS vs. ICANS was seen.", "No deaths occurred."]),
        (
            "PFS was 12.5 months (95% CI, 9.9–15.1). OS was 81·3%.",
            ["PFS was 12.5 months (95% CI, 9.9–15.1).", "OS was 81·3%."],
        ),
        (
            "We treated 12 (i.e. all) patients. 15/18 patients responded.",
            ["We treated 12 (i.e. all) patients.", "15/18 patients responded."],
        ),
        (
            "They were young (2-25 years).Grade 3 CRS was rare.",
            ["They were young (2-25 years).", "Grade 3 CRS was rare."],
        ),
    ],
)
def test_sentences(text: str, parts: list[str]) -> None:
    assert [text[a:b] for a, b in sentence_spans(text)] == parts
    assert [s.text.strip() for s in language()(text).sents] == parts


@pytest.mark.parametrize("token", ["24/30", "81·3%", "≥3", "vs.", "CD19-negative", "10^6/kg"])
def test_clinical_tokens_stay_whole(token: str) -> None:
    assert token in [t.text for t in language()(f"here is {token} in text")]


@pytest.mark.parametrize(
    ("values", "failed"),
    [
        ({"n": 24, "total": 30, "percent": 80}, []),
        ({"n": 24, "total": 34, "percent": 70.5}, ["percent_mismatch"]),
        ({"n": 24, "total": 34, "percent": 70.6}, []),
        ({"n": 31, "total": 30}, ["n_over_total"]),
        ({"percent": 107}, ["percent_over_100"]),
        ({"value": 71.6, "ci_low": 44.2, "ci_high": 99.0}, []),
        ({"value": 40, "ci_low": 44.2, "ci_high": 99.0}, ["outside_interval"]),
        ({"percent": 50, "ci_low": 60, "ci_high": 40}, ["interval_order"]),
        ({"n": 4, "total": 60}, ["total_over_cohort"]),
    ],
)
def test_arithmetic_is_checked(values: dict[str, float], failed: list[str]) -> None:
    assert check(values, 40) == failed


@given(st.integers(1, 500), st.integers(0, 500), st.integers(0, 2))
def test_a_rounded_percent_is_its_fraction(total: int, n: int, digits: int) -> None:
    n = min(n, total)
    assert same_percent(n, total, round(100 * n / total + 1e-12, digits))


def test_a_remission_before_the_cells_is_none_of_a_case() -> None:
    text = (
        "A woman of 41 had acute lymphoblastic leukemia. Complete remission followed induction. She relapsed, and "
        "CD19 CAR-T cells were infused. She achieved MRD-negative complete remission on day 30."
    )
    done = EXTRACTOR.extract(record(text, label="", title="CAR-T cells for leukemia: a case report"))
    assert [f.values.get("endpoint") for f in done.facts if f.values["type"] == "response"] == ["MRD- CR"]
