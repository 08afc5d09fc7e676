"""Worlds: deterministic, true to what they say of themselves, and changed only where a change is planted."""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from evals.worlds import Change, Response, WorldSpec, WorldSpecError, generate, write_world
from evals.worlds_truth import realised
from taxonomy.loader import find_job

SMALL = WorldSpec(
    contacts=600, labelled=150, heldout=80, attempts=60, survey=replace(WorldSpec().survey, respondents=25)
)
NUMBERS_ONLY = WorldSpec(contacts=40_000, seed=3)


def read_lines(path: Path) -> list[dict]:
    content = path.read_bytes()
    text = gzip.decompress(content) if path.suffix == ".gz" else content
    return [json.loads(line) for line in text.decode().splitlines()]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("world")
    write_world(SMALL, path)
    return path


@pytest.fixture(scope="module")
def contacts(folder: Path) -> list[dict]:
    return read_lines(folder / "contacts.jsonl.gz")


@pytest.fixture(scope="module")
def answers(folder: Path) -> dict[str, dict]:
    return {row["id"]: row for row in read_lines(folder / "truth.jsonl")}


@pytest.fixture(scope="module")
def truth(folder: Path) -> dict:
    return json.loads((folder / "truth.json").read_text(encoding="utf-8"))


def test_the_same_spec_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_world(SMALL, tmp_path)
    for path in folder.iterdir():
        assert (tmp_path / path.name).read_bytes() == path.read_bytes(), path.name


def test_another_seed_gives_other_contacts(contacts: list[dict]) -> None:
    other = generate(replace(SMALL, seed=8)).contact(0)
    assert other["turns"] != contacts[0]["turns"]
    assert other["id"] == "w8-0"


def test_a_contact_says_the_same_in_whatever_order_it_is_asked_for(contacts: list[dict]) -> None:
    world = generate(SMALL)
    for i in (599, 3, 120, 3):
        assert world.contact(i) == contacts[i]


def test_as_many_contacts_as_asked_for_with_ids_by_order_of_start(contacts: list[dict]) -> None:
    assert [contact["id"] for contact in contacts] == [f"w7-{i}" for i in range(600)]
    starts = [contact["started_at"] for contact in contacts]
    assert starts == sorted(starts)
    assert starts[0] >= "2026-05-01" and starts[-1] < "2026-11-01"


def test_a_line_holds_what_the_contract_names_and_no_label(contacts: list[dict]) -> None:
    job = find_job("online-order")
    for contact in contacts:
        assert "labels" not in contact
        assert contact["channel"] in SMALL.channels
        assert contact["segment"]["tier"] in job.segments["tier"]
        assert contact["circumstance"]["urgency"] in job.circumstances["urgency"]
        assert moment(contact["started_at"]) < moment(contact["ended_at"])
        assert {turn["speaker"] for turn in contact["turns"]} <= {"customer", "agent", "system"}
        assert any(turn["speaker"] == "customer" for turn in contact["turns"])
        assert all(turn["text"].strip() and "{" not in turn["text"] for turn in contact["turns"])
        if "survey" in contact:
            assert contact["survey"]["effort"] in range(1, 8)
            assert moment(contact["survey"]["answered_at"]) > moment(contact["ended_at"])


def test_customers_say_about_as_many_words_as_asked_for(contacts: list[dict]) -> None:
    words = [
        sum(len(turn["text"].split()) for turn in contact["turns"] if turn["speaker"] == "customer")
        for contact in contacts
    ]
    assert 34 <= np.mean(words) <= 50


def test_labelled_contacts_are_others_and_cover_every_outcome_and_none(folder: Path, contacts: list[dict]) -> None:
    labelled = read_lines(folder / "labelled.jsonl.gz") + read_lines(folder / "heldout.jsonl.gz")
    job = find_job("online-order")
    assert len(labelled) == 230
    assert not {row["id"] for row in labelled} & {contact["id"] for contact in contacts}
    assert not {json.dumps(row["turns"]) for row in labelled} & {json.dumps(contact["turns"]) for contact in contacts}
    assert {row["labels"]["step"] for row in labelled} == {*job.step_by_id, None}
    for row in labelled:
        step, outcome = row["labels"]["step"], row["labels"]["outcome"]
        assert job.step_of.get(outcome) == step


