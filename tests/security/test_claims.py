"""SECURITY.md claims nothing whose proof is not there."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from cli.main import headway

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
TABLE = TEXT.partition("## What we do, and what proves it")[2].partition("\n## ")[0]
CLAIMS = [line.split(" | ") for line in TABLE.splitlines() if line.startswith("| ") and not line.startswith("| claim")]
PROOFS = sorted({proof for _, proofs in CLAIMS for proof in re.findall(r"`([^`]+)`", proofs)})


def test_every_claim_names_a_proof() -> None:
    assert len(CLAIMS) >= 15
    assert [claim for claim, proofs in CLAIMS if not re.search(r"`(tests/|headway |make )", proofs)] == []


@pytest.mark.parametrize("proof", PROOFS)
def test_a_proof_is_there(proof: str) -> None:
    if proof.startswith("tests/"):
        path, _, name = proof.partition("::")
        source = (ROOT / path).read_text("utf-8")
        assert f"def {name}(" in source if name else "def test_" in source
    elif proof.startswith("make "):
        assert re.search(rf"^{proof.split()[1]}:", (ROOT / "Makefile").read_text("utf-8"), re.M)
    else:
        found: click.Command | None = headway
        for word in proof.split()[1:]:
            assert isinstance(found, click.Group), proof
            found = found.get_command(click.Context(found), word)
        assert found is not None
