"""Whole conversations against generated truth: long contacts, second steps, evidence, effort drivers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from alignment.intervals import wilson_interval
from evals.worlds import World, WorldSpec, brief_of, generate
from evals.worlds_facts import Facts, fill
from tagger.drivers import DRIVERS, said_drivers
from tagger.model import Contact, EvidenceSpan, Tag, Turn
from tagger.tag import Reader, tag_contacts
from taxonomy.model import Job

Row = dict[str, Any]
Say = Callable[[str], None]

LENGTHS = (0, 400, 5000)
SEED = 101


def conversations(job: Job, reader: Reader, *, contacts: int, say: Say) -> Row:
    """Every figure, on contacts that the reader never saw; half of them worded in families nobody trained on."""
    world = generate(WorldSpec(job=job.id, contacts=contacts, seed=SEED), job=job)
    read = [contact_of(world, number) for number in range(len(world))]
    say(f"tagging {len(read):,} generated contacts")
    tags = tag_contacts(job, reader, read).tags
    return {
        "job": job.id,
        "model": reader.id,
        "contacts": len(read),
        "second_steps": second_steps(world, tags),
        "evidence": evidence_found(world, read, tags),
        "drivers": {side: drivers_found(job, contacts, unseen) for side, unseen in (("known", 0.0), ("unseen", 1.0))},
        "long": [lengthened(job, reader, world, words, say) for words in LENGTHS],
    }


def contact_of(world: World, number: int) -> Contact:
    """A contact of the world, as it was said."""
    said = world.said(number)
    turns = tuple(Turn(speaker, text) for speaker, text in said.turns)  # type: ignore[arg-type]
    return Contact(world.contact_id(number), turns)


def rate(hits: Iterable[bool]) -> Row:
    """A share with its 95 % interval (Wilson) and how many it is of; no value where there are none."""
    found = list(hits)
    if not found:
        return {"value": None, "low": None, "high": None, "n": 0}
    interval = wilson_interval(sum(found), len(found))
    return {"value": interval.value, "low": interval.low, "high": interval.high, "n": len(found)}


def second_steps(world: World, tags: Sequence[Tag]) -> Row:
    """Of the second steps given, how many the contact is truly about, and which are its second; how many were found."""
    about, second, found = [], [], []
    for number, tag in enumerate(tags):
        brief = brief_of(world.stage, world.drawn, number)
        truth = world.stage.job.step_of[brief.secondary] if brief.secondary else None
        given = [one.step for one in tag.secondary]
        about += [step in (truth, brief.step) for step in given]
        second += [step == truth for step in given]
        if truth is not None:
            found.append(truth in given)
    return {"about_it": rate(about), "is_the_second": rate(second), "recall": rate(found)}


def evidence_found(world: World, contacts: Sequence[Contact], tags: Sequence[Tag]) -> Row:
    """Of contacts with the right step: whether the evidence holds half a sentence that tells it or more.

    `marked_that_tells_it` is the share of the marked characters that belong to such sentences.
    """
    hit, inside, marked = [], 0, 0
    for number, (contact, tag) in enumerate(zip(contacts, tags, strict=True)):
        said = world.said(number)
        if tag.step is None or tag.step != brief_of(world.stage, world.drawn, number).step or said.family is None:
            continue
        told = places(contact, said.matter)
        common = [overlap(span, place) for span in tag.evidence for place in told]
        hit.append(any(2 * overlap(span, place) >= place.end - place.start for span in tag.evidence for place in told))
        inside += sum(common)
        marked += sum(span.end - span.start for span in tag.evidence)
    return {"holds_the_matter": rate(hit), "marked_that_tells_it": inside / marked if marked else None}


def places(contact: Contact, sentences: Sequence[str]) -> list[EvidenceSpan]:
    """Where sentences stand in a contact's turns, each once."""
    return [
        EvidenceSpan(turn, at, at + len(sentence))
        for sentence in dict.fromkeys(sentences)
        for turn in contact.customer_turns
        if (at := contact.turns[turn].text.find(sentence)) >= 0
    ]