def test_the_right_tag_of_every_contact_is_known(contacts: list[dict], answers: dict[str, dict]) -> None:
    job = find_job("online-order")
    assert list(answers) == [contact["id"] for contact in contacts]
    seconds = [row for row in answers.values() if row["secondary"]]
    assert 0.05 < len(seconds) / len(answers) < 0.2
    assert all(job.step_of[row["secondary"]] != row["step"] for row in seconds)


def test_true_figures_are_what_a_plain_count_over_the_contacts_gives(
    contacts: list[dict], answers: dict[str, dict], truth: dict
) -> None:
    found = defaultdict(list)
    for contact in contacts:
        found[answers[contact["id"]]["step"]].append(contact)
    on_job = sum(len(group) for step, group in found.items() if step)
    assert truth["realised"]["fits_no_step"] == len(found[None])
    for step, figures in truth["realised"]["steps"].items():
        group = found[step]
        minutes = [(moment(c["ended_at"]) - moment(c["started_at"])).total_seconds() / 60 for c in group]
        answered = [c["survey"]["effort"] for c in group if "survey" in c]
        assert figures["volume"] == len(group)
        assert figures["share_of_fitting"] == pytest.approx(len(group) / on_job)
        assert figures["transfers"] == pytest.approx(np.mean([c["transfers"] for c in group]))
        assert figures["time"] == pytest.approx(np.mean(minutes))
        assert figures["cost"] == pytest.approx(np.mean([c["cost"] for c in group]))
        assert figures["response_rate"] == pytest.approx(len(answered) / len(group))
        assert figures["effort_of_those_who_answered"] == (pytest.approx(np.mean(answered)) if answered else None)


@pytest.mark.parametrize(("days", "name"), [(7, "fcr"), (30, "fcr_long")])
def test_true_first_contact_resolution_is_what_a_search_over_each_customer_gives(
    contacts: list[dict], answers: dict[str, dict], truth: dict, days: int, name: str
) -> None:
    window, as_of = timedelta(days=days), moment(truth["as_of"])
    by_customer = defaultdict(list)
    for contact in contacts:
        if answers[contact["id"]]["step"]:
            by_customer[contact["customer_id"]].append(contact)
    values = defaultdict(list)
    for group in by_customer.values():
        for contact in group:
            start, end = moment(contact["started_at"]), moment(contact["ended_at"])
            others = [other for other in group if other is not contact]
            earlier = [o for o in others if moment(o["started_at"]) < start and moment(o["ended_at"]) + window >= start]
            later = [o for o in others if start < moment(o["started_at"]) <= end + window]
            if not earlier and end + window <= as_of:
                values[answers[contact["id"]]["step"]].append(not later and not contact["abandoned"])
    for step, figures in truth["realised"]["steps"].items():
        assert figures[f"{name}_contacts"] == len(values[step])
        assert figures[name] == pytest.approx(np.mean(values[step]))


def test_friction_follows_the_jobs_weights_and_goalposts(truth: dict) -> None:
    for figures in truth["realised"]["steps"].values():
        by_hand = 100 * (
            1
            - 0.4 * (figures["effort"] - 1) / 6
            - 0.4 * figures["fcr"]
            - 0.1 * max(0, (2 - figures["transfers"]) / 2)
            - 0.1 * max(0, (30 - figures["time"]) / 30)
        )
        assert figures["friction"] == pytest.approx(by_hand)
        assert figures["burden"] == pytest.approx(by_hand * figures["share_of_fitting"])


def test_steps_by_month_and_channel_add_up_to_the_whole(truth: dict) -> None:
    realised_ = truth["realised"]
    for part in ("by_month", "by_channel", "by_tier", "by_urgency"):
        for step, figures in realised_["steps"].items():
            assert sum(slice_[step]["volume"] for slice_ in realised_[part].values()) == figures["volume"]


