"""Cohort sizes and their roles, sentence by sentence. All sentences are our own."""

from __future__ import annotations

import pytest

from extract.cohorts import Count, settle
from extract.links import Carried
from extract.reading import read_sentence
from extract.scope import Scope, Sentence
from extract.study import study_number
from models.vocabulary import fold

Expected = list[tuple[str, int]]


def counts(text: str, section: str = "RESULTS", scope: Scope = Scope.RESULTS) -> list[Count]:
    """Counts of one sentence as the reader finds them."""
    sentence = Sentence(text, fold(text), 0, len(text), section, scope)
    return [c for c in read_sentence(sentence, {}, Carried()).cohorts if c.role]


def pairs(text: str) -> Expected:
    return sorted({(c.role, c.n) for c in counts(text)})


TREATED: list[tuple[str, Expected]] = [
    ("Forty-two patients were infused.", [("treated", 42)]),
    ("In total, 318 adults received CAR T cells at nine centers.", [("treated", 318)]),
    ("Eighty patients received a single infusion of cilta-cel between 2021 and 2023.", [("treated", 80)]),
    ("We treated 19 children with relapsed leukemia with CD22 CAR T cells.", [("treated", 19)]),
    ("CD7 CAR T cells were given to 17 patients with T-ALL.", [("treated", 17)]),
    ("We retrospectively identified 133 patients who received axi-cel at our hospital.", [("treated", 133)]),
    ("A total of 57 patients with mantle cell lymphoma treated with brexu-cel were included.", [("treated", 57)]),
    ("Data from 204 adults infused with tisagenlecleucel were collected.", [("treated", 204)]),
    ("Twenty-two (median age, 61 years; range, 33-79) received anti-BCMA CAR-T cells.", [("treated", 22)]),
    ("This study evaluated outcomes of commercial CAR-T therapy in 64 patients with DLBCL.", [("treated", 64)]),
    ("Of 210 patients treated, none was lost to follow-up.", [("treated", 210)]),
    ("Among 48 CAR T-cell recipients, the median age was 63 years.", [("treated", 48)]),
    ("Thirty-one patients underwent CAR T-cell infusion.", [("treated", 31)]),
    ("All 26 patients had received ide-cel.", [("treated", 26)]),
    ("The product was administered to 101 of them.", [("treated", 101)]),
    ("Here we report on 29 patients dosed in the phase 1 part.", [("treated", 29)]),
    ("We describe four patients with lupus who were given CD19 CAR T cells.", [("treated", 4)]),
    ("One hundred and twelve patients were treated at six hospitals.", [("treated", 112)]),
    ("There were 75 patients receiving CAR-T infusion during the period.", [("treated", 75)]),
    ("As of 1 June 2022, 38 patients had been dosed.", [("treated", 38)]),
]
ENROLLED: list[tuple[str, Expected]] = [
    ("Fifty patients were enrolled.", [("enrolled", 50)]),
    ("We enrolled 61 patients at seven sites.", [("enrolled", 61)]),
    ("A total of 1,204 recipients were registered.", [("enrolled", 1204)]),
    ("Between May 2019 and June 2021, 33 participants were recruited.", [("enrolled", 33)]),
    ("The study included 88 patients with follicular lymphoma.", [("enrolled", 88)]),
    ("Seventeen patients met the eligibility criteria.", [("enrolled", 17)]),
    ("Overall, 45 patients participated.", [("enrolled", 45)]),
    ("A cohort of 15 patients with HLH was studied.", [("enrolled", 15)]),
    ("Twelve studies with 640 patients were included.", [("enrolled", 640)]),
    ("Our review identified 25 reports involving 1,310 patients.", [("enrolled", 1310)]),
    ("Ninety patients gave informed consent.", [("enrolled", 90)]),
    ("Of 37 enrolled participants, none withdrew.", [("enrolled", 37)]),
    ("A total of 360 patients underwent randomization.", [("enrolled", 360)]),
    ("Of 120 patients approved for treatment, all were insured.", [("enrolled", 120)]),
]
SCREENED: list[tuple[str, Expected]] = [
    ("Seventy-three patients were screened.", [("screened", 73)]),
    ("Sixty-six patients underwent leukapheresis.", [("screened", 66)]),
    ("Leukapheresis was performed in 92 patients.", [("screened", 92)]),
    ("Of 101 patients apheresed, six had a manufacturing failure.", [("screened", 101)]),
    ("In all, 140 patients were assessed for eligibility.", [("screened", 140)]),
]
EVALUABLE: list[tuple[str, Expected]] = [
    ("Forty-four patients were evaluable for response.", [("evaluable", 44)]),
    ("Twenty patients could be assessed at day 28.", [("evaluable", 20)]),
    ("Of 36 evaluable patients, 30 were alive.", [("evaluable", 36)]),
    ("Four of 11 patients with measurable disease had a partial response.", [("evaluable", 11)]),
    ("The analysis included 158 patients.", [("evaluable", 158)]),
    ("Thirty patients completed treatment, leaving 27 for analysis.", [("evaluable", 27), ("treated", 30)]),
    ("A total of 143 patients were available.", [("evaluable", 143)]),
    ("In the efficacy analysis set (n = 52), the ORR was 71%.", [("evaluable", 52)]),
    ("A matched cohort of 240 patients was analyzed.", [("evaluable", 240)]),
    ("The database held 9,214 reports, and we analyzed 9214 reports of adverse events.", [("evaluable", 9214)]),
]
SEVERAL: list[tuple[str, Expected]] = [
    ("Sixty patients were enrolled and 52 were infused.", [("enrolled", 60), ("treated", 52)]),
    ("Of 30 adults enrolled, 27 (90%) received UCAR-T cells.", [("enrolled", 30), ("treated", 27)]),
    (
        "We screened 70 patients, of whom 61 were enrolled and 55 treated.",
        [("enrolled", 61), ("screened", 70), ("treated", 55)],
    ),
    ("88 patients underwent apheresis, of whom 79 (90%) were infused.", [("screened", 88), ("treated", 79)]),
    (
        "At cutoff, 112 patients had been enrolled, 94 had been infused and 88 were evaluable for efficacy.",
        [("enrolled", 112), ("evaluable", 88), ("treated", 94)],
    ),
    (
        "Among the 111 patients who were enrolled, cells were administered to 101.",
        [("enrolled", 111), ("treated", 101)],
    ),
    ("Twenty patients were enrolled, all of whom were treated.", [("enrolled", 20), ("treated", 20)]),
    ("Forty patients were infused, 14 of whom had extramedullary disease.", [("subgroup", 14), ("treated", 40)]),
    ("Nineteen patients were treated, seven of them after a previous transplant.", [("subgroup", 7), ("treated", 19)]),
    ("Of these, 210 had large B-cell lymphoma and 66 had ALL.", [("subgroup", 66), ("subgroup", 210)]),
    (
        "Sixty patients were infused (lymphoma, 41; leukemia, 19).",
        [("subgroup", 19), ("subgroup", 41), ("treated", 60)],
    ),
    (
        "Fifty patients received CAR T cells (30 axi-cel and 20 tisa-cel).",
        [("subgroup", 20), ("subgroup", 30), ("treated", 50)],
    ),
    (
        "Twelve patients were dosed: three at dose level 1, three at dose level 2 and six at dose level 3.",
        [("arm", 3), ("arm", 6), ("treated", 12)],
    ),
    ("Nine patients were treated (4 at dose level 1 and 5 at dose level 2).", [("arm", 4), ("arm", 5), ("treated", 9)]),
    (
        "A total of 386 patients were randomly assigned, 254 to CAR T cells and 132 to standard regimens.",
        [("arm", 132), ("arm", 254), ("enrolled", 386)],
    ),
    ("We compared 35 patients with renal impairment and 118 patients without it.", [("arm", 35), ("arm", 118)]),
    ("Outcomes of axi-cel (n = 209) versus tisa-cel (n = 201) were compared.", [("arm", 201), ("arm", 209)]),
    (
        "Thirty patients were transplanted (transplant group) and 22 were not (observation group).",
        [("arm", 22), ("arm", 30)],
    ),
    (
        "The meta-analysis included 29 studies and 811 patients, of whom 347 were children.",
        [("enrolled", 811), ("subgroup", 347)],
    ),
    (
        "Seven children and three adults (n = 10) were infused with CD19 CAR T cells.",
        [("subgroup", 3), ("subgroup", 7), ("treated", 10)],
    ),
    (
        "A total of 180 patients were randomly assigned to receive axi-cel and 179 to receive standard care.",
        [("arm", 179), ("arm", 180)],
    ),
    ("All 17 enrolled patients received the infusion.", [("enrolled", 17), ("treated", 17)]),
    (
        "Seventy-five patients received an infusion and could be evaluated for efficacy.",
        [("evaluable", 75), ("treated", 75)],
    ),
    ("Thirty patients were enrolled. 24 patients were infused.", [("enrolled", 30), ("treated", 24)]),
    ("All enrolled patients (n = 12) received CAR T cells.", [("enrolled", 12)]),
    ("Fifteen patients (including 11 with lymphoma) were infused.", [("subgroup", 11), ("treated", 15)]),
    ("Of 279 patients in the registry, 45 fulfilled the eligibility criteria.", [("enrolled", 45), ("screened", 279)]),
    (
        "Of 60 patients treated, 31 received axi-cel, 17 tisa-cel and 12 liso-cel.",
        [("subgroup", 12), ("subgroup", 17), ("subgroup", 31), ("treated", 60)],
    ),
    ("We compared three groups after 84 patients were infused.", [("treated", 84)]),
]
SUBGROUPS: list[tuple[str, Expected]] = [
    ("Of the 28 responders, 20 remained in remission.", [("subgroup", 28)]),
    ("Of 50 patients, 4 received 1 × 10^6/kg, 8 received 3 × 10^6/kg.", [("arm", 4), ("arm", 8), ("treated", 50)]),
    ("Nine patients had undergone prior allogeneic transplantation.", [("subgroup", 9)]),
    ("Fourteen patients carried a TP53 mutation.", [("subgroup", 14)]),
    ("The remaining 21 patients had isolated marrow disease.", [("subgroup", 21)]),
    ("Eighty-one patients received bridging therapy.", [("subgroup", 81)]),
    ("In patients with bulky disease (n = 33), the ORR was lower.", [("subgroup", 33)]),
    ("Twenty-six patients were given a CD34+ stem-cell boost.", [("subgroup", 26)]),
    ("Forty-seven patients were classified as high risk.", [("subgroup", 47)]),
    ("Of 22 patients with marrow involvement before treatment, 14 became MRD-negative.", [("subgroup", 22)]),
    ("In cohort 1 (n = 6), no patient responded.", [("arm", 6)]),
    ("Historical controls (n = 40) came from the registry.", [("arm", 40)]),
    ("A second infusion was given to 13 patients.", [("subgroup", 13)]),
]
NONE: list[str] = [
    "A total of 52 patients (88%) experienced CRS.",
    "ICANS developed in 12% of patients (n = 4).",
    "Rates at months 3, 6 and 12 were 74%, 70% and 66%, respectively.",
    "Tocilizumab was given to 11 patients.",
    "Corticosteroids were administered to 18 patients.",
    "Patients were treated at 14 centers in five countries.",
    "Eleven studies from six countries were included.",
    "The median age was 62 years (range, 31-78).",
    "We analyzed 140 samples taken at three time points.",
    "Patients received 2 × 10^6 cells/kg after three days of lymphodepletion.",
    "Patients had received a median of 4 prior lines of therapy.",
    "Patients with an ECOG status of 0-1 were recruited.",
    "CRS of grade 3 occurred in 5 patients.",
    "Cytokine release syndrome was seen in 20 patients (grade 1, n = 14; grade 2, n = 6).",
    "Two patients withdrew and one declined.",
    "Three were never infused because of manufacturing failure.",
    "Six patients died of infection.",
    "Seven patients in the control group died.",
    "DLTs were observed in 2 patients at dose level 3.",
    "Eight patients relapsed after a median of 6 months.",
    "A total of 24 infections occurred, 10 of them bacterial.",
    "On day 28, 12 patients were in complete remission.",
    "The data are reported for 12 months after infusion.",
    "Studies enrolling a minimum of 10 patients were eligible.",
    "The hazard ratio was 2.1 (95% CI, 1.2-3.6).",
    "No patients were excluded.",
    "Five batches failed release testing.",
    "Platelets recovered to 50 G/L by day 30.",
    "Patients were randomized 1:1.",
    "Sixteen percent were female.",
    "Patients aged 18 years or older with 2 or more prior therapies were eligible.",
]
CASES: list[tuple[str, Expected]] = [
    ("A 61-year-old woman with follicular lymphoma was given axicabtagene ciloleucel.", [("treated", 1)]),
    ("We report a case of fatal encephalitis after CAR-T therapy.", [("treated", 1)]),
    ("Here, we describe a patient with refractory lupus who received CD19 CAR T cells.", [("treated", 1)]),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [row for table in (TREATED, ENROLLED, SCREENED, EVALUABLE, SEVERAL, SUBGROUPS, CASES) for row in table],
)
def test_roles(text: str, expected: Expected) -> None:
    assert pairs(text) == sorted(expected)


