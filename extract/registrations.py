"""Registration numbers of trials, found in the text even when misprinted with blanks or a digit short."""

from __future__ import annotations

import re
from collections.abc import Iterator

from models.record import Record

# Registry → what follows its name. Digits of ClinicalTrials.gov may be broken by blanks or hyphens.
_REGISTRIES = (
    r"(?P<nct>nct[\s:#.–-]{0,3})(?P<digits>\d{7,9}(?!\d)|\d{1,6}(?:[\s-]\d{1,6}){1,3}(?!\d))",
    r"chi-?ctr(?:[\s-]{0,2}[a-z]{2,4}(?=[\s-]{0,2}\d))?[\s:-]{0,2}\d{8,10}(?!\d)",
    r"(?:eudra[\s-]?ct|eu[\s-]?ct|euct|ctis)(?:\s(?:number|no\.?|identifier))?[\s:#]{0,3}(?P<eu>20\d\d-\d{6}-\d\d(?:-\d\d)?)",
    r"(?P<eudract>20\d\d-\d{6}-\d\d(?:-\d\d)?)(?!\d)",
    r"umin(?:[\s-]?ctr)?[\s:-]{0,3}0000\d{5}",
    r"jrct[a-z]?\s?\d{9,11}",
    r"isrctn[\s:]{0,2}\d{6,8}",
    r"ctri\s?/\s?\d{4}\s?/\s?\d{2,3}\s?/\s?\d{4,6}",
    r"actrn[\s:]{0,2}126\d{11}p?",
    r"drks[\s:]{0,2}\d{8}",
    r"kct\s?\d{7}",
    r"irct\s?\d{8,16}n\d{1,3}",
    r"japicct[i1]-?\s?\d{6}",
    r"ntr\s?\d{4,5}(?!\d)",
)
_NUMBER = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(_REGISTRIES)})", re.IGNORECASE)
# One cheap look before the pattern above is tried.
_ANY = re.compile(r"nct|ctr|rct|eudra|ctis|umin|20\d\d-\d{6}|drks|kct|irct|japic|euct|eu ct|ntr")


def registrations(record: Record) -> tuple[str, ...]:
    """Numbers of the record and of its title and abstract, each once, as printed but without blanks."""
    seen: dict[str, str] = {}
    for number in (*(normalised(n) for n in record.nct), *registration_numbers(f"{record.title}\n{record.abstract}")):
        seen.setdefault(re.sub(r"[^a-z0-9]", "", number.casefold()), number)
    return tuple(seen.values())


def registration_numbers(text: str) -> Iterator[str]:
    """Registration numbers in the order of the text."""
    if not _ANY.search(text.lower()):
        return
    for match in _NUMBER.finditer(text):
        if match["nct"]:
            digits = _digits(match["digits"])
            if digits:
                yield f"NCT{digits}"
        else:
            yield match["eu"] or match["eudract"] or normalised(match[0])


def _digits(printed: str) -> str | None:
    """The seven to nine digits of a number; further groups of digits belong to the sentence."""
    kept = ""
    for part in re.split(r"[\s-]", printed):
        if len(kept) >= 7 or len(kept + part) > 9:
            break
        kept += part
    return kept if 7 <= len(kept) <= 9 else None


def normalised(number: str) -> str:
    """Without blanks and colons; the registry's letters as the registry prints them."""
    plain = re.sub(r"[\s:#]", "", number)
    for name in ("NCT", "ChiCTR", "UMIN", "jRCT", "ISRCTN", "CTRI", "ACTRN", "DRKS", "KCT", "IRCT", "JapicCTI", "NTR"):
        if plain.casefold().startswith(name.casefold()):
            return name + plain[len(name) :]
    return plain
