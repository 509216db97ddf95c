"""The page of a study and what a curator does there. Every act answers with the study as it then stands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from datasette.utils.asgi import Response

from cartevidence import study_page, wording
from cartevidence.review.desk import Desk
from cartevidence.review.desk_types import DeskFact, DeskStudy, Opinion, Prefill
from cartevidence.review.live_check import failed_checks, in_words, largest_cohort
from cartevidence.review.prefill import prefill
from cartevidence.review.values import added, corrected
from cartevidence.review.web import forms, text
from cartevidence.review.web.visits import Visit
from models.errors import InvalidData, Stale
from models.evidence import EVIDENCE, Fact, Proportion

NOT_AGREEING = {"percent_mismatch", "percent_over_100", "n_over_total"}
REASONS = (
    "the text does not say so",
    "wrong endpoint or event",
    "another group of patients",
    "not a result of this study",
    "figure misread",
    "said by another fact already",
)


async def study(visit: Visit) -> Response:
    """The desk."""
    found = await visit.ask(lambda desk: desk.study(visit.pmid))
    return await visit.page("study.html", **_shown(found))


async def history(visit: Visit) -> Response:
    """Every decision on the study; with ?fact=ID those on one fact."""
    wanted = visit.arg("fact")

    def work(desk: Desk) -> tuple[DeskStudy, list[Any]]:
        return desk.study(visit.pmid), desk.history(visit.pmid)

    found, entries = await visit.ask(work)
    if wanted:
        entries = [entry for entry in entries if entry.fact == wanted]
    fact = next((one for one in found.facts if one.id == wanted), None)
    return await visit.page("history.html", study=found, entries=entries, wanted=wanted, fact=fact)


async def accept(visit: Visit) -> Response:
    given = await visit.sent()
    fact = _text(given, "fact")
    return await _decided(visit, fact, "Accepted", lambda desk: desk.accept(visit.pmid, fact, seen=_seen(given)))


async def correct(visit: Visit) -> Response:
    given = await visit.sent()
    fact, reason = _text(given, "fact"), _said(given, "reason")
    kind = _text(given, "type")
    values = {**forms.values_of(kind, _values(given)), "type": kind}
    return await _decided(
        visit, fact, "Corrected",
        lambda desk: desk.correct(visit.pmid, fact, values, seen=_seen(given), reason=reason),
    )  # fmt: skip


async def reject(visit: Visit) -> Response:
    given = await visit.sent()
    fact, reason = _text(given, "fact"), _said(given, "reason")
    if not reason:
        raise InvalidData("reason: say why the fact is wrong")
    return await _decided(
        visit, fact, "Rejected", lambda desk: desk.reject(visit.pmid, fact, seen=_seen(given), reason=reason)
    )


async def add(visit: Visit) -> Response:
    given = await visit.sent()
    kind = _text(given, "type")
    values = forms.values_of(kind, _values(given))
    section, start, end = _text(given, "section"), _place(given, "start"), _place(given, "end")

    def work(desk: Desk) -> DeskStudy:
        return desk.add(visit.pmid, type=kind, section=section, start=start, end=end, values=values)

    return await _decided(visit, None, "Added", work)


async def undo(visit: Visit) -> Response:
    given = await visit.sent()
    fact = _said(given, "fact") or None
    return await _decided(visit, fact, "Undone", lambda desk: desk.undo(visit.pmid, fact, seen=_seen(given)))


async def accept_all(visit: Visit) -> Response:
    given = await visit.sent()
    seen = given.get("seen")
    if not isinstance(seen, dict) or not all(_is_seen(one) for one in seen.values()):
        raise InvalidData("seen: name the facts that were shown")
    return await _decided(visit, None, "Accepted", lambda desk: desk.accept_all(visit.pmid, seen=seen))


async def finish(visit: Visit) -> Response:
    """Looked through to its end: nothing left to decide or to add."""
    await visit.sent()
    return await _decided(visit, None, "Done with this study", lambda desk: desk.finish(visit.pmid))


async def check(visit: Visit) -> Response:
    """What the form says so far, in words, and what does not add up in it; nothing is stored."""
    given = await visit.sent()
    kind, typed = _text(given, "type"), _values(given)

    def work(desk: Desk) -> tuple[str, tuple[str, ...]]:
        found = desk.study(visit.pmid)
        values = forms.values_of(kind, typed)
        before = next((one.fact for one in found.facts if one.id == given.get("fact")), None)
        if before is not None:
            fact = corrected(before, {**values, "type": kind})
        else:
            place = _text(given, "section"), _place(given, "start"), _place(given, "end")
            fact = added(found.record, kind, *place, values)
        others = (one.fact for one in found.facts if one.fact is not before)
        failed = failed_checks(fact, largest_cohort((*others, fact), found.study), before)
        return " · ".join(filter(None, (wording.sentence(fact), sum_in_words(fact, failed)))), in_words(fact, failed)

    try:
        words, problems = await visit.ask(work)
    except InvalidData as error:
        return Response.json({"words": "", "problems": [], "error": f"{error}."})
    return Response.json({"words": words, "problems": list(problems), "error": ""})


async def suggest(visit: Visit) -> Response:
    """What the selected words seem to state: type and values for the form."""
    given = await visit.sent()
    section, start, end = _text(given, "section"), _place(given, "start"), _place(given, "end")

    def work(desk: Desk) -> Prefill:
        record = desk.study(visit.pmid).record
        if not start < end <= len(record.title if section == "TITLE" else record.abstract):
            raise InvalidData("start, end: are not within the text; select the words again")
        return prefill(record, section, start, end)

    found = await visit.ask(work)
    return Response.json({"type": found.type, "values": found.values})


async def _decided(visit: Visit, fact: str | None, said: str, work: Callable[[Desk], DeskStudy]) -> Response:
    """Do it, and answer with the study; where another decision came between, with how things stand now."""
    try:
        found = await visit.ask(work)
    except Stale as error:
        now = await visit.ask(lambda desk: desk.study(visit.pmid))
        html = await visit.render("desk.html", **_shown(now))
        return Response.json({"error": f"{str(error).rstrip('.')}.", "html": html}, status=409)
    about = next((one for one in found.facts if one.id == fact), None)
    html = await visit.render("desk.html", **_shown(found))
    return Response.json({"said": f"{said}: {about.words}".replace(">=", "≥") if about else said, "html": html})


def _shown(found: DeskStudy) -> dict[str, Any]:
    undecided = [fact for fact in found.facts if is_open(fact)]
    return {
        "study": found,
        "record": found.record,
        "citation": study_page.citation(found.record, found.study),
        "about": study_page.study_line(found.study),
        "nct": list(dict.fromkeys([*found.record.nct, *(found.study.nct if found.study else ())])),
        "parts": text.parts(found),
        "undecided": undecided,
        "sure": [fact for fact in undecided if not (fact.checks or fact.attention or fact.others)],
        "types": list(EVIDENCE),
        "form_fields": forms.fields,
        "unit_words": forms.UNIT_WORDS,
        "times": forms.FREQUENT_TIMES,
        "reasons": REASONS,
        "is_open": is_open,
        "sum_in_words": sum_in_words,
        "opinion_words": opinion_words,
        "may_decide": found.mode != "waiting" and not (found.mode == "blind" and found.finished),
        "may_finish": found.mode in ("open", "blind") and not found.finished and found.study is not None,
        "seen_of": lambda facts: {fact.id: fact.seen for fact in facts},
    }


def is_open(fact: DeskFact) -> bool:
    """Whether a decision on it is still awaited."""
    return fact.status == "unreviewed" or fact.attention is not None


def opinion_words(opinion: Opinion) -> str:
    """'accepted: CR 24/30', 'rejected', 'did not add it'."""
    said: list[str] = [] if opinion.status == "unreviewed" else [opinion.status]
    said += [] if opinion.words == opinion.status else [opinion.words.replace(">=", "≥")]
    return ": ".join(said)


def sum_in_words(fact: Fact, failed: Sequence[str] | None = None) -> str:
    """'24 of 30 is 80.0%': the percent that the counts give, with as many decimals as were printed.

    `failed` are the checks that the fact fails, its own if not given. '' where there are no counts.
    """
    if not isinstance(fact, Proportion) or fact.n is None or not fact.total:
        return ""
    sum = f"{fact.n} of {fact.total} is {100 * fact.n / fact.total:.{wording.decimals(fact.percent or 0)}f}%"
    if fact.percent is None:
        return f"{sum}; no percent is printed"
    if NOT_AGREEING & set(fact.checks if failed is None else failed):
        return f"{sum}, not {wording.number(fact.percent)}%"
    return f"{sum}; the printed {wording.number(fact.percent)}% agrees"


def _text(given: dict[str, Any], name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidData(f"{name}: is missing; load the page again")
    return value


def _said(given: dict[str, Any], name: str) -> str:
    """A text that may be left out."""
    return _text(given, name).strip() if given.get(name) else ""


def _place(given: dict[str, Any], name: str) -> int:
    value = given.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise InvalidData(f"{name}: is not a place in the text; select the words again")
    return value


def _values(given: dict[str, Any]) -> dict[str, Any]:
    values = given.get("values")
    if not isinstance(values, dict):
        raise InvalidData("values: are missing; load the page again")
    return values


def _is_seen(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool))


def _seen(given: dict[str, Any]) -> int | None:
    value = given.get("seen")
    if "seen" not in given or not _is_seen(value):
        raise InvalidData("seen: the decision that was shown is missing; load the page again")
    return value
