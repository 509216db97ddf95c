"""What Python users hold after `db.compare(...)`: the table, the pooled estimate, the plot, the account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cartevidence.compare.results import Compared, Pooled, Step, StudyRow, Subgroup
from models.record import Record

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from db.store import Store


class Comparison:
    """A comparison of studies. `result` holds all of it as plain values; `notes` say how names were taken."""

    def __init__(self, store: Store, result: Compared, notes: tuple[str, ...] = ()) -> None:
        self._store = store
        self.result = result
        self.notes = notes

    @property
    def table(self) -> pd.DataFrame:
        """One row a study: n, total, percent (or months), interval, time, denominator, weight, quote, url."""
        from cartevidence.compare.tables import frame

        return frame(self.result)

    @property
    def studies(self) -> tuple[StudyRow, ...]:
        """The rows as plain values, other reports of a trial within them."""
        return self.result.rows

    @property
    def pooled(self) -> Pooled | None:
        """The pooled estimate over all studies; None where there is none, see `why_not_pooled`."""
        return self.result.pooled

    @property
    def why_not_pooled(self) -> str:
        """Why there is no pooled estimate; '' where there is one."""
        return self.result.why_not_pooled

    @property
    def subgroups(self) -> dict[str, Subgroup]:
        """The groups of `by`, each with its rows and its pooled estimate."""
        return {group.name: group for group in self.result.subgroups if self.result.by}

    @property
    def left_out(self) -> pd.DataFrame:
        """The studies that are not in the comparison: pmid, label, rule, reason."""
        import pandas as pd

        rows = [(one.pmid, one.label, one.rule, one.reason) for one in self.result.left_out]
        return pd.DataFrame(rows, columns=["pmid", "label", "rule", "reason"], dtype="string")

    @property
    def account(self) -> tuple[Step, ...]:
        """From the records asked for to the studies in the figure, with reasons and numbers."""
        return self.result.account

    @property
    def records(self) -> dict[str, Record]:
        """The records of the studies and of their trials' other reports, by PMID."""
        pmids = [one.pmid for row in self.result.rows for one in (row, *row.reports)]
        found = {pmid: self._store.record(pmid) for pmid in pmids}
        return {pmid: record for pmid, record in found.items() if record is not None}

    def plot(self, path: str | Path | None = None) -> Figure:
        """The forest plot; with a path it is saved as .png, .svg or .pdf. Raises CartevidenceError for another."""
        from cartevidence.compare.forest import draw

        return draw(self.result, path)

    def html(self) -> str:
        """A page that needs no network: plot, table with quotes, what was left out and why, methods, references."""
        from cartevidence.compare.forest import svg
        from cartevidence.compare.html_report import html

        return html(self.result, svg(self.result), self.records)

    def __repr__(self) -> str:
        pooled = self.result.pooled
        told = f"{pooled.estimate:.1f}% [{pooled.ci_low:.1f}, {pooled.ci_high:.1f}]" if pooled else self.why_not_pooled
        return f"<Comparison of {self.result.title}: {len(self.result.rows)} studies, pooled {told}>"
