"""Keys and logins as people and programs meet them: cookies, forms, delays, revoking, the log of it."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.app import create_app
from api.brute_force import FREE, Delays, network
from api.keyring import FRESH
from api.rendering import environment
from store.audit import read_audit
from store.keys import create_key, revoke_key, rotate_key
from store.logins import end_logins_of
from store.settings import Settings

HOME = "http://headway.example:8321"


@pytest.fixture(scope="module")
def app(tmp_path_factory):
    made = create_app(Settings(home=tmp_path_factory.mktemp("home")))
    made.state.database.upgrade()
    return made


@pytest.fixture
def key(app) -> str:
    """A fresh key of an analyst; what the server knew of keys before is forgotten."""
    with app.state.database.session() as session:
        token = create_key(session, name="ann", role="analyst", by="test")[1]
    app.state.keyring.forget()
    app.state.keyring.delays = Delays()
    return token


def browser_of(app, *, address: str = "10.1.2.3", base: str = HOME) -> TestClient:
    return TestClient(app, base_url=base, client=(address, 1), follow_redirects=False)


@pytest.fixture
def browser(app, key) -> TestClient:
    return browser_of(app)


def token_in(page: str) -> str:
    return re.search(r'name="csrf" value="(\w+)"', page)[1]


def log_in(browser: TestClient, key: str, **more):
    token = token_in(browser.get("/login").text)
    return browser.post("/login", data={"key": key, "csrf": token, "next": "/account", **more})


def asks(client: TestClient, token: str) -> int:
    return client.get("/v1/jobs", headers={"authorization": f"Bearer {token}"}).status_code


def test_a_key_pasted_at_the_login_page_opens_the_pages_until_logout(app, browser, key):
    answer = log_in(browser, key)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    page = browser.get("/account").text
    assert "ann" in page
    assert "analyst" in page

    stolen = dict(browser.cookies)
    assert browser.post("/logout", data={"csrf": token_in(page)}).status_code == 303
    assert browser.get("/account", headers={"accept": "text/html"}).headers["location"].startswith("/login")
    again = browser_of(app)
    again.cookies.update(stolen)  # the cookie is whole, and still it is over
    assert again.get("/account").status_code == 401


def test_the_cookie_is_closed_to_scripts_and_other_sites_and_over_https_bound_to_the_host(app, browser, key):
    plain = next(one for one in log_in(browser, key).headers.get_list("set-cookie") if "session=" in one)
    assert plain.startswith("headway_session=")
    assert "HttpOnly" in plain
    assert "SameSite=lax" in plain
    assert "Secure" not in plain

    safe = log_in(browser_of(app, base="https://headway.example"), key).headers.get_list("set-cookie")
    kept = next(one for one in safe if "session=" in one)
    assert kept.startswith("__Host-headway-session=")
    assert {"HttpOnly", "Secure", "Path=/"} <= {part.strip() for part in kept.split(";")}
    assert "Domain" not in kept


def test_answers_over_https_say_that_it_stays_so(app, browser):
    assert "strict-transport-security" not in browser.get("/login").headers
    assert browser_of(app, base="https://headway.example").get("/login").headers["strict-transport-security"]


def test_a_cookie_that_was_changed_or_moved_is_nobody(app, browser, key):
    log_in(browser, key)
    body, _, proof = browser.cookies["headway_session"].rpartition(".")
    login_cookie = browser_of(app)
    login_cookie.get("/login")
    for forged in (
        f"{body[:-4]}AAAA.{proof}",
        f"{body}.{'0' * 32}",
        body,
        "",
        "a.b",
        login_cookie.cookies["headway_login"],
    ):
        other = browser_of(app)
        other.cookies.set("headway_session", forged)
        assert other.get("/account").status_code == 401


def test_a_form_without_the_token_of_this_login_is_refused(app, browser, key):
    log_in(browser, key)
    own = token_in(browser.get("/account").text)
    other = browser_of(app)
    log_in(other, key)
    foreign = token_in(other.get("/account").text)

    for data in ({}, {"csrf": ""}, {"csrf": foreign}, {"csrf": "ü"}):
        assert browser.post("/logout", data=data).status_code == 403
    assert browser.post("/logout", content=f"csrf={own}", headers={"content-type": "text/plain"}).status_code == 403
    for headers in (
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ):
        assert browser.post("/logout", data={"csrf": own}, headers=headers).status_code == 403
    assert browser.post("/logout", data={"csrf": own}, headers={"origin": HOME}).status_code == 303


def test_the_login_form_itself_carries_a_token_bound_to_the_browser(app, browser, key):
    token = token_in(browser_of(app).get("/login").text)
    browser.get("/login")

    assert browser.post("/login", data={"key": key, "csrf": token}).status_code == 403
    assert browser_of(app).post("/login", data={"key": key, "csrf": token}).status_code == 403


def test_every_form_of_every_template_gets_the_token_by_itself():
    templates = environment().list_templates(extensions=["html"])
    sources = {name: environment().loader.get_source(environment(), name)[0] for name in templates}
    forms = {
        name: len(re.findall(r"<form\b[^>]*method=.post", source, re.IGNORECASE)) for name, source in sources.items()
    }
    assert sum(forms.values()) >= 8
    for name, source in sources.items():
        extension = next(iter(environment().extensions.values()))
        assert extension.preprocess(source, name).count("csrf_field()") == forms[name], name


def test_a_revoked_key_and_its_logins_are_over_within_a_second(app, browser, key):
    log_in(browser, key)
    assert asks(browser_of(app), key) == 200
    with app.state.database.session() as session:
        revoke_key(session, key[3:13], by="test")
    app.state.keyring.forget()  # as time does: what was read is good for one second
    assert FRESH <= 1

    assert asks(browser_of(app), key) == 401
    assert browser.get("/account").status_code == 401


def test_both_keys_work_while_a_rotation_overlaps(app, key):
    with app.state.database.session() as session:
        new = rotate_key(session, key[3:13], overlap=timedelta(hours=1), by="test")[1]
    app.state.keyring.forget()

    assert [asks(browser_of(app), one) for one in (key, new)] == [200, 200]


def test_all_logins_of_a_name_can_be_ended_and_later_ones_hold(app, browser, key):
    log_in(browser, key)
    with app.state.database.session() as session:
        end_logins_of(session, "ann", keep_until=datetime.now(UTC) + timedelta(hours=1))
    app.state.keyring.forget()
    assert browser.get("/account").status_code == 401

    fresh = browser_of(app)
    log_in(fresh, key)
    assert fresh.get("/account").status_code == 200


def test_guessing_gets_slower_for_an_address_whatever_it_guesses_and_tells_nothing(app, key):
    guesser = browser_of(app, address="10.6.6.6")
    unknown, wrong = f"hw_{'a' * 10}_{'b' * 43}", key[:-3] + ("AAA" if key[-3:] != "AAA" else "BBB")
    said = [guesser.get("/v1/jobs", headers={"authorization": f"Bearer {one}"}) for one in (unknown, wrong)]
    assert said[0].json() == said[1].json()
    for number in range(FREE):
        asks(guesser, f"hw_{'a' * 10}_{str(number) * 43}")

    late = guesser.get("/v1/jobs", headers={"authorization": f"Bearer {key}"})
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) >= 1
    assert asks(browser_of(app, address="10.7.7.7"), key) == 200
    assert asks(guesser, key) == 200  # known to be right by now: nothing is guessed


@pytest.mark.parametrize(("proxy", "counted"), [("10.0.0.5", "203.0.113.9"), ("10.0.0.6", "10.0.0.5")])
def test_a_forwarded_address_counts_only_where_a_named_proxy_says_it(app, key, proxy, counted):
    behind = ProxyHeadersMiddleware(app, trusted_hosts=proxy)  # as `headway serve` puts it before the app
    client = TestClient(behind, base_url=HOME, client=("10.0.0.5", 1))
    client.get("/v1/jobs", headers={"authorization": f"Bearer {key}", "x-forwarded-for": "1.1.1.1, 203.0.113.9"})

    with app.state.database.session() as session:
        *_, last = read_audit(session, action="key.use")
    assert last.detail["address"] == counted


def test_a_wrong_key_at_the_login_page_is_refused_in_the_same_words_and_logged(app, browser, key):
    first, second = log_in(browser, "hw_nonsense"), log_in(browser, key[:-3] + "AAA")

    assert (first.status_code, second.status_code) == (401, 401)
    assert "not good here" in first.text
    assert re.sub(r'value="\w*"', "", first.text) == re.sub(r'value="\w*"', "", second.text)
    with app.state.database.session() as session:
        assert [row.action for row in read_audit(session)][-2:] == ["key.refuse", "key.refuse"]


def test_the_first_use_of_a_key_on_a_day_is_logged_once(app, key):
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: asks(browser_of(app), key), range(8))) == {200}
    with app.state.database.session() as session:
        used = [row for row in read_audit(session, action="key.use") if row.object == f"key/{key[3:13]}"]
    assert [(row.who, row.detail) for row in used] == [("ann", {"address": "10.1.2.3"})]


def test_this_machine_needs_a_key_too_once_there_is_one(app, key):
    here = TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 1))

    assert here.get("/v1/jobs").status_code == 401
    assert here.get("/healthz").status_code == 200
    assert asks(here, key) == 200


def test_a_server_whose_database_is_gone_lets_nobody_in_on_a_guess(tmp_path):
    app = create_app(Settings(home=tmp_path))
    here = TestClient(app, base_url="http://127.0.0.1:8321", client=("127.0.0.1", 1))

    assert here.get("/v1/jobs").status_code == 503
    assert here.get("/healthz").status_code == 200


def test_the_delay_doubles_is_bounded_and_forgotten():
    now = [0.0]
    delays = Delays(lambda: now[0])
    waits = []
    for _ in range(FREE + 12):
        delays.failed("a")
        waits.append(delays.wait("a"))
    assert waits[:FREE] == [0.0] * FREE
    assert waits[FREE : FREE + 4] == [1, 2, 4, 8]
    assert max(waits) == 900
    now[0] = 5000.0
    delays.failed("a")
    assert delays.wait("a") == 0
    for number in range(20_000):
        delays.failed(str(number))
    assert len(delays._known) == 10_000


@pytest.mark.parametrize(
    ("host", "counted"),
    [("10.0.0.1", "10.0.0.1"), ("2001:db8::1:2", "2001:db8::/64"), ("::ffff:10.0.0.1", "10.0.0.1"), ("odd", "odd")],
)
def test_an_address_is_counted_as_the_network_its_owner_may_choose_from(host, counted):
    assert network(host) == counted


def test_keys_are_hashed_with_argon2id_and_no_secret_is_kept(app, key):
    with app.state.database.session() as session:
        rows = session.execute(text("SELECT * FROM access_keys")).all()
    assert all(row.hash.startswith("$argon2id$") for row in rows)
    assert key[14:] not in str(rows)