def test_a_large_world_is_close_to_the_process_that_made_it() -> None:
    world = generate(replace(NUMBERS_ONLY, seed=21))
    other = generate(replace(NUMBERS_ONLY, seed=22))
    one, two = realised(world.ledger)["steps"], realised(other.ledger)["steps"]
    for step in one:
        assert one[step]["effort"] == pytest.approx(two[step]["effort"], abs=0.13)
        assert one[step]["fcr"] == pytest.approx(two[step]["fcr"], abs=0.05)


def test_those_who_answer_had_it_easier_than_all() -> None:
    figures = realised(generate(NUMBERS_ONLY).ledger)["job"]
    assert figures["effort_of_those_who_answered"] > figures["effort"] + 0.1


def test_answering_can_depend_on_effort_itself() -> None:
    bias = []
    for weight in (0.0, 0.5):
        figures = realised(generate(replace(NUMBERS_ONLY, response=Response(effort=weight))).ledger)["job"]
        bias.append(figures["effort_of_those_who_answered"] - figures["effort"])
    assert bias[1] > bias[0] + 0.3


def test_a_planted_change_of_effort_shows_only_where_it_was_planted() -> None:
    change = Change(date(2026, 8, 1), "track-delivery", "chat", effort=-1.0)
    before, after = generate(NUMBERS_ONLY), generate(replace(NUMBERS_ONLY, changes=(change,)))
    drawn = before.drawn
    reached = (
        (drawn.started >= datetime(2026, 8, 1, tzinfo=UTC).timestamp())
        & (drawn.step == before.stage.steps.index("track-delivery"))
        & (drawn.channel == before.stage.channels.index("chat"))
    )
    difference = after.drawn.effort - drawn.effort
    assert (difference[~reached] == 0).all()
    assert difference[reached].mean() == pytest.approx(-1.0, abs=0.15)


def test_a_planted_change_of_resolution_brings_customers_back() -> None:
    change = Change(date(2026, 7, 1), "confirm-price", resolved=-0.4)
    truth = realised(generate(replace(NUMBERS_ONLY, changes=(change,))).ledger)["by_month"]
    assert truth["2026-06"]["confirm-price"]["fcr"] > truth["2026-08"]["confirm-price"]["fcr"] + 0.08
    assert truth["2026-06"]["learn-terms"]["fcr"] == pytest.approx(truth["2026-08"]["learn-terms"]["fcr"], abs=0.05)


def test_a_planted_change_of_share_brings_more_contacts_to_the_step() -> None:
    change = Change(date(2026, 7, 1), "gain-access", share=2.0)
    truth = realised(generate(replace(NUMBERS_ONLY, changes=(change,))).ledger)["by_month"]
    assert truth["2026-09"]["gain-access"]["share"] > 1.6 * truth["2026-06"]["gain-access"]["share"]


def test_a_planted_change_of_success_shows_in_the_events() -> None:
    spec = replace(SMALL, attempts=3000, changes=(Change(date(2026, 7, 1), "complete-purchase", success=-0.3),))
    truth = generate(spec).truth()["task_success"]
    assert truth["complete-purchase"]["superpopulation"] == pytest.approx(0.81 - 0.3 * 123 / 184, abs=0.02)
    assert truth["confirm-order"]["superpopulation"] == pytest.approx(0.93)


def test_task_success_in_truth_is_completions_over_starts_in_the_file(folder: Path, truth: dict) -> None:
    with (folder / "events.csv").open(encoding="utf-8") as file:
        events = list(csv.DictReader(file))
    assert len({event["event_id"] for event in events}) == len(events)
    for step, figures in truth["task_success"].items():
        kinds = [event["type"] for event in events if event["step"] == step]
        assert kinds.count("start") == figures["starts"]
        assert kinds.count("complete") == figures["completions"]
    assert {event["success"] for event in events if event["type"] == "complete"} == {"true"}


