"""Records as references: RIS and BibTeX for reference managers, and a citation in words.

RIS by the tags that EndNote, Zotero and Mendeley read alike; BibTeX in UTF-8, which biber and present reference
managers read. Whatever a title holds, it stays one field of one entry.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import BinaryIO, TextIO

from cartevidence.spreadsheet import CONTROL, utf8
from models.names import Name, parted
from models.record import Record

# Braces as commands: BibTeX counts braces also behind a backslash, and one alone would swallow the rest of the file.
_TEX = {"\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}"} | {sign: "\\" + sign for sign in "&%$#_"}  # fmt: skip
_CAPITALS = re.compile(r"\S*\w\S*[A-Z]\S*")  # a word that a style must not put in lower case: CAR-T, mRNA
FORMS = ("ris", "bibtex")
_RETRACTED = "Retracted publication"


def write(records: Iterable[Record], form: str, out: BinaryIO) -> None:
    """Write references in one of FORMS."""
    with utf8(out) as text:
        {"ris": write_ris, "bibtex": write_bibtex}[form](records, text)


def write_ris(records: Iterable[Record], out: TextIO) -> None:
    """One RIS entry a record."""
    for record in records:
        for tag, value in _ris(record):
            out.write(f"{tag}  - {_line(value)}\r\n")
        out.write("\r\n")


def _ris(record: Record) -> Iterable[tuple[str, str]]:
    date = record.published or record.published_online
    one_each = [
        ("TI", _title(record)),
        ("T2", record.journal),
        ("JO", record.journal),
        ("PY", str(date.year) if date else ""),
        ("DA", str(date).replace("-", "/") if date else ""),
        ("AB", record.abstract),
        ("DO", record.doi or ""),
        ("C2", record.pmcid or ""),
        ("AN", record.pmid),
        ("DB", "PubMed"),
        ("UR", record.url),
        ("N1", _RETRACTED if record.retracted else ""),
    ]
    yield "TY", "JOUR"
    yield "ID", record.pmid
    for name in parted(record.authors):
        # A comma parts family and given name, so a group's name goes without.
        family = name.family.replace(",", "") if name.group else name.family
        yield "AU", ", ".join(part for part in (family, name.given, name.suffix) if part)
    yield from ((tag, value) for tag, value in one_each if value.strip())
    yield from (("KW", word) for word in record.keywords)
    yield "ER", ""


def write_bibtex(records: Iterable[Record], out: TextIO) -> None:
    """One @article a record; its key is the first author's name, the year and the PMID: 'Muster2020_90000001'."""
    for record in records:
        fields = [f"  {name} = {{{value}}}" for name, value in _bibtex(record) if value]
        out.write(f"@article{{{bibtex_key(record)},\n" + ",\n".join(fields) + "\n}\n\n")


def _bibtex(record: Record) -> Iterable[tuple[str, str]]:
    date = record.published or record.published_online
    yield "author", " and ".join(map(_tex_name, parted(record.authors)))
    yield "title", " ".join(_protected(word) for word in _title(record).split())
    yield "journal", _tex(record.journal)
    yield "year", str(date.year) if date else ""
    yield "month", str(date.month) if date and date.month else ""
    yield "doi", _verbatim(record.doi or "")
    yield "pmid", record.pmid
    yield "url", record.url
    yield "keywords", ", ".join(map(_tex, record.keywords))
    yield "note", _RETRACTED if record.retracted else ""
    yield "abstract", _tex(record.abstract)


def bibtex_key(record: Record) -> str:
    """Letters, digits and an underscore; unique, since it ends with the PMID."""
    family = parted(record.authors[:1])[0].family if record.authors else ""
    plain = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    return f"{re.sub(r'[^A-Za-z]', '', plain)}{record.year or ''}_{record.pmid}".lstrip("_")


def _tex_name(name: Name) -> str:
    if name.group or not name.given:
        return f"{{{_tex(name.family)}}}"
    return ", ".join(_tex(part) for part in (name.family, name.suffix, name.given) if part)


def _protected(word: str) -> str:
    return f"{{{_tex(word)}}}" if _CAPITALS.fullmatch(word) else _tex(word)


def _tex(text: str) -> str:
    return "".join(_TEX.get(sign, sign) for sign in _line(text))


def _verbatim(text: str) -> str:
    """A DOI as it is: TeX's own characters have no meaning in such a field, braces alone are percent-encoded."""
    return "".join(_line(text).split()).replace("{", "%7B").replace("}", "%7D")


def _title(record: Record) -> str:
    """Without the full stop that PubMed ends it with; styles set their own."""
    return _line(record.title).removesuffix(".")


def _line(text: str) -> str:
    """The text on one line, so that no line of it can look like a tag; no control characters."""
    return " ".join(CONTROL.sub("�", text).split())


def citation(record: Record, most: int = 6) -> str:
    """'Muster E, Doe J, et al. Title. J Synth. 2020. doi:10.5555/x' with at most so many authors."""
    names = [_short(name) for name in parted(record.authors[:most])]
    if len(record.authors) > most:
        names.append("et al")
    place = (record.journal, str(record.year or ""), f"doi:{record.doi}" if record.doi else "")
    return " ".join(map(_stopped, filter(None, (", ".join(names), record.title.strip(), *place))))


def _short(name: Name) -> str:
    initials = name.given if name.given.isupper() else "".join(re.findall(r"\b\w", name.given))
    return " ".join(part for part in (name.family, re.sub(r"[^\w-]", "", initials), name.suffix) if part)


def _stopped(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."
