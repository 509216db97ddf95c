"""The command line: a thin shell over `pipeline`, `db` and what prints them.

Nothing heavy is imported up here, so that --help answers at once.
"""

from __future__ import annotations

import json
import os
import shlex
import sys
import tempfile
import traceback
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from cartevidence import __version__, options
from models.errors import CartevidenceError, SourceError, StoreError

if TYPE_CHECKING:
    from db.store import Store

DEMO = Path(__file__).parent / "demo"


class Command(click.Command):
    """A command whose help calls the program in its examples as the user did."""

    def get_help(self, ctx: click.Context) -> str:
        return super().get_help(ctx).replace("\n    cartevidence ", f"\n    {_program()} ")


class Shell(Command, click.Group):
    """The commands, in the order they are declared; whatever goes wrong ends as one sentence on standard error."""

    command_class = Command

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            _stop(ctx, "Stopped. Every finished batch is kept; the same command goes on from here.", status=130)
        except CartevidenceError as error:
            _stop(ctx, str(error))
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            _stop(ctx, f"{place}{error.strerror or error}.")
        except Exception as error:
            _stop(ctx, f"Internal error ({type(error).__name__}: {error}): please report it with what --debug prints.")


def _stop(ctx: click.Context, sentence: str, status: int = 1) -> NoReturn:
    if ctx.meta.get(options.DEBUG):
        traceback.print_exc()
    click.echo(sentence if status == 130 else f"Error: {sentence.rstrip('.')}.", err=True)
    ctx.exit(status)


