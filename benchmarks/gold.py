"""Run cartevidence on annotated abstracts and score what it finds: gold.py [DIR]

DIR holds one JSON file per abstract; the scorer and the converter to PubMed XML lie in the folder above it.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent
DEFAULT = HERE.parent / "shared" / "gold" / "dev"
TARGETS = """\
Targets: core strict F1 >= 0.93 on dev (>= 0.90 on abstracts never seen), no core type under 0.85,
study_n_accuracy >= 0.97, study_type_accuracy >= 0.95, targets_f1 >= 0.97"""


def main(gold: Path) -> int:
    with tempfile.TemporaryDirectory() as scratch:
        python(find(gold, "score.py"), gold, extracted(gold, Path(scratch)))
    print(TARGETS)
    return 0


def extracted(gold: Path, scratch: Path) -> Path:
    """Run the program on the abstracts of a folder; the exported JSON lines, in the folder `scratch`."""
    if not any(gold.glob("*.json")):
        sys.exit(f"There are no annotated abstracts in {gold}: name a folder that holds one JSON file per abstract.")
    xml, db, facts = (scratch / name for name in ("gold.xml", "gold.db", "facts.jsonl"))
    python(find(gold, "to_pubmed_xml.py"), gold, xml, quiet=True)
    python("-m", "cartevidence", "run", xml, "--db", db, quiet=True)
    python("-m", "cartevidence", "export", "--db", db, "--format", "jsonl", "--out", facts)
    return facts


def find(gold: Path, name: str) -> Path:
    for folder in (gold.parent, DEFAULT.parent):
        if (folder / name).is_file():
            return folder / name
    sys.exit(f"There is no {name} beside {gold}: annotated abstracts and their scorer are not part of the project.")


def python(*arguments: object, quiet: bool = False) -> None:
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], check=False, stdout=subprocess.DEVNULL if quiet else None
    )
    if done.returncode:
        sys.exit(done.returncode)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else DEFAULT))
