"""Fine-tuning the default encoder on labelled texts, on a few cores and within a stated time."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifiers.encoder import TUNED, OnnxEncoder
from classifiers.encoder_export import (
    DIMENSION,
    checked_weights,
    cutting_tokenizer,
    plain_network,
    quietly,
    write_graph,
)
from classifiers.quantization import CALIBRATION_TEXTS, quantize

Codes = NDArray[np.int64]
Report = Callable[[str, float], None]

TUNED_TOKENS = 128
"""Longest window that a tuned encoder reads at once; a longer text is read in several."""

RANGE_TEXTS = 200
SHARPNESS = 16.0
PAIR_SHARPNESS = 20.0
WARM_UP = 0.1
TIMED_STEPS = 4
FEWEST_STEPS = 40


@dataclass(frozen=True)
class TuningPlan:
    """How long and how hard to tune.

    `passes` over the texts, cut short where they would take longer than `seconds`. `rate` is the highest step size
    of the encoder; `smoothing` the share of belief kept from the true label; `pairs` the weight of the supervised
    contrastive loss (Khosla et al. 2020) beside cross-entropy.
    """

    passes: float = 3.0
    seconds: float = 450.0
    batch: int = 32
    rate: float = 1e-4
    smoothing: float = 0.1
    pairs: float = 0.3
    seed: int = 0


def plan_for(texts: int, *, seconds: float, seed: int = 0) -> TuningPlan:
    """Few texts are read more often: about 6,000 readings, between 3 and 20 passes."""
    return TuningPlan(passes=float(np.clip(6000 / max(1, texts), 3.0, 20.0)), seconds=seconds, seed=seed)


def tune(texts: Sequence[str], codes: Codes, *, plan: TuningPlan, folder: Path, report: Report) -> OnnxEncoder:
    """An encoder tuned so that texts of one code lie together, written in 8 bits to `folder` and opened.

    `codes` number the labels from 0. `report` hears the share done. Raises EncoderError without the weights.
    """
    weights = checked_weights()
    tokenizer = cutting_tokenizer(weights, TUNED_TOKENS)
    with quietly():
        network = plain_network(weights)
    ids = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    _train(network, ids, codes, plan=plan, report=report)
    return _settled(network, weights, texts, folder=folder, seed=plan.seed)


def _train(network: Any, ids: Sequence[list[int]], codes: Codes, *, plan: TuningPlan, report: Report) -> None:
    """Change the network in place: cross-entropy over label directions that start at the labels' own means."""
    import torch

    torch.manual_seed(plan.seed)
    # Word vectors hold half of the weights; frozen, a step takes less time and rare words keep their meaning.
    network.embeddings.word_embeddings.weight.requires_grad_(False)
    body = [weight for weight in network.parameters() if weight.requires_grad]
    head = torch.nn.Parameter(_means(network, ids, codes))
    groups = [{"params": body, "lr": plan.rate, "weight_decay": 0.01}, {"params": [head], "lr": 20 * plan.rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.0)
    batches = _batches(ids, plan)
    network.train()
    started, done, last = time.perf_counter(), 0, len(batches)
    while done < last:
        for group, peak in zip(optimizer.param_groups, (plan.rate, 20 * plan.rate), strict=True):
            group["lr"] = peak * _share_of_rate(done, last)
        batch = batches[done]
        _loss(_vectors(network, [ids[row] for row in batch]), torch.tensor(codes[batch]), head, plan).backward()
        torch.nn.utils.clip_grad_norm_(body, 1.0)
        optimizer.step()
        optimizer.zero_grad()
        done += 1
        if done == TIMED_STEPS:
            last = _affordable(len(batches), (time.perf_counter() - started) / done, plan.seconds)
        report("tuning the encoder", done / last)


def _affordable(planned: int, seconds_a_step: float, seconds: float) -> int:
    """How many steps fit the time given; a few at the least, since fewer would leave the encoder half turned."""
    return min(planned, max(FEWEST_STEPS, int(seconds / seconds_a_step)))


def _share_of_rate(step: int, steps: int) -> float:
    """Rises over the first tenth, then falls to 0: from the plain encoder softly away."""
    return min((step + 1) / (WARM_UP * steps + 1), (steps - step) / ((1 - WARM_UP) * steps), 1.0)


def _batches(ids: Sequence[list[int]], plan: TuningPlan) -> list[list[int]]:
    """Rows of every step: shuffled, texts of like length together, so that little is padded."""
    rng = np.random.default_rng(plan.seed)
    wanted = int(np.ceil(plan.passes * len(ids) / plan.batch))
    batches: list[list[int]] = []
    while len(batches) < wanted:
        order = rng.permutation(len(ids))
        chunks = [order[start : start + plan.batch * 40] for start in range(0, len(ids), plan.batch * 40)]
        ranked = [sorted(chunk.tolist(), key=lambda row: len(ids[row])) for chunk in chunks]
        cut = [rows[start : start + plan.batch] for rows in ranked for start in range(0, len(rows), plan.batch)]
        batches += [cut[place] for place in rng.permutation(len(cut))]
    return batches[:wanted]


def _vectors(network: Any, ids: Sequence[list[int]]) -> Any:
    """Mean over tokens, length 1, shape (n, dimension): what the exported graph computes."""
    import torch

    width = max(map(len, ids))
    tokens = torch.tensor([row + [0] * (width - len(row)) for row in ids])
    mask = torch.tensor([[1.0] * len(row) + [0.0] * (width - len(row)) for row in ids])
    hidden = network(input_ids=tokens, attention_mask=mask)[0]
    mean = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    return torch.nn.functional.normalize(mean, dim=1)


def _means(network: Any, ids: Sequence[list[int]], codes: Codes, most: int = 32) -> Any:
    """Direction of every label under the plain encoder, from at most `most` of its texts, shape (labels, d)."""
    import torch

    network.eval()
    rows = [np.flatnonzero(codes == code)[:most] for code in range(int(codes.max()) + 1)]
    with torch.no_grad():
        means = [_vectors(network, [ids[row] for row in own]).mean(0) for own in rows]
    return torch.nn.functional.normalize(torch.stack(means), dim=1)


def _loss(vectors: Any, truth: Any, head: Any, plan: TuningPlan) -> Any:
    """Cross-entropy to the labels' directions, plus the pull of texts of one label towards each other."""
    import torch

    logits = SHARPNESS * vectors @ head.T
    loss = torch.nn.functional.cross_entropy(logits, truth, label_smoothing=plan.smoothing)
    itself = torch.eye(len(truth), dtype=torch.bool)
    alike = (truth[:, None] == truth[None, :]) & ~itself
    paired = alike.any(1)
    if not plan.pairs or not paired.any():
        return loss
    nearness = (PAIR_SHARPNESS * vectors @ vectors.T).masked_fill(itself, -1e9).log_softmax(1)
    return loss - plan.pairs * ((nearness * alike).sum(1)[paired] / alike.sum(1)[paired]).mean()


def _settled(network: Any, weights: Path, texts: Sequence[str], *, folder: Path, seed: int) -> OnnxEncoder:
    """Export, shrink to 8 bits with ranges that hold for these texts too, describe, open."""
    folder.mkdir(parents=True, exist_ok=True)
    plain = folder / "plain.onnx"
    some = np.random.default_rng(seed).permutation(len(texts))[:RANGE_TEXTS]
    seen = [texts[row] for row in some.tolist() if texts[row].strip()]
    with quietly():
        write_graph(network, plain)
        tokenizer = cutting_tokenizer(weights, TUNED_TOKENS)
        quantize(plain, folder / "model.onnx", tokenizer=tokenizer, texts=(*CALIBRATION_TEXTS, *seen))
    plain.unlink()
    shutil.copyfile(weights / "tokenizer.json", folder / "tokenizer.json")
    digest = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    described = {
        "id": TUNED + digest[:16],
        "dimension": DIMENSION,
        "max_tokens": TUNED_TOKENS,
        "whole": True,
        "languages": ["en"],
        "graph_sha256": digest,
        "tokenizer_sha256": hashlib.sha256((folder / "tokenizer.json").read_bytes()).hexdigest(),
    }
    (folder / "encoder.json").write_text(json.dumps(described, indent=1), encoding="utf-8")
    return OnnxEncoder(folder)