@click.group(cls=Shell, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cartevidence")
@options.debug
def shell() -> None:
    """From PubMed records of CAR-T studies to an evidence database in which every value keeps its proof.

    \b
    Example:
      cartevidence demo
      cartevidence run 31110217 --db evidence.db
    """


def main() -> None:
    """The program `cartevidence`."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a terminal that cannot show '≥' must not stop a run
    shell(prog_name=_program())


def _program() -> str:
    return os.environ.get("CARTEVIDENCE_PROGRAM", "cartevidence")


@shell.command()
@options.sources
@options.workers
@options.refresh
@options.debug
def run(**given: Any) -> None:
    """Fetch records, extract their evidence and store both.

    A SOURCE is a PMID, or a file: PubMed XML (also .gz), MEDLINE or .nbib, a page saved from PubMed as text, or a
    folder of these. A rerun fetches only what is missing or failed.

    Exit status: 0 all stored; 3 some missing or failed (they are listed, the rest is stored); 2 wrong usage; 1 other
    errors.

    \b
    Example:
      cartevidence run 31110217 saved.nbib --db evidence.db
      cartevidence run --pmids list.txt --workers 2
      cartevidence run --search "CD22 CAR-T AND 2020:2023[dp]"
    """
    _pipeline("run", given)


@shell.command()
@options.sources
@options.refresh
@options.debug
def fetch(**given: Any) -> None:
    """Fetch records and store them, without extracting.

    Sources and exit status are those of `run`.

    \b
    Example:
      cartevidence fetch --pmids list.txt --db evidence.db
    """
    _pipeline("fetch", given)


@shell.command()
@options.sources
@options.workers
@options.debug
def extract(**given: Any) -> None:
    """Extract evidence from stored records not read so far.

    Those that this version of the extractor has not read; without sources, all of them. Nothing is fetched; what is
    asked for but not stored is listed.

    \b
    Example:
      cartevidence extract --db evidence.db --workers 2
    """
    _pipeline("extract", given)


def _pipeline(step: str, given: dict[str, Any]) -> None:
    """Run, fetch or extract with what the command line gives, and say what became of it."""
    sources: list[str] = list(given["source"])
    rejected: list[str] = []
    if given["pmids"]:
        listed, rejected = _listed(given["pmids"])
        sources += listed
    if not (sources or given["search"] or step == "extract"):
        raise click.UsageError(
            f"Nothing is asked for: give PMIDs, files or --search, as in `{_program()} {step} 31110217`."
        )
    from cartevidence import pipeline, progress, summary, terminal
    from cartevidence.asked import Asked
    from fetch.entrez import Entrez

    try:
        Asked.of(sources)
    except SourceError as error:
        raise click.UsageError(str(error)) from error
    steps = {"run": pipeline.run, "fetch": pipeline.fetch, "extract": pipeline.extract}
    with _store(given["db"], create=step != "extract") as store:
        report = steps[step](
            sources,
            store,
            search=given["search"],
            entrez=Entrez(email=given["email"], api_key=given["api_key"], base_url=given["entrez_url"]),
            refresh=given.get("refresh", False),
            workers=given.get("workers", 1),
            progress=progress.for_terminal(),
        )
        report.problems += rejected
        summary.print_summary(terminal.console(), report, store, evidence=step != "fetch")
    for note in report.notes:
        click.echo(f"Note: {note}", err=True)
    for problem in report.problems:
        click.echo(f"Error: {problem}", err=True)
    click.get_current_context().exit(report.exit_status)


def _listed(name: str) -> tuple[list[str], list[str]]:
    """The PMIDs of a list, and a sentence on what in it is none. Raises SourceError where it holds no PMID."""
    from cartevidence import terminal, wording
    from fetch.pmids import parse_pmids

    with click.open_file(name, "rb") as file:
        listed = parse_pmids(file.read().decode("utf-8", errors="replace"))
    where = "Standard input" if name == "-" else name
    if not listed.pmids:
        raise SourceError(f"{where} holds no PMID: give numbers of 1 to 9 digits, one a line.")
    if listed.duplicates:
        repeats = wording.plural(listed.duplicates, "repeated PMID is", "repeated PMIDs are")
        click.echo(f"Note: {where}: {repeats} asked for once.", err=True)
    if not listed.rejected:
        return list(listed.pmids), []
    words = terminal.clean(wording.listing([f"{word[:30]!r}" for word in listed.rejected]))
    how_many = wording.plural(len(listed.rejected), "word that is no PMID", "words that are no PMIDs")
    return list(listed.pmids), [f"{where} has {how_many}: {words}."]


def _store(path: str, *, create: bool = False, readonly: bool = False) -> Store:
    if not create and not Path(path).exists():
        raise StoreError(
            f"There is no database {path}: make one with `{_program()} run 31110217 --db {shlex.quote(path)}`."
        )
    from db.store import Store

    return Store.open(path, create=create, readonly=readonly)


@shell.command()
@options.db
@options.out_format("table", "json")
@options.debug
def status(db: str, form: str) -> None:
    """Count what is stored, missing, failed and reviewed.

    What is missing or failed is listed with its reason.

    \b
    Example:
      cartevidence status --db evidence.db
    """
    with _store(db, readonly=True) as store:
        found = store.status()
    from db.blind import reading_blind

    with reading_blind(Path(db), wait=20.0) as blind:
        found["blind"] = blind.progress()
    if form == "json":
        click.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    from cartevidence import summary, terminal

    summary.print_status(terminal.console(), found)


@shell.command()
@click.argument("pmid")
@options.db
@options.out_format("text", "json")
@options.debug
def show(pmid: str, db: str, form: str) -> None:
    """Show one study with its evidence marked in the text.

    \b
    Example:
      cartevidence show 31110217 --db evidence.db
    """
    with _store(db, readonly=True) as store:
        record = store.record(pmid)
        if record is None:
            reason = {"deleted": "PubMed withdrew it", None: "ask for it with run"}
            state = store.known([pmid]).get(pmid)
            raise StoreError(f"{db} has no record with PMID {pmid} ({reason.get(state, state)}).")
        study, facts = store.study(pmid), store.facts(pmid)
    from cartevidence import study_page, terminal

    if form == "json":
        click.echo(json.dumps(study_page.page_json(record, study, facts), indent=2, ensure_ascii=False))
    else:
        study_page.print_study(terminal.console(), record, study, facts)


@shell.command()
@click.argument("what")
@options.db
@options.debug
def explain(what: str, db: str) -> None:
    """Show how a text is read.

    Lists its numbers and concepts, which were linked by what rule, and which were left. WHAT is a sentence in quotes,
    a file of records, or the PMID of a stored record.

    \b
    Example:
      cartevidence explain "CRS occurred in 27 of 33 patients (82%), grade 3 in 4."
      cartevidence explain 31110217 --db evidence.db
    """
    from extract.explaining import explain as explained
    from extract.explaining import explain_text
    from fetch.sources import read
    from models.outcome import Fetched

    if what.isdigit():
        with _store(db, readonly=True) as store:
            record = store.record(what)
        if record is None:
            raise StoreError(f"{db} has no record with PMID {what}: ask for it with run.")
        texts = [explained(record)]
    elif Path(what).exists():
        texts = [explained(found.record) for found in read(Path(what)) if isinstance(found, Fetched)]
    elif len(what.split()) < 2:
        raise SourceError(f"There is no file {what}: give an existing one, a PMID, or a sentence in quotes.")
    else:
        texts = [explain_text(what)]
    for lines in texts:
        for line in lines:
            click.echo(line)


@shell.command()
@click.argument("sql", required=False)
@options.db
@options.filters
@options.limit
@options.seconds
@options.out_format("table", "csv", "json", "jsonl")
@options.debug
def query(sql: str | None, db: str, form: str, limit: int | None, seconds: float, **filters: Any) -> None:
    """Print facts by filters, or the rows of read-only SQL.

    All given filters must hold. Names may be typed as in papers: cd22, ICANS, complete remission, grade 3+. A disease
    takes in narrower ones: ALL finds B-ALL and T-ALL too. Tables, views and columns are described in docs/database.md;
    the views study_overview and evidence_current are where to begin.

    \b
    Example:
      cartevidence query --endpoint CR/CRi --target CD22 --db evidence.db
      cartevidence query --type toxicity --event CRS --grade ">=3" --format csv
      cartevidence query "SELECT pmid, n, total FROM evidence_current WHERE endpoint = 'ORR'"
      cartevidence query "SELECT * FROM study_overview WHERE year >= 2020" --format csv
    """
    given = {name: value for name, value in filters.items() if value is not None}
    if sql and given:
        raise click.UsageError(
            "Give either SQL or filters, not both: what the filters do can be said in the SQL's WHERE."
        )
    from cartevidence import answers, terminal

    stdout = sys.stdout.buffer
    most = answers.TABLE_ROWS if form == "table" and limit is None else limit
    with _store(db, readonly=True) as store:
        if sql:
            headings, rows = store.sql(sql, seconds=seconds)
            if form == "table":
                answers.print_rows(terminal.console(), headings, rows, most or 0)
            else:
                answers.write_rows(headings, islice(rows, most), form, stdout)
        else:
            from cartevidence import filter_names
            from db.query import Filters

            named, notes = filter_names.canonical(filters)
            for note in notes:
                click.echo(f"Note: {note}", err=True)
            wanted = Filters(**named, limit=most)
            if form == "table":
                facts = list(store.query(wanted))
                total = store.count(wanted) if len(facts) == most else len(facts)
                answers.print_facts(terminal.console(), facts, total)
            else:
                answers.write_facts(store.query(wanted), form, stdout)


@shell.command()
@options.comparison
@options.db
@click.option("--plot", type=click.Path(dir_okay=False), metavar="FILE", help="Save a forest plot: .png, .svg or .pdf.")
@options.out_format("table", "csv", "json", "xlsx", "metafor", "ris", "bibtex", "html")
@click.option("--out", type=click.Path(dir_okay=False), metavar="FILE", help="Write this file instead of printing.")
@click.option("--left-out", is_flag=True, help="List each study that was left out with its reason.")
@options.debug
def compare(db: str, plot: str | None, form: str, out: str | None, left_out: bool, **asked: Any) -> None:
    """Set studies side by side: one figure a study, and pooled.

    The figure of a study is chosen by stated rules, see docs/compare.md. Each choice that is not plain and each study
    that is left out is listed with its reason. An endpoint and an event together are two comparisons.

    \b
    Example:
      cartevidence compare --endpoint CR/CRi --disease B-ALL --by target --plot forest.png
      cartevidence compare --event CRS --grade ">=3" --target CD22 --format xlsx --out crs.xlsx
      cartevidence compare --endpoint OS --time "1 y" --pool --format html --out os.html
    """
    if form == "xlsx" and not out:
        raise click.UsageError("An Excel workbook needs a file: add --out comparison.xlsx.")
    from cartevidence.compare import asking, commanding
    from cartevidence.compare.question import QuestionError

    try:
        questions = asking.questions(**asked)
        commanding.check(len(questions), form, out)
    except QuestionError as error:
        raise click.UsageError(f"{str(error).rstrip('.?')}.") from error
    with _store(db, readonly=True) as store:
        commanding.answer(store, questions, form=form, out=out, plot=plot, all_left_out=left_out)


@shell.command()
@options.db
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="Port; 0 takes a free one."
)
@click.option(
    "--curator",
    "curators",
    multiple=True,
    metavar="NAME",
    help="Who reviews; given again for each. Default: the name you are logged in by.",
)
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at. One that others can reach needs CARTEVIDENCE_PASSWORD set.",
)
@click.option("--no-browser", is_flag=True, help="Print the sign-in links only.")
@options.debug
def review(db: str, port: int, curators: tuple[str, ...], host: str, no_browser: bool) -> None:
    """Open the curator's desk in the browser.

    Each study with its quotes marked in the text and its facts beside it: accept, correct, reject, add, by key or by
    mouse. Each curator signs in by a link of their own, which is printed. See docs/review.md. Ctrl-C closes the desk.

    \b
    Example:
      cartevidence review --db evidence.db
      cartevidence review --db evidence.db --curator Anna --curator Ben --no-browser
    """
    with _store(db):
        pass  # there, ours and up to date; a file that cannot be written is told at once
    import getpass

    from cartevidence.review.web.server import serve
    from cartevidence.review.web.site import Site

    site = Site.of(
        Path(db),
        curators or [getpass.getuser()],
        host=host,
        port=port,
        password=os.environ.get("CARTEVIDENCE_PASSWORD"),
    )
    serve(site, say=click.echo, browser=not no_browser)


@shell.command()
@options.db
@options.out_format("jsonl", "csv", "xlsx", "ris", "bibtex", "gold")
@click.option(
    "--out",
    type=click.Path(),
    metavar="FILE",
    help="Write this file (of gold: this folder); it is replaced only when all is written.",
)
@click.option("--curated", is_flag=True, help="Only facts that a curator accepted, corrected or added.")
@options.debug
def export(db: str, form: str, out: str | None, curated: bool) -> None:
    """Write all evidence to a file or standard output.

    It is ordered by PMID, then by place in the text. The formats ris and bibtex hold the studies as references; gold
    is a folder with a file for each study whose facts curators have all decided, by which the extractor is scored.

    \b
    Example:
      cartevidence export --format xlsx --out evidence.xlsx --db evidence.db
      cartevidence export --format ris --out studies.ris --db evidence.db
      cartevidence export --format gold --out gold --db evidence.db
      cartevidence export --format jsonl --db evidence.db > evidence.jsonl
    """
    if form == "xlsx" and not out:
        raise click.UsageError("An Excel workbook needs a file: add --out evidence.xlsx.")
    if curated and form in ("ris", "bibtex"):
        raise click.UsageError(f"--curated chooses facts, and {form} holds none: leave it out.")
    if form == "gold":
        _export_gold(db, out, curated=curated)
        return
    if out and Path(out).is_dir():
        raise click.UsageError(f"{out} is a folder: name a file for --out.")
    from cartevidence import exporting

    place = exporting.replacing(Path(out)) if out else nullcontext(sys.stdout.buffer)
    with _store(db, readonly=True) as store, place as file:
        exporting.export(store, form, file, curated=curated)


def _export_gold(db: str, out: str | None, *, curated: bool) -> None:
    if not out:
        raise click.UsageError("A gold set is a folder of files: add --out gold.")
    if curated:
        raise click.UsageError("A gold set holds only what curators decided: leave --curated out.")
    _store(db, readonly=True).close()
    from cartevidence import wording
    from cartevidence.review.gold import EXTRACTED, write_gold

    written = write_gold(Path(db), Path(out))
    found = wording.plural(written, "finished study is", "finished studies are")
    click.echo(f"{found} in {out}, what the extractor found in them in {Path(out) / EXTRACTED}.", err=True)


@shell.command()
@click.option(
    "--db", type=click.Path(dir_okay=False), help="Where to make the database; a new temporary folder if not given."
)
@options.workers
@options.debug
@click.pass_context
def demo(ctx: click.Context, db: str | None, workers: int) -> None:
    """Do the main job on bundled synthetic records. No network is used.

    \b
    Example:
      cartevidence demo
      cartevidence demo --db demo.db
    """
    from cartevidence import pipeline, progress, summary, terminal

    path = db or str(Path(tempfile.mkdtemp(prefix="cartevidence-")) / "demo.db")
    with _store(path, create=True) as store:
        report = pipeline.run([DEMO], store, workers=workers, progress=progress.for_terminal())
        summary.print_summary(terminal.console(), report, store, evidence=True)
    place = f"--db {shlex.quote(path)}"
    click.echo(
        f"""
The studies above are invented. Try on them:
  {_program()} show 90001008 {place}
  {_program()} query --endpoint CR/CRi {place}
  {_program()} compare --event CRS --grade ">=3" {place}
  {_program()} export --format xlsx --out demo.xlsx {place}
The same main job on real PMIDs (asks PubMed over the network):
  {_program()} run 31110217 --db evidence.db"""
    )
    ctx.exit(report.exit_status)
