"""What became different in a record that was fetched again: the news a reviewer must not miss."""

from __future__ import annotations

from models.record import Link, Record

NEWS = {
    "erratum_in": "has a correction",
    "expression_of_concern_in": "has an expression of concern",
    "corrected_and_republished_in": "was corrected and republished",
    "update_in": "has an update",
}


def changes(before: Record, after: Record) -> list[str]:
    """One phrase for each difference that matters for evidence; empty if there is none."""
    found = []
    if after.retracted and not before.retracted:
        found.append("is now retracted: do not use its evidence")
    if before.retracted and not after.retracted:
        found.append("is no longer marked as retracted")
    found += [
        f"{NEWS[link.kind]} ({_where(link)})" for link in after.links if link.kind in NEWS and link not in before.links
    ]
    if after.version != before.version:
        found.append(f"is now version {after.version} (was {before.version})")
    if after.text_hash != before.text_hash:
        found.append("has a changed title or abstract and is read again")
    return found


def _where(link: Link) -> str:
    return f"PMID {link.pmid}" if link.pmid else link.citation or "no reference given"
