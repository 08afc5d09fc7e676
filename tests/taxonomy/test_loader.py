"""Job files: what loads, and how each kind of bad file is refused."""

import json
import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from taxonomy.errors import BadInputError
from taxonomy.lint import lint_job
from taxonomy.loader import JobFileError, UnknownJobError, find_job, lines_of, load_job, parse_job, shipped_jobs
from taxonomy.model import FrictionRule, Goalposts, IndexRule, JobStage, TaggingRule

SMALL = """\
id: trip
version: 2
statement: Get there
steps:
  - id: plan
    stage: define
    name: Plan
    outcomes:
      - id: know-time
        statement: minimize the time it takes to determine when to leave
"""


def problems(text):
    with pytest.raises(JobFileError) as caught:
        parse_job(text, name="job.yaml")
    return [str(problem) for problem in caught.value.problems]


def with_step(**fields):
    declared = yaml.safe_load(SMALL)
    declared["steps"][0] |= fields
    return yaml.safe_dump(declared, sort_keys=False)


def with_fields(**fields):
    return yaml.safe_dump(yaml.safe_load(SMALL) | fields, sort_keys=False)


def test_a_file_with_only_the_required_fields_gets_every_default():
    job = parse_job(SMALL, name="job.yaml")
    assert (job.id, job.version, job.statement) == ("trip", 2, "Get there")
    assert (job.friction, job.index, job.tagging) == (FrictionRule(), IndexRule(), TaggingRule())
    assert job.steps[0].stage is JobStage.DEFINE
    assert job.step_of == {"know-time": "plan"}
    assert not job.steps[0].critical


def test_every_field_is_read():
    text = with_fields(
        segments={"tier": ["gold", 1]},
        circumstances={"urgency": []},
        friction={
            "weights": {"effort": 0.5, "fcr": 0.5},
            "goalposts": {"effort": [5, 1], "time": {"worst": 60, "best": 1.5}},
            "fcr": {"window_days": 30, "same": "step"},
        },
        index={
            "weights": {"opportunity": 1},
            "aggregation": "geometric",
            "floor": True,
            "top_outcomes": 3,
            "top_failure_modes": 2,
            "targets": {"BO1": 4.5},
            "default_target_drop": 2,
            "task_success_goalposts": [0.5, 0.9],
            "step_weights": {"B1": 1},
        },
        tagging={"max_error": 0.2, "delta": 0.1},
        glossary=["next best action"],
        scale="odi",
    )
    declared = yaml.safe_load(text)
    declared["steps"][0] |= {"critical": True, "statement": "Plan it", "aliases": ["B1"]}
    declared["steps"][0]["outcomes"][0] |= {"critical": True, "aliases": ["BO1"]}
    job = parse_job(json.dumps(declared), name="job.yaml")
    assert job.segments == {"tier": ("gold", "1")}
    assert job.circumstances == {"urgency": ()}
    assert job.friction.weights == {"effort": 0.5, "fcr": 0.5}
    assert job.friction.goalposts["effort"] == Goalposts(5, 1)
    assert job.friction.goalposts["time"] == Goalposts(60, 1.5)
    assert job.friction.goalposts["fcr"] == FrictionRule().goalposts["fcr"]
    assert (job.friction.fcr.window_days, job.friction.fcr.same) == (30, "step")
    assert job.index == IndexRule(
        weights={"opportunity": 1.0, "task_success": 0.0, "service": 0.0},
        aggregation="geometric",
        floor=True,
        top_outcomes=3,
        top_failure_modes=2,
        targets={"know-time": 4.5},
        default_target_drop=2.0,
        task_success_goalposts=Goalposts(0.5, 0.9),
        step_weights={"plan": 1.0},
    )
    assert (job.tagging, job.glossary, job.scale) == (TaggingRule(0.2, 0.1), ("next best action",), "odi")
    assert (job.steps[0].aliases, job.steps[0].outcomes[0].aliases) == (("B1",), ("BO1",))
    assert job.steps[0].critical
    assert job.steps[0].outcomes[0].critical


@pytest.mark.parametrize("id_", ["B01", "reverted_card_payment?", "007", "no", "1e5", "a/b", "größe", "x" * 100])
def test_any_printable_word_may_be_a_label(id_):
    text = SMALL.replace("id: know-time", f"id: {id_}").replace("id: plan", f"id: {id_}")
    job = parse_job(text, name="job.yaml")
    assert (job.steps[0].id, job.steps[0].outcomes[0].id) == (id_, id_)


