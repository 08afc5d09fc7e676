"""Are needs that a job lacks found? Needs are planted, a tagger is trained that never saw them, and groups are made.

A generated world's outcomes are taken out of the job; CLINC150's intents are kept from it. What is reported of each
planted need: how many of its contacts came into view (by the tagger alone, or by reviews), the share of these in its
largest group (recall), and the share of that group that is really about it (purity).
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.documents import Document, joined
from classifiers.encoder import CachedEncoder
from classifiers.encoder_export import default_encoder
from classifiers.scores import NONE_LABEL, LabelSpace
from classifiers.topics import STRANGE, group, salient_vectors, terms_of
from classifiers.training import train
from evals.datasets import rows_of
from evals.worlds import WorldSpec, generate
from tagger.labels import LabelReader, label_space
from tagger.model import Labels
from taxonomy.model import Job

Say = Callable[[str], None]
PLANTED = ("send-back", "regain-access", "services-with-consent")
REVIEWED = 0.13
"""Share of contacts that analysts decided, as 400 reviews of 3,000 contacts."""

CLINC_KNOWN, CLINC_PLANTED, CLINC_EACH = 40, 8, 50
SEEDS = 5


@dataclass(frozen=True)
class Scene:
    """Contacts, what each is truly about, which of these needs the tagger never saw, and what it made of each."""

    name: str
    documents: Sequence[Document]
    about: NDArray[np.str_]
    planted: tuple[str, ...]
    fits: NDArray[np.bool_]
    strange: NDArray[np.bool_]
    vectors: NDArray[np.float32]


def gaps_bench(data: Path | None, *, home: Path | None, contacts: int, say: Say) -> dict[str, Any]:
    """Every scene with and without reviews, over several draws of who was reviewed."""
    began = time.perf_counter()
    scenes = [_world_scene(contacts, home, say)]
    if data is not None:
        scenes.append(_clinc_scene(data, home, say))
    found = {scene.name: _measured(scene) for scene in scenes}
    return {"reviewed": REVIEWED, "draws": SEEDS, "seconds": round(time.perf_counter() - began, 1), "scenes": found}


def _measured(scene: Scene) -> list[dict[str, Any]]:
    """One row per planted need: means over draws of who was reviewed."""
    draws = [list(_one_draw(scene, seed)) for seed in range(SEEDS)]
    rows = []
    for place, need in enumerate(scene.planted):
        cells = [draw[place] for draw in draws]
        means = {key: float(np.mean([cell[key] for cell in cells])) for key in ("in_view", "recall", "purity", "group")}
        alone = float(scene.strange[scene.about == need].mean())
        count = int((scene.about == need).sum())
        rows.append({"need": need, "contacts": count, "strange": alone, **means, "terms": cells[0]["terms"]})
    return rows


def _one_draw(scene: Scene, seed: int) -> Iterator[dict[str, Any]]:
    reviewed = np.random.default_rng(seed).random(len(scene.fits)) < REVIEWED
    pool = np.flatnonzero(np.where(reviewed, ~scene.fits, scene.strange))
    codes, about = group(scene.vectors[pool]), scene.about[pool]
    terms = terms_of(joined([scene.documents[row] for row in pool.tolist()]), codes)
    for need in scene.planted:
        mine = about == need
        code = _largest(codes[mine])
        inside = codes == code if code >= 0 else np.zeros_like(mine)
        hits = int((inside & mine).sum())
        yield {
            "in_view": mine.sum() / (scene.about == need).sum(),
            "recall": hits / max(1, mine.sum()),
            "purity": hits / max(1, inside.sum()),
            "group": int(inside.sum()),
            "terms": list(terms[code][:4]) if code >= 0 else [],
        }


def _largest(codes: NDArray[np.int64]) -> int:
    counts = Counter(code for code in codes.tolist() if code >= 0)
    return counts.most_common(1)[0][0] if counts else -1


def _world_scene(contacts: int, home: Path | None, say: Say) -> Scene:
    """An online-order world whose job lacks some outcomes; contacts on them fit no step."""
    world = generate(WorldSpec(contacts=contacts, labelled=1800, seed=5))
    job = _without(world.stage.job, PLANTED)
    known = [line for line in world.labelled() if line["labels"]["outcome"] not in PLANTED]
    reader = LabelReader(job)
    names = [reader.label(Labels(line["labels"]["step"], line["labels"]["outcome"])) for line in known]
    about = np.array([world.answer(i)["outcome"] or NONE_LABEL for i in range(len(world))])
    documents = [_words(line) for line in world.contacts()]
    learnt = [_words(line) for line in known]
    fits = ~np.isin(about, (*PLANTED, NONE_LABEL))
    return _scene("online-order, outcomes taken out", (learnt, names, label_space(job)), documents, about, fits,
                  planted=PLANTED, home=home, say=say)  # fmt: skip


def _clinc_scene(data: Path, home: Path | None, say: Say) -> Scene:
    """Intents of CLINC150 as outcomes, its domains as steps; some intents of the same domains are planted."""
    domain: dict[str, str] = {}
    texts: dict[str, list[Document]] = {}
    for row in rows_of(data, "clinc150_train"):
        if row["label"] != "oos":
            domain[row["label"]] = row["domain"]
            texts.setdefault(row["label"], []).append((row["text"],))
    chosen = np.random.default_rng(7).permutation(sorted(texts))[: CLINC_KNOWN + CLINC_PLANTED].tolist()
    known, planted = chosen[:CLINC_KNOWN], tuple(chosen[CLINC_KNOWN:])
    space = LabelSpace.of([(intent, domain[intent]) for intent in sorted(known, key=lambda one: (domain[one], one))])
    learnt = [text for intent in known for text in texts[intent][:CLINC_EACH]]
    names = [intent for intent in known for _ in texts[intent][:CLINC_EACH]]
    tested = [(intent, text) for intent in chosen for text in texts[intent][CLINC_EACH:]]
    about = np.array([intent for intent, _ in tested])
    return _scene("CLINC150, intents kept out", (learnt, names, space), [text for _, text in tested], about,
                  np.isin(about, known), planted=planted, home=home, say=say)  # fmt: skip


def _scene(
    name: str,
    lesson: tuple[Sequence[Document], Sequence[str], LabelSpace],
    documents: Sequence[Document],
    about: NDArray[np.str_],
    fits: NDArray[np.bool_],
    *,
    planted: tuple[str, ...],
    home: Path | None,
    say: Say,
) -> Scene:
    say(f"{name}: training on {len(lesson[0]):,} labelled contacts that never speak of {', '.join(planted)}")
    model = train(*lesson, encoder=CachedEncoder(default_encoder(home)))
    say(f"{name}: reading {len(documents):,} contacts")
    scores = model.score(documents)
    none = scores.by_group.argmax(axis=1) == model.space.groups.index(NONE_LABEL)
    vectors, _ = salient_vectors(model.embedding.encoder, documents, model.embedding.reference)
    return Scene(name, documents, about, planted, fits, (scores.novelty >= STRANGE) | none, vectors)


def _without(job: Job, gone: Sequence[str]) -> Job:
    """The job without some outcomes, and without steps that have none left."""
    steps = [replace(step, outcomes=tuple(o for o in step.outcomes if o.id not in gone)) for step in job.steps]
    return replace(job, steps=tuple(step for step in steps if step.outcomes), digest="", source="")


def _words(line: Mapping[str, Any]) -> Document:
    return tuple(turn["text"] for turn in line["turns"] if turn["speaker"] == "customer")


def gaps_text(result: Mapping[str, Any]) -> str:
    """The result as lines for people."""
    lines = [
        f"{100 * result['reviewed']:.0f} % of contacts reviewed, mean of {result['draws']} draws; {result['seconds']} s"
    ]
    for name, rows in result["scenes"].items():
        lines += ["", f"{name:34s} contacts  strange  in view  recall  purity  group  named"]
        lines += [
            f"{row['need']:34s} {row['contacts']:8d} {100 * row['strange']:7.0f}% {100 * row['in_view']:7.0f}% "
            f"{100 * row['recall']:6.0f}% {100 * row['purity']:6.0f}% {row['group']:6.0f}  {', '.join(row['terms'])}"
            for row in rows
        ]
    return "\n".join(lines)
