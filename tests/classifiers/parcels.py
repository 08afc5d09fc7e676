"""Small talk about parcels: four labels in two groups, and a fifth that nobody ever used."""

import random

from classifiers.scores import LabelSpace

SPACE = LabelSpace.of(
    [("arrival", "track"), ("damage", "track"), ("refund", "pay"), ("discount", "pay"), ("never-seen", "close")]
)
WORDINGS = {
    "arrival": ["where is my parcel", "when will my order arrive", "the delivery is late", "track my package"],
    "damage": ["the box was crushed", "my item came broken", "the glass arrived shattered", "it is scratched"],
    "refund": ["i want my money back", "where is my refund", "you have not repaid me", "please return my payment"],
    "discount": [
        "the promo code is refused",
        "my coupon does not work",
        "the discount was not applied",
        "a voucher fails",
    ],
}
EXTRA = ["today", "again", "please help", "since monday", "for the second time", "i am upset", "as promised", "now"]


def sample(count: int, *, seed: int = 0) -> tuple[list[list[str]], list[str]]:
    """`count` two-turn documents over four labels, with their labels."""
    rng = random.Random(seed)
    labels = [rng.choice(sorted(WORDINGS)) for _ in range(count)]
    said = [f"{rng.choice(WORDINGS[label])} {rng.choice(EXTRA)} {rng.choice(EXTRA)}" for label in labels]
    return [["hello", text] for text in said], labels
