"""Every way in which words leave the machine, run with planted data, and every byte that left searched for it."""

from __future__ import annotations

import gzip
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from subprocess import CalledProcessError
from tempfile import TemporaryDirectory
from typing import Any

from alignment.intervals import wilson_interval
from evals.egress.planted import PlantedSet, Secret, squeezed
from evals.llm_stand_in import StandIn, gullible
from evals.scale import run_command
from evals.worlds import WorldSpec, generate

Row = dict[str, Any]
Say = Callable[[str], None]
JOB = "online-order"
LEARN_FROM = 260
TEACHER = 60
WAYS = ("tag", "predict", "calibrate", "teacher", "draft", "export")
"""Tagging with an LLM behind the tagger, the filter, measuring the LLM, the LLM as a teacher, drafts of outcomes, and
files for other review tools."""


def egress(planted: PlantedSet, *, ways: Sequence[str] = WAYS, borrow: Path | None = None, say: Say) -> Row:
    """Run the ways by the commands in a home of its own, an LLM's stand-in and a proxy beside them, and search both.

    `borrow`: a home folder whose models and encoders are used; without it a model is trained on few labels.
    """
    llm, proxy = StandIn(gullible), StandIn(gullible)
    try:
        with TemporaryDirectory() as folder:
            run = _Run(Path(folder), llm.address, proxy.address, say)
            run.prepare(planted, borrow)
            failed = [way for way in ways if not run.way(way)]
            files = run.exported()
    finally:
        llm.close()
        proxy.close()
    sent = {"llm": _text(llm.received), "proxy": _text(proxy.received), "files": squeezed("\n".join(files))}
    return {
        "contacts": len(planted.rows),
        "ways": [way for way in ways if way not in failed],
        "not_run": failed,
        "requests": len(llm.received),
        "bytes": sum(map(len, llm.received)),
        "other_connections": dict(Counter(_asked_for(raw) for raw in proxy.received)),
        "exported_files": len(files),
        **leaks(planted.secrets, sent),
    }


def leaks(secrets: Sequence[Secret], sent: Mapping[str, str]) -> Row:
    """By type: values that redaction finds and that left all the same, and values that it misses and that left."""
    looked = [one for one in secrets if one.distinct]
    kinds: dict[str, Row] = {}
    leaked: Counter[str] = Counter()
    for one in looked:
        row = kinds.setdefault(one.kind, {"planted": 0, "found": 0, "leaked": 0, "missed_and_sent": 0})
        left = [where for where, text in sent.items() if squeezed(one.value) in text]
        row["planted"] += 1
        row["found"] += one.found
        row["leaked"] += one.found and bool(left)
        row["missed_and_sent"] += not one.found and bool(left)
        leaked.update(left if one.found else ())
    found, left_all_the_same = sum(one.found for one in looked), sum(row["leaked"] for row in kinds.values())
    interval = wilson_interval(left_all_the_same, found) if found else None
    return {
        "planted": len(secrets),
        "looked_for": len(looked),
        "claimed": found,
        "leaked": left_all_the_same,
        "leaked_high": interval.high if interval else None,
        "missed_and_sent": sum(row["missed_and_sent"] for row in kinds.values()),
        "where": dict(leaked),
        "types": dict(sorted(kinds.items())),
    }


def egress_text(result: Mapping[str, Any]) -> str:
    """The figures as lines for people."""
    high = result["leaked_high"]
    bound = "" if high is None else f" (95 % interval up to {100 * high:.2f} %)"
    lines = [
        f"{result['contacts']:,} contacts, {result['looked_for']:,} planted values that no everyday word could be",
        f"  ways: {', '.join(result['ways'])}; not run: {', '.join(result['not_run']) or 'none'}",
        f"  {result['requests']:,} requests to the LLM, {result['bytes']:,} bytes; {result['exported_files']} exported "
        f"files; connections to anywhere else: {result['other_connections'] or 'none'}",
        f"  leaked: {result['leaked']} of {result['claimed']:,} values that redaction claims{bound}",
        f"  sent because redaction does not find them: {result['missed_and_sent']} of "
        f"{result['looked_for'] - result['claimed']:,}",
    ]
    for kind, row in result["types"].items():
        lines.append(
            f"    {kind:12s} planted {row['planted']:4d}  claimed {row['found']:4d}  leaked {row['leaked']}  "
            f"missed and sent {row['missed_and_sent']}"
        )
    return "\n".join(lines)


