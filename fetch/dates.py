"""Dates as bibliographies print them, as `PartialDate`."""

from __future__ import annotations

import re

from models.errors import InvalidData
from models.record import PartialDate

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_PRINTED = re.compile(r"\b(1[5-9]\d\d|2[01]\d\d)(?:[ /-]+([A-Za-z]{3,9}|\d{1,2})\b\.?(?:[ /-]+(\d{1,2})\b(?![:(]))?)?")


def month_number(text: str) -> int | None:
    """'May', 'September' or '05' as 1-12; None for anything else, seasons too."""
    if text.isdecimal():
        return int(text) if 1 <= int(text) <= 12 else None
    return _MONTHS.get(text[:3].lower()) if text.isalpha() else None


def date_of_parts(year: str, month: str = "", day: str = "") -> PartialDate | None:
    """The date as far as its parts make sense; None without a year."""
    if not year.isdecimal():
        return None
    number = month_number(month.strip()) if month else None
    in_month = number is not None and day.strip().isdecimal() and 1 <= int(day) <= 31
    try:
        return PartialDate.checked(year=int(year), month=number, day=int(day) if in_month else None)
    except InvalidData:
        return None


def printed_date(text: str) -> PartialDate | None:
    """The first date in `text`; of a range its beginning: '2019 May-Jun' is 2019-05, '1998 Winter' is 1998."""
    found = _PRINTED.search(text)
    if found is None:
        return None
    return date_of_parts(found[1], found[2] or "", found[3] or "")


def compact_date(text: str) -> PartialDate | None:
    """'20190520' as MEDLINE's DEP line writes it."""
    digits = text.strip()
    return date_of_parts(digits[:4], digits[4:6], digits[6:8])
