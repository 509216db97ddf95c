"""Who gets in, what is refused, and what every answer says to the browser."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from store_cases import Make
from web_desk import PMID, WebDesk

from cartevidence.review.web import signing_in
from cartevidence.review.web.guard import LARGEST_BODY
from cartevidence.review.web.site import Site, SiteError, is_loopback
from db.store import Store
from models.errors import InvalidData
from models.record import Section

OpenWeb = Callable[..., WebDesk]
PAGES = ("/", f"/study/{PMID}", f"/study/{PMID}/history", "/token", "/compare", "/compare?what=endpoint:CR",
         "/assign", "/agreement", "/rules")  # fmt: skip
DATA = ("/evidence", "/evidence/decision", "/evidence/evidence_current.json", "/evidence/record.csv",
        "/evidence.json?sql=select+1", f"/evidence/record/{PMID}")  # fmt: skip
ACTS = ("accept", "correct", "reject", "add", "undo", "accept-all", "finish", "check", "suggest")
HTML = {"accept": "text/html"}


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing_in, "PAUSE", 0)


@pytest.mark.parametrize("place", PAGES + DATA)
def test_nothing_is_shown_to_strangers(web: WebDesk, place: str) -> None:
    asked = web.ask("GET", place, headers=HTML)
    assert asked.status_code == 303
    assert asked.headers["location"].startswith("/sign-in?next=/")
    plain = web.ask("GET", place)
    assert plain.status_code == 401
    assert "CAR T" not in plain.text and "90000001" not in plain.text


@pytest.mark.parametrize("place", PAGES + DATA)
def test_signed_in_curators_see_it(web: WebDesk, place: str) -> None:
    assert web.get(place).status_code == 200


@pytest.mark.parametrize("act", ACTS)
def test_acts_need_a_curator_a_token_and_a_post(web: WebDesk, path: Path, act: str) -> None:
    place = f"/study/{PMID}/{act}"
    assert web.ask("POST", place, json={}).status_code == 401
    web.sign_in("ada")
    assert web.ask("POST", place, "ada", json={}).status_code == 403
    assert web.ask("POST", place, "ada", json={}, headers={"x-csrftoken": "guessed"}).status_code == 403
    bearer = {"authorization": "Bearer x"}  # would switch Datasette's own check off
    assert web.ask("POST", place, "ada", json={}, headers=bearer).status_code == 403
    assert web.get(place).status_code == 405
    with Store.open(path, readonly=True) as store:
        assert store.decisions(PMID) == []


def test_another_sites_page_is_refused(web: WebDesk) -> None:
    given = {"fact": "x", "seen": None}
    answer = web.post(f"/study/{PMID}/accept", given, headers={"origin": "http://evil.example"})
    assert answer.status_code == 403
    assert "Another web site" in answer.json()["error"]


@pytest.mark.parametrize("host", ["evil.example", "localhost:8001", "127.0.0.1.evil.example", "", "localhost@evil"])
def test_other_hosts_are_refused(web: WebDesk, host: str) -> None:
    web.sign_in("ada")
    assert web.ask("GET", "/", "ada", headers={"host": host}).status_code == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:80", "LOCALHOST"])
def test_its_own_names_are_answered(web: WebDesk, host: str) -> None:
    web.sign_in("ada")
    assert web.ask("GET", "/", "ada", headers={"host": host}).status_code == 200


@pytest.mark.parametrize("place", ["/", f"/study/{PMID}", "/sign-in", "/static/desk/desk.css", "/nowhere", "/study/1"])
def test_pages_of_the_desk_are_strict(web: WebDesk, place: str) -> None:
    headers = web.get(place).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "unsafe-inline" not in policy and "frame-ancestors 'none'" in policy and "form-action 'self'" in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"


def test_pages_of_datasette_load_nothing_from_outside(web: WebDesk) -> None:
    policy = web.get("/evidence/record").headers["content-security-policy"]
    assert "default-src 'none'" in policy and "connect-src 'self'" in policy and "frame-ancestors 'none'" in policy


def test_pages_hold_no_inline_script_or_style(web: WebDesk) -> None:
    for path in ("/", f"/study/{PMID}", f"/study/{PMID}/history", "/sign-in", "/nowhere"):
        page = web.get(path).text
        assert "<style" not in page and " style=" not in page and "<script>" not in page and " onclick" not in page, (
            path
        )


def test_the_cookie_is_kept_from_scripts_and_other_sites(web: WebDesk) -> None:
    answer = web.sign_in("ada")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("cartevidence_80="))
    assert "HttpOnly" in cookie and "SameSite=strict" in cookie
    assert "ada" in web.get("/").text and "ben" not in web.get("/").text


@pytest.mark.parametrize("forged", ["", "x", '{"curator": "ada"}', "a.b.c"])
def test_forged_and_old_cookies_are_none(web: WebDesk, forged: str) -> None:
    web.cookies["mallory"] = {web.site.cookie: forged}
    assert web.ask("GET", "/", "mallory").status_code == 401
    stranger = web.datasette.sign({"curator": "eve", "until": time.time() + 60}, "curator")
    old = web.datasette.sign({"curator": "ada", "until": time.time() - 1}, "curator")
    other_purpose = web.datasette.sign({"curator": "ada", "until": time.time() + 60}, "messages")
    for signed in (stranger, old, other_purpose):
        web.cookies["mallory"] = {web.site.cookie: signed}
        assert web.ask("GET", "/", "mallory").status_code == 401


def test_datasettes_own_ways_in_are_closed(web: WebDesk) -> None:
    token = web.datasette._root_token
    for path in (f"/-/auth-token?token={token}", "/-/settings.json", "/-/threads", "/-/permissions", "/-/plugins"):
        assert web.ask("GET", path).status_code == 401
        assert web.get(path).status_code == 404, path
    assert web.get("/evidence.db").status_code in (403, 404)


def test_wrong_links_and_sign_out(web: WebDesk) -> None:
    assert web.ask("GET", "/sign-in?token=guessed", "eve").status_code == 403
    assert web.ask("GET", "/", "eve").status_code == 401
    web.sign_in("ada")
    token = web.token()
    assert web.ask("POST", "/sign-out", "ada", data={"a": "b"}).status_code == 403
    answer = web.ask("POST", "/sign-out", "ada", data={"csrftoken": token})
    assert answer.status_code == 303
    assert 'cartevidence_80=""' in answer.headers["set-cookie"] and "Max-Age=0" in answer.headers["set-cookie"]


@pytest.mark.parametrize(("wanted", "given"), [
    ("/study/90000001?fact=x", "/study/90000001?fact=x"), ("//evil.example", "/"), ("/\\evil.example", "/"),
    ("http://evil.example", "/"), ("javascript:alert(1)", "/"), ("/\n", "/"),
])  # fmt: skip
def test_sign_in_leads_to_places_of_the_desk_only(web: WebDesk, wanted: str, given: str) -> None:
    page = web.ask("GET", "/sign-in", params={"token": web.site.tokens["ada"], "next": wanted}).text
    assert f'content="0; url={given}"' in page


def test_the_password_is_asked_for(open_web: OpenWeb) -> None:
    web = open_web("ada", password="hæm 1")
    link = f"/sign-in?token={web.site.tokens['ada']}"
    page = web.ask("GET", link, "ada")
    assert page.status_code == 200 and 'name="password"' in page.text
    assert web.ask("GET", "/", "ada").status_code == 401
    form = {"token": web.site.tokens["ada"], "csrftoken": page.text.split('data-token="')[1].split('"')[0]}
    assert web.ask("POST", "/sign-in", "ada", data={**form, "password": "wrong"}).status_code == 403
    assert web.ask("POST", "/sign-in", "ada", data=form).status_code == 403
    assert web.ask("POST", "/sign-in", "ada", data={**form, "token": "x", "password": "hæm 1"}).status_code == 403
    assert web.ask("GET", "/", "ada").status_code == 401
    assert web.ask("POST", "/sign-in", "ada", data={**form, "password": "hæm 1"}).status_code == 200
    assert web.ask("GET", "/", "ada").status_code == 200


def test_others_reach_it_by_password_only(tmp_path: Path) -> None:
    for host in ("0.0.0.0", "::", "192.168.1.5", "desk.example"):
        with pytest.raises(SiteError, match="CARTEVIDENCE_PASSWORD"):
            Site.of(tmp_path / "e.db", ["ada"], host=host)
        assert Site.of(tmp_path / "e.db", ["ada"], host=host, password="x").host == host
    assert [is_loopback(host) for host in ("127.0.0.1", "127.9.9.9", "::1", "localhost", "0.0.0.0", "evil")] == [
        True, True, True, True, False, False,
    ]  # fmt: skip


def test_a_desk_on_all_addresses_answers_to_addresses_not_to_names(tmp_path: Path) -> None:
    site = Site.of(tmp_path / "e.db", ["ada"], host="0.0.0.0", port=8001, password="x")
    assert site.answers_to("192.168.1.5:8001") and site.answers_to("[fe80::1]:8001")
    assert not site.answers_to("evil.example:8001") and not site.answers_to("192.168.1.5:8002")


def test_curators_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="same name"):
        Site.of(tmp_path / "e.db", ["Ada", "ada"])
    with pytest.raises(InvalidData, match="pair"):
        Site.of(tmp_path / "e.db", ["ada + ben"])
    tokens = Site.of(tmp_path / "e.db", ["ada", "ben"]).tokens
    assert len(set(tokens.values())) == 2 and min(map(len, tokens.values())) >= 32


def test_large_bodies_are_refused(web: WebDesk, path: Path) -> None:
    given = {"fact": "x", "seen": None, "reason": "a" * 100_000}
    assert web.post(f"/study/{PMID}/reject", given).status_code == 413

    async def in_pieces() -> object:
        for _ in range(20):
            yield b"a" * 10_000

    headers = {"x-csrftoken": web.token(), "content-type": "application/json"}
    assert web.ask("POST", f"/study/{PMID}/reject", "ada", content=in_pieces(), headers=headers).status_code == 413
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert web.ask("POST", "/sign-in", content=b"a" * (LARGEST_BODY + 1), headers=form).status_code == 413
    with Store.open(path, readonly=True) as store:
        assert store.decisions(PMID) == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"[" * 30_000])
def test_what_is_no_json_object_is_refused(web: WebDesk, body: bytes) -> None:
    headers = {"x-csrftoken": web.token(), "content-type": "application/json"}
    answer = web.ask("POST", f"/study/{PMID}/accept", "ada", content=body, headers=headers)
    assert answer.status_code == 400
    assert "JSON" in answer.json()["error"]


@pytest.mark.parametrize(("kind", "body", "status"), [
    ("application/json", b"\xff\xfe", 400),
    ("application/x-www-form-urlencoded", b"token=\xff", 400),
    ("multipart/form-data", b"x", 415),
    ("text/plain", b"{}", 415),
    ("", b"{}", 415),
])  # fmt: skip
def test_what_no_page_sends_is_refused(web: WebDesk, kind: str, body: bytes, status: int) -> None:
    for place in ("/sign-in", f"/study/{PMID}/accept"):
        headers = {"x-csrftoken": web.token(), "content-type": kind}
        assert web.ask("POST", place, "ada", content=body, headers=headers).status_code == status


@pytest.mark.parametrize("place", [
    "/%73tatic/x", "/static/../evidence", "/static/..%2fevidence", "/static%2f..%2fevidence", "/sign-in/../evidence",
    "/%65vidence", "/~65vidence/record", "/-/static/../../evidence", "//evidence", "/sign%2din",
])  # fmt: skip
def test_there_is_no_way_around_signing_in(web: WebDesk, place: str) -> None:
    answer = web.ask("GET", place)
    assert answer.status_code in (401, 404)
    assert "90000001" not in answer.text and "record" not in answer.text.replace("/~65vidence/record", "")


def test_a_hostile_abstract_is_only_text(open_web: OpenWeb, path: Path, make: Make) -> None:
    bad = "<script>alert(1)</script><img src=x onerror=alert(2)> {{ 7 * 7 }} \"'> 24 of 30 patients (80%) &amp;"
    record = make.record("90000009", results=bad, title=f"{bad} title", journal=bad, doi='10.1/"><script>')
    record = record.model_copy(update={"sections": (Section(label='"><script>x', text=bad),)})
    with Store.open(path) as store:
        store.save([make.fetched(record)])
        fact = make.fact(record, bad, endpoint="CR", n=24, total=30, group='"><script>alert(3)</script>')
        store.save_extractions([make.extraction(record, fact, products=(bad,))])
    web = open_web("ada")
    for page in ("/", "/study/90000009", "/study/90000009/history"):
        text = web.get(page).text
        assert "<script>alert" not in text and "<img src=x" not in text and '"><script' not in text, page
        assert ">49<" not in text and " 49 " not in text
    assert "&lt;script&gt;alert(1)" in web.get("/study/90000009").text
    for page in ("/evidence/record", "/evidence/evidence_current?_facet=section", "/evidence/record/90000009"):
        text = web.get(page).text
        assert "<script>alert" not in text and "<img src=x" not in text, page


def test_sql_reads_and_nothing_else(web: WebDesk, path: Path, tmp_path: Path) -> None:
    def sql(text: str) -> dict[str, object]:
        return dict(web.get("/evidence.json", params={"sql": text, "_shape": "objects"}).json())

    assert sql("select count(*) as n from record")["rows"] == [{"n": 3}]
    other = tmp_path / "other.db"
    for text in (
        "delete from record", "insert into run (version) values ('x')", "drop table evidence",
        f"attach database '{other}' as o", f"with x as (select 1) insert into run (version) select '{other}'",
        "pragma journal_mode = delete", "vacuum into '/tmp/x'", "select length(zeroblob(900000000))", "select load_extension('x')",
    ):  # fmt: skip
        assert sql(text)["ok"] is False, text
    assert not other.exists()
    with Store.open(path, readonly=True) as store:
        assert store.status()["records"]["stored"] == 3


def test_looking_changes_nothing(web: WebDesk, path: Path) -> None:
    web.sign_in("ada")
    before = [path.read_bytes(), sorted(one.name for one in path.parent.iterdir() if one.suffix == ".db")]
    for page in (*PAGES, *DATA, *(f"/study/{PMID}/{act}" for act in ACTS), "/?search=CD22&need=done&page=9"):
        web.get(page)
    assert [path.read_bytes(), sorted(one.name for one in path.parent.iterdir() if one.suffix == ".db")] == before


def test_errors_are_pages_without_inner_matters(web: WebDesk, capsys: pytest.CaptureFixture[str]) -> None:
    for page in ("/nowhere", "/study/1", "/study/90000099", "/study/90000099/history", "/evidence/nothing"):
        answer = web.get(page)
        assert answer.status_code == 404, page
        assert "Traceback" not in answer.text
    printed = capsys.readouterr()
    assert web.site.tokens["ada"] not in printed.out + printed.err and "Traceback" not in printed.out
