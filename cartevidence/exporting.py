"""All evidence as files that other programs read: JSON lines, CSV, Excel workbooks, and the studies as references."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from cartevidence import references
from cartevidence.spreadsheet import utf8, workbook, write_csv
from models.errors import CartevidenceError
from models.evidence import EVIDENCE

if TYPE_CHECKING:
    from db.store import Store

Row = Mapping[str, Any]
STUDY = ("pmid", "title", "year", "journal", "doi", "study_type", "targets", "diseases", "study_n", "nct", "retracted",
         "label")  # fmt: skip
FACT = ("pmid", "type", "role", "endpoint", "event", "grade", "name", "measure", "n", "total", "percent", "value",
        "ci_low", "ci_high", "ci_level", "low", "high", "unit", "time", "qualifier", "absent", "not_reached", "group",
        "pooled", "quote", "section", "start", "end", "confidence", "checks", "status", "attention", "rule",
        "extractor_version", "id")  # fmt: skip
BESIDE = ("label", "year", "targets", "diseases")  # columns of its study that stand beside a fact in a workbook


def export(store: Store, form: str, out: BinaryIO, *, curated: bool = False) -> None:
    """Write a database in the format named: jsonl, csv, xlsx; ris or bibtex for its records as references."""
    if form in references.FORMS:
        references.write(store.records(), form, out)
    else:
        write(store.export_rows(curated), form, out)


def write(rows: Iterable[Row], form: str, out: BinaryIO) -> None:
    """Write exported rows (each study, then its facts) in the format named: jsonl, csv or xlsx."""
    if form == "xlsx":
        write_xlsx(rows, out)
        return
    with utf8(out) as text:
        if form == "jsonl":
            write_jsonl(rows, text)
        else:
            write_csv((*STUDY, *FACT[1:]), csv_rows(rows), text)


def write_jsonl(rows: Iterable[Row], out: TextIO) -> None:
    """One JSON object a line, as the rows come: a database of any size takes little memory."""
    for row in rows:
        out.write(json.dumps(row, ensure_ascii=False) + "\n")


def csv_rows(rows: Iterable[Row]) -> Iterator[list[Any]]:
    """One row a fact, with its study's columns; a study without facts has one row of type 'study'."""
    for study, facts in _by_study(rows):
        about = [study.get(name) for name in STUDY]
        for fact in facts or [{"type": "study"}]:
            yield about + [fact.get(name) for name in FACT[1:]]


def write_xlsx(rows: Iterable[Row], out: BinaryIO) -> None:
    """A workbook with a sheet of the studies and one for each type of fact, which has that type's columns alone."""
    with workbook(out) as book:
        studies = book.sheet("studies", ("pmid", "label", *(name for name in STUDY if name not in ("pmid", "label"))))
        sheets = {kind: book.sheet(kind, ("pmid", *BESIDE, *fact_columns(kind))) for kind in EVIDENCE}
        for study, facts in _by_study(rows):
            studies.row(study)
            beside = {name: study.get(name) for name in BESIDE}
            for fact in facts:
                sheets[fact["type"]].row({**beside, **fact})


def fact_columns(kind: str) -> list[str]:
    """The columns that a fact of this type can fill, in their order."""
    of_all = ("status", "attention", "id")
    return [name for name in FACT[2:] if name in EVIDENCE[kind].model_fields or name in of_all]


def _by_study(rows: Iterable[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Each study with its facts."""
    study: Row | None = None
    facts: list[Row] = []
    for row in rows:
        if row["type"] != "study":
            facts.append(row)
            continue
        if study is not None:
            yield study, facts
        study, facts = row, []
    if study is not None:
        yield study, facts


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file that takes the place of `path` once written to the end; on an error `path` stays as it was."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            yield out
        part.replace(path)
    except OSError as error:
        raise CartevidenceError(
            f"{path} could not be written ({error.strerror}): nothing there was changed."
        ) from error
    finally:
        part.unlink(missing_ok=True)
