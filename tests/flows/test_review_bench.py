from __future__ import annotations

from pathlib import Path

from evals.worlds import WorldSpec, generate
from flows.draw import draw_reviews
from flows.review_bench import work_queue
from flows.workspace import Workspace
from store.reviews import export_items


def test_erring_analysts_work_through_the_real_queue_until_nothing_drawn_is_open(in_demo_copy: Path) -> None:
    world = generate(WorldSpec(job="online-order", contacts=1500, labelled=800, heldout=200))
    workspace = Workspace.open("online-order")
    with workspace.database.session() as session:
        before = sum(item.decision is None for item in export_items(session, "online-order") if item.drawn)
    assert draw_reviews(workspace, budget=60).added > 0
    done = work_queue(workspace, world)
    assert before == 0
    assert done["reads"]["first"] > 0
    assert done["reads"]["second"] > 0
    assert set(done["errors"]) == {"ann", "bob", "eve"}
    with workspace.database.session() as session:
        drawn = [item for item in export_items(session, "online-order") if item.drawn]
    assert all(item.decision is not None for item in drawn)
    known = {world.contact_id(i): world.answer(i)["step"] for i in range(len(world))}
    theirs = [item for item in drawn if item.decision.by in done["errors"]]
    wrong = sum(item.decision.step != known[item.contact_id] for item in theirs)
    assert wrong < 0.25 * len(theirs)
