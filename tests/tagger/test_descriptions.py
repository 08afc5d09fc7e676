from tagger.descriptions import descriptions, ways_to_say
from taxonomy.loader import find_job


def test_a_wait_is_said_as_a_wish_and_a_question() -> None:
    said = ways_to_say("minimize the time it takes to close the account")
    assert {"close the account", "How do I close the account?", "I want to close the account"} <= set(said)
    assert "close my account" in said


def test_finding_out_is_said_without_the_finding_out() -> None:
    assert "when my card will arrive" in ways_to_say("minimize the time it takes to determine when a card will arrive")


def test_a_risk_is_said_as_what_went_wrong() -> None:
    said = ways_to_say("minimize the likelihood of being charged twice")
    assert {"I was charged twice", "why was I charged twice?"} <= set(said)
    assert "my transfer is refused" in ways_to_say("minimize the likelihood that a transfer is refused")


def test_examples_speak_for_themselves() -> None:
    said = ways_to_say("minimize the time it takes to obtain a card, e.g. spare, virtual")
    assert {"obtain a card spare", "spare", "virtual"} <= set(said)


def test_every_outcome_and_step_of_a_job_is_described() -> None:
    job = find_job("retail-banking")
    meant = descriptions(job).labels
    assert set(job.outcome_by_id) | {f"{step}/*" for step in job.step_by_id} == set(meant)
    assert all(texts and all(texts) for texts in meant.values())


def test_known_situations_come_with_every_job() -> None:
    situations = descriptions(find_job("retail-banking")).situations
    assert {"blocked PIN", "where an order is", "status of a claim"} <= {one.name for one in situations}
    assert all("How do I" in one.need[1] for one in situations)
