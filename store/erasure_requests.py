"""Asking for an erasure: what will go is taken down and refused from now on; flows do the rest."""

from __future__ import annotations

from sqlalchemy.orm import Session

from store.audit import record_audit
from store.erasure import Subject, announce, find_subject, ids_of
from store.erasure_rows import remove_quarantined
from store.identity import Identity


def ask_erasure(session: Session, subject: Subject, *, by: str, identity: Identity) -> str:
    """Announce the erasure of all that there is of a subject; the receipt's id.

    Refused input that names the subject goes at once: nothing but its words says whose it is.
    """
    found = find_subject(session, subject, identity=identity)
    names = {subject.customer or "", subject.contact or "", *ids_of(session, found.contacts)}
    counts = {"quarantined": remove_quarantined(session, names)}
    receipt = announce(session, found, scope=subject.scope, by=by, identity=identity, counts=counts)
    record_audit(session, who=by, action="erasure.ask", object=f"erasure/{receipt}", detail=found.as_counts())
    return receipt
