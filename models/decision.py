"""What a curator decided about one statement. Decisions are only ever added."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from models.base import Model
from models.record import Pmid

Action = Literal["accept", "correct", "reject", "add", "undo"]
Status = Literal["unreviewed", "accepted", "corrected", "rejected", "added"]
# Why a study is in the queue, what needs eyes first before the rest.
Need = Literal["conflict", "attention", "failed check", "low confidence", "unreviewed", "done"]
CURATED: tuple[Status, ...] = ("accepted", "corrected", "added")  # what a curator says is there
STATUS: dict[str, Status] = {"accept": "accepted", "correct": "corrected", "reject": "rejected", "add": "added"}


class Decision(Model):
    """One act of one curator.

    `statement` is `Fact.statement` of what was judged. `before` is the fact as it was shown (None for
    `add`), `after` the fact as decided (None for `reject` and `undo`); both are `Fact.given()`.
    """

    pmid: Pmid
    statement: str
    action: Action
    curator: Annotated[str, Field(min_length=1)]
    at: datetime
    text_hash: str
    extractor_version: str = ""
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _complete(self) -> Decision:
        if self.action == "reject" and not self.reason.strip():
            raise ValueError("reason is needed to reject")
        if self.action in ("accept", "correct", "add") and self.after is None:
            raise ValueError(f"after is needed to {self.action}")
        if self.action in ("accept", "correct", "reject") and self.before is None:
            raise ValueError(f"before is needed to {self.action}")
        return self
