"""Lists of PMIDs as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fetch.sources import PmidList, parse_pmids


@pytest.mark.parametrize(
    ("text", "pmids", "duplicates", "rejected"),
    [
        ("", [], 0, []),
        ("\ufeff90000001", ["90000001"], 0, []),
        ("90000001 90000002\n\n90000003", ["90000001", "90000002", "90000003"], 0, []),
        ("90000001,90000002;90000003|90000004\t1", ["90000001", "90000002", "90000003", "90000004", "1"], 0, []),
        ("90000002 90000001 90000002 090000001", ["90000002", "90000001"], 2, []),
        ("# my list\n90000001 # the good one 90000009\n#90000002", ["90000001"], 0, []),
        ("PMID: 90000001\npmid:90000002 PMID 90000003 PMID90000004", [f"9000000{n}" for n in (1, 2, 3, 4)], 0, []),
        ("90000001[uid] OR 90000002[PMID]", ["90000001", "90000002"], 0, ["OR"]),
        ("https://pubmed.ncbi.nlm.nih.gov/90000001/", ["90000001"], 0, []),
        ("pubmed.ncbi.nlm.nih.gov/90000001/#abstract", ["90000001"], 0, []),
        ("http://www.ncbi.nlm.nih.gov/pubmed/90000001?dopt=Abstract", ["90000001"], 0, []),
        ("(90000001), '90000002' \"90000003\".", ["90000001", "90000002", "90000003"], 0, []),
        ("apples 90000001 and PMC9000001", ["90000001"], 0, ["apples", "and", "PMC9000001"]),
        ("0 000 1234567890 12.5 -7 1e5 ٣٤", [], 0, ["0", "000", "1234567890", "12.5", "-7", "1e5", "٣٤"]),
        ("https://example.org/90000001", [], 0, ["https://example.org/90000001"]),
        ("90000001-90000003", [], 0, ["90000001-90000003"]),
    ],
)
def test_lists(text: str, pmids: list[str], duplicates: int, rejected: list[str]) -> None:
    assert parse_pmids(text) == PmidList(tuple(pmids), duplicates, tuple(rejected))


def test_ten_thousand_entries() -> None:
    many = [str(90000001 + n) for n in range(10_000)]
    assert parse_pmids("\r\n".join(many)).pmids == tuple(many)


NUMBERS = st.lists(st.integers(1, 999_999_999).map(str))


@given(NUMBERS, st.lists(st.sampled_from([" ", "\n", ",", ", ", "\t\n", " # note\n"]), min_size=1))
def test_every_number_is_found_once_however_they_are_parted(numbers: list[str], gaps: list[str]) -> None:
    text = "".join(number + gaps[n % len(gaps)] for n, number in enumerate(numbers))
    found = parse_pmids(text)
    assert found.pmids == tuple(dict.fromkeys(numbers))
    assert len(found.pmids) + found.duplicates == len(numbers)
    assert not found.rejected


@given(st.text())
def test_any_text_gives_only_pmids_and_reads_back_the_same(text: str) -> None:
    found = parse_pmids(text)
    assert all(pmid.isascii() and pmid.isdecimal() and pmid[0] != "0" and len(pmid) <= 9 for pmid in found.pmids)
    assert parse_pmids("\n".join(found.pmids)) == PmidList(found.pmids, 0, ())
