"""The figures of a report in words, and its methods as a paper would tell them."""

from __future__ import annotations

import math
from collections.abc import Iterator

from cartevidence import wording
from cartevidence.compare.forest_words import readable
from cartevidence.compare.results import Compared, Method, Pooled, StudyRow

CLOPPER_PEARSON = "Clopper and Pearson, Biometrika 1934;26:404-13"
# How each method pools and whose formula it is.
POOLED_BY: dict[Method, str] = {
    "glmm": "with a random-intercept logistic model fitted by maximum likelihood, which takes each study's counts as "
    "binomial (Hamza et al., J Clin Epidemiol 2008;61:41-51), with Wald's interval on the logit",
    "reml": "by inverse variance on the logit scale",
    "freeman-tukey": "by inverse variance on the double arcsine scale (Freeman and Tukey, Ann Math Stat 1950;"
    "21:607-11), brought back to percent by Miller's inverse at the harmonic mean of the sizes (Am Stat 1978;32:138); "
    "this can mislead where sizes differ much (Schwarzer et al., Res Synth Methods 2019;10:476-83)",
    "cloglog": "by inverse variance on the complementary log-log scale (Kalbfleisch and Prentice, The Statistical "
    "Analysis of Failure Time Data, 1980), the standard error of each study taken from its printed 95% interval",
    "exact": f"by taking all patients together as if of one study, with the exact interval ({CLOPPER_PEARSON})",
}
INVERSE_VARIANCE = (
    "With inverse variance, the variance between studies was estimated by restricted maximum likelihood (Viechtbauer, "
    "J Educ Behav Stat 2005;30:261-93), and intervals are those of Hartung and Knapp (Stat Med 2001;20:3875-89)"
)
DESIGNS = {"real_world": "real-world study", "retrospective": "retrospective study"}


def number(value: float) -> str:
    """One decimal, as tables print computed figures: '82.7'."""
    return f"{value:.1f}"


def figure(row: StudyRow) -> str:
    """'82.7%', '12.9', 'not reached', '' where there is none."""
    if row.value is None:
        return "not reached" if row.not_reached else ""
    return number(row.value) + ("" if row.measure == "median" else "%")


def interval(row: StudyRow) -> str:
    """'61.0 to 80.0', '8.1 to not reached', '' where there is none."""
    if row.ci_low is None and row.ci_high is None:
        return ""
    ends = ("not reached" if end is None else number(end) for end in (row.ci_low, row.ci_high))
    return " to ".join(ends)


def design(row: StudyRow) -> str:
    """'prospective trial', 'real-world study'."""
    return DESIGNS.get(row.study_type, row.study_type.replace("_", " "))


def reviewed(row: StudyRow) -> str:
    """'accepted', 'corrected', or how sure the extractor was of what nobody has checked: 'no (0.93)'."""
    sure = math.floor(100 * row.confidence + 1e-9) / 100  # cut off, since 0.997 is not 1.00
    return f"no ({sure:.2f})" if row.status == "unreviewed" else row.status


def title(compared: Compared) -> str:
    """What is compared, as a heading: 'CRS grade ≥3', 'Median PFS'."""
    text = readable(compared.title)
    return text[0].upper() + text[1:] if text.split(" ")[0].islower() else text


def asked(compared: Compared) -> list[str]:
    """The question's filters and choices: 'target: CD22'."""
    return [readable(f"{name}: {value}") for name, value in compared.asked.items() if value != compared.title]


def estimate(pooled: Pooled) -> str:
    """'80.5% (95% CI 70.1 to 87.9; prediction interval 51.2 to 94.3)'."""
    text = f"{wording.number(pooled.level)}% CI {number(pooled.ci_low)} to {number(pooled.ci_high)}"
    if pooled.prediction_low is not None and pooled.prediction_high is not None:
        text += f"; prediction interval {number(pooled.prediction_low)} to {number(pooled.prediction_high)}"
    return f"{number(pooled.estimate)}% ({text})"