@pytest.mark.parametrize("text", NONE)
def test_no_cohort(text: str) -> None:
    assert pairs(text) == []


@pytest.mark.parametrize("text", [text for table in (TREATED, SEVERAL, SUBGROUPS, CASES) for text, _ in table])
def test_spans(text: str) -> None:
    for count in counts(text):
        assert 0 <= count.start < count.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "(" * 3000 + "5 patients",
        "12 patients, " * 3000,
        "1 and 2 (n = 3) " * 2000,
        "(3) " * 4000,
        "9 patients (" + "3 of them, " * 3000,
        "(n = 4; " * 3000,
        "40 patients " + "(" * 50 + "3, 40 with " * 2000,
    ],
)
def test_long_nonsense_ends(text: str) -> None:
    counts(text)


def document(*texts: str) -> list[list[Count]]:
    return [counts(text, "TITLE" if i == 0 else "RESULTS") for i, text in enumerate(texts)]


def settled(*texts: str, kind: str = "retrospective") -> list[tuple[int, Count]]:
    levels = settle(document(*texts), kind, texts[0])  # type: ignore[arg-type]
    return [(i, count) for i, level in enumerate(levels) for count in level]


def test_title_takes_the_role_the_text_gives() -> None:
    found = settled("CAR-T after transplant: a study of 40 patients", "Forty patients were enrolled.")
    assert {(c.role, c.n) for _, c in found} == {("enrolled", 40)}


