"""LibreOffice as a spreadsheet that is not ours."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
needed = pytest.mark.skipif(
    SOFFICE is None, reason="LibreOffice (soffice) is not installed: libreoffice-calc on Debian"
)
CSV = "Text - txt - csv (StarCalc)"
UTF8 = "44,34,76,1"  # comma, double quote, UTF-8, from line 1
TEXT_STAYS_TEXT = "44,34,76,1,,0,true,false"  # and what stands in quotes is no number or date
AS_STORED = "44,34,76,1,,0,false,false"  # for writing: percent as 80.5, however it is shown
WRITTEN = {"csv": f"csv:{CSV}:{AS_STORED}", "xlsx": "xlsx:Calc MS Excel 2007 XML"}


def converted(path: Path, to: str, *, text_stays_text: bool = False) -> Path:
    """The file opened by LibreOffice and saved anew as csv (of its first sheet) or xlsx."""
    folder = path.parent / f"{to}-{text_stays_text}"
    read = [f"--infilter={CSV}:{TEXT_STAYS_TEXT if text_stays_text else UTF8}"] if path.suffix == ".csv" else []
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = [
        str(SOFFICE),
        profile,
        "--headless",
        *read,
        "--convert-to",
        WRITTEN[to],
        "--outdir",
        str(folder),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / f"{path.stem}.{to}"
