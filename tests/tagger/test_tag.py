from __future__ import annotations

from tagger.model import Contact, Turn
from tagger.tag import document_of

CONTACT = Contact(
    "c-1",
    (Turn("agent", "Hello"), Turn("customer", "hi"), Turn("customer", "where is it"), Turn("customer", "thanks")),
)


def test_a_document_is_what_the_customer_said() -> None:
    assert document_of(CONTACT) == ("hi", "where is it", "thanks")
