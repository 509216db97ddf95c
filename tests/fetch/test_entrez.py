"""Entrez against a server that speaks E-utilities and misbehaves."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from Bio import Entrez as bio
from eutils_server import (
    Call,
    EutilsServer,
    Fault,
    closed,
    cut_xml,
    error_text,
    hang,
    instead,
    rate_limit,
    reset,
    short_body,
    status,
    web_page,
)
from synthetic import article, article_set, book

from fetch.entrez import Entrez
from fetch.pace import Pace
from models.errors import EntrezError
from models.outcome import Fetched, NotStored, Outcome

KEY = "synthetic+key/0123456789abcdef"
PMIDS = [str(90000001 + n) for n in range(5)]
RECORDS = {pmid: article(pmid) for pmid in PMIDS}


class Naps:
    """Stands in for time.sleep; remembers how long it would have slept."""

    def __init__(self) -> None:
        self.all: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.all.append(seconds)


def entrez(server: EutilsServer, **options: Any) -> Entrez:
    options = {
        "base_url": server.url,
        "email": "test@example.org",
        "retries": 3,
        "read_timeout": 0.3,
        "connect_timeout": 2.0,
        "pace": Pace(1_000_000),
        "sleep": Naps(),
        "jitter": lambda: 0.5,
        **options,
    }
    return Entrez(**options)


def states(batches: Iterator[list[Outcome]]) -> dict[str, str]:
    """PMID to 'stored' or the state, having checked that each is there once."""
    found: dict[str, str] = {}
    for outcome in (outcome for batch in batches for outcome in batch):
        assert isinstance(outcome, (Fetched, NotStored))
        pmid = outcome.record.pmid if isinstance(outcome, Fetched) else outcome.pmid
        assert pmid not in found
        found[pmid] = "stored" if isinstance(outcome, Fetched) else outcome.state
    return found


def stored(*pmids: str) -> dict[str, str]:
    return dict.fromkeys(pmids, "stored")


def test_records_come_in_batches_by_post() -> None:
    with EutilsServer(RECORDS) as server:
        batches = list(entrez(server, api_key=KEY, batch_size=2).fetch(PMIDS))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert states(iter(batches)) == stored(*PMIDS)
    assert server.asked == [PMIDS[:2], PMIDS[2:4], PMIDS[4:]]
    for call in server.log:
        assert (call.method, call.path) == ("POST", "/entrez/eutils/efetch.fcgi")
        expected = {
            "db": "pubmed",
            "retmode": "xml",
            "tool": "cartevidence",
            "email": "test@example.org",
            "api_key": KEY,
        }
        assert {name: call.params[name] for name in expected} == expected
    (first, *_) = batches[0]
    assert isinstance(first, Fetched)
    assert first.record.source == "Entrez"
    assert first.record.fetched is not None
    assert datetime.now(UTC) - first.record.fetched < timedelta(minutes=1)


def test_each_outcome_has_its_state() -> None:
    records = {"90000001": article(90000001), "90000002": book(90000002), "90000004": article(90000004)}
    broken = {"90000005": article(90000005, version=0)}
    with EutilsServer(records | broken, only_singly=["90000004"]) as server:
        asked = ["90000001", "90000002", "90000003", "90000004", "90000005", "90000001", "word", "0", "-1"]
        found = states(entrez(server).fetch(asked))
    assert found == {
        **stored("90000001", "90000004"),
        "90000002": "book",
        "90000003": "missing",
        "90000005": "failed",
        "word": "failed",
        "0": "failed",
        "-1": "failed",
    }
    assert server.asked == [
        ["90000001", "90000002", "90000003", "90000004", "90000005"],
        ["90000003"],
        ["90000004"],
        ["90000005"],
    ]


def test_an_article_nobody_asked_for_is_not_stored() -> None:
    with EutilsServer(RECORDS, unasked=[article(90009999)]) as server:
        assert states(entrez(server).fetch(PMIDS[:2])) == stored(*PMIDS[:2])
        assert states(entrez(server).fetch(["90000099"])) == {"90000099": "failed"}


def test_the_newest_version_in_an_answer_wins() -> None:
    versions = [article(90000001, version=number, title=f"Version {number}.") for number in (1, 3, 2)]
    same = [article(90000002, title="Earlier."), article(90000002, title="Later.")]
    with EutilsServer({"90000001": versions, "90000002": same}) as server:
        (batch,) = entrez(server).fetch(["90000001", "90000002"])
    assert [o.record.title for o in batch if isinstance(o, Fetched)] == ["Version 3.", "Later."]


FAULTS: list[Any] = [
    pytest.param(status(429), id="429"),
    pytest.param(status(429, Retry_After="7"), id="429 with seconds"),
    pytest.param(rate_limit(429), id="429 with JSON"),
    pytest.param(rate_limit(200), id="rate limit as JSON with 200"),
    pytest.param(rate_limit(400), id="rate limit as JSON with 400"),
    pytest.param(status(500), id="500"),
    pytest.param(status(502, "<html>Bad gateway</html>", kind="text/html"), id="502"),
    pytest.param(status(503, Retry_After="1"), id="503 with seconds"),
    pytest.param(status(504), id="504"),
    pytest.param(hang(0.6), id="hang"),
    pytest.param(reset(), id="reset"),
    pytest.param(closed(), id="closed"),
    pytest.param(short_body(), id="body cut off"),
    pytest.param(cut_xml(), id="XML cut off"),
    pytest.param(web_page(), id="HTML"),
    pytest.param(error_text(), id="ERROR"),
    pytest.param(instead(article_set("<ERROR>Some trouble</ERROR>")), id="ERROR among records"),
    pytest.param(instead(""), id="empty answer"),
    pytest.param(instead("Service temporarily unavailable \xe9".encode("latin-1"), kind="text/plain"), id="plain text"),
    pytest.param(instead("<PubmedArticleSet><!DOCTYPE"), id="broken XML"),
    pytest.param(instead('<!DOCTYPE a [<!ENTITY b "c">]><PubmedArticleSet/>'), id="hostile XML"),
]


@pytest.mark.parametrize("fault", FAULTS)
def test_a_passing_fault_is_waited_out(fault: Fault) -> None:
    naps = Naps()
    with EutilsServer(RECORDS, script=[fault, fault]) as server:
        assert states(entrez(server, sleep=naps).fetch(PMIDS)) == stored(*PMIDS)
    assert len(server.asked) == 3
    assert len(naps.all) == 2
    assert naps.all[1] > naps.all[0] or max(naps.all) >= 1  # exponential, or what the server asked for


@pytest.mark.parametrize("fault", FAULTS)
def test_a_lasting_fault_fails_every_pmid_with_a_reason_and_ends_soon(fault: Fault) -> None:
    with EutilsServer(RECORDS, when=lambda call: fault) as server:
        many = [str(90000001 + n) for n in range(2_000)]
        batches = list(entrez(server, retries=1, read_timeout=0.1, api_key=KEY).fetch(many))
    assert states(iter(batches)) == dict.fromkeys(many, "failed")
    assert len(server.asked) < 20
    for outcome in (outcome for batch in batches for outcome in batch):
        assert isinstance(outcome, NotStored)
        assert "run again" in outcome.reason
        assert KEY not in outcome.reason


def test_retry_after_is_obeyed_as_seconds_and_as_a_date() -> None:
    naps = Naps()
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    past = format_datetime(datetime.now(UTC) - timedelta(seconds=40), usegmt=True)
    faults = [status(429, Retry_After=value) for value in ("7", later, past, "soon")]
    with EutilsServer(RECORDS, script=faults) as server:
        assert states(entrez(server, sleep=naps, retries=4).fetch(PMIDS)) == stored(*PMIDS)
    assert 7 <= naps.all[0] < 9
    assert 37 < naps.all[1] < 42
    assert all(0 < nap < 10 for nap in naps.all[2:])


def test_a_service_that_asks_for_an_hour_is_left_alone() -> None:
    naps = Naps()
    with EutilsServer(RECORDS, when=lambda call: status(429, Retry_After="3600")) as server:
        ((outcome, *_),) = entrez(server, sleep=naps).fetch(PMIDS)
    assert isinstance(outcome, NotStored)
    assert "3600 s" in outcome.reason
    assert not naps.all
    assert len(server.log) == 1


def test_waits_grow_and_carry_jitter() -> None:
    naps, dice = Naps(), iter([0.0, 1.0, 0.5, 0.5])
    with EutilsServer(RECORDS, script=[status(500)] * 4) as server:
        list(entrez(server, sleep=naps, retries=4, jitter=lambda: next(dice), first_wait=1.0).fetch(PMIDS))
    assert naps.all == [0.5, 3.0, 4.0, 8.0]


@pytest.mark.parametrize("poison", [["90000001"], ["90000150"], ["90000033", "90000290", "90000291"]])
def test_one_poisonous_record_costs_only_itself(poison: list[str]) -> None:
    many = [str(90000001 + n) for n in range(300)]
    with EutilsServer(
        {pmid: article(pmid) for pmid in many},
        when=lambda call: status(500) if set(poison) & set(call.ids) else None,
    ) as server:
        found = states(entrez(server, retries=2).fetch(many))
    assert {pmid for pmid, state in found.items() if state != "stored"} == set(poison)
    assert found == {**stored(*many), **dict.fromkeys(poison, "failed")}
    assert len(server.log) < 150


def test_a_damaged_record_in_an_answer_is_asked_for_again() -> None:
    damaged = article_set(article(90000001), article(90000002, title="<b>"), article(90000003))
    with EutilsServer(RECORDS, script=[instead(damaged)]) as server:
        assert states(entrez(server).fetch(PMIDS[:3])) == stored(*PMIDS[:3])
    assert server.asked == [PMIDS[:3], ["90000002"]]


@pytest.mark.parametrize(
    "fault",
    [
        status(400, "<eFetchResult><ERROR>ID list is empty! Possibly it has no correct IDs.</ERROR></eFetchResult>"),
        error_text("ID list is empty! Possibly it has no correct IDs."),
    ],
)
def test_pubmed_saying_that_no_id_is_correct_means_missing(fault: Fault) -> None:
    with EutilsServer(when=lambda call: fault) as server:
        assert states(entrez(server).fetch(PMIDS[:2])) == dict.fromkeys(PMIDS[:2], "missing")
    assert server.asked == [PMIDS[:2], PMIDS[:1], PMIDS[1:2]]  # never a retry


def test_a_clear_refusal_is_not_asked_again_and_again() -> None:
    naps = Naps()
    with EutilsServer(when=lambda call: status(400, "Unknown parameter")) as server:
        ((outcome,),) = entrez(server, sleep=naps).fetch(PMIDS[:1])
    assert isinstance(outcome, NotStored)
    assert "Unknown parameter" in outcome.reason
    assert (len(server.log), naps.all) == (1, [])


def test_a_redirect_is_not_followed() -> None:
    with EutilsServer(RECORDS) as other, EutilsServer(when=lambda call: status(302, Location=other.url)) as server:
        assert states(entrez(server).fetch(PMIDS[:1])) == {PMIDS[0]: "failed"}
    assert not other.log


QUOTED_KEY = "synthetic%2Bkey%2F0123456789abcdef"


@pytest.mark.parametrize("code", [200, 400, 403, 429, 500])
@pytest.mark.parametrize(
    "body",
    [
        f'{{"error":"API key invalid","api-key":"{KEY}"}}',
        f'{{"error":"API key {KEY} is not valid"}}',
        f"<html>Bad request for ?api_key={QUOTED_KEY}</html>",
        f"<ERROR>{KEY} or {QUOTED_KEY}</ERROR>",
        f"{KEY} {QUOTED_KEY}",
    ],
)
def test_the_api_key_is_in_no_message(code: int, body: str, caplog: pytest.LogCaptureFixture) -> None:
    with EutilsServer(when=lambda call: status(code, body)) as server:
        service = entrez(server, api_key=KEY, retries=0)
        said = [f"{outcome}" for batch in service.fetch(PMIDS[:1]) for outcome in batch]
        with pytest.raises(EntrezError) as caught:
            service.count("x")
    said += [str(caught.value), repr(caught.value.__cause__), caplog.text]
    assert not [text for text in said if KEY in text or QUOTED_KEY in text]
    assert server.log[0].params["api_key"] == KEY
    assert not [call for call in server.log if "key" in call.path]


def test_a_silent_service_is_given_up_after_the_read_timeout() -> None:
    start = time.monotonic()
    with EutilsServer(RECORDS, when=lambda call: hang(20)) as server:
        ((outcome,),) = entrez(server, retries=1, connect_timeout=15, read_timeout=0.2).fetch(PMIDS[:1])
    assert time.monotonic() - start < 5
    assert isinstance(outcome, NotStored)
    assert "did not answer within 0.2 s" in outcome.reason


def test_no_server_at_all_ends_soon_with_advice() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/"
    naps = Naps()
    many = [str(90000001 + n) for n in range(10_000)]
    batches = list(Entrez(base_url=url, retries=3, sleep=naps, pace=Pace(1_000)).fetch(many))
    assert states(iter(batches)) == dict.fromkeys(many, "failed")
    reason = batches[0][0].reason  # type: ignore[union-attr]
    assert reason.startswith("PubMed cannot be reached at 127.0.0.1:")
    assert "run again" in reason
    assert len(naps.all) == 3


def test_an_outage_midway_keeps_what_was_fetched_and_a_rerun_asks_only_for_the_rest() -> None:
    with EutilsServer(RECORDS, when=lambda call: status(503) if PMIDS[4] in call.ids else None) as server:
        found = states(entrez(server, batch_size=2, retries=0).fetch(PMIDS))
    assert found == {**stored(*PMIDS[:4]), PMIDS[4]: "failed"}
    with EutilsServer(RECORDS) as server:
        rest = [pmid for pmid, state in found.items() if state != "stored"]
        assert states(entrez(server).fetch(rest)) == stored(PMIDS[4])
    assert server.asked == [[PMIDS[4]]]


def test_a_connection_that_is_never_accepted_times_out() -> None:
    """A full backlog leaves a connect hanging; the connect timeout must end it."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        start = time.monotonic()
        patient = Entrez(
            base_url=f"http://127.0.0.1:{port}/", retries=0, connect_timeout=0.3, read_timeout=30, sleep=Naps()
        )
        ((outcome,),) = patient.fetch(PMIDS[:1])
        assert time.monotonic() - start < 5
        for filler in fillers:
            filler.close()
    assert isinstance(outcome, NotStored)
    assert "no connection within 0.3 s" in outcome.reason


