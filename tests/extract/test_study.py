"""The study as a whole, on short texts: type, targets, diseases, registration numbers, phase, products."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from extract.diseases import mentions
from extract.study import diseases, phase, registrations, study_products, study_type, targets
from extract.study_types import own_part, table, weights_of
from models.record import Record, Section
from models.scanner import Scanner
from models.study import StudyType
from models.vocabulary import fold

STUDY_TYPES = tomllib.loads((Path(__file__).parent / "study_types.toml").read_text(encoding="utf-8"))["case"]


@dataclass(frozen=True)
class Text:
    title: str
    abstract: str
    kind: StudyType
    targets: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()


TEXTS = (
    Text("T-cell lymphoma after ciltacabtagene autoleucel: a case report",
         "A woman of 58 with multiple myeloma was given cilta-cel. A T-cell lymphoma that carried the CAR was found after "
         "eight months.",
         "case_report", ("BCMA",), ("MM",)),
    Text("CD20 CAR-T cells armed with a cytokine against lymphoma",
         "CD19 CAR-T cells have transformed the treatment of lymphoma. We made CD20-targeted CAR-T cells; they "
         "eliminated B-cell lymphoma in mice.",
         "preclinical", ("CD20",), ("B-NHL",)),
    # prospective trials
    Text("CD19 CAR T cells in adults with relapsed B-cell acute lymphoblastic leukemia: a phase 2 study",
         "Adults with relapsed or refractory B-ALL were enrolled at six sites. Of 48 patients infused, 39 reached "
         "complete remission. The primary end point was met.",
         "prospective_trial", ("CD19",), ("B-ALL",)),
    Text("Bispecific CD19/CD20 CAR-T cells for B-cell non-Hodgkin lymphoma",
         "In this first-in-human, dose-escalation trial, 22 patients with B-cell non-Hodgkin lymphoma received "
         "cells at three dose levels. No dose-limiting toxicity was seen.",
         "prospective_trial", ("CD19", "CD20"), ("B-NHL",)),
    Text("GPRC5D-targeted CAR T cells for myeloma after BCMA therapy",
         "We enrolled 17 patients whose myeloma had progressed after BCMA CAR T cells. Cytokine release syndrome "
         "was of grade 1 or 2 in 14 patients. ClinicalTrials.gov: NCT09011111.",
         "prospective_trial", ("GPRC5D",), ("MM",)),
    Text("Ciltacabtagene autoleucel or standard care in lenalidomide-refractory multiple myeloma",
         "Patients were randomly assigned to cilta-cel (n = 208) or standard care (n = 211). The hazard ratio for "
         "progression or death was 0.3. The trial was open label.",
         "prospective_trial", ("BCMA",), ("MM",)),
    Text("Axicabtagene ciloleucel as second-line therapy in large B-cell lymphoma ineligible for transplantation",
         "ALYCANTE is an open-label phase II study. Forty patients with large B-cell lymphoma underwent "
         "leukapheresis. The primary endpoint was complete metabolic response at 3 months.",
         "prospective_trial", ("CD19",), ("LBCL",)),
    Text("Long-term follow-up of tisagenlecleucel in relapsed follicular lymphoma (ELARA)",
         "Ninety-seven patients with relapsed follicular lymphoma were treated in ELARA. After a median follow-up "
         "of 29 months, progression-free survival was 57%.",
         "prospective_trial", ("CD19",), ("FL",)),
    Text("Claudin18.2-specific CAR T cells in gastrointestinal cancers: interim results",
         "An open-label, single-arm trial enrolled patients with CLDN18.2-positive gastric cancer or pancreatic "
         "cancer. Thirty-seven patients were infused; the objective response rate was 48.6%.",
         "prospective_trial", ("CLDN18.2",), ("gastric cancer", "pancreatic cancer")),
    Text("Donor CD7 CAR-T for T-ALL/LBL",
         "Twenty patients with T-ALL/LBL were given donor-derived CD7 CAR T cells in an open-label trial "
         "(ChiCTR2000090001). Nineteen of 20 had a complete remission.",
         "prospective_trial", ("CD7",), ("T-ALL", "T-LBL")),
    Text("GD2-CART01 for relapsed or refractory high-risk neuroblastoma",
         "In this academic phase 1-2 trial, patients aged 1 to 25 years received GD2-CART01. A total of 27 "
         "children with neuroblastoma were treated and the overall response was 63%.",
         "prospective_trial", ("GD2",), ("neuroblastoma",)),
    Text("Anti-CD19 CAR T-cell therapy for refractory lupus nephritis",
         "Twelve patients with systemic lupus erythematosus were enrolled in a phase 1 trial registered at "
         "Chinese Clinical Trial Registry. All reached remission without immunosuppressants. Cytokine release "
         "syndrome was mild.",
         "prospective_trial", ("CD19",), ("SLE",)),
    Text("A dual CD19/CD22 CAR in children with leukaemia that came back",
         "Autologous cells were transduced with a bicistronic vector. We treated 15 children with B-cell acute "
         "lymphoblastic leukaemia. Thirteen were in MRD-negative remission at one month.",
         "prospective_trial", ("CD19", "CD22"), ("B-ALL",)),
    Text("EGFRvIII-redirected cells given into the ventricle for recurrent glioblastoma",
         "Three dose levels of CAR T cells targeting EGFRvIII were planned. Ten participants with glioblastoma "
         "were dosed in this phase 1 trial; dose-limiting toxicity was not seen.",
         "prospective_trial", ("EGFRvIII",), ("glioblastoma",)),
    Text("Allogeneic CAR T cells from healthy donors against CD70 in renal cell carcinoma",
         "Patients with advanced clear-cell renal cell carcinoma were enrolled in the dose-escalation part. "
         "CTX130 was infused in 16 patients. Stable disease was the best response in 12 patients.",
         "prospective_trial", ("CD70",), ("renal cell carcinoma",)),
    # retrospective cohorts
    Text("Prognostic value of baseline ferritin in patients receiving CAR-T for lymphoma",
         "We retrospectively reviewed 84 patients with diffuse large B-cell lymphoma treated with axi-cel at our "
         "center. Ferritin above 500 predicted shorter survival on multivariable analysis.",
         "retrospective", ("CD19",), ("DLBCL",)),
    Text("Cytopenias after BCMA CAR-T therapy: a single-institution experience",
         "Sixty-two consecutive patients with multiple myeloma who received BCMA-directed CAR T cells were "
         "analyzed. Prolonged neutropenia occurred in 34%.",
         "retrospective", ("BCMA",), ("MM",)),
    Text("Steroid use and outcome after CAR T-cell therapy for large B-cell lymphoma",
         "Medical records of 100 patients with large B-cell lymphoma treated at two centers were reviewed. "
         "Progression-free survival did not differ by steroid dose (hazard ratio 1.1).",
         "retrospective", (), ("LBCL",)),
    Text("Real-world use of tisagenlecleucel in diffuse large B-cell lymphoma: one hospital's experience",
         "This single-center study covered 41 patients with DLBCL given tisagenlecleucel. Overall survival at 1 "
         "year was 55%.",
         "retrospective", ("CD19",), ("DLBCL",)),
    Text("Radiomics before CD19 CAR T cells: who will respond?",
         "PET scans of 93 patients with relapsed large B-cell lymphoma were reviewed retrospectively. A model "
         "with three features had an area under the curve of 0.79.",
         "retrospective", ("CD19",), ("LBCL",)),
    Text("Hepatitis B reactivation following CD19 or BCMA CAR-T cells",
         "In this retrospective study, 54 patients with past hepatitis B infection and either B-cell lymphoma or "
         "multiple myeloma were included. Reactivation was seen in three patients.",
         "retrospective", ("CD19", "BCMA"), ("B-NHL", "MM")),
    Text("Second CAR T-cell infusion with CD22 CAR after CD19 CAR failure in children",
         "We reviewed 28 children with B-ALL who had relapsed after CD19 CAR T cells and got CD22 CAR T cells at "
         "our institution. Twenty had a complete remission.",
         "retrospective", ("CD22",), ("B-ALL",)),
    # routine practice in many centres
    Text("Lisocabtagene maraleucel for large B-cell lymphoma: a CIBMTR report",
         "We analyzed 396 patients with large B-cell lymphoma reported to the registry. The overall response rate "
         "was 79%. Safety was as in the pivotal trial.",
         "real_world", ("CD19",), ("LBCL",)),
    Text("Brexucabtagene autoleucel in mantle cell lymphoma: a multicentre study from Europe",
         "Data of 111 patients with mantle cell lymphoma from 14 centres were collected retrospectively. "
         "Twelve-month survival was 61%.",
         "real_world", ("CD19",), ("MCL",)),
    Text("Ide-cel outside of trials: the national experience",
         "A nationwide cohort of 159 patients with relapsed multiple myeloma received idecabtagene vicleucel as "
         "standard of care. The response rate was 84%.",
         "real_world", ("BCMA",), ("MM",)),
    Text("Use and outcomes of CAR T-cell therapy among Medicare beneficiaries with lymphoma",
         "Using insurance claims from 2018 to 2022 we identified 1,040 patients with diffuse large B-cell "
         "lymphoma. Ninety-day mortality was 11%.",
         "real_world", (), ("DLBCL",)),
    Text("Outcomes of older adults after axi-cel: results of the US Lymphoma CAR T Consortium",
         "Seventeen institutions contributed 272 patients with large B-cell lymphoma. Complete response was "
         "observed in 62% of those aged 65 years or more.",
         "real_world", ("CD19",), ("LBCL",)),
    Text("Tisagenlecleucel for childhood leukemia in routine care",
         "Real-world data of 185 children with B-cell acute lymphoblastic leukemia from 15 hospitals showed a "
         "remission rate of 85%.",
         "real_world", ("CD19",), ("B-ALL",)),
    Text("Bridging therapy before axicabtagene ciloleucel: a DESCAR-T analysis",
         "Patients with relapsed DLBCL recorded in the French registry were analysed. Of 460 patients, 410 "
         "received bridging. Median overall survival was 13.9 months.",
         "real_world", ("CD19",), ("DLBCL",)),
    # pooled evidence
    Text("Safety of CAR T-cell therapy in central nervous system lymphoma: systematic review and meta-analysis",
         "PubMed and Embase were searched. Fourteen studies with 129 patients were included. The pooled rate of "
         "grade 3 neurotoxicity was 18%.",
         "meta_analysis", (), ("CNS lymphoma",)),
    Text("Infections in recipients of BCMA-directed CAR T cells for multiple myeloma: what do studies report?",
         "We systematically searched MEDLINE and Scopus for trials of anti-BCMA CAR T cells in multiple myeloma. "
         "Data of 26 studies were pooled with a random-effects model; heterogeneity was high.",
         "meta_analysis", ("BCMA",), ("MM",)),
    Text("Network meta-analysis of second-line treatments for large B-cell lymphoma",
         "Three randomized trials with 865 patients were compared. Axi-cel ranked first for event-free survival.",
         "meta_analysis", ("CD19",), ("LBCL",)),
    Text("Mortality without relapse after CAR T cells: an umbrella review",
         "Reviews indexed in the Cochrane Library and PubMed were appraised with AMSTAR. Eleven reviews on B-cell "
         "lymphoma and multiple myeloma were included.",
         "meta_analysis", (), ("B-NHL", "MM")),
    # reviews
    Text("CAR T-cell therapy for mantle cell lymphoma: current status and future directions",
         "CD19-directed CAR T cells have changed the outlook of mantle cell lymphoma. In this review we discuss "
         "the trials, toxicities and ways to overcome resistance.",
         "review", ("CD19",), ("MCL",)),
    Text("Immunotherapy of chronic lymphocytic leukemia",
         "Antibodies, bispecifics and CAR T cells are new options in chronic lymphocytic leukemia. Randomized "
         "phase 3 trials are awaited. Their place among targeted agents is discussed.",
         "review", (), ("CLL",)),
    Text("Managing toxicities of cellular therapy",
         "PURPOSE OF REVIEW: To describe how cytokine release syndrome and neurotoxicity are managed. RECENT "
         "FINDINGS: Grading has been harmonized. SUMMARY: Early treatment is advised.",
         "review"),
    Text("Antigen escape: how tumours evade CAR T cells",
         "Loss of CD19 is a cause of relapse. Here, we summarize mechanisms of antigen escape and strategies such "
         "as dual targeting.",
         "review"),
    Text("CAR T cells in autoimmune disease",
         "After success in lupus, CAR T cells targeting CD19 are now tested in myasthenia gravis and systemic "
         "sclerosis. This article reviews the evidence and open questions.",
         "review", ("CD19",), ("SLE", "myasthenia gravis", "SSc")),
    Text("Bispecific antibodies and CAR T cells for follicular lymphoma: choosing and sequencing",
         "Several agents were approved for follicular lymphoma in recent years. We highlight practical aspects "
         "that guide the choice for individual patients.",
         "review", (), ("FL",)),
    # case reports
    Text("Tisagenlecleucel in a patient with post-transplant lymphoproliferative disorder",
         "We report a 34-year-old man with a kidney graft and post-transplant lymphoproliferative disorder. He "
         "achieved complete remission after tisagenlecleucel.",
         "case_report", ("CD19",), ("PTLD",)),
    Text("Fatal mucormycosis after CAR T-cell therapy: a case report and review of the literature",
         "A 61-year-old woman with diffuse large B-cell lymphoma developed mucormycosis on day 20 after "
         "axicabtagene ciloleucel. She died despite surgery.",
         "case_report", ("CD19",), ("DLBCL",)),
    Text("CD19 CAR T cells for stiff person syndrome",
         "Here we describe a patient with treatment-refractory stiff person syndrome. Walking improved after "
         "infusion of CD19 CAR T cells (KYV-101). The patient had no neurotoxicity.",
         "case_report", ("CD19",), ("stiff person syndrome",)),
    Text("A third-generation CD19 CAR clears extramedullary leukemia",
         "The new CAR T cells were tested in killing assays and in xenografts of acute lymphoblastic leukemia. Three "
         "patients with extramedullary relapse were infused. All three reached complete remission.",
         "case_report", ("CD19",), ("B-ALL",)),
    Text("Parkinsonism after ciltacabtagene autoleucel in two patients",
         "Two men with multiple myeloma developed movement disorder on days 19 and 38. Both improved with "
         "cyclophosphamide. Patient 1 died of infection.",
         "case_report", ("BCMA",), ("MM",)),
    Text("T-cell lymphoma arising after CAR T-cell therapy for myeloma",
         "We present a 58-year-old male in whom a CAR-positive peripheral T-cell lymphoma was found 5 months "
         "after cilta-cel for multiple myeloma.",
         "case_report", ("BCMA",), ("MM",)),
    Text("Successful pregnancy following CAR-T",
         "A 26-year-old female with B-cell acute lymphoblastic leukemia conceived two years after CD19 CAR T "
         "cells. This case shows that fertility can be kept.",
         "case_report", ("CD19",), ("B-ALL",)),
    # laboratory work
    Text("Deleting a phosphatase improves CAR T-cell persistence in solid tumor xenografts",
         "Exhaustion limits CAR T cells. Edited mesothelin CAR T cells killed ovarian cancer cell lines in vitro "
         "and prolonged survival of NSG mice.",
         "preclinical", ("mesothelin",), ("ovarian cancer",)),
    Text("A nanobody-based CD5 CAR resists fratricide",
         "We generated CD5 CAR T cells and tested them against T-ALL cell lines. In a mouse model the leukemia "
         "was cleared. These data support a clinical trial.",
         "preclinical", ("CD5",), ("T-ALL",)),
    Text("Lenalidomide restores the immunological synapse of CAR T cells",
         "CD19 CAR T cells were co-cultured with lymphoma cell lines in vitro. Synapse strength and cytokine "
         "secretion rose. Murine models confirmed the anti-tumor activity in vivo.",
         "preclinical", ("CD19",), ("NHL",)),
    Text("B7-H3 CAR-NK cells against osteosarcoma",
         "CAR-NK cells targeting B7-H3 lysed osteosarcoma spheroids and slowed orthotopic xenografts in mice.",
         "preclinical", ("B7-H3",), ("osteosarcoma",)),
    Text("In vivo generation of CAR T cells with lipid nanoparticles",
         "Lipid nanoparticles delivered an anti-CD19 CAR to T cells of humanized mice and macaques; B cells were "
         "depleted within days.",
         "preclinical", ("CD19",)),
    # economics
    Text("Cost-effectiveness of liso-cel as second-line treatment of large B-cell lymphoma in Japan",
         "A partitioned survival model compared liso-cel with standard care. Incremental costs per QALY gained "
         "were 5.1 million yen. Results held in sensitivity analyses.",
         "cost_effectiveness", ("CD19",), ("LBCL",)),
    Text("Budget impact of CAR T-cell therapy for multiple myeloma",
         "A budget impact model from the payer perspective estimated costs of idecabtagene vicleucel over five "
         "years.",
         "cost_effectiveness", ("BCMA",), ("MM",)),
    Text("Is one infusion worth it? Ciltacabtagene autoleucel for multiple myeloma in England",
         "A Markov model with a lifetime horizon was built from trial data. The incremental cost-effectiveness "
         "ratio was above the willingness-to-pay threshold.",
         "cost_effectiveness", ("BCMA",), ("MM",)),
    # everything else
    Text("Referral for CAR T-cell therapy: a survey of community oncologists",
         "An online questionnaire was sent to 300 oncologists who treat lymphoma. Distance was the most named "
         "barrier.",
         "other", (), ("lymphoma",)),
    Text("Bleeding events with CAR T-cell products: a disproportionality analysis of FAERS",
         "Reports in FAERS from 2018 to 2023 were analysed. The reporting odds ratio for haemorrhage was 1.6. "
         "There were 212 patients who died.",
         "other"),
    Text("Glofitamab compared with axicabtagene ciloleucel in diffuse large B-cell lymphoma: a matching-adjusted "
         "indirect comparison",
         "Patient-level data of glofitamab (n = 155) were weighted to match published data of axi-cel. Overall "
         "survival was similar.",
         "other", ("CD19",), ("DLBCL",)),
    Text("EBMT recommendations on CAR T-cell therapy: expert consensus by the Delphi method",
         "A panel of experts voted on 40 statements about eligibility and toxicity. Agreement was reached for 36.",
         "other"),
    Text("Living through CAR T-cell therapy: interviews with patients and caregivers",
         "Semi-structured interviews were held with 21 patients with multiple myeloma and their caregivers. Four "
         "themes emerged.",
         "other", (), ("MM",)),
    Text("CAR T cells versus transplantation in high-risk lymphoma: study protocol for a randomized trial",
         "Patients with large B-cell lymphoma will be randomized 1:1. A total of 120 patients will be enrolled.",
         "other", (), ("LBCL",)),
    Text("Single-cell transcriptomes of infusion products tell apart responders to CD19 CAR T cells",
         "We profiled pre-infusion products by single-cell RNA sequencing. A memory signature marked responders "
         "with large B-cell lymphoma.",
         "other", ("CD19",), ("LBCL",)),
    Text("A new brake on engineered T cells",
         "Resistance to CAR T cells is common. In this issue of the journal, a group finds a suppressor of CAR T "
         "cells.",
         "other"),
    Text("How much tocilizumab is enough?",
         "We built a population pharmacokinetic model to predict tocilizumab levels in patients with B-cell "
         "non-Hodgkin lymphoma and cytokine release syndrome.",
         "other", (), ("B-NHL",)),
    Text("Early PET after CAR T cells in large B-cell lymphoma: a prospective single-center study",
         "We measured the metabolic volume before and one month after infusion in 44 patients with large B-cell "
         "lymphoma.",
         "prospective_trial", (), ("LBCL",)),
    Text("Epcoritamab for follicular lymphoma: an appraisal",
         "AREAS COVERED: Data from trials of CD3xCD20 bispecific antibodies were found by a literature search on "
         "PubMed. EXPERT OPINION: Sequencing with CAR T cells is open.",
         "review", (), ("FL",)),
    # targets: what is aimed at and what is not
    Text("CD19-negative relapse after CD19 CAR T-cell therapy in children",
         "We retrospectively studied 60 children with B-ALL given CD19 CAR T cells. CD20 antibodies had been used "
         "before in nine and CD34+ selected grafts in ten.",
         "retrospective", ("CD19",), ("B-ALL",)),
    Text("Sequential CD19CAR-T and CD22CAR-T in lymphoma",
         "In a phase 1 trial, sequential infusion was given to 12 patients with DLBCL.",
         "prospective_trial", ("CD19", "CD22"), ("DLBCL",)),
    Text("Tandem CD19/20 CAR-T for relapsed lymphoma",
         "A phase 2 trial of tandem CD19/20 CAR-T enrolled 33 patients with B-cell lymphoma.",
         "prospective_trial", ("CD19", "CD20"), ("B-NHL",)),
    Text("CAR T cells against CLL-1 in acute myeloid leukemia",
         "Eleven patients with refractory acute myeloid leukemia were enrolled in this phase 1 trial of anti-CLL1 "
         "CAR T cells. CD33 expression was measured.",
         "prospective_trial", ("CLL1",), ("AML",)),
    # diseases: what is treated and what is not
    Text("Acute myeloid leukemia as lineage switch after CD19 CAR T cells",
         "We describe three infants with KMT2A-rearranged B-ALL whose disease came back as acute myeloid leukemia "
         "after CD19 CAR T cells.",
         "case_report", ("CD19",), ("B-ALL",)),
    Text("CAR T-cell therapy for lymphoma and myeloma in the elderly",
         "We retrospectively analyzed 70 patients: large B-cell lymphoma (n = 40), mantle cell lymphoma (n = 10) "
         "and multiple myeloma (n = 20), all treated at our hospital.",
         "retrospective", (), ("LBCL", "MCL", "MM")),
    Text("CAR19/22 T cells for B-cell lymphoma of the central nervous system",
         "We treated eight patients with CNS lymphoma with CAR19 and CAR22 T cells. RESULTS: Five reached remission.",
         "prospective_trial", ("CD19", "CD22"), ("CNS lymphoma",)),
    Text("CD19 CAR T cells in relapsed indolent non-Hodgkin lymphoma: a phase 2 study",
         "We enrolled 60 patients with follicular lymphoma (n = 48) or marginal zone lymphoma (n = 12). "
         "RESULTS: Of 58 patients treated, 53 responded.",
         "prospective_trial", ("CD19",), ("FL", "MZL")),
    Text("Anti-CD19 CAR T cells for children with relapsed ALL",
         "BACKGROUND: CAR T cells have transformed lymphoma care. METHODS: In this phase 1/2 trial 50 children "
         "with ALL were treated. RESULTS: Forty-five reached remission.",
         "prospective_trial", ("CD19",), ("B-ALL",)),
    Text("CAR T-cell therapy of primary and secondary central nervous system lymphoma",
         "We retrospectively studied 30 patients treated with CD19 CAR T cells at a tertiary center.",
         "retrospective", ("CD19",), ("PCNSL", "LBCL")),
)  # fmt: skip


def record_of(text: Text) -> Record:
    return Record(pmid="90000001", title=text.title, sections=(Section(text=text.abstract),))


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t.title[:60])
def test_study_type(text: Text) -> None:
    record = record_of(text)
    title, abstract = fold(text.title), fold(text.abstract)
    assert study_type(record, title, abstract) == text.kind, weights_of(record, title, abstract)


@pytest.mark.parametrize("case", STUDY_TYPES, ids=lambda case: case["title"][:60])
def test_study_type_of_short_abstracts(case: dict[str, str]) -> None:
    record = Record(pmid="1", title=case["title"], sections=(Section(text=case["text"]),))
    title, abstract = fold(record.title), fold(record.abstract)
    assert study_type(record, title, abstract) == case["kind"], weights_of(record, title, abstract)


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t.title[:60])
def test_targets(text: Text) -> None:
    assert set(targets(record_of(text), fold(text.title), fold(text.abstract))) == set(text.targets)


@pytest.mark.parametrize("text", TEXTS, ids=lambda t: t.title[:60])
def test_diseases(text: Text) -> None:
    found = diseases(fold(text.title), fold(text.abstract), text.title, text.abstract)
    assert set(found) == set(text.diseases)


@pytest.mark.parametrize(
    ("abstract", "expected"),
    [
        ("This trial is registered as NCT02644655.", ("NCT02644655",)),
        ("(NCT 0264 4655) is closed.", ("NCT02644655",)),
        ("(ClinicalTrials.gov NCT 02644655; 24 patients)", ("NCT02644655",)),
        ("NCT0264 4655 24 patients were treated", ("NCT02644655",)),
        ("a digit short: NCT0264465", ("NCT0264465",)),
        ("a digit more: NCT026446555", ("NCT026446555",)),
        ("nct02644655 in small letters", ("NCT02644655",)),
        ("NCT-02644655 and NCT02644655 are one", ("NCT02644655",)),
        ("numbers NCT03391466, NCT03570892.", ("NCT03391466", "NCT03570892")),
        ("registered in China (ChiCTR1900021295)", ("ChiCTR1900021295",)),
        ("(ChiCTR-OPN-16008526) and ChiCTR 2000033408", ("ChiCTR-OPN-16008526", "ChiCTR2000033408")),
        ("CHICTR1900021295 in capitals", ("ChiCTR1900021295",)),
        ("EudraCT 2016-002966-29", ("2016-002966-29",)),
        ("EudraCT number: 2018-001923-38; NCT04888442", ("2018-001923-38", "NCT04888442")),
        ("UMIN000012345 and UMIN-CTR: UMIN 000054321", ("UMIN000012345", "UMIN000054321")),
        ("jRCTs031180023", ("jRCTs031180023",)),
        ("jRCT2033200103", ("jRCT2033200103",)),
        ("ISRCTN 10131075", ("ISRCTN10131075",)),
        ("CTRI/2021/12/038829", ("CTRI/2021/12/038829",)),
        ("ACTRN12618001234567", ("ACTRN12618001234567",)),
        ("DRKS00012345", ("DRKS00012345",)),
        ("treated from 2016-2019 in 24 centers; 100 to 200 patients", ()),
        ("function 12345678 of NCTX", ()),
    ],
)
def test_registration_numbers(abstract: str, expected: tuple[str, ...]) -> None:
    assert registrations(Record(pmid="1", sections=(Section(text=abstract),))) == expected


def test_numbers_of_record_and_text_are_one_list() -> None:
    record = Record(pmid="1", sections=(Section(text="NCT 0264 4655 and ChiCTR1900021295"),), nct=("NCT02644655",))
    assert registrations(record) == ("NCT02644655", "ChiCTR1900021295")


@pytest.mark.parametrize(
    ("title", "abstract", "expected"),
    [
        ("A phase 2 trial", "", "2"),
        ("Phase I/II study of cells", "", "1/2"),
        ("Phase 1b/2 results", "", "1b/2"),
        ("CAR T cells in lupus", "In this phase 1 dose-escalation study", "1"),
        ("A title", "A Phase III randomised study was done.", "3"),
        ("A title", "The recommended phase 2 dose was found.", None),
        ("Registry data", "The phase 3 pivotal trial led to approval.", None),
        ("Chronic phase", "no number", None),
    ],
)
def test_phase(title: str, abstract: str, expected: str | None) -> None:
    assert phase(fold(title), fold(abstract)) == expected


def test_products() -> None:
    text = "Axi-cel, tisagenlecleucel and Yescarta were given."
    assert study_products(fold(text), text) == ("axicabtagene ciloleucel", "tisagenlecleucel")


def test_publication_types_weigh() -> None:
    title, abstract = "CAR T cells for lymphoma", "CAR T cells are widely used in 12 patients."
    plain = Record(pmid="1", title=title, sections=(Section(text=abstract),))
    review = plain.model_copy(update={"publication_types": ("Journal Article", "Meta-Analysis")})
    assert study_type(plain, fold(title), fold(abstract)) != "meta_analysis"
    assert study_type(review, fold(title), fold(abstract)) == "meta_analysis"


def test_own_part_leaves_out_other_studies() -> None:
    text = "the pivotal trial was randomized. we treated 12 patients. prospective trials are warranted."
    assert own_part(text) == "we treated 12 patients."


def test_every_kind_is_ordered_once() -> None:
    assert sorted(table().order) == sorted(set(table().order))
    assert len(table().order) == 9


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("diffuse large B-cell lymphomas", ["DLBCL"]),
        ("non-Hodgkin's lymphoma", ["NHL"]),
        ("Hodgkin lymphoma", ["HL"]),
        ("B-cell acute lymphoblastic leukaemia (B-ALL)", ["B-ALL", "B-ALL"]),
        ("MCL-1 inhibition", []),
        ("CLL-1", []),
        ("all patients", []),
        ("ALL patients", ["ALL"]),
        ("DLBCLs", ["DLBCL"]),
        ("primary and secondary CNS lymphoma", ["PCNSL", "secondary CNS lymphoma"]),
        ("T-ALL/LBL", ["T-ALL", "T-LBL"]),
        ("myelomas", ["MM"]),
        ("smouldering", []),
    ],
)
def test_disease_names(text: str, expected: list[str]) -> None:
    assert [m.name for m in mentions(text, fold(text))] == expected


def test_scanner_takes_the_first_of_the_table() -> None:
    scanner = Scanner([("large cell", 1), ("large", 2), ("(?:o)?esophagus", 3)])
    assert [v for _, _, v in scanner.hits("large-cell, large and enlarged, oesophagus")] == [1, 2, 3]


@pytest.mark.parametrize("unit", ["12 patients ", "(n = 12) ", "cd19/", "cd19 and ", "NCT 12 ", "primary ", "a-"])
def test_long_texts_are_read_in_linear_time(unit: str) -> None:
    text = unit * 8000
    record = Record(pmid="1", title=text[:2000], sections=(Section(text=text),))
    folded = fold(text)
    study_type(record, fold(record.title), folded)
    targets(record, fold(record.title), folded)
    diseases(fold(record.title), folded, record.title, text)
    registrations(record)