@pytest.mark.parametrize("id_", ["_none", "two words", "", "x" * 101, "tab\there", "zero\u200bwidth"])
def test_an_unusable_label_is_refused(id_):
    assert len(problems(with_step(id=id_))) == 1


def test_a_step_without_outcomes_and_a_single_step_load():
    assert parse_job(with_step(outcomes=[]), name="job.yaml").outcome_by_id == {}
    declared = yaml.safe_load(SMALL)
    del declared["steps"][0]["outcomes"], declared["steps"][0]["name"]
    assert parse_job(yaml.safe_dump(declared), name="job.yaml").steps[0].name == "plan"


def test_twenty_steps_with_150_outcomes_load():
    steps = [{"id": f"s{i}", "stage": "execute", "outcomes": []} for i in range(20)]
    for i in range(150):
        steps[i % 20]["outcomes"].append({"id": f"o{i}", "statement": f"minimize the cost of part {i}"})
    job = parse_job(with_fields(steps=steps, scale="odi"), name="job.yaml")
    assert (len(job.steps), len(job.outcome_by_id)) == (20, 150)


def test_an_unknown_stage_names_file_line_and_field():
    expected = "job.yaml:6: steps[0].stage: 'doing' is not a stage of the job map; use one of define, locate, "
    assert problems(SMALL.replace("stage: define", "stage: doing"))[0].startswith(expected)


def test_all_problems_are_reported_at_once_in_the_order_of_the_lines():
    text = SMALL.replace("version: 2", "version: two").replace("stage: define", "stag: define") + "extra: 1\n"
    found = problems(text)
    assert [line.split(":")[1] for line in found] == ["2", "5", "6", "11"]
    assert "'two'" in found[0]
    assert "steps[0].stage: is missing" in found[1]
    assert "did you mean 'stage'?" in found[2]
    assert "extra: is not a field here" in found[3]


def test_missing_required_fields_are_each_named():
    found = problems("id: x\n")
    assert [line.split(": ")[1] for line in found] == ["version", "statement", "steps"]


@pytest.mark.parametrize(
    ("fields", "path", "part"),
    [
        ({"version": 0}, "version", "from 1"),
        ({"version": 1.5}, "version", "whole number"),
        ({"version": True}, "version", "whole number"),
        ({"id": "../up"}, "id", "cannot be a job's id"),
        ({"statement": 5}, "statement", "must be text"),
        ({"statement": ["a"]}, "statement", "must be text, not a list"),
        ({"statement": " "}, "statement", "must not be empty"),
        ({"statement": "x" * 1001}, "statement", "1001 characters"),
        ({"statement": "bell \x07"}, "statement", "control character"),
        ({"steps": []}, "steps", "at least one step"),
        ({"steps": {"a": 1}}, "steps", "must be a list, not a mapping"),
        ({"steps": ["a"]}, "steps[0]", "must be a mapping"),
        ({"scale": "big"}, "scale", "use one of odi"),
        ({"segments": ["tier"]}, "segments", "must be a mapping"),
        ({"segments": {"tier": ["a", "a"]}}, "segments.tier[1]", "given twice"),
        ({"segments": {"tier": [{"a": 1}]}}, "segments.tier[0]", "single word"),
        ({"friction": {"weights": {"effort": 0.5}}}, "friction.weights", "sum to 0.5"),
        ({"friction": {"weights": {"effort": 2}}}, "friction.weights.effort", "from 0 to 1"),
        ({"friction": {"weights": {"efort": 1}}}, "friction.weights.efort", "did you mean 'effort'"),
        ({"friction": {"weights": 1}}, "friction.weights", "must be a mapping"),
        ({"friction": {"goalposts": {"fcr": [1, 1]}}}, "friction.goalposts.fcr", "same number"),
        ({"friction": {"goalposts": {"fcr": [1]}}}, "friction.goalposts.fcr", "has 1 numbers"),
        ({"friction": {"goalposts": {"fcr": {"worst": 1}}}}, "friction.goalposts.fcr.best", "is missing"),
        ({"friction": {"goalposts": {"fcr": ["a", 1]}}}, "friction.goalposts.fcr[0]", "must be a number"),
        ({"friction": {"goalposts": {"fcr": [float("inf"), 1]}}}, "friction.goalposts.fcr[0]", "must be a number"),
        ({"friction": {"fcr": {"window_days": 31}}}, "friction.fcr.window_days", "from 1 to 30"),
        ({"friction": {"fcr": {"same": "day"}}}, "friction.fcr.same", "use one of job, step"),
        ({"index": {"weights": {"service": 0.9}}}, "index.weights", "sum to 0.9"),
        ({"index": {"targets": {"know-tim": 3}}}, "index.targets.know-tim", "did you mean 'know-time'"),
        ({"index": {"targets": {"know-time": 20}}}, "index.targets.know-time", "from -8 to 19"),
        ({"index": {"step_weights": {"plan": 1}}}, "index.step_weights.plan", "not a critical step"),
        ({"index": {"step_weights": {"x": 1}}}, "index.step_weights.x", "not a step"),
        ({"index": {"floor": 1}}, "index.floor", "true or false"),
        ({"index": {"default_target_drop": 0}}, "index.default_target_drop", "strictly between"),
        ({"index": {"top_outcomes": 0}}, "index.top_outcomes", "from 1"),
        ({"tagging": {"max_error": 1}}, "tagging.max_error", "strictly between 0 and 1"),
        ({"glossary": "a"}, "glossary", "must be a list"),
    ],
)
def test_a_wrong_value_names_its_field_and_says_what_to_do(fields, path, part):
    found = [line for line in problems(with_fields(**fields)) if f": {path}: " in line]
    assert len(found) == 1
    assert part in found[0]