def test_opportunity_in_truth_is_the_weighted_mean_of_the_survey_file(folder: Path, truth: dict) -> None:
    with (folder / "outcome_survey.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({row["respondent_id"] for row in rows}) == truth["survey"]["respondents"] == 50
    for outcome, figures in truth["survey"]["realised"].items():
        own = [row for row in rows if row["outcome"] == outcome]
        weight = [float(row["weight"]) for row in own]
        importance = np.average([int(row["importance"]) for row in own], weights=weight)
        satisfaction = np.average([int(row["satisfaction"]) for row in own], weights=weight)
        assert figures["opportunity"] == pytest.approx(2 * importance - satisfaction)


def test_customers_are_less_satisfied_where_friction_is_high(truth: dict) -> None:
    satisfaction = {outcome: row["satisfaction"] for outcome, row in truth["survey"]["superpopulation"].items()}
    assert satisfaction["know-terms"] > satisfaction["know-refund"] + 1


def test_the_true_index_is_the_published_formula_on_true_figures(truth: dict) -> None:
    first, last = (wave["superpopulation"] for wave in truth["survey"]["waves"])
    top = sorted(first, key=lambda outcome: first[outcome]["opportunity"])[-5:]
    drops = [first[outcome]["opportunity"] - last[outcome]["opportunity"] for outcome in top]
    opportunity = np.mean([0.5 + drop / 6 for drop in drops])
    success = np.mean([row["superpopulation"] for row in truth["task_success"].values()])
    worst = sorted(truth["superpopulation"]["outcomes"].values(), key=lambda row: row["burden"])[-3:]
    service = np.mean([((row["effort"] - 1) / 6 + row["fcr"]) / 2 for row in worst])
    assert truth["index"]["index"] == pytest.approx(100 * (0.4 * opportunity + 0.3 * success + 0.3 * service))
    assert len(truth["index"]["failure_modes"]) == 3


def test_first_contact_resolution_by_the_published_measure_agrees_with_the_truth(
    contacts: list[dict], answers: dict[str, dict], truth: dict
) -> None:
    import pandas as pd

    from alignment.resolution import first_contact_resolution

    frame = pd.DataFrame(
        {
            "contact": contact["id"],
            "customer": contact["customer_id"],
            "started_at": contact["started_at"],
            "ended_at": contact["ended_at"],
            "abandoned": contact["abandoned"],
            "step": answers[contact["id"]]["step"],
        }
        for contact in contacts
    )
    frame["fcr"] = first_contact_resolution(frame, window_days=7, as_of=moment(truth["as_of"]))
    measured = frame.groupby("step")["fcr"].mean()
    for step, figures in truth["realised"]["steps"].items():
        assert measured[step] == pytest.approx(figures["fcr"])


def test_a_step_that_the_job_does_not_have_cannot_be_changed() -> None:
    with pytest.raises(WorldSpecError, match="'fly-to-moon'"):
        generate(replace(SMALL, changes=(Change(date(2026, 7, 1), "fly-to-moon"),)))


def test_a_world_without_contacts_is_refused() -> None:
    with pytest.raises(WorldSpecError, match="at least 1 contact"):
        WorldSpec(contacts=0)


def test_the_truth_names_what_made_a_contact_hard_work(contacts: list[dict], answers: dict[str, dict]) -> None:
    for contact in contacts:
        row = answers[contact["id"]]
        assert set(row["said"]) <= set(row["drivers"])
        assert ("transfer" in row["drivers"]) == (contact["transfers"] > 0)
    for driver in ("had-to-repeat", "switched-channel", "repeat-contact", "generic-answer"):
        share = np.mean([driver in row["drivers"] for row in answers.values()])
        assert 0.03 < share < 0.3, driver


def test_drivers_are_said_in_words_that_training_contacts_do_not_hold() -> None:
    from evals.worlds_drivers import KNOWN, UNSEEN, load_driver_wordings

    for speakers in load_driver_wordings().lines.values():
        for families in speakers.values():
            known, unseen = ({line for one in families[side].values() for line in one} for side in (KNOWN, UNSEEN))
            assert known and unseen and not known & unseen


def test_drivers_change_nothing_else_that_a_contact_says() -> None:
    silent = replace(SMALL, talk=replace(SMALL.talk, drivers={}, lookalikes=0.0))
    loud, plain = generate(SMALL), generate(silent)
    same = [i for i in range(200) if loud.said(i).turns == plain.said(i).turns]
    assert len(same) > 100
    assert all(loud.said(i).matter == plain.said(i).matter for i in range(200))
