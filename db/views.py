"""The views: which decisions stand, and the evidence with them applied.

A decision is about one fact of one statement (text, place and key). Mostly a statement has one fact; where the
extractor gives several, each is told apart by its values. Nothing here guesses: a decision covers a machine fact
that has exactly the values the curator was shown, or the only one there is on the statement; else both are shown.
"""

from __future__ import annotations

# What a fact says; two facts of one statement with the same of these are the same fact.
SAID = (
    "role", "endpoint", "measure", "event", "grade", "name", "n", "total", "percent", "value", "unit", "time",
    "ci_low", "ci_high", "ci_level", "low", "high", "not_reached", "absent", "qualifier", "group", "pooled",
)  # fmt: skip
# Where it stands and how it was found.
PLACE = ("section", "start", "end", "quote")
PROVENANCE = ("confidence", "checks", "inferred", "rule", "extractor_version", "version", "text_hash")

CURRENT = ("id", "pmid", "type", *SAID, *PLACE, *PROVENANCE, "statement")
INTEGERS = ("n", "total", "not_reached", "absent", "pooled", "start", "end", "version")
REALS = ("percent", "value", "ci_low", "ci_high", "ci_level", "low", "high", "confidence")


def _named(row: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f'{row}."{column}"' for column in columns)


def _from_json(json: str, columns: tuple[str, ...]) -> str:
    return ", ".join(f"""{_cast(f"json_extract({json}, '$.{column}')", column)} AS "{column}\"""" for column in columns)


def _cast(value: str, column: str) -> str:
    """As the column of `evidence` has it: SQLite looks into a UNION ALL only where both sides have the same types."""
    return f"CAST({value} AS {'INTEGER' if column in INTEGERS else 'REAL' if column in REALS else 'TEXT'})"


def _same(row: str, json: str) -> str:
    """Whether a machine fact says what the JSON of a fact says."""
    told = ", ".join(f"json_extract({json}, '$.{column}')" for column in SAID)
    return f"({_named(row, SAID)}) IS ({told})"


# A later decision on the same fact takes the place of the former, until it is undone.
DECISION_EFFECTIVE = """
SELECT * FROM decision AS d
WHERE d.action <> 'undo'
  AND NOT EXISTS (SELECT 1 FROM decision AS u WHERE u.undoes = d.id)
  AND NOT EXISTS (
    SELECT 1 FROM decision AS later
    WHERE later.supersedes = d.id AND NOT EXISTS (SELECT 1 FROM decision AS u WHERE u.undoes = later.id))
"""

# `machine` is the extractor's fact as the curator knew it; NULL for a fact the extractor did not have.
_KNOWN = "coalesce(d.machine, d.after, d.before)"

# The machine facts that a standing decision is about: as the curator knew it, or the only one that it can be.
DECISION_COVERS = f"""
SELECT d.id AS decision, e.number AS evidence
FROM evidence AS e JOIN decision_effective AS d ON d.statement = e.statement
WHERE {_same("e", _KNOWN)}
  OR (d.machine IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM evidence AS x
      WHERE x.pmid = e.pmid AND x.statement = e.statement AND x.number <> e.number)
    AND NOT EXISTS (SELECT 1 FROM decision_effective AS o
      WHERE o.statement = d.statement AND o.id <> d.id AND o.machine IS NOT NULL))
"""  # noqa: S608

_ATTENTION = f"""
  CASE
    WHEN r.text_hash <> d.text_hash THEN 'text changed'
    WHEN d.machine IS NULL THEN NULL
    WHEN EXISTS (SELECT 1 FROM evidence AS e
      WHERE e.pmid = d.pmid AND e.statement = d.statement AND {_same("e", "d.machine")}) THEN NULL
    WHEN EXISTS (SELECT 1 FROM evidence AS e WHERE e.pmid = d.pmid AND e.statement = d.statement)
      THEN 'extraction changed'
    ELSE 'no longer extracted'
  END
"""  # noqa: S608

_FACT = "coalesce(d.after, d.before)"

# The first of the two conditions only saves time: nearly all statements have no decision at all.
EVIDENCE_UNDECIDED = f"""
SELECT {_named("e", CURRENT)},
  'unreviewed' AS status, NULL AS attention, CAST(NULL AS INTEGER) AS decision, CAST(NULL AS TEXT) AS curator
FROM evidence AS e
WHERE NOT EXISTS (SELECT 1 FROM decision AS any_one WHERE any_one.statement = e.statement)
  OR NOT EXISTS (SELECT 1 FROM decision_covers AS c WHERE c.evidence = e.number)
"""  # noqa: S608

# CROSS JOIN: from the few decisions to their records, never through all records.
EVIDENCE_DECIDED = f"""
SELECT d.fact AS id, d.pmid AS pmid, {_from_json(_FACT, ("type", *SAID, *PLACE, *PROVENANCE))}, d.statement,
  CASE d.action WHEN 'accept' THEN 'accepted' WHEN 'correct' THEN 'corrected'
    WHEN 'reject' THEN 'rejected' ELSE 'added' END AS status,
  {_ATTENTION} AS attention, d.id AS decision, d.curator AS curator
FROM decision_effective AS d CROSS JOIN record AS r ON r.pmid = d.pmid AND r.state = 'stored'
"""  # noqa: S608

EVIDENCE_CURRENT = "SELECT * FROM evidence_undecided UNION ALL SELECT * FROM evidence_decided"

CURRENT_VIEWS = {
    "decision_effective": DECISION_EFFECTIVE,
    "decision_covers": DECISION_COVERS,
    "evidence_undecided": EVIDENCE_UNDECIDED,
    "evidence_decided": EVIDENCE_DECIDED,
    "evidence_current": EVIDENCE_CURRENT,
}
