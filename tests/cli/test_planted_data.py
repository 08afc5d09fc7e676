"""Personal data planted in every part of the input is nowhere in the home folder, the logs or the output."""

from __future__ import annotations

import json

import pytest

PLANTED = (
    "Ottoline Vandermeer",
    "Priya Raghunathan",
    "ottoline.v@planted.example",
    "+44 7911 123456",
    "4539 1488 0343 6467",
    "GB82WEST12345698765432",
    "QX-88231907",
    "078-05-1120",
    "14 Quarrington Street",
    "Zanzibar77!",
    "482913",
    "198.51.100.77",
    "tok_planted_9f8e7d6c5b4a",
    "zero seven nine double one",
    "cust-planted-0001",
)
TURNS = [
    ("agent", "You are speaking with Priya Raghunathan. May I have your full name?"),
    ("customer", "Ottoline Vandermeer"),
    ("customer", "mail ottoline.v@planted.example, mobile +44 7911 123456, or zero seven nine double one two three"),
    ("customer", "card 4539 1488 0343 6467, IBAN GB82WEST12345698765432, order QX-88231907"),
    ("customer", "my ssn is 078-05-1120 and I live at 14 Quarrington Street"),
    ("customer", "password is Zanzibar77! and the code is 482913, from 198.51.100.77"),
    ("customer", "see https://x.example/reset?token=tok_planted_9f8e7d6c5b4a"),
]
CONTACT = {
    "id": "c-1",
    "customer_id": "cust-planted-0001",
    "channel": "chat",
    "segment": {"account_manager_name": "Priya Raghunathan", "tier": "gold"},
    "circumstance": {"note": "call +44 7911 123456"},
    "turns": [{"speaker": speaker, "text": text} for speaker, text in TURNS],
    "agent": "Priya Raghunathan",
    "deep": [{"contactEmail": "ottoline.v@planted.example", "who": "Priya Raghunathan"}],
}
BROKEN = (
    json.dumps(CONTACT | {"id": "c-2"})[:-9],
    json.dumps(CONTACT | {"id": "c-3", "transfers": "ottoline.v@planted.example"}),
    json.dumps(CONTACT | {"id": "c-4", "turns": [{"speaker": "Ottoline Vandermeer", "text": "+44 7911 123456"}]}),
    json.dumps(CONTACT | {"id": "c-1", "turns": [{"speaker": "customer", "text": "mail ottoline.v@planted.example"}]}),
)


@pytest.mark.parametrize("originals", [False, True])
def test_nothing_planted_is_kept_or_shown(run, home, tmp_path, monkeypatch, originals):
    if originals:
        monkeypatch.setenv("HEADWAY_ORIGINALS_KEYS", run("originals", "new-key").stdout.strip())
        monkeypatch.setenv("HEADWAY_KEEP_ORIGINALS", "true")
    path = tmp_path / "contacts.jsonl"
    path.write_text("\n".join([json.dumps(CONTACT), *BROKEN]))
    outputs = [run("ingest", str(path)), run("quarantine", "list"), run("quarantine", "retry", "--all")]
    outputs += [run("quarantine", "show", str(number)) for number in range(1, 5)]
    outputs.append(
        run(
            "annotations",
            "add",
            "--job",
            "online-order",
            "--kind",
            "release",
            "--text",
            "asked ottoline.v@planted.example",
        )
    )
    shown = "".join(output.output for output in outputs)
    files = {file: file.read_bytes() for file in home.rglob("*") if file.is_file()}

    assert any(b"speaking with" in content for content in files.values())
    for planted in PLANTED:
        assert planted not in shown, planted
        for file, content in files.items():
            assert planted.encode() not in content, (planted, file)
