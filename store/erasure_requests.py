"""Asking for an erasure: what will go is taken down and refused from now on; flows do the rest."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from store.audit import record_audit
from store.erased import contact_key
from store.erasure import Found, Subject, announce, find_subject, ids_of, tombstones
from store.erasure_rows import remove_quarantined
from store.identity import Identity
from store.tables import quarantine


def ask_erasure(session: Session, subject: Subject, *, by: str, identity: Identity) -> str:
    """Announce the erasure of all that there is of a subject; the receipt's id.

    Refused input of the subject goes at once: by the keyed hashes that were taken when it was put aside, and by its
    words, for what could not be read then.
    """
    found = find_subject(session, subject, identity=identity)
    names = {subject.contact or subject.customer or "", *ids_of(session, found.contacts)}
    digests = _digests(session, subject, found, identity)
    counts = {"quarantined": remove_quarantined(session, names, digests)}
    receipt = announce(session, found, scope=subject.scope, by=by, identity=identity, counts=counts)
    record_audit(session, who=by, action="erasure.ask", object=f"erasure/{receipt}", detail=found.as_counts())
    return receipt


def _digests(session: Session, subject: Subject, found: Found, identity: Identity) -> set[str]:
    """What refused input of the subject carries: of the customer, of each contact, of one never accepted."""
    digests = {str(row["digest"]) for row in tombstones(session, found, identity=identity)}
    if found.customer is not None:
        digests.add(found.customer)
    if subject.contact is not None:
        sources = [subject.source] if subject.source else session.scalars(select(quarantine.c.source).distinct())
        digests |= {contact_key(identity, source, subject.contact) for source in sources}
    return digests
