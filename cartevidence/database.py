"""The Python API: an evidence database whose facts come as data frames and whose studies can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from cartevidence import filter_names
from cartevidence.exporting import FACT, STUDY
from db.query import Filters
from db.store import Store
from models.decision import Status
from models.evidence import EVIDENCE, Grade, Measure, Qualifier, Role, Unit
from models.study import StudyType

if TYPE_CHECKING:
    import pandas as pd

    from cartevidence.compare.comparison import Comparison

WHOLE = ("n", "total", "year", "study_n", "start", "end")
DECIMAL = ("percent", "value", "ci_low", "ci_high", "ci_level", "low", "high", "confidence")
FLAGS = ("absent", "not_reached", "pooled", "retracted")
# Columns of few known values; a category keeps those that no fact has.
CATEGORIES: dict[str, tuple[str, ...]] = {
    "type": tuple(EVIDENCE),
    "role": get_args(Role),
    "grade": get_args(Grade),
    "measure": get_args(Measure),
    "unit": get_args(Unit),
    "qualifier": get_args(Qualifier),
    "status": get_args(Status),
    "study_type": get_args(StudyType),
}
COLUMNS = (*STUDY, *(name for name in FACT if name != "pmid"))
LISTS = ("targets", "diseases", "nct", "checks")


class EvidenceDatabase(Store):
    """A store that answers in data frames. Use it as a context manager, or call `close`."""

    def evidence(self, **filters: Any) -> pd.DataFrame:
        """The facts that pass the filters, one a row with its study's columns, by PMID, then in the order of the text.

        Filters are those of db.query.Filters; names may be typed as in papers ('cd22', 'ICANS', '3+').
        Counts are Int64 and percents Float64 (0-100), both with NA where the text gives none; `type`, `grade`,
        `status` and the like are categories, flags are boolean, lists (`targets`, `checks` ...) tuples.
        Facts a curator rejected are left out unless status='rejected' is asked for. Raises StoreError, and
        TypeError for a filter that does not exist.
        """
        import pandas as pd

        named, _ = filter_names.canonical(filters)
        wanted = Filters(**named)
        facts = [row for row in self.query(wanted) if wanted.status is not None or row["status"] != "rejected"]
        studies = self.study_objects(dict.fromkeys(row["pmid"] for row in facts))
        rows = [{**studies[row["pmid"]], **row} for row in facts]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        for name in LISTS:
            frame[name] = frame[name].map(lambda value: tuple(value) if isinstance(value, list) else ())
        kinds: dict[str, Any] = dict.fromkeys(WHOLE, "Int64")
        kinds |= dict.fromkeys(DECIMAL, "Float64") | dict.fromkeys(FLAGS, "boolean")
        kinds |= {name: pd.CategoricalDtype(list(values)) for name, values in CATEGORIES.items()}
        kinds |= {name: "string" for name in COLUMNS if name not in kinds and name not in LISTS}
        return frame.astype(kinds)

    def compare(self, **asked: Any) -> Comparison:
        """Set studies side by side: `compare(endpoint="CR/CRi", target="CD22")`.

        Takes what cartevidence.compare.asking.question takes: `endpoint` (one, or several in order of preference)
        or `event` with `grade`; `time`, `denominator`, `by`, `target`, `disease`, `min_confidence` ... Raises
        QuestionError where the question has no answer.
        """
        from cartevidence.compare import asking
        from cartevidence.compare.comparison import Comparison
        from cartevidence.compare.engine import compare

        question, notes = asking.question(**asked)
        return Comparison(self, compare(self, question), tuple(notes))