class _Run:
    """One home folder, and the commands that are run in it."""

    def __init__(self, folder: Path, llm: str, proxy: str, say: Say) -> None:
        self.folder, self.home = folder, folder / "home"
        self.say = say
        self.quiet = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "ALL_PROXY": proxy, "NO_PROXY": "127.0.0.1"}
        self.asking = {
            **self.quiet,
            "HEADWAY_LLM_BASE_URL": f"{llm}/v1",
            "HEADWAY_LLM_MODEL": "stand-in",
            "HEADWAY_LLM_PRICE": "0/0",
            "HEADWAY_LLM_SAMPLES": "2",
        }

    def prepare(self, planted: PlantedSet, borrow: Path | None) -> None:
        """A model, and the planted contacts in the store; labelled ones in a file for what needs labels."""
        self.home.mkdir()
        self.contacts, self.labelled = self.folder / "contacts.jsonl.gz", self.folder / "labelled.jsonl.gz"
        world = generate(WorldSpec(job=JOB, contacts=50, labelled=LEARN_FROM, heldout=1))
        few = [*world.labelled()]
        _write(self.contacts, planted.rows)
        _write(self.labelled, few)
        pairs = zip(planted.rows, few, strict=False)
        self.known = self.folder / "known.jsonl.gz"
        _write(self.known, [{**row, "labels": known["labels"]} for row, known in pairs])
        if borrow is None:
            self.say("training on few labels, so that much is handed to the LLM")
            self._run(["train", "--job", JOB, "--data", str(self.labelled)], self.quiet)
        else:
            shutil.copytree(borrow / "models", self.home / "models")
            (self.home / "encoders").symlink_to((borrow / "encoders").resolve())
        self._run(["ingest", str(self.contacts), "--job", JOB], self.quiet)

    def way(self, name: str) -> bool:
        """Run one way; False where it had nothing to do."""
        self.say(f"running: {name}")
        try:
            for arguments, settings, stdin in self._commands(name):
                self._run(arguments, settings, stdin)
        except CalledProcessError:
            return False
        return True

    def _commands(self, name: str) -> Iterable[tuple[list[str], Mapping[str, str], Path | None]]:
        contacts, known = str(self.contacts), str(self.known)
        match name:
            case "tag":
                yield ["tag", "--job", JOB], self.asking, None
            case "predict":
                yield ["predict", "--job", JOB], self.asking, self.contacts
            case "calibrate":
                yield ["llm", "calibrate", "--job", JOB, "--data", known], self.asking, None
            case "teacher":
                teach = ["--unlabelled", contacts, "--llm-teacher", str(TEACHER)]
                yield ["train", "--job", JOB, *teach], self.asking, None
            case "draft":
                yield ["taxonomy", "gaps", "--job", JOB], self.asking, None
                yield ["taxonomy", "propose", "--job", JOB, "--gap", "gap-1", "--why", "bench"], self.asking, None
            case "export":
                for form in ("label-studio", "argilla", "jsonl"):
                    out = str(self.folder / "out" / f"{form}.json")
                    (self.folder / "out").mkdir(exist_ok=True)
                    yield ["review", "export", "--job", JOB, "--out", out, "--format", form], self.quiet, None

    def exported(self) -> list[str]:
        """What the exported files hold."""
        out = self.folder / "out"
        return [path.read_text("utf-8") for path in sorted(out.rglob("*")) if path.is_file()] if out.is_dir() else []

    def _run(self, arguments: list[str], settings: Mapping[str, str], stdin: Path | None = None) -> None:
        run_command(arguments, home=self.home, stdin=stdin, settings=settings)


def _asked_for(raw: bytes) -> str:
    """The method and the address that a proxy was asked for."""
    return " ".join(raw.split(b"\n", 1)[0].decode("utf-8", "replace").split()[:2])


def _text(received: Sequence[bytes]) -> str:
    """Everything that was received, with JSON's own way of writing letters undone."""
    parts = []
    for raw in received:
        head, _, body = raw.partition(b"\n\n")
        try:
            parts.append(json.dumps(json.loads(body), ensure_ascii=False).replace("\\n", "\n"))
        except ValueError:
            parts.append(body.decode("utf-8", "replace"))
        parts.append(head.decode("utf-8", "replace"))
    return squeezed("\n".join(parts))


def _write(path: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(row, default=str) + "\n" for row in rows)
