"""Pooling proportions: one estimate of what share of patients has the outcome, over studies that differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from cartevidence.compare import glmm, scales
from cartevidence.compare.intervals import chi2_p, clopper_pearson, normal_quantile, t_quantile
from cartevidence.compare.inverse_variance import (
    ESTIMATORS,
    RandomEffects,
    Tau2,
    random_effects,
    typical_variance,
)
from cartevidence.compare.results import Method, Pooled
from models.errors import CannotPool

FEWEST = 3  # studies worth pooling
FEW = 5  # below this a prediction interval rests on next to nothing

Floats = NDArray[np.float64]


def pool(
    counts: Sequence[tuple[int, int]], method: Method = "glmm", level: float = 95.0, *, tau2: Tau2 = "reml"
) -> Pooled:
    """Pool (patients with the outcome, patients) of at least FEWEST studies; all in percent.

    glmm: random-intercept logistic model by maximum likelihood (Hamza, J Clin Epidemiol 2008;61:41), Wald interval
        on the logit with the normal quantile. The estimate is that of the middle study, not the mean of their
        percentages. Q is the likelihood ratio of a rate for each study against one for
        all (rma.glmm's QE.LRT: it stands with empty cells, where the Wald-type does not); I² as rma.glmm reports
        it, from tau² and the typical variance of the logits. Such a model has no weights: those given are the
        inverse of tau² plus the variance 1 / (total p (1-p)) that a study's logit has at the pooled p.
        Where it cannot be fitted, reml is used, and the notes say so.
    reml: inverse variance on the logit, Hartung-Knapp interval; 0.5 is added to the cells of studies with an empty
        one. `tau2` chooses another estimator of the variance between studies for this method and the next.
    freeman-tukey: inverse variance on the double arcsine, brought back with the harmonic mean of the totals (Miller).
        Known to mislead where totals differ a lot (Schwarzer, Res Synth Methods 2019;10:476).
    exact: all patients taken together, as if of one study. Used too where every study has 0% or 100%.

    Prediction intervals use Student's t with k - 1 degrees of freedom, with all methods: so does metafor with
    Knapp and Hartung's interval, and meta (from 7.0); the normal quantile, which rma.glmm takes, is far too narrow
    for few studies.

    Raises CannotPool with fewer studies, counts that are no proportions, or a method that is not for proportions.
    """
    if len(counts) < FEWEST:
        raise CannotPool(f"Pooling needs at least {FEWEST} studies; there are {len(counts)}.")
    for n, total in counts:
        if not (0 <= n <= total and total >= 1 and n == int(n) and total == int(total)):
            raise CannotPool(f"{n} of {total} patients is no proportion; check the counts of that study.")
    normal_quantile(level)
    if method == "glmm":
        return _glmm(counts, level)
    if method == "reml":
        return _logit(counts, level, tau2)
    if method == "freeman-tukey":
        return _double_arcsine(counts, level, tau2)
    if method == "exact":
        return _exact(counts, level)
    raise CannotPool(f"Proportions are not pooled by {method}; choose glmm, reml, freeman-tukey or exact.")


def _glmm(counts: Sequence[tuple[int, int]], level: float) -> Pooled:
    n, total = _arrays(counts)
    if n.sum() in (0, total.sum()):
        share = "none" if n.sum() == 0 else "all"
        why = f"every study has {share} of its patients with the outcome, so that the logistic model has no estimate"
        return _exact(counts, level, (f"All patients were taken together: {why}.",))
    fit = glmm.fit(counts)
    if fit is None:
        extreme = np.all((n == 0) | (n == total))
        why = "every study has 0% or 100%" if extreme else "its maximum was not found"
        note = f"The random-intercept logistic model did not converge ({why}); inverse variance with REML was used."
        return _logit(counts, level, "reml", (note,))
    notes = []
    if fit.tau2 == 0 and total.max() == 1:
        notes.append("Each study has one patient, from whom differences between studies cannot be known.")
    z = normal_quantile(level)
    q = _deviance(n, total)
    _, variances, _ = scales.logits(n, total)
    p = scales.percent_of_logit(fit.mu) / 100
    weights = 1 / (fit.tau2 + 1 / (total * p * (1 - p)))
    reach = t_quantile(level, len(counts) - 1) * np.sqrt(fit.tau2 + fit.se**2)
    return Pooled(
        method="glmm",
        k=len(counts),
        events=int(n.sum()),
        total=int(total.sum()),
        estimate=100 * p,
        ci_low=scales.percent_of_logit(fit.mu - z * fit.se),
        ci_high=scales.percent_of_logit(fit.mu + z * fit.se),
        level=level,
        prediction_low=scales.percent_of_logit(fit.mu - reach),
        prediction_high=scales.percent_of_logit(fit.mu + reach),
        link_estimate=fit.mu,
        link_se=fit.se,
        tau2=fit.tau2,
        i2=100 * fit.tau2 / (fit.tau2 + typical_variance(variances)),
        q=q,
        q_df=len(counts) - 1,
        q_p=chi2_p(q, len(counts) - 1),
        weights=_shares(weights),
        notes=(*notes, *few_studies(len(counts))),
    )


def _logit(counts: Sequence[tuple[int, int]], level: float, tau2: Tau2, notes: tuple[str, ...] = ()) -> Pooled:
    n, total = _arrays(counts)
    y, v, corrected = scales.logits(n, total)
    if corrected:
        studies = "1 study" if corrected == 1 else f"{corrected} studies"
        notes += (f"0.5 was added to both cells of {studies} with 0% or 100%, to have a logit.",)
    return by_inverse_variance(
        "reml", random_effects(y, v, tau2), scales.percent_of_logit, level, tau2, n, total, notes=notes
    )


def _double_arcsine(counts: Sequence[tuple[int, int]], level: float, tau2: Tau2) -> Pooled:
    n, total = _arrays(counts)
    y, v = scales.double_arcsines(n, total)
    typical = len(counts) / float((1 / total).sum())

    def back(x: float) -> float:
        return scales.percent_of_double_arcsine(x, typical)

    pooled = random_effects(y, v, tau2)
    share = 100 * n / total
    notes: tuple[str, ...] = ()
    if not share.min() - 1e-9 <= back(pooled.mean) <= share.max() + 1e-9:
        notes = ("The double arcsine leads astray here: its estimate lies beyond those of all studies.",)
    return by_inverse_variance("freeman-tukey", pooled, back, level, tau2, n, total, notes=notes)


def by_inverse_variance(
    method: Method,
    pooled: RandomEffects,
    back: Callable[[float], float],
    level: float,
    tau2: Tau2,
    n: Floats | None = None,
    total: Floats | None = None,
    *,
    notes: tuple[str, ...] = (),
) -> Pooled:
    """`pooled` in percent by `back`, with its Hartung-Knapp interval and what a reader must know of it."""
    k = pooled.df + 1
    t, z = t_quantile(level, pooled.df), normal_quantile(level)
    se, reach = pooled.se, t * pooled.se
    plain = sorted((back(pooled.mean - z * pooled.se_plain), back(pooled.mean + z * pooled.se_plain)))
    if se == 0:
        se, reach = pooled.se_plain, z * pooled.se_plain
        notes += ("All studies have the same estimate, of which Hartung and Knapp's method makes an interval "
                  "without width; the ordinary interval is given.",)  # fmt: skip
    elif reach < z * pooled.se_plain:
        notes += (f"Hartung and Knapp's interval is narrower than the ordinary one ({plain[0]:.1f}-{plain[1]:.1f}%), "
                  "since the studies differ less than chance alone would have them.",)  # fmt: skip
    if tau2 != "reml":
        notes += (f"The variance between studies was estimated by {ESTIMATORS[tau2]}, not by REML.",)
    far = t * float(np.sqrt(pooled.tau2 + se**2))
    low, high = sorted((back(pooled.mean - reach), back(pooled.mean + reach)))
    lowest, highest = sorted((back(pooled.mean - far), back(pooled.mean + far)))
    return Pooled(
        method=method,
        k=k,
        events=None if n is None else int(n.sum()),
        total=None if total is None else int(total.sum()),
        estimate=back(pooled.mean),
        ci_low=low,
        ci_high=high,
        level=level,
        prediction_low=lowest,
        prediction_high=highest,
        link_estimate=pooled.mean,
        link_se=se,
        tau2=pooled.tau2,
        i2=pooled.i2,
        q=pooled.q,
        q_df=pooled.df,
        q_p=chi2_p(pooled.q, pooled.df),
        weights=tuple(pooled.weights.tolist()),
        notes=(*notes, *few_studies(k)),
    )


def _exact(counts: Sequence[tuple[int, int]], level: float, notes: tuple[str, ...] = ()) -> Pooled:
    n, total = _arrays(counts)
    events, patients = int(n.sum()), int(total.sum())
    low, high = clopper_pearson(events, patients, level)
    return Pooled(
        method="exact",
        k=len(counts),
        events=events,
        total=patients,
        estimate=100 * events / patients,
        ci_low=low,
        ci_high=high,
        level=level,
        weights=_shares(total),
        notes=notes or ("Differences between the studies are left out of account.",),
    )


def few_studies(k: int) -> tuple[str, ...]:
    return (f"With {k} studies the prediction interval is unreliable.",) if k < FEW else ()


def _deviance(n: Floats, total: Floats) -> float:
    """Twice the log likelihood that the studies gain by a rate each; 0 log 0 is 0."""
    from scipy.special import xlogy

    p = n.sum() / total.sum()
    without = total - n
    return max(0.0, 2 * float(np.sum(xlogy(n, n / (total * p)) + xlogy(without, without / (total * (1 - p))))))


def _arrays(counts: Sequence[tuple[int, int]]) -> tuple[Floats, Floats]:
    table = np.asarray(counts, dtype=float)
    return table[:, 0], table[:, 1]


def _shares(weights: Floats) -> tuple[float, ...]:
    return tuple((100 * weights / weights.sum()).tolist())
