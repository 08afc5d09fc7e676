"""Runs inside SetFit's own virtual environment, which has no Headway: one task on stdin, one JSON line on stdout."""

import json
import sys
import time
from typing import Any


def main() -> None:
    """Train SetFit on the texts and labels given, and answer the texts asked."""
    task = json.load(sys.stdin)
    classes = sorted(set(task["labels"]))
    began = time.perf_counter()
    model = trained(task, classes)
    fitted = time.perf_counter()
    # Only the last line of what is printed counts: libraries print too.
    chances = model.predict_proba(task["asked"], as_numpy=True)
    seconds = time.perf_counter() - fitted
    answer = {
        "classes": [classes[int(number)] for number in model.model_head.classes_],
        "probabilities": chances.tolist(),
        "train_seconds": fitted - began,
        "per_second": len(task["asked"]) / seconds,
    }
    sys.stdout.write("\n" + json.dumps(answer) + "\n")


def trained(task: dict[str, Any], classes: list[str]) -> Any:
    """The contrastively tuned encoder with its logistic head."""
    from datasets import Dataset
    from setfit import SetFitModel, Trainer, TrainingArguments

    model = SetFitModel.from_pretrained(task["weights"])
    known = Dataset.from_dict({"text": task["texts"], "label": [classes.index(label) for label in task["labels"]]})
    arguments = TrainingArguments(
        batch_size=task["batch"],
        max_steps=task["steps"],
        seed=task["seed"],
        report_to="none",
        show_progress_bar=False,
    )
    Trainer(model=model, args=arguments, train_dataset=known).train()
    return model


if __name__ == "__main__":
    main()
