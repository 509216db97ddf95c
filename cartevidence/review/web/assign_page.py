"""Giving studies to two curators who review them blind, and how far they are."""

from __future__ import annotations

import re

from datasette.utils.asgi import Response

from cartevidence.review.web.visits import Visit
from models.errors import CartevidenceError, InvalidData

MOST = 2_000  # studies at once


async def assign(visit: Visit) -> Response:
    """The assignments, and a form for more, which is posted here too; the queue's link fills PMIDs in."""
    typed = {"pmids": visit.arg("pmids") or "", "first": visit.curator, "second": ""}
    problem, status = "", 200
    if visit.request.method == "POST":
        given = await visit.request.post_vars()
        typed = {name: given.get(name, "").strip() for name in typed}
        try:
            pmids = _pmids(typed["pmids"])
            await visit.ask(lambda desk: desk.assign(pmids, (typed["first"], typed["second"])))
            return Response.redirect("/assign", status=303)
        except CartevidenceError as error:
            problem, status = f"{error}.", 400

    assigned = await visit.ask(lambda desk: desk.assignments())
    shown = {"assigned": assigned, "curators": list(visit.site.tokens), "typed": typed, "problem": problem}
    return await visit.page("assign.html", status, **shown)


def _pmids(text: str) -> list[str]:
    """The PMIDs of a list, each once. Raises InvalidData for anything else in it."""
    found = list(dict.fromkeys(word for word in re.split(r"[\s,;]+", text) if word))
    wrong = [word for word in found if not re.fullmatch(r"[1-9][0-9]{0,8}", word)]
    if wrong:
        raise InvalidData(f"{wrong[0][:30]!r} is no PMID: give numbers with blanks or commas between them")
    if not 0 < len(found) <= MOST:
        raise InvalidData(f"Give 1 to {MOST:,} PMIDs")
    return found
