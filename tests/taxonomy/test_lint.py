"""The outcome-statement grammar, on statements of both kinds, and the rules for a whole job."""

from dataclasses import replace

import numpy as np
import pytest

from taxonomy.lint import lint_job, lint_statement
from taxonomy.model import DesiredOutcome, Job, JobStage, JobStep

GOOD = [
    "minimize the time it takes to determine when a card will arrive",
    "Minimize the time it takes to determine when a card will arrive.",
    "minimise the time it takes to regain access to the account",
    "minimize the likelihood that a transfer is refused",
    "minimize the likelihood of being charged twice",
    "minimize the effort needed to prove who I am",
    "minimize the number of steps it takes to return an item",
    "minimize the frequency of corrections to a bill",
    "minimize the amount of money that is tied up while a refund is pending",
    "minimize the cost of sending money abroad",
    "minimize the risk that savings lose value",
    "minimize the variability in the time a delivery takes",
    "minimize the variability between the price quoted and the price charged",
    "minimize the handoffs it takes to correct an order",
    "minimize errors in the delivery address",
    "minimize the total cost of owning a car",
    "minimize the level of effort it takes to compare offers",
    "minimize time to verify accuracy",
    "minimize the number of errors made when entering an amount",
    "minimize the time it takes to stop a transfer sent by mistake, e.g. to the wrong account",
    "minimize the time it takes to obtain the kind of card needed, e.g. physical, spare or virtual",
    "minimize the likelihood that goods are damaged before delivery",
    "minimize the time it takes to learn about the terms and conditions of a loan",
    "minimize the time it takes to determine whether or not a seat is free",
    "minimize the time it takes to get served 24/7 when travelling",
    "minimize the risk of a well-known allergen in a meal",
    "minimize the time it takes to find a suitable item",
    "minimize the time it takes to get goods through customs",
    "minimize the likelihood that an item costs 1.5 times the price expected",
    "minimize the number of people asked before an answer is found",
    "minimize the confidence lost after a delay",
    "minimize the time it takes to wait for a return to be recorded",
]

ACCEPTED_WITH_WARNINGS = [
    ("reduce handoffs in prepare inputs", "prefer-minimize"),
    ("increase confidence in next step", "prefer-minimize"),
    ("maximise the likelihood that a seed grows", "prefer-minimize"),
    ("minimize the delay of a train", "unusual-metric"),
    ("minimize the likelihood of being charged a fee or bill that is above what is owed", "joined-objects"),
    ("minimize the time it takes to correct name, contact and payment details on the account", "joined-objects"),
    (
        "minimize the time it takes to determine prices, membership benefits, timing, policies and shipping terms "
        "before buying",
        "joined-objects",
    ),
    ("minimize the time it takes to determine whether age, country and currency are supported", "joined-objects"),
    ("minimize the time it takes to determine when and how a refund will be paid", "joined-objects"),
    ("minimize the time it takes to change the speed, address or content of a shipment", "joined-objects"),
    ("minimize the time it takes to protect the account after loss, theft or compromise", "joined-objects"),
    ("minimize the time it takes to find prices and order status", "joined-objects"),
    ("minimize the likelihood that an order or return is lost", "joined-objects"),
    ("minimize the likelihood that a name and address are recorded wrongly", "joined-objects"),
    ("minimize the cost of packing and shipping", "joined-objects"),
    ("minimize the effort it takes to reach an agent", "company-view"),
    ("minimize the handle time of a request", "company-view"),
    ("minimize the time it takes to receive our answer", "company-view"),
    ("minimize the likelihood of feeling anxious while waiting", "emotion"),
    ("minimize the time it takes to find a seat, e.g. front, middle, back, window", "too-many-examples"),
    ("minimize the time it takes to " + "very " * 20 + "long", "too-long"),
]