def of_whom(pooled: Pooled) -> str:
    """'5 studies, 216 of 269 patients'."""
    text = wording.plural(pooled.k, "study", "studies")
    if pooled.events is not None and pooled.total is not None:
        text += f", {pooled.events:,} of {wording.plural(pooled.total, 'patient')}"
    return text


def heterogeneity(pooled: Pooled) -> str:
    """'τ² = 0.21, I² = 48%, Q = 9.9 on 4 df, p = 0.042'; '' where the method gives none of it."""
    parts = []
    if pooled.tau2 is not None:
        parts.append(f"τ² = {pooled.tau2:.3g}")
    if pooled.i2 is not None:
        parts.append(f"I² = {pooled.i2:.0f}%")
    if pooled.q is not None:
        parts.append(f"Q = {number(pooled.q)}" + ("" if pooled.q_df is None else f" on {pooled.q_df} df"))
    if pooled.q_p is not None:
        parts.append("p < 0.001" if pooled.q_p < 0.001 else f"p = {pooled.q_p:.3f}")
    return ", ".join(parts)


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text.strip()
    return text if not text else text[0].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def not_pooled(why: str) -> str:
    """'Not pooled: fewer than 3 studies.'"""
    return sentence(why if why.lower().startswith("not pooled") else f"not pooled: {why}" if why else "not pooled")


def methods(compared: Compared, version: str, fetched: str) -> Iterator[str]:
    """The methods, a sentence each; `fetched` says when PubMed was asked, '' where that is not known."""
    when = f" ({fetched})" if fetched else ""
    yield (
        f"Titles and abstracts of PubMed records{when} were read by cartevidence {version}, which extracts figures by "
        "rules, with the words that state them; full texts were not read"
    )
    chosen = "; ".join(asked(compared))
    yield f"Studies were asked for {readable(compared.title)}" + (f" ({chosen})" if chosen else "")
    yield (
        "Of each study one figure was taken by fixed rules; of several reports of one trial one counts, and the others "
        "stand beneath it. Studies left out are listed with their reasons, and counted in the way of PRISMA 2020 "
        "(Page et al., BMJ 2021;372:n71)"
    )
    yield from _intervals(compared)
    estimates = [
        *filter(None, [compared.pooled, *(group.pooled for group in compared.subgroups)]),
        *compared.sensitivity,
    ]
    if not estimates:
        yield not_pooled(compared.why_not_pooled)
        return
    main = {pooled.method: None for pooled in estimates[: len(estimates) - len(compared.sensitivity)]}
    what = "Survival rates at one time" if compared.measure == "rate" else "Proportions"
    for method in main:
        yield f"{what} were pooled {POOLED_BY[method]}"
    others = dict.fromkeys(pooled.method for pooled in compared.sensitivity if pooled.method not in main)
    if others:
        yield f"For comparison they were also pooled {'; and '.join(POOLED_BY[method] for method in others)}"
    if any(pooled.method in ("reml", "freeman-tukey", "cloglog") for pooled in estimates):
        yield INVERSE_VARIANCE
    if any(pooled.i2 is not None or pooled.q is not None for pooled in estimates):
        yield "Heterogeneity is told by τ², Q and I² (Higgins and Thompson, Stat Med 2002;21:1539-58)"
    if any(pooled.prediction_low is not None for pooled in estimates):
        yield (
            "Prediction intervals tell where the true value of a further study would lie (Higgins et al., J R Stat Soc "
            "A 2009;172:137-59), with Student's t on one degree of freedom fewer than studies"
        )


def _intervals(compared: Compared) -> Iterator[str]:
    kinds = {one.interval for row in compared.rows for one in (row, *row.reports)}
    if "Clopper-Pearson" in kinds:
        yield f"Intervals of single studies are exact 95% intervals ({CLOPPER_PEARSON})" + (
            ", or as the study printed them where so marked" if "as printed" in kinds else ""
        )
    elif "as printed" in kinds:
        yield "Intervals of single studies are those that they printed"
