"""The key figures of a study, the first columns of an evidence table: what may stand for each, the best first."""

from __future__ import annotations

from collections.abc import Mapping

COMPLETE = ("CR/CRi", "CR", "CR/sCR", "sCR", "CRi")
OVERALL = ("ORR",)
MRD_NEGATIVE = ("MRD-", "MRD- CR")
OVERALL_SURVIVAL = ("OS",)
PROGRESSION_FREE = ("PFS",)
LEUKAEMIA_FREE = ("LFS", "EFS", "RFS", "DFS")
SEVERE = (">=3", "3-5", "3-4", "severe", "3", ">=4", "4-5")  # grades
ONE_YEAR = ("1 y", "12 mo")

RESPONSES: Mapping[str, tuple[str, ...]] = {
    "cr_cri": COMPLETE, "orr": OVERALL, "mrd_negative": MRD_NEGATIVE,
}  # fmt: skip
RATES: Mapping[str, tuple[str, ...]] = {
    "os_1y": OVERALL_SURVIVAL, "pfs_1y": PROGRESSION_FREE, "lfs_1y": LEUKAEMIA_FREE,
}  # fmt: skip
TOXICITIES: Mapping[str, str] = {"severe_crs": "CRS", "severe_icans": "neurotoxicity"}
