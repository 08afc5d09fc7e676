"""Every number on the scorecard is the API's, and opens something that adds up to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

import pytest

from alignment.estimate import Estimate
from alignment.friction import norm
from api.figures import SCALES, figure
from taxonomy.loader import find_job

BASE = "/jobs/online-order"
VOID = {"meta", "link", "input", "br", "img"}
KEYS = {"steps": "step", "failure_modes": "outcome", "outcomes": "outcome"}


@dataclass
class Shown:
    """One number as the page shows it, and the link that it stands in."""

    of: str
    scale: str | None
    href: str | None
    words: list[str] = field(default_factory=list)


class Numbers(HTMLParser):
    """The elements with `data-figure`, and every other element of class `fig` in the main part."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Shown] = []
        self.unnamed: list[str] = []
        self._open: list[tuple[str, Mapping[str, str | None], Shown | None]] = []

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        given = dict(attrs)
        inner = self._open[-1][2] if self._open else None
        if "data-figure" in given:
            inner = Shown(given["data-figure"], given.get("data-scale"), self._href())
            self.found.append(inner)
        elif (given.get("class") or "").split()[:1] == ["fig"]:
            self.unnamed.append(self.get_starttag_text())
        self._open.append((tag, given, inner))

    def handle_endtag(self, tag):
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self._open and self._open[-1][2] is not None and data.strip():
            self._open[-1][2].words.append(data.strip())

    def _href(self) -> str | None:
        return next((given["href"] for tag, given, _ in reversed(self._open) if tag == "a"), None)


@pytest.fixture(scope="module")
def page(client) -> Numbers:
    numbers = Numbers()
    numbers.feed(client.get(BASE).text)
    return numbers


@pytest.fixture(scope="module")
def card(client) -> dict[str, Any]:
    return client.get(f"/v1{BASE}/scorecard").json()


@pytest.fixture(scope="module")
def opened(client, page) -> dict[str, tuple[str, dict[str, Any]]]:
    """The pages that numbers lead to, with their JSON."""
    paths = dict.fromkeys(one.href.partition("#")[0] for one in page.found)
    return {path: (client.get(path).text, client.get(f"/v1{path}").json()) for path in paths}


def estimate_of(card: Mapping[str, Any], of: str) -> Estimate:
    """The estimate that a page's name of a figure stands for in the scorecard's JSON."""
    head, *rest = of.split(".")
    found = card[head]
    if isinstance(found, list):
        found = next(one for one in found if one[KEYS[head]] == rest[0])
        rest = rest[1:]
    for name in rest:
        found = found[name]
    return Estimate(**{**found, "as_of": datetime.fromisoformat(found["as_of"])})


def test_every_number_is_named_and_is_the_apis(page, card):
    assert page.unnamed == []
    assert len(page.found) > 13 * 4 + 3 * 5 + 22
    for one in page.found:
        known = figure(estimate_of(card, one.of), SCALES[one.scale or "share"])
        if known.state == "missing":
            assert one.scale is None and "not enough evidence" in " ".join(one.words), one
        else:
            assert one.words[0] == known.text, one
            assert len(one.words) < 2 or one.words[1] in (known.interval, "uncorrected"), one


def test_every_number_is_a_link_and_what_it_opens_is_not_empty(page, opened):
    assert [one.of for one in page.found if one.href is None] == []
    for path, (html, found) in opened.items():
        if not path.endswith("/index"):
            assert found["account"] and '<ol class="contacts">' in html, path


def counts_in(html: str, table: str) -> Iterator[list[int]]:
    """The rows of a table of counts, without its head and foot."""
    body = html.partition(f'<table class="counts" id="{table}"')[2].partition("<tbody>")[2].partition("</tbody>")[0]
    for row in body.split("</tr>")[:-1]:
        yield [int(cell.partition("</td>")[0].replace("\u202f", "")) for cell in row.split("<td>")[1:]]


def test_figures_from_contacts_open_sums_that_give_their_value_and_their_n(page, card, opened):
    checked = 0
    for one in page.found:
        head, _, measure = one.of.split(".", 2) if one.of.count(".") > 1 else (one.of, "", "")
        if head not in ("steps", "failure_modes"):
            continue
        html, found = opened[one.href.partition("#")[0]]
        lines = {line["measure"]: line for line in found["account"]}
        known = estimate_of(card, one.of)
        if measure in ("friction", "burden"):
            check_composite(known, measure, lines, found)
        else:
            line = lines[measure]
            assert (line["n"], line["figure"]["value"]) == (known.n, known.value), one
            assert f'data-measure="{measure}" data-n="{known.n}"' in html
        checked += 1
    assert checked == 13 * 4 + 3 * 5


def check_composite(known: Estimate, measure: str, lines: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """Friction from the means shown, between the job's goalposts; burden from friction and all contacts."""
    rule = find_job("online-order").friction
    if measure == "burden":
        assert known.n == lines["volume"]["n"] == sum(found["standing"].values()) - found["standing"]["outside"]
        return
    assert known.n == min(lines[name]["n"] for name, weight in rule.weights.items() if weight)
    means = {name: lines[name]["figure"]["value"] for name in rule.weights}
    if known.value is not None:
        parts = [weight * norm(means[name], rule.goalposts[name]) for name, weight in rule.weights.items()]
        assert known.value == pytest.approx(100 * (1 - sum(parts)))


def test_survey_figures_open_answers_that_add_up_to_their_n(page, card, opened):
    for one in page.found:
        if one.of.startswith("outcomes.") and ".service." not in one.of:
            known, (html, found) = estimate_of(card, one.of), opened[one.href]
            counts = list(counts_in(html, "answers"))
            assert [sum(column) for column in zip(*counts, strict=True)] == [known.n, known.n], one
            assert [list(row.values())[1:] for row in found["answers"]] == counts


def test_task_success_opens_starts_and_completions_that_give_it(page, card, opened):
    for one in page.found:
        if one.of.startswith("task_success."):
            known, (html, _) = estimate_of(card, one.of), opened[one.href]
            started, completed = (sum(column) for column in zip(*counts_in(html, "starts"), strict=True))
            assert started == known.n
            assert known.value is None or completed / started == pytest.approx(known.value)


def test_the_index_opens_inputs_that_give_it(client, page, card, opened):
    weights = client.get(f"/v1{BASE}/index/formula").json()["weights"]
    parts = {name: 0.0 for name in weights}
    html, found = opened[f"{BASE}/index"]
    for row in found["inputs"]:
        parts[row["component"]] += row["weight"] * (row["norm"] or 0.0)

    assert card["index"] == {**found["index"], "as_of": card["index"]["as_of"]}
    assert {name: pytest.approx(value) for name, value in parts.items()} == {
        name: part["value"] for name, part in card["components"].items()
    }
    assert 100 * sum(weights[name] * parts[name] for name in weights) == pytest.approx(card["index"]["value"])
    assert html.count("<tr>") > len(found["inputs"])
