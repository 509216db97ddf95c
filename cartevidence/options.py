"""The options that several commands share, each declared once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])
DEBUG = "cartevidence.debug"


def _remember_debug(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        context.meta[DEBUG] = True  # shared by a command and its group


debug = click.option(
    "--debug", is_flag=True, is_eager=True, expose_value=False, callback=_remember_debug,
    help="Print the traceback of an error.",
)  # fmt: skip
db = click.option(
    "--db", default="evidence.db", envvar="CARTEVIDENCE_DB", show_default=True, show_envvar=True,
    type=click.Path(dir_okay=False), help="The evidence database.",
)  # fmt: skip


def out_format(*names: str) -> Callable[[Command], Command]:
    """--format with the given names, the first being the default."""
    return click.option(
        "--format", "form", type=click.Choice(names), default=names[0], show_default=True, help="How to print."
    )


def sources(command: Command) -> Command:
    """What to work on: SOURCE ..., --pmids, --search, and how to reach PubMed."""
    for option in reversed(_SOURCES):
        command = option(command)
    return command


_SOURCES = (
    click.argument("source", nargs=-1),
    click.option("--pmids", type=click.Path(exists=True, dir_okay=False, allow_dash=True), metavar="FILE",
                 help="A file with PMIDs (blanks, commas or lines between them); - reads standard input."),
    click.option("--search", metavar="QUERY", help="A PubMed query; all its hits are asked for."),
    db,
    click.option("--email", envvar="NCBI_EMAIL", show_envvar=True,
                 help="Your address, which NCBI asks users of its service to give."),
    click.option("--api-key", envvar="NCBI_API_KEY", show_envvar=True,
                 help="Your NCBI key (10 requests a second instead of 3); never printed, logged or stored."),
    click.option("--entrez-url", envvar="CARTEVIDENCE_ENTREZ_URL", show_envvar=True, metavar="URL",
                 help="Base URL of E-utilities: a mirror or a test server instead of NCBI's."),
)  # fmt: skip
refresh = click.option(
    "--refresh", is_flag=True, help="Fetch again what is stored, and report corrections, retractions, new versions."
)
workers = click.option(
    "--workers", type=click.IntRange(1, 64), default=1, show_default=True, metavar="N",
    help="Processes that extract; the result is the same with any number.",
)  # fmt: skip


limit = click.option("--limit", type=click.IntRange(0), help="At most so many rows; a table shows 200.")
seconds = click.option(
    "--seconds", type=click.FloatRange(0, min_open=True), default=30.0, show_default=True,
    help="Time limit of SQL.",
)  # fmt: skip


def filters(command: Command) -> Command:
    """The filters of `query`; their names are those of db.query.Filters."""
    for option in reversed(_FILTERS):
        command = option(command)
    return command


_FILTERS = (
    click.option("--type", type=click.Choice(["cohort", "response", "survival", "toxicity", "followup", "procedure"]),
                 help="Type of fact."),
    click.option("--endpoint", help="Response or survival endpoint: CR/CRi, CR, ORR, MRD-, OS, PFS ..."),
    click.option("--event", help="Adverse event: CRS, neurotoxicity, infection ..."),
    click.option("--grade", help='Grade as extracted: any, 3, 1-2, ">=3" (in quotes), severe ...'),
    click.option("--target", help="Target of the study: CD19, CD22, BCMA ..."),
    click.option("--disease", help="Disease of the study: B-ALL, LBCL, MM ...; ALL, NHL ... take in narrower ones."),
    click.option("--study-type", help="prospective_trial, retrospective, real_world, meta_analysis ..."),
    click.option("--min-n", type=click.IntRange(0), help="Studies of at least so many patients."),
    click.option("--pmid", help="One study."),
    click.option("--status", type=click.Choice(["unreviewed", "accepted", "corrected", "rejected", "added"]),
                 help="What a curator decided."),
    click.option("--min-confidence", type=click.FloatRange(0, 1), help="Facts at least so sure."),
    click.option("--text", metavar="WORDS", help="Words that all occur in the study's title or abstract."),
    click.option("--quote", metavar="WORDS", help="Words that all occur in the quote of the fact."),
)  # fmt: skip


def comparison(command: Command) -> Command:
    """What to compare, over which studies, and how; names are those of cartevidence.compare.asking.question."""
    for option in reversed(_COMPARISON):
        command = option(command)
    return command


_COMPARISON = (
    click.option("--endpoint", multiple=True,
                 help="Response or survival endpoint: CR/CRi, ORR, MRD-, OS ... Given again: taken where a study does "
                 "not report the one before."),
    click.option("--event", help="Adverse event: CRS, neurotoxicity, infection ..."),
    click.option("--grade", help='Grade of the event: any (the default), ">=3" (in quotes), 3-4, severe ...'),
    click.option("--time", metavar="TIME",
                 help='Time point, such as "30 d" or "1 y". Without it: the best response, the median of survival.'),
    click.option("--denominator", type=click.Choice(["treated", "evaluable", "enrolled", "responders"]),
                 help="Only figures of these patients; a study that does not tell stays. Default: treated, else "
                 "evaluable, else enrolled."),
    click.option("--group", metavar="WORDS",
                 help="Where a study gives no figure of all its patients: take that of the group with these words."),
    click.option("--target", help="Studies of this target: CD19, CD22, BCMA ..."),
    click.option("--disease", help="Studies of this disease: B-ALL, LBCL, MM ..."),
    click.option("--study-type", help="prospective_trial, retrospective, real_world ..."),
    click.option("--text", help="Studies with all these words in title or abstract."),
    click.option("--min-n", type=click.IntRange(0), default=4, show_default=True, help="Leave out smaller studies."),
    click.option("--min-confidence", type=click.FloatRange(0, 1), default=0.8, show_default=True,
                 help="Leave out less sure figures that no curator confirmed."),
    click.option("--curated", is_flag=True, help="Only figures that a curator accepted, corrected or added."),
    click.option("--include", multiple=True,
                 type=click.Choice(["retracted", "review", "meta_analysis", "preclinical", "cost_effectiveness",
                                    "doubtful"]),
                 help="Take in such papers, or figures that may be of some patients only; left out by default."),
    click.option("--link", type=click.Choice(["all", "nct", "none"]), default="all", show_default=True,
                 help="Which papers are reports of one trial: by registration and by likeness, by registration, none."),
    click.option("--by", type=click.Choice(["target", "disease", "study-type", "product", "denominator", "time",
                                            "endpoint"]), help="Show groups of studies with estimates of their own."),
    click.option("--method", type=click.Choice(["glmm", "reml", "freeman-tukey"]), default="glmm", show_default=True,
                 help="How proportions are pooled."),
    click.option("--pool/--no-pool", default=None,
                 help="Pool or not. Default: proportions are pooled, survival rates are not; medians never are."),
)  # fmt: skip
