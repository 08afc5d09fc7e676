"""Login with a company's accounts, against a provider that is a process of its own, kind and hostile."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from api.app import create_app
from api.oidc import OidcSettingsError, ProviderError, open_provider, read_grants
from store.audit import read_audit
from store.settings import Settings
from tests import patient
from tests.oidc_provider import CLIENT, SECRET

HOME = "https://headway.example"
ROLES = "quality=analyst@online-order, quality-2=analyst@returns, it=admin, everyone=leader"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    program = Path(__file__).parents[1] / "oidc_provider.py"
    with subprocess.Popen([sys.executable, str(program)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        process.terminate()


def settings_for(issuer: str, home: Path, **more) -> Settings:
    secret = {"oidc_client_id": CLIENT, "oidc_client_secret": SecretStr(SECRET), "oidc_roles": ROLES}
    return Settings(home=home, oidc_issuer=issuer, public_url=HOME, **{**secret, **more})


@pytest.fixture(scope="module")
def app(issuer: str, tmp_path_factory: pytest.TempPathFactory):
    made = create_app(settings_for(issuer, tmp_path_factory.mktemp("oidc")))
    made.state.database.upgrade()
    return made


@pytest.fixture
def browser(issuer: str, app) -> TestClient:
    patient.post(f"{issuer}/next", json={})
    return TestClient(app, base_url=HOME, client=("10.1.2.3", 1), follow_redirects=False)


def leave(browser: TestClient, after: str = "/account") -> str:
    """To the provider and back: the address that the provider sends the browser to."""
    start = browser.get("/login/oidc", params={"next": after})
    assert start.status_code == 303
    there = patient.get(start.headers["location"])
    assert there.status_code == 302, there.text
    back = there.headers["location"]
    assert back.startswith(f"{HOME}/login/callback?")
    return back.removeprefix(HOME)


def test_somebody_of_a_known_group_is_logged_in_with_its_role_and_jobs(app, browser):
    answer = browser.get(leave(browser))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    cookie = next(one for one in answer.headers.get_list("set-cookie") if "__Host-headway-session=" in one)
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}

    page = browser.get("/account").text
    assert "ann@example.com" in page
    assert "analyst" in page
    assert "for online-order only" in page
    with app.state.database.session() as session:
        *_, logged = read_audit(session, action="login.begin")
    assert (logged.who, logged.detail["subject"]) == ("ann@example.com", "u-17")


def test_the_strongest_of_several_roles_counts_with_all_its_jobs(issuer, browser):
    patient.post(f"{issuer}/next", json={"claims": {"groups": ["everyone", "quality", "quality-2"]}})
    browser.get(leave(browser))

    assert "for online-order, returns only" in browser.get("/account").text


def test_a_provider_that_changed_its_keys_is_asked_for_the_new_ones(issuer, app, browser):
    browser.get(leave(browser))
    app.state.provider._known["jwks"] = (0.0, app.state.provider._known["jwks"][1])
    patient.post(f"{issuer}/next", json={"trick": "new-key"})

    assert browser.get(leave(browser)).status_code == 303


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        ({"claims": {"nonce": "another"}}, "nonce"),
        ({"claims": {"nonce": None}}, "nonce"),
        ({"claims": {"aud": "another-client"}}, "aud"),
        ({"claims": {"aud": ["another-client", CLIENT]}}, "azp"),
        ({"claims": {"iss": "https://evil.example"}}, "iss"),
        ({"claims": {"exp": 1}}, "expired"),
        ({"claims": {"exp": None}}, "exp"),
        ({"claims": {"iat": 99999999999}}, "issued"),
        ({"claims": {"sub": None}}, "sub"),
        ({"claims": {"groups": ["strangers"]}}, "no role"),
        ({"claims": {"groups": None}}, "no role"),
        ({"trick": "alg-none"}, "lgorithm"),
        ({"trick": "secret-signed"}, "lgorithm"),
        ({"trick": "foreign-key"}, "signature"),
    ],
    ids=str,
)
def test_a_token_that_is_not_one_for_this_login_lets_nobody_in(issuer, app, browser, trouble, said):
    patient.post(f"{issuer}/next", json=trouble)
    answer = browser.get(leave(browser))

    assert answer.status_code == 403
    assert "You were not logged in" in answer.text
    assert browser.get("/account", headers={"accept": "text/html"}).headers["location"].startswith("/login")
    assert said in answer.text
    with app.state.database.session() as session:
        *_, last = read_audit(session)
    assert (last.action, last.detail["why"]) == ("login.refuse", "LoginRefusedError")


def test_an_answer_is_good_once_and_only_in_the_browser_that_asked(app, browser):
    back = leave(browser)
    other = TestClient(app, base_url=HOME, client=("10.9.9.9", 1), follow_redirects=False)
    assert other.get(back).status_code == 403

    kept = dict(browser.cookies)
    assert browser.get(back).status_code == 303
    again = TestClient(app, base_url=HOME, client=("10.1.2.3", 1), follow_redirects=False, cookies=kept)
    assert again.get(back).status_code == 403


@pytest.mark.parametrize("change", [{"state": "x"}, {"iss": "https://evil.example"}, {"code": "x"}, {"code": ""}])
def test_an_answer_that_was_changed_on_the_way_is_refused(browser, change):
    asked = {name: values[0] for name, values in parse_qs(urlsplit(leave(browser)).query).items()}

    assert browser.get("/login/callback", params={**asked, **change}).status_code == 403


def test_after_the_login_the_way_leads_to_a_page_of_ours_only(browser):
    for after in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/login"):
        assert browser.get(leave(browser, after)).headers["location"] == "/"
        browser.cookies.clear()


@pytest.mark.parametrize("missing", ["oidc_client_id", "oidc_roles", "public_url"])
def test_a_login_that_is_half_set_up_is_said_at_the_start(issuer, tmp_path, missing):
    with pytest.raises(OidcSettingsError, match=f"HEADWAY_{missing.upper()} is not"):
        open_provider(settings_for(issuer, tmp_path).model_copy(update={missing: None}))


def test_a_provider_without_https_is_not_trusted(tmp_path):
    with pytest.raises(ProviderError, match="not https"):
        open_provider(settings_for("http://login.example.com", tmp_path))


def test_a_provider_that_is_down_or_somebody_else_is_an_answer_not_a_crash(issuer, tmp_path):
    for address in ("http://127.0.0.1:9", f"{issuer}/"):
        made = create_app(settings_for(address, tmp_path))
        made.state.database.upgrade()
        browser = TestClient(made, base_url=HOME, client=("10.1.2.3", 1), follow_redirects=False)
        assert browser.get("/login/oidc").status_code == 503


@pytest.mark.parametrize("text", ["quality", "quality=king", "=admin", "a=analyst=@x"])
def test_roles_that_cannot_be_read_are_named(text):
    with pytest.raises(OidcSettingsError, match="is not group=role"):
        read_grants(text)
