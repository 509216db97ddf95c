"""The extractor: from a record to its evidence, stage by stage.

    text → sentences → numbers → concepts → links → facts → denominators → checks

Each stage is a module of that name that runs alone on a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from spacy.tokens import Doc

from extract.facts import facts_of, finish
from extract.language import language
from extract.reading import SILENT, read_document
from extract.study import diseases, phase, registrations, study_number, study_products, study_type, targets
from extract.study_types import without_results
from models.outcome import Extraction
from models.record import Record
from models.study import Study
from models.vocabulary import fold

# Raise it with every change of rules, weights or vocabularies that is released: databases are read again where it differs.
VERSION = "0.2.1"


# A phase named in the abstract is the study's own in these; elsewhere it is of the trials that it speaks of.
_TRIALS = ("prospective_trial", "case_report", "other")


class Extractor:
    """Extracts evidence from records. Deterministic: the same text gives the same facts."""

    version = VERSION

    def __init__(self) -> None:
        self._nlp = language()

    def extract(self, record: Record) -> Extraction:
        """The study and its facts as one record states them."""
        return self._from_doc(record, self._nlp(record.abstract))

    def extract_many(self, records: Iterable[Record], batch: int = 200) -> Iterator[Extraction]:
        """The same for many records, in order."""
        pairs = ((record.abstract, record) for record in records)
        for doc, record in self._nlp.pipe(pairs, as_tuples=True, batch_size=batch):
            yield self._from_doc(record, doc)

    def _from_doc(self, record: Record, doc: Doc) -> Extraction:
        title, text = fold(record.title), fold(record.abstract)
        kind = study_type(record, title, text)
        readings = [] if without_results(record, title, text, kind) else read_document(record, doc, kind)
        counts = [(i, count) for i, reading in enumerate(readings) for count in reading.cohorts]
        number = study_number(kind, counts)
        drafts = facts_of(readings, kind)
        study = Study(
            pmid=record.pmid, study_type=kind, targets=targets(record, title, text),
            diseases=diseases(title, text, record.title, record.abstract), study_n=number,
            nct=registrations(record), phase=phase(title, text if kind in _TRIALS else "") if kind not in SILENT else None, products=study_products(f"{title} {text}", f"{record.title} {record.abstract}"),
        )  # fmt: skip
        return Extraction(study, finish(drafts, record, number, self.version), record.text_hash, self.version)
