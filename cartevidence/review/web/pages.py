"""The pages beside the desk: queue, agreement, rules."""

from __future__ import annotations

from typing import get_args

from datasette.utils.asgi import Response

from cartevidence.review.agreement import CATEGORIES, AgreementReport
from cartevidence.review.desk import Desk
from cartevidence.review.desk_types import DeskFact, Need, QueueItem
from cartevidence.review.web.study_pages import opinion_words
from cartevidence.review.web.visits import Visit
from models.vocabulary import vocabulary

PAGE = 50
NEEDS: tuple[Need, ...] = get_args(Need)


async def queue(visit: Visit) -> Response:
    """Studies, what needs eyes first before the rest."""
    need = next((one for one in NEEDS if one == visit.arg("need")), None)
    asked = {"target": visit.arg("target"), "disease": visit.arg("disease"), "search": visit.arg("search")}
    mine = visit.arg("mine") is not None
    number = visit.arg("page") or "1"
    at = max(1, int(number)) if number.isdecimal() and len(number) < 7 else 1

    def work(desk: Desk) -> tuple[list[QueueItem], int, dict[str, int]]:
        items, total = desk.queue(need=need, mine=mine, limit=PAGE, offset=(at - 1) * PAGE, **asked)
        return items, total, desk.progress()

    items, total, progress = await visit.ask(work)
    return await visit.page(
        "queue.html",
        items=items,
        total=total,
        progress=progress,
        asked={**asked, "need": need, "mine": mine},
        filtered=bool(need or mine or any(asked.values())),
        needs=NEEDS,
        targets=vocabulary("targets").by_name,
        diseases=vocabulary("diseases").by_name,
        at=at,
        pages=max(1, -(-total // PAGE)),
    )


async def agreement(visit: Visit) -> Response:
    """How far pairs agree, and what they left unequal, side by side."""

    def work(desk: Desk) -> tuple[AgreementReport, list[tuple[str, DeskFact]]]:
        return desk.agreement(), desk.conflicts()

    report, conflicts = await visit.ask(work)
    return await visit.page(
        "agreement.html", report=report, conflicts=conflicts, verdicts=CATEGORIES, opinion_words=opinion_words
    )


async def rules(visit: Visit) -> Response:
    """How often curators found right what each rule found."""
    return await visit.page("rules.html", report=await visit.ask(lambda desk: desk.rules()))
