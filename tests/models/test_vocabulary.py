"""Every name a person may type leads to one canonical name; no name leads to two."""

from __future__ import annotations

from typing import get_args

import pytest

from models.evidence import Grade, Role
from models.vocabulary import fold, vocabulary

NAMES = ("endpoints", "events", "procedures", "targets", "products", "diseases", "grades", "roles")


@pytest.mark.parametrize(
    ("words", "typed", "name"),
    [
        ("events", "ICANS", "neurotoxicity"),
        ("events", "icans", "neurotoxicity"),
        ("events", "immune effector cell–associated neurotoxicity syndrome", "neurotoxicity"),
        ("events", "Cytokine-release syndrome", "CRS"),
        ("events", "non-relapse mortality", "death"),
        ("events", "febrile neutropenia", "febrile neutropenia"),
        ("events", "hemophagocytic lymphohistiocytosis", "HLH/MAS"),
        ("events", "haemophagocytic lymphohistiocytosis", "HLH/MAS"),
        ("endpoints", "complete remission", "CR"),
        ("endpoints", "complete response", "CR"),
        ("endpoints", "CR or CRi", "CR/CRi"),
        ("endpoints", "complete remission with or without count recovery", "CR/CRi"),
        ("endpoints", "complete remission with incomplete hematologic recovery", "CRi"),
        ("endpoints", "MRD-negative complete remission", "MRD- CR"),
        ("endpoints", "MRD negativity", "MRD-"),
        ("endpoints", "very good partial response or better", ">=VGPR"),
        ("endpoints", "overall response rate", "ORR"),
        ("endpoints", "duration of response", "DOR"),
        ("endpoints", "leukaemia-free survival", "LFS"),
        ("endpoints", "PFS", "PFS"),
        ("targets", "B-cell maturation antigen", "BCMA"),
        ("targets", "claudin18.2", "CLDN18.2"),
        ("products", "axi-cel", "axicabtagene ciloleucel"),
        ("diseases", "B-cell acute lymphoblastic leukaemia", "B-ALL"),
        ("diseases", "multiple myeloma", "MM"),
        ("grades", "grade 3 or higher", ">=3"),
        ("grades", "grade 3-4", "3-4"),
        ("roles", "infused", "treated"),
    ],
)
def test_a_synonym_leads_to_its_name(words: str, typed: str, name: str) -> None:
    assert vocabulary(words).canonical(typed) == name


def test_an_unknown_name_gives_none_and_the_nearest() -> None:
    events = vocabulary("events")
    assert events.canonical("neurotoxicitee") is None
    assert events.nearest("neurotoxicitee")[0] == "neurotoxicity"


@pytest.mark.parametrize("words", NAMES)
def test_names_are_unique_and_patterns_compile(words: str) -> None:
    table = vocabulary(words)
    assert len(table.by_name) == len(table.terms)
    assert list(table.hits("nothing to be found", "nothing to be found")) is not None


@pytest.mark.parametrize("words", ["endpoints", "events", "targets", "products", "diseases"])
def test_every_canonical_name_is_its_own_synonym(words: str) -> None:
    assert all(vocabulary(words).canonical(term.name) == term.name for term in vocabulary(words).terms)


def test_products_name_known_targets() -> None:
    targets = vocabulary("targets").by_name
    assert {target for term in vocabulary("products").terms for target in term.targets} <= set(targets)


def test_grades_and_roles_are_those_of_the_model() -> None:
    assert set(vocabulary("grades").by_name) <= set(get_args(Grade))
    assert set(vocabulary("roles").by_name) == set(get_args(Role))


@pytest.mark.parametrize("text", ["İstanbul ICANS", "ΣΑΣ ß", "CRS ≥3 İ"])
def test_folding_keeps_every_offset(text: str) -> None:
    assert len(fold(text)) == len(text)


@pytest.mark.parametrize(
    ("broad", "narrow"),
    [
        ("ALL", ("B-ALL", "T-ALL")),
        ("LBCL", ("PMBCL", "DLBCL", "plasmablastic lymphoma")),
        ("T-cell lymphoma", ("PTCL", "CTCL")),
        ("B-ALL", ()),
        ("no disease", ()),
    ],
)
def test_a_broader_disease_takes_in_narrower_ones(broad: str, narrow: tuple[str, ...]) -> None:
    assert vocabulary("diseases").narrower(broad) == narrow


def test_what_a_disease_takes_in_is_told_of_known_diseases_without_a_circle() -> None:
    diseases = vocabulary("diseases")
    for term in diseases.terms:
        assert set(term.broader) <= diseases.by_name.keys(), term.name
        assert term.name not in diseases.narrower(term.name)
        assert not any(set(diseases.narrower(name)) & set(term.broader) - {name} for name in term.broader), term.name
    assert {"FL", "MCL", "DLBCL", "Burkitt lymphoma", "PTCL", "PCNSL"} < set(diseases.narrower("NHL"))
    assert not {"HL", "CLL", "MM", "ALL"} & set(diseases.narrower("NHL"))