def overlap(one: EvidenceSpan, other: EvidenceSpan) -> int:
    """How many characters two spans share."""
    return max(0, min(one.end, other.end) - max(one.start, other.start)) if one.turn == other.turn else 0


def drivers_found(job: Job, contacts: int, unseen: float) -> Row:
    """Precision and recall of each driver from words alone, in families of wordings known to the rules or not."""
    spec = WorldSpec(job=job.id, contacts=contacts, seed=SEED)
    world = generate(replace(spec, talk=replace(spec.talk, heldout=unseen)), job=job)
    given = [{one.driver for one in said_drivers(contact_of(world, number))} for number in range(len(world))]
    true = [world.said(number).drivers for number in range(len(world))]
    return {
        driver: {
            "precision": rate(driver in said for said, found in zip(true, given, strict=True) if driver in found),
            "recall": rate(driver in found for said, found in zip(true, given, strict=True) if driver in said),
        }
        for driver in DRIVERS
    }


def lengthened(job: Job, reader: Reader, world: World, words: int, say: Say) -> Row:
    """Steps right where the same contacts are said among so many words of other people's digressions."""
    some = range(min(len(world), 200 if words <= 400 else 40))
    say(f"long contacts: {words:,} words more")
    tags = tag_contacts(job, reader, [among(world, number, words) for number in some]).tags
    right = [
        tag.step == brief_of(world.stage, world.drawn, number).step for number, tag in zip(some, tags, strict=True)
    ]
    kept = [good for good, tag in zip(right, tags, strict=True) if not tag.deferred]
    return {"words_added": words, "step": rate(right), "kept": rate(kept)}


def among(world: World, number: int, words: int) -> Contact:
    """A contact whose turns keep their order, at random places among digressions of so many words."""
    rng = random.Random(number)  # noqa: S311 - made-up text, not a secret
    wordings, said = world.stage.wordings, contact_of(world, number)
    talk: list[Turn] = []
    count = 0
    while count < words:
        text = fill(rng.choice(wordings.common["digressions"]), Facts(wordings.slots, rng))
        talk.append(Turn("customer", text))
        count += len(text.split())
    places = sorted(rng.randrange(len(talk) + 1) for _ in said.turns)
    turns, done = [], 0
    for place, turn in zip(places, said.turns, strict=True):
        turns += [*talk[done:place], turn]
        done = place
    return replace(said, turns=(*turns, *talk[done:]))


def conversations_text(result: Row) -> str:
    """The figures for people."""
    second, told = result["second_steps"], result["evidence"]
    lines = [
        f"{result['contacts']:,} generated contacts of job {result['job']}, model {result['model']}",
        f"second steps: of those given the contact is about it in {_share(second['about_it'])}, "
        f"it is the second in {_share(second['is_the_second'])}; found {_share(second['recall'])}",
        f"evidence: holds a sentence that tells the matter in {_share(told['holds_the_matter'])}; "
        f"of what is marked {100 * (told['marked_that_tells_it'] or 0):.0f} % tells it",
        "effort drivers from words alone, in wordings that the rules were written with / never saw:",
    ]
    for driver in DRIVERS:
        known, unseen = result["drivers"]["known"][driver], result["drivers"]["unseen"][driver]
        lines.append(
            f"  {driver:17s} precision {_share(known['precision'])} / {_share(unseen['precision'])}, "
            f"recall {_share(known['recall'])} / {_share(unseen['recall'])}"
        )
    lines += [
        f"{row['words_added']:>5,} words of digressions added: step right {_share(row['step'])}; "
        f"of {row['kept']['n']} kept {_share(row['kept'])}"
        for row in result["long"]
    ]
    return "\n".join(lines)


def _share(found: Row) -> str:
    if found["value"] is None:
        return "none"
    return f"{100 * found['value']:.0f} % [{100 * found['low']:.0f}, {100 * found['high']:.0f}]"