REFUSED = [
    ("find out when the card arrives", "no-direction", "find"),
    ("the time it takes to get a card", "no-direction", "the"),
    ("decrease the time it takes to get a card", "no-direction", "decrease"),
    ("", "no-direction", ""),
    ("minimize hassle", "no-metric", "hassle"),
    ("minimize unexpected fees for adding money", "no-metric", "unexpected fees"),
    ("increase policy exceptions for verification", "no-metric", "policy exceptions"),
    ("minimize the level of comfort on a journey", "no-metric", "the level of comfort"),
    ("minimize the time it takes", "no-object", "time"),
    ("minimize the likelihood that", "no-object", "likelihood"),
    ("minimize the time and effort it takes to return an item", "two-metrics", "time and effort"),
    ("increase the speed and accuracy of a delivery", "two-metrics", "speed and accuracy"),
    ("minimize the time, effort or cost of moving house", "two-metrics", "effort or cost"),
    ("minimize the time and hassle of a return", "two-metrics", "time and hassle"),
    ("minimize the time as well as the cost of a repair", "two-metrics", "time as well as the"),
    ("minimize the likelihood of errors and delays", "two-metrics", "errors and delays"),
    (
        "minimize the time it takes to find a card and the likelihood that it is refused",
        "two-metrics",
        "card and the",
    ),
    ("minimize the time/effort it takes to return an item", "two-outcomes", "time/effort"),
    ("minimize the time it takes to return and/or exchange an item", "two-outcomes", "and/or"),
    ("minimize the time it takes to find a card and order it", "two-outcomes", "card and order"),
    ("minimize the time it takes to find a seat and check out", "two-outcomes", "seat and check"),
    ("minimize the time it takes to search, compare and select a seat", "two-outcomes", "compare and select"),
    ("minimize the risk that a payment is taken but the order is lost", "two-outcomes", "taken but the"),
    ("minimize the time it takes to track a parcel and the number of calls made", "two-metrics", "parcel and the"),
    ("minimize the time it takes to find and compare offers", "two-outcomes", "find and compare"),
    ("minimize the time it takes to identify and stop payments made by others", "two-outcomes", "identify and stop"),
    ("minimize the time it takes to add or remove items on an order", "two-outcomes", "add or remove"),
    ("minimize the time it takes to pay for or renew a subscription", "two-outcomes", "for or renew"),
    ("minimize the time it takes to find prices & compare them", "two-outcomes", "prices & compare"),
    ("minimize the time it takes to find a route and then book a seat", "two-outcomes", "route and then book"),
    ("minimize the time it takes to find a route and to buy a ticket", "two-outcomes", "route and to"),
    ("minimize the effort it takes to order and pay for a meal", "two-outcomes", "order and pay"),
    ("minimize the time it takes to open the box and frobnicate the lever", "two-outcomes", "box and frobnicate"),
    ("minimize the likelihood that a top-up stalls or is reverted", "two-outcomes", "stalls or is"),
    ("minimize the likelihood that a card is refused and the payment fails", "two-outcomes", "refused and the"),
    ("minimize the likelihood that a withdrawal fails or pays out too little", "two-outcomes", "fails or pays"),
    ("minimize the risk of losing a card and paying a fee", "two-outcomes", "card and paying"),
    ("minimize the time it takes to pay and maximize the likelihood of success", "two-outcomes", "pay and maximize"),
    ("minimize the cost of a loan while maximizing the amount", "two-outcomes", "loan while maximizing"),
    ("minimize the time it takes to pay; minimize the cost of paying", "two-outcomes", "pay; minimize"),
    ("Minimize the time it takes to pay. Reduce the cost of paying", "two-outcomes", "pay. Reduce"),
    ("minimize the time it takes to pay with the app", "solution", "app"),
    ("minimize the time it takes to reach the Portal", "solution", "Portal"),
    ("minimize the number of questions the chatbot asks", "solution", "chatbot"),
    ("minimize the time it takes to get an e-mail confirmation", "solution", "e-mail"),
    ("minimize the time it takes to check in online", "solution", "online"),
    ("minimize the time it takes to pay with Apple Pay", "solution", "Apple Pay"),
    ("minimize the effort of self-service", "solution", "self-service"),
    ("minimize the time it takes to be told, e.g. by SMS", "solution", "SMS"),
    ("minimize the time it takes to get an easy return", "vague", "easy"),
    ("increase the likelihood of a better deal", "vague", "better"),
    ("minimize the time it takes to reach a user-friendly place", "vague", "user-friendly"),
    ("minimize the time it takes to reach a user friendly place", "vague", "user friendly"),
    ("increase the number of good answers", "vague", "good"),
    ("increase the likelihood of a seamless journey", "vague", "seamless"),
    ("increase the likelihood of simple terms", "vague", "simple"),
    ("increase the likelihood of a reliable answer", "vague", "reliable"),
    ("increase the number of fast answers", "vague", "fast"),
    ("increase confidence in next best action", "vague", "best"),
    ("minimize the likelihood that the order does not arrive", "negation", "not"),
    ("minimize the likelihood that a card can't be used", "negation", "can't"),
    ("minimize the likelihood that a seat cannot be found", "negation", "cannot"),
    ("minimize the likelihood that no seat is free", "negation", "no"),
    ("minimize the likelihood that an item is never sent", "negation", "never"),
]


def rules(text, *, level=None, glossary=()):
    return {finding.rule for finding in lint_statement(text, glossary=glossary) if level in (None, finding.level)}


def job_of(*statements, steps=3, **changes):
    outcomes = [DesiredOutcome(f"o{i}", statement) for i, statement in enumerate(statements)]
    parts = [tuple(outcomes[i::steps]) for i in range(steps)]
    made = tuple(JobStep(f"s{i}", JobStage.EXECUTE, f"Step {i}", part, True) for i, part in enumerate(parts))
    return replace(Job("job", 1, "Get it done", made), **changes)