def test_ids_and_aliases_are_used_once():
    outcome = {"id": "a", "statement": "minimize the cost of a"}
    twice = with_step(outcomes=[outcome, outcome | {"aliases": ["b", "b"]}])
    assert [line.split(": ")[1] for line in problems(twice)] == [
        "steps[0].outcomes[1].id",
        "steps[0].outcomes[1].aliases[1]",
    ]


def test_a_step_and_an_outcome_may_share_an_id():
    assert parse_job(SMALL.replace("know-time", "plan"), name="job.yaml").step_of == {"plan": "plan"}


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "job.yaml:1: is empty"),
        ("# only a comment\n", "job.yaml:1: is empty"),
        ("- a\n", "must be a mapping of names to values, not a list"),
        ("id: [1, 2\nversion: 3\n", "job.yaml:2: is not valid YAML"),
        ("id: a\nid: b\n", "job.yaml:2: id: is given twice"),
        ("id: !!python/object/apply:os.system ['ls']\n", "the tag 'tag:yaml.org,2002:python/object/apply:os.system'"),
        ("a: &a [x]\nb: *a\n", "anchors (&) and aliases (*) are not allowed"),
        ("a: " + "[" * 50 + "]" * 50, "nested too deeply"),
        ("id: a\n---\nid: b\n", "job.yaml:2: holds a second document"),
        ("id: a\nversion: \x07\n", "control characters are not allowed"),
        ("[a, b]: c\n", "a key must be a word"),
    ],
)
def test_a_file_that_is_no_plain_yaml_mapping_is_refused(text, part):
    assert any(part in line for line in problems(text))


def test_the_digest_follows_the_content_and_not_the_layout():
    digest = parse_job(SMALL, name="a").digest
    declared = yaml.safe_load(SMALL)
    assert parse_job("# words\n" + json.dumps(declared, indent=3), name="b").digest == digest
    assert parse_job(yaml.safe_dump(declared, sort_keys=True), name="c").digest == digest
    assert parse_job(SMALL.replace("Get there", "Get home"), name="d").digest != digest
    assert parse_job(SMALL, name="a").stamp == f"2+{digest[:8]}"


def test_the_source_text_is_kept_and_loads_again():
    job = parse_job(SMALL, name="a")
    assert parse_job(job.source, name="b") == job


@given(st.text(max_size=200))
def test_any_text_either_loads_or_is_refused_with_a_place(text):
    try:
        parse_job(text, name="job.yaml")
    except JobFileError as error:
        assert all(str(problem).startswith("job.yaml:") for problem in error.problems)


WRONG = [None, 0, -1, 1.5, True, "", "x", [], {}, [[]], {"x": None}, [None], float("nan"), "9" * 400]


def places(tree, path=()):
    """The path of every value in a tree of dicts and lists."""
    yield path
    for key, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from places(value, (*path, key))