def test_one_patient_among_many_is_no_cohort() -> None:
    found = settled(
        "CAR-T in lupus", "Ten patients were infused.", "One patient received a second dose of CAR T cells."
    )
    assert {(c.role, c.n) for _, c in found} == {("treated", 10)}


def test_products_are_arms_where_they_are_compared() -> None:
    found = settled("Axi-cel versus tisa-cel in practice", "Fifty patients were infused (30 axi-cel and 20 tisa-cel).")
    assert {(c.role, c.n) for _, c in found} == {("treated", 50), ("arm", 30), ("arm", 20)}


NUMBERS: list[tuple[str, tuple[str, ...], int | None]] = [
    ("prospective_trial", ("CAR-T", "Sixty patients were enrolled and 52 were infused."), 52),
    (
        "prospective_trial",
        (
            "CAR-T",
            "A total of 386 patients were randomly assigned, 254 to CAR T cells and 132 to standard regimens.",
            "Of these, 225 received ide-cel.",
        ),
        386,
    ),
    (
        "retrospective",
        ("CAR-T", "Ninety patients with lymphoma were included.", "Nine patients received CAR T cells after relapse."),
        90,
    ),
    ("retrospective", ("CAR-T", "Of 120 patients screened, 85 were analyzed."), 85),
    (
        "meta_analysis",
        (
            "CAR-T",
            "Twelve studies with 640 patients were included.",
            "In 210 patients infused with axi-cel, the ORR was 70%.",
        ),
        640,
    ),
    ("case_report", ("CAR-T", "The course was favourable."), 1),
    ("review", ("CAR-T", "Sixty patients were infused."), None),
    ("preclinical", ("CAR-T", "Samples came from 12 patients."), None),
    ("retrospective", ("CAR-T in 33 patients", "The response was good."), 33),
    (
        "real_world",
        ("CAR-T", "Patients with LBCL who underwent axi-cel (n = 160) or tisa-cel (n = 150) were studied."),
        310,
    ),
]


@pytest.mark.parametrize(("kind", "texts", "expected"), NUMBERS)
def test_study_number(kind: str, texts: tuple[str, ...], expected: int | None) -> None:
    assert study_number(kind, settled(*texts, kind=kind)) == expected  # type: ignore[arg-type]
