"""`show`: a record with the quotes of its facts marked in its text, and the facts beneath."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cartevidence import wording
from cartevidence.terminal import clean, put
from db.standing import StoredFact
from models.evidence import Fact
from models.record import Record
from models.study import Study

INDENT = 6  # width of a fact's number, below which its quote and checks stand


def print_study(out: Console, record: Record, study: Study | None, facts: Sequence[StoredFact]) -> None:
    """Print one study. Each quote is followed by the number [n] of its fact below, and coloured by its type."""
    numbered = list(enumerate(facts, start=1))
    here = [(n, stored.fact) for n, stored in numbered if stored.fact.text_hash == record.text_hash]
    put(out, marked(record.title, [(n, fact) for n, fact in here if fact.section == "TITLE"], base="bold"))
    put(out, clean(citation(record, study)), style="dim")
    if record.retracted:
        put(out, "RETRACTED: do not use the evidence of this record.", style="bold red")
    put(out, clean(study_line(study)))
    put(out)
    abstract = marked(record.abstract, [(n, fact) for n, fact in here if fact.section != "TITLE"])
    put(out, abstract if record.abstract else "PubMed has no abstract of this record.")
    put(out)
    if study is not None and not facts:
        put(out, "No evidence was found in this text.")
    for n, stored in numbered:
        print_fact(out, n, stored)


def print_fact(out: Console, n: int, stored: StoredFact) -> None:
    """'[3] response  CR/CRi 24/30 (80%) at 30 d', its quote, and what the checks found."""
    fact, colour = stored.fact, wording.TYPE_COLOURS[stored.fact.type]
    head = Text(style="bold")
    head.append(fact.type.ljust(11), colour).append(clean(wording.sentence(fact)))
    if stored.status != "unreviewed":
        head.append(f" ({stored.status})", "bold")
    _put_beside(out, f"[{n}]".rjust(INDENT - 1), head)
    _put_below(out, f"“{clean(fact.quote)}”", "dim")
    for code in fact.checks:
        _put_below(out, f"check: {clean(wording.check(fact, code))}", "yellow")
    if stored.attention:
        _put_below(out, f"needs another look: {stored.attention}", "bold yellow")


def _put_below(out: Console, text: str, style: str) -> None:
    _put_beside(out, "", Text(text, style))


def _put_beside(out: Console, mark: str, text: Text) -> None:
    row = Table.grid()
    row.add_column(width=INDENT, no_wrap=True)
    row.add_column(overflow="fold")
    row.add_row(Text(mark, "bold"), text)
    put(out, row)


def page_json(record: Record, study: Study | None, facts: Sequence[StoredFact]) -> dict[str, Any]:
    """The page for programs: `record` with its canonical `abstract`, `study`, `facts` with id and status."""
    return {
        "record": {**record.given(), "abstract": record.abstract, "retracted": record.retracted, "url": record.url},
        "study": study.given() if study else None,
        "facts": [
            {**stored.fact.given(), "id": stored.id, "status": stored.status, "attention": stored.attention}
            for stored in facts
        ],
    }


def citation(record: Record, study: Study | None) -> str:
    """'Leukemia 2019-05-20 · PMID 31110217 · doi:... · NCT...'"""
    date = record.published or record.published_online
    parts = [f"{record.journal} {date or ''}".strip(), f"PMID {record.pmid}"]
    parts += [f"doi:{record.doi}"] if record.doi else []
    parts += dict.fromkeys([*record.nct, *(study.nct if study else ())])
    return " · ".join(part for part in parts if part)


def study_line(study: Study | None) -> str:
    """'prospective trial · CD22 · B-ALL · N = 34'"""
    if study is None:
        return "Its evidence has not been extracted yet."
    parts = [study.study_type.replace("_", " "), ", ".join(study.targets), ", ".join(study.diseases)]
    parts += [f"phase {study.phase}"] if study.phase else []
    parts += [f"N = {study.study_n}"] if study.study_n is not None else []
    return " · ".join(part for part in parts if part)


def marked(text: str, facts: Sequence[tuple[int, Fact]], base: str = "") -> Text:
    """The text with each quote coloured by type (underlined where quotes overlap) and followed by its fact's [n]."""
    text, page = clean(text), Text(style=base)
    cuts = sorted({0, len(text), *(fact.start for _, fact in facts), *(fact.end for _, fact in facts)})
    for a, b in pairwise(cuts):
        covering = [fact for _, fact in facts if fact.start <= a and b <= fact.end]
        page.append(text[a:b], _style(covering))
        for n, fact in facts:
            if fact.end == b:
                page.append(f"[{n}]", f"bold {wording.TYPE_COLOURS[fact.type]}")
    return page


def _style(covering: Sequence[Fact]) -> str:
    if not covering:
        return ""
    innermost = min(covering, key=lambda fact: fact.end - fact.start)
    return wording.TYPE_COLOURS[innermost.type] + (" underline" if len(covering) > 1 else "")