def replaced(tree, path, value):
    if not path:
        return value
    copy = list(tree) if isinstance(tree, list) else dict(tree)
    copy[path[0]] = replaced(copy[path[0]], path[1:], value)
    return copy


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_a_job_with_any_value_replaced_loads_or_is_refused_with_a_place(data):
    tree = yaml.safe_load(find_job("retail-banking").source)
    place = data.draw(st.sampled_from(list(places(tree))))
    text = yaml.safe_dump(replaced(tree, place, data.draw(st.sampled_from(WRONG))))
    try:
        lint_job(parse_job(text, name="job.yaml"))
    except JobFileError as error:
        assert all(re.match(r"job\.yaml:[1-9]", str(problem)) for problem in error.problems)


def test_a_flood_of_problems_is_cut_short():
    with pytest.raises(JobFileError, match=r"\.\.\. and 3 more$"):
        parse_job(SMALL + "".join(f"x{i}: 1\n" for i in range(103)), name="job.yaml")


def test_the_lines_of_steps_and_outcomes_are_known():
    assert lines_of(parse_job(SMALL, name="a")) == {"plan": 5, "know-time": 9}


def test_unreadable_files_are_refused_with_their_path(tmp_path):
    large = tmp_path / "large.yaml"
    large.write_bytes(b"# " + b"x" * 2_000_000)
    latin = tmp_path / "latin.yaml"
    latin.write_bytes(b"id: a\nstatement: caf\xe9\n")
    for path, part in [(large, "over 2 MB"), (latin, f"{latin}:2: is not UTF-8"), (tmp_path, "cannot be read")]:
        with pytest.raises(BadInputError, match=r"yaml|read") as caught:
            load_job(path)
        assert part in str(caught.value)
    with pytest.raises(BadInputError, match="No such file"):
        load_job(tmp_path / "absent.yaml")


def test_a_byte_order_mark_is_ignored(tmp_path):
    path = tmp_path / "job.yaml"
    path.write_text(SMALL, encoding="utf-8-sig")
    assert load_job(path).id == "trip"


def test_a_job_is_found_by_id_by_path_and_in_extra_folders(tmp_path):
    assert find_job("retail-banking").id == "retail-banking"
    (tmp_path / "trip.yaml").write_text(SMALL)
    (tmp_path / "trip@1.yaml").write_text(SMALL.replace("version: 2", "version: 1"))
    assert find_job(str(tmp_path / "trip.yaml")).version == 2
    assert find_job("trip", extra=[tmp_path]).version == 2
    assert find_job("trip@1", extra=[tmp_path]).version == 1


def test_an_imported_job_comes_before_the_shipped_one(tmp_path):
    (tmp_path / "retail-banking.yaml").write_text(SMALL.replace("id: trip", "id: retail-banking"))
    assert find_job("retail-banking", extra=[tmp_path]).version == 2


def test_an_unknown_job_names_the_known_ones(tmp_path):
    with pytest.raises(UnknownJobError, match="online-order, retail-banking") as caught:
        find_job("banking", extra=[tmp_path / "absent"])
    assert "absent" not in str(caught.value)


@pytest.mark.parametrize("job", shipped_jobs(), ids=lambda job: job.id)
def test_a_shipped_job_has_no_finding_and_the_size_it_promises(job):
    assert lint_job(job) == ()
    assert 8 <= len(job.steps) <= 14
    assert 15 <= len(job.outcome_by_id) <= 30
    assert 3 <= len(job.critical_steps) <= 4


def test_shipped_files_are_named_by_their_id():
    assert [job.id for job in shipped_jobs()] == ["online-order", "retail-banking"]
    assert [find_job(job.id).id for job in shipped_jobs()] == ["online-order", "retail-banking"]


def test_retail_banking_carries_the_labels_of_the_public_data():
    job = find_job("retail-banking")
    assert {alias for step in job.steps for alias in step.aliases} == {f"B{i:02}" for i in range(1, 12)}
    outcomes = job.outcome_by_id.values()
    assert {alias for outcome in outcomes for alias in outcome.aliases} == {f"BO{i:02}" for i in range(1, 28)}


def test_the_example_in_the_docs_loads_and_has_no_finding():
    page = Path(__file__).parents[2] / "docs" / "jobs.md"
    text = page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
    assert lint_job(parse_job(text, name="docs/jobs.md")) == ()