def test_settings_come_from_the_environment_and_options_win(monkeypatch: pytest.MonkeyPatch) -> None:
    with EutilsServer(RECORDS) as server:
        monkeypatch.setenv("CARTEVIDENCE_ENTREZ_URL", server.url.rstrip("/"))
        monkeypatch.setenv("NCBI_EMAIL", "env@example.org")
        monkeypatch.setenv("NCBI_API_KEY", KEY)
        list(Entrez().fetch(PMIDS[:1]))
        list(Entrez(email="option@example.org").fetch(PMIDS[:1]))
        monkeypatch.delenv("NCBI_EMAIL")
        monkeypatch.setenv("NCBI_API_KEY", " ")
        list(Entrez().fetch(PMIDS[:1]))
    sent = [(call.params.get("email"), call.params.get("api_key")) for call in server.log]
    assert sent == [("env@example.org", KEY), ("option@example.org", KEY), (None, None)]


@pytest.mark.parametrize("url", ["ftp://example.org/", "example.org", "file:///etc/passwd", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(EntrezError, match="CARTEVIDENCE_ENTREZ_URL"):
        Entrez(base_url=url)


def test_bio_entrez_is_left_as_it_was() -> None:
    before = (bio.urlopen, bio.max_tries, bio.email, bio.api_key, bio.tool)
    with EutilsServer(RECORDS, script=[status(500)]) as server:
        list(entrez(server).fetch(PMIDS))
    assert (bio.urlopen, bio.max_tries, bio.email, bio.api_key, bio.tool) == before


def test_two_threads_do_not_mix_their_settings() -> None:
    with EutilsServer(RECORDS) as one, EutilsServer(RECORDS) as two:

        def run(server: EutilsServer, key: str) -> None:
            for _ in range(10):
                list(entrez(server, api_key=key, read_timeout=5).fetch(PMIDS))

        threads = [threading.Thread(target=run, args=pair) for pair in ((one, "a"), (two, "b"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert [{call.params["api_key"] for call in server.log} for server in (one, two)] == [{"a"}, {"b"}]
    assert [len(server.log) for server in (one, two)] == [10, 10]


class Clock:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("per_second", [3, 10])
def test_no_second_sees_more_requests_than_allowed_retries_included(per_second: int) -> None:
    clock = Clock()
    starts: list[float] = []

    def note(call: Call) -> Fault | None:
        starts.append(clock.now)
        return status(500) if len(starts) % 2 else None

    pace = Pace(per_second, clock=clock, sleep=clock.sleep)
    with EutilsServer({pmid: article(pmid) for pmid in PMIDS}, when=note) as server:
        list(entrez(server, pace=pace, batch_size=1).fetch([*PMIDS, *(str(90000100 + n) for n in range(15))]))
    assert len(starts) == 40
    assert max(sum(at <= other < at + 1 for other in starts) for at in starts) == per_second
    assert clock.now < 1.2 * 40 / per_second  # and no slower than needed


def test_the_pace_is_shared_by_all_who_ask_the_same_service() -> None:
    with EutilsServer(RECORDS) as server:
        start = time.monotonic()
        for _ in range(4):
            list(Entrez(base_url=server.url).fetch(PMIDS[:1]))
        assert time.monotonic() - start > 1


def search_server(per_day: dict[date, int], **options: Any) -> EutilsServer:
    entered = {}
    for day, count in per_day.items():
        entered.update({str(90000001 + len(entered) + n): day for n in range(count)})
    return EutilsServer(hits={"car t": list(entered)}, entered=entered, **options)


def test_a_search_is_paged_through_the_history_server() -> None:
    with search_server({date(2020, 5, 1): 6_000}, page_limit=1_000) as server:
        service = entrez(server, read_timeout=10)
        pages = list(service.search("car t"))
        assert service.count("car t") == 6_000
    assert [len(page) for page in pages] == [1_000] * 6
    assert len({pmid for page in pages for pmid in page}) == 6_000
    assert all(call.params["usehistory"] == "y" for call in server.log)
    assert {call.params.get("WebEnv") for call in server.log[1:6]} == {"MCID_synthetic"}


def test_a_search_beyond_the_limit_is_split_by_date() -> None:
    days = {date(2012, 3, 1): 9_000, date(2019, 7, 7): 4_000, date(2019, 7, 8): 4_000, date(2024, 1, 31): 6_000}
    with search_server(days) as server:
        found = Counter(pmid for page in entrez(server, read_timeout=10).search("car t") for pmid in page)
    assert len(found) == 23_000
    assert set(found.values()) == {1}
    assert len(server.log) < 60


def test_a_day_with_too_many_records_is_split_by_publication() -> None:
    entered = {str(90000001 + n): date(2022, 2, 2) for n in range(12_000)}
    published = {pmid: date(2015 + n % 2, 1, 1) for n, pmid in enumerate(entered)}
    with EutilsServer(hits={"car t": list(entered)}, entered=entered, published=published) as server:
        assert sum(len(page) for page in entrez(server, read_timeout=10).search("car t")) == 12_000
    same = dict.fromkeys(entered, date(2015, 1, 1))
    with (
        EutilsServer(hits={"car t": list(entered)}, entered=entered, published=same) as server,
        pytest.raises(EntrezError, match="narrow the query"),
    ):
        list(entrez(server, read_timeout=10).search("car t"))


def test_a_search_survives_faults_and_a_lost_history() -> None:
    faults = [web_page(), status(429), error_text(), rate_limit(), cut_xml(), reset(), None]
    lost = error_text("Unable to obtain query #1")
    with search_server({date(2020, 5, 1): 2_500}, page_limit=1_000, script=faults) as server:
        server.when = lambda call: lost if call.params.get("retstart") == "2000" and "WebEnv" in call.params else None
        found = [pmid for page in entrez(server, retries=6, read_timeout=10).search("car t") for pmid in page]
    assert len(set(found)) == len(found) == 2_500


@pytest.mark.parametrize("query", ["", "  "])
def test_an_empty_query_is_refused_without_asking(query: str) -> None:
    with EutilsServer() as server:
        with pytest.raises(EntrezError, match="empty"):
            list(entrez(server).search(query))
        assert not server.log


def test_a_search_that_keeps_failing_is_one_error() -> None:
    with (
        EutilsServer(when=lambda call: error_text()) as server,
        pytest.raises(EntrezError, match="Search Backend failed"),
    ):
        list(entrez(server, retries=1).search("car t"))


def test_ten_thousand_pmids_are_all_accounted_for() -> None:
    many = [str(90000001 + n) for n in range(10_000)]
    short = "<AbstractText>Invented.</AbstractText>"
    records = {pmid: article(pmid, abstract=short) for pmid in many if int(pmid) % 1_000}
    with EutilsServer(records, script=[None, status(500), None, cut_xml()]) as server:
        found = states(entrez(server, read_timeout=10).fetch(many + many[:50]))
    assert Counter(found.values()) == {"stored": 9_990, "missing": 10}
    assert len(server.log) == 50 + 2 + 10