def distinct(count):
    return [f"minimize the time it takes to reach place {i}" for i in range(count)]


@pytest.mark.parametrize("text", GOOD)
def test_a_well_formed_statement_has_no_finding(text):
    assert lint_statement(text) == ()


@pytest.mark.parametrize(("text", "rule"), ACCEPTED_WITH_WARNINGS)
def test_a_debatable_statement_is_warned_about_and_accepted(text, rule):
    assert rules(text, level="warning") >= {rule}
    assert rules(text, level="error") == set()


@pytest.mark.parametrize(("text", "rule", "word"), REFUSED)
def test_a_bad_statement_is_refused_with_the_word_at_fault(text, rule, word):
    errors = [finding for finding in lint_statement(text, where="o1") if finding.level == "error"]
    assert (rule, word, "o1") in {(finding.rule, finding.word, finding.where) for finding in errors}
    assert all(finding.word in finding.message or not finding.word for finding in errors if finding.rule != "no-object")


def test_terms_of_the_glossary_are_exempt():
    assert rules("increase confidence in next best action", level="error", glossary=["Next Best Action"]) == set()
    assert rules("minimize the time it takes to clear fast food orders", glossary=["fast food"]) == set()
    assert rules("minimize the time it takes to find the lost and found", glossary=["lost and found"]) == set()


def test_a_glossary_term_does_not_excuse_other_words():
    assert "vague" in rules("minimize the time it takes to get better fast food", glossary=["fast food"])


def test_a_glossary_term_counts_as_an_object():
    assert rules("minimize the number of apps", glossary=["apps"]) == set()


def test_equal_statements_are_duplicates_whatever_their_case_and_punctuation():
    job = job_of("minimize the cost of a card", "Minimize  the cost, of a card.", *distinct(10))
    found = [finding for finding in lint_job(job) if finding.rule == "duplicate"]
    assert [(finding.level, finding.where, finding.word) for finding in found] == [("error", "o1", "o0")]


def test_fewer_than_three_steps_is_an_error():
    job = job_of(*distinct(12), steps=2)
    assert [finding.rule for finding in lint_job(job) if finding.level == "error"] == ["few-steps"]


def test_three_steps_with_twelve_outcomes_have_no_finding():
    assert lint_job(job_of(*distinct(12))) == ()


@pytest.mark.parametrize(("count", "scale", "expected"), [(9, "", 1), (10, "", 0), (30, "", 0), (31, "", 1)])
def test_the_number_of_outcomes_of_a_job_is_warned_about(count, scale, expected):
    findings = lint_job(job_of(*distinct(count), steps=4, scale=scale))
    assert sum(finding.rule == "job-outcomes" for finding in findings) == expected


def test_a_full_odi_list_may_hold_150_outcomes():
    assert lint_job(job_of(*distinct(150), steps=20, scale="odi")) == ()
    assert [f.rule for f in lint_job(job_of(*distinct(30), steps=20, scale="odi"))] == ["job-outcomes"]


def test_a_step_without_outcomes_and_one_with_eleven_are_warned_about():
    findings = lint_job(job_of(*distinct(33), steps=3, scale=""))
    assert [f.where for f in findings if f.rule == "step-outcomes"] == ["s0", "s1", "s2"]
    findings = lint_job(job_of(*distinct(10), steps=11))
    assert [f.where for f in findings if f.rule == "step-outcomes"] == ["s10"]


def test_a_job_without_critical_step_is_warned_about():
    job = job_of(*distinct(12))
    plain = replace(job, steps=tuple(replace(step, critical=False) for step in job.steps))
    assert [finding.rule for finding in lint_job(plain)] == ["no-critical-step"]


def test_near_duplicates_are_warned_about_only_with_a_similarity():
    job = job_of(*distinct(12))
    cosines = np.eye(12)
    cosines[2, 5] = cosines[5, 2] = 0.93
    cosines[1, 4] = cosines[4, 1] = 0.92
    found = lint_job(job, similarity=lambda texts: cosines)
    ids = list(job.outcome_by_id)
    assert [(f.level, f.rule, f.where, f.word) for f in found] == [("warning", "near-duplicate", ids[5], ids[2])]
    assert lint_job(job) == ()


def test_exact_duplicates_are_not_reported_as_near_duplicates_too():
    job = job_of("minimize the cost of a card", "minimize the cost of a card", *distinct(10))
    found = lint_job(job, similarity=lambda texts: np.eye(12) * 0 + 0.99)
    assert sum(f.rule == "near-duplicate" and {f.where, f.word} == {"o0", "o1"} for f in found) == 0


def test_a_job_without_outcomes_is_linted():
    assert {f.rule for f in lint_job(job_of())} == {"step-outcomes", "job-outcomes"}
