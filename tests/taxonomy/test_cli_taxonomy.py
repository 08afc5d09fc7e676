"""`headway taxonomy` as a person or a program meets it."""

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from cli.taxonomy import group
from taxonomy.errors import BadInputError
from taxonomy.loader import find_job

SHIPPED = find_job("retail-banking").source


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADWAY_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*args):
    return CliRunner().invoke(group, [str(arg) for arg in args])


def written(home, name, text):
    path = home / name
    path.write_text(text, encoding="utf-8")
    return path


def test_lint_passes_a_shipped_job(home):
    result = run("lint", "--no-similarity", "retail-banking")
    assert result.exit_code == 0
    assert "27 outcomes: 0 error(s), 0 warning(s)" in result.output


def test_lint_exits_2_on_errors_and_names_the_word_at_fault(home):
    path = written(
        home, "job.yaml", SHIPPED.replace("minimize the time it takes to close", "minimize the hassle to close")
    )
    result = run("lint", "--no-similarity", path)
    assert result.exit_code == 2
    line = SHIPPED[: SHIPPED.index("id: account-closed")].count("\n") + 1
    assert f"{path}:{line}: error: account-closed: 'the hassle' is no metric" in result.output


def test_lint_exits_0_on_warnings_only(home):
    path = written(home, "job.yaml", SHIPPED.replace("time it takes to close the", "time it takes to close our"))
    result = run("lint", "--no-similarity", path)
    assert result.exit_code == 0
    assert "warning: account-closed: 'our' is the company's view" in result.output


def test_lint_as_json_lists_findings_by_file(home):
    path = written(home, "job.yaml", SHIPPED.replace("close the account\n", "close the simple account\n"))
    result = run("lint", "--no-similarity", "--json", "online-order", path)
    record = json.loads(result.output)
    assert record["errors"] == 1
    assert [len(one["findings"]) for one in record["files"]] == [0, 1]
    assert record["files"][1]["findings"][0]["word"] == "simple"


def test_lint_goes_on_without_an_encoder_and_says_so(home, monkeypatch):
    monkeypatch.setitem(sys.modules, "classifiers.encoder_export", None)
    result = run("lint", "retail-banking")
    assert result.exit_code == 0
    assert "note: near-duplicates are not checked" in result.stderr


def test_schema_errors_of_all_files_are_raised_together(home):
    first = written(home, "a.yaml", SHIPPED.replace("stage: define", "stage: doing"))
    result = run("lint", first, "nowhere.yaml", "unknown")
    assert isinstance(result.exception, BadInputError)
    assert "a.yaml:20: steps[0].stage: 'doing'" in str(result.exception)
    assert "nowhere.yaml: cannot be read" in str(result.exception)
    assert "'unknown' is no known job" in str(result.exception)


def test_the_command_prints_schema_errors_without_a_stack_trace(home):
    path = written(home, "job.yaml", "id: x\nversion: 0\nstatement: y\nsteps: []\n")
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", "taxonomy", "show", str(path)],
        capture_output=True,
        text=True,
        cwd=home,
        env={"PYTHONPATH": ":".join(sys.path), "HEADWAY_HOME": str(home)},
        check=False,
    )
    assert done.returncode == 2
    assert "job.yaml:2: version: 0 is out of range" in done.stderr
    assert "job.yaml:4: steps: must hold at least one step" in done.stderr
    assert "Traceback" not in done.stderr


def test_show_prints_stages_steps_outcomes_and_what_is_critical(home):
    output = run("show", "retail-banking").output
    assert "execute  Pay, withdraw, transfer *  move-money" in output
    assert "know-card-arrival *" in output
    assert "11 steps, 27 outcomes" in output


def test_show_as_json_holds_the_whole_job(home):
    record = json.loads(run("show", "--json", "retail-banking").output)
    assert record["stamp"] == find_job("retail-banking").stamp
    assert record["steps"][0]["outcomes"][0]["aliases"] == ["BO01"]
    assert record["friction"]["goalposts"]["time"] == {"worst": 30.0, "best": 0.0}
    assert "source" not in record


def test_diff_says_what_changed_and_what_to_read_again(home):
    text = SHIPPED.replace("id: account-closed", "id: closed").replace(
        "likelihood of being charged twice", "risk of paying twice"
    )
    path = written(home, "new.yaml", text)
    output = run("diff", "retail-banking", path).output
    assert "outcome removed: account-closed" not in output.replace("[BO27]", "")
    assert "outcome renamed: account-closed -> closed" in output
    assert "read again: tags of charged-once, as its statement changed" in output
    assert "the version is still 1; raise it to 2" in output


def test_diff_names_orphaned_tags(home):
    text = (
        SHIPPED.replace("id: account-closed", "id: closed")
        .replace("[BO27]", "[X]")
        .replace("version: 1 ", "version: 2 ")
    )
    record = json.loads(run("diff", "--json", "retail-banking", written(home, "new.yaml", text)).output)
    assert record["orphaned"] == ["account-closed"]
    assert record["version_problem"] == ""


def test_import_keeps_the_file_under_its_id_and_the_older_version_beside_it(home):
    first = SHIPPED.replace("id: retail-banking", "id: mine")
    assert run("import", written(home, "a.yaml", first)).exit_code == 0
    second = first.replace("version: 1 ", "version: 2 ")
    result = run("import", "--json", written(home, "b.yaml", second))
    assert json.loads(result.output)["imported"][0]["state"] == "imported"
    kept = home / "home" / "jobs"
    assert sorted(path.name for path in kept.iterdir()) == ["mine.yaml", "mine@1.yaml"]
    assert (kept / "mine.yaml").read_text() == second
    assert (kept / "mine@1.yaml").read_text() == first
    assert "mine 2+" in run("show", "mine").output


def test_import_twice_changes_nothing(home):
    path = written(home, "a.yaml", SHIPPED.replace("id: retail-banking", "id: mine"))
    run("import", path)
    assert "already there" in run("import", path).output
    assert [one.name for one in (home / "home" / "jobs").iterdir()] == ["mine.yaml"]


def test_import_refuses_changed_content_under_the_same_version(home):
    path = written(home, "a.yaml", SHIPPED.replace("close the account\n", "leave the bank\n"))
    result = run("import", path)
    assert isinstance(result.exception, BadInputError)
    assert "raise it to 2" in str(result.exception)
    assert not (home / "home" / "jobs").exists()
    assert run("import", "--force", path).exit_code == 0


def test_import_of_a_bad_file_keeps_nothing(home):
    good = written(home, "a.yaml", SHIPPED.replace("id: retail-banking", "id: mine"))
    result = run("import", good, written(home, "b.yaml", "id: 3\n"))
    assert isinstance(result.exception, BadInputError)
    assert not (home / "home" / "jobs").exists()


@pytest.mark.slow
def test_near_duplicates_are_found_by_the_encoder(home):
    text = SHIPPED.replace(
        "minimize the time it takes to close the account", "minimize the likelihood a transfer gets refused"
    )
    result = run("lint", written(home, "job.yaml", text))
    assert "warning: account-closed: reads almost like 'transfer-accepted'" in result.output
