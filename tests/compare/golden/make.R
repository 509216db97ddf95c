# Writes metafor.json beside this file: what metafor makes of small meta-analyses, to hold cartevidence.compare against.
#
# Debian packages: r-base-core r-cran-metafor r-cran-lme4 r-cran-jsonlite (made with metafor 3.8-1 of Debian 12).
# Run in this folder: Rscript make.R
#
# Counts are invented. Each set has what rma.glmm gives (measure PLO, lme4 with 7 quadrature points, its default; in
# `glmm_fine` with 50), and rma on the logit and on the double arcsine by REML, DL and PM with test="knha". Where
# metafor stops or warns, its words stand in `error` and `warnings`. Where rma.glmm's figures are not to be trusted,
# `doubt` says why; there the exact integral is judge.

suppressMessages({library(metafor); library(jsonlite)})

counts <- list(
  homogeneous      = list(c(12, 15, 9, 22, 18), c(20, 25, 16, 37, 30)),
  heterogeneous    = list(c(3, 9, 14, 2, 20, 8, 11), c(10, 12, 20, 9, 24, 30, 15)),
  wide             = list(c(1, 24, 3, 38, 2, 29, 17), c(25, 26, 30, 41, 22, 31, 35)),
  one_zero         = list(c(0, 4, 3, 6, 2), c(12, 20, 17, 25, 14)),
  one_full         = list(c(17, 24, 31, 14, 40), c(17, 30, 36, 19, 52)),
  zero_and_full    = list(c(0, 8, 12, 5, 9), c(9, 15, 12, 11, 16)),
  many_zeros       = list(c(0, 0, 1, 0, 2, 0, 0, 1), c(12, 8, 20, 15, 31, 9, 11, 24)),
  rare             = list(c(0, 1, 0, 2, 0, 1, 3, 0), c(40, 55, 32, 101, 28, 77, 190, 46)),
  mostly_full      = list(c(10, 12, 8, 15, 9, 20), c(10, 12, 9, 15, 10, 20)),
  all_full         = list(c(8, 12, 5, 20), c(8, 12, 5, 20)),
  all_zero         = list(c(0, 0, 0), c(14, 9, 30)),
  zero_or_full     = list(c(0, 10, 0, 7), c(6, 10, 8, 7)),
  single_patients  = list(c(1, 1, 0, 1, 1), c(1, 1, 1, 1, 1)),
  tiny             = list(c(1, 2, 1, 3, 2, 1), c(2, 3, 3, 4, 2, 4)),
  tiny_and_large   = list(c(1, 3, 160, 2, 88), c(2, 3, 214, 5, 150)),
  large            = list(c(812, 1204, 655, 930), c(1500, 2100, 1310, 1600)),
  huge             = list(c(40210, 55120, 38800), c(100000, 120000, 90000)),
  huge_equal       = list(c(50000, 25000, 75000), c(100000, 50000, 150000)),
  equal            = list(c(5, 5, 5, 5), c(10, 10, 10, 10)),
  equal_shares     = list(c(5, 10, 20), c(10, 20, 40)),
  two_even         = list(c(7, 15), c(12, 31)),
  two_apart        = list(c(3, 28), c(21, 33)),
  three            = list(c(9, 14, 21), c(17, 19, 40)),
  three_apart      = list(c(2, 16, 11), c(20, 19, 24)),
  four             = list(c(43, 120, 58, 16), c(52, 214, 194, 17)),
  ten              = list(c(11, 4, 23, 8, 17, 30, 6, 12, 19, 2), c(52, 25, 70, 31, 64, 98, 40, 36, 77, 19)),
  ten_high         = list(c(27, 18, 43, 15, 60, 33, 21, 12, 50, 9), c(30, 19, 52, 17, 64, 33, 25, 13, 55, 11)),
  fifteen          = list(c(14, 20, 33, 8, 5, 41, 19, 22, 12, 9, 27, 30, 6, 16, 25),
                          c(20, 31, 58, 11, 9, 60, 27, 40, 16, 17, 39, 51, 12, 22, 33)),
  twenty           = list(c(5, 1, 12, 0, 7, 3, 22, 9, 2, 4, 11, 6, 0, 15, 8, 1, 3, 10, 5, 2),
                          c(25, 17, 60, 12, 38, 20, 97, 33, 19, 26, 48, 41, 10, 70, 35, 22, 14, 52, 44, 16)),
  twenty_five      = list(c(9, 31, 14, 22, 7, 40, 18, 11, 26, 5, 33, 12, 20, 8, 16, 29, 10, 24, 6, 19, 13, 37, 15, 4, 21),
                          c(10, 52, 19, 61, 9, 55, 40, 12, 31, 15, 44, 30, 22, 20, 17, 66, 14, 25, 18, 45, 16, 50, 38, 11, 28)),
  outlier          = list(c(10, 12, 9, 11, 33), c(50, 58, 47, 52, 36)),
  two_precise      = list(c(500, 500, 0, 5, 0, 5), c(1000, 1000, 5, 5, 5, 5)),
  precise_outlier  = list(c(400, 7, 9, 6, 8), c(500, 20, 24, 19, 22)),
  skewed           = list(c(1, 0, 2, 1, 9, 30), c(60, 45, 88, 52, 70, 61)),
  extremes         = list(c(1, 19, 0, 30, 2, 15), c(20, 20, 25, 30, 31, 16))
)

rates <- list(
  homogeneous   = list(c(60.0, 58.1, 62.4, 57.0), c(45.2, 47.9, 50.1, 38.8), c(71.9, 67.0, 72.6, 71.4)),
  heterogeneous = list(c(76.5, 65.4, 54.2, 33.0, 81.0), c(62.4, 58.1, 40.3, 20.9, 70.2), c(85.9, 71.9, 66.1, 45.6, 88.2)),
  three         = list(c(55, 48, 71.4), c(47, 36, 47.2), c(62, 60, 88.0)),
  high          = list(c(94.1, 97.5, 90.0, 88.8), c(78.5, 90.4, 72.1, 70.5), c(98.5, 99.4, 96.7, 96.1)),
  low           = list(c(8.0, 12.5, 5.5, 20.1, 15.0, 9.9), c(2.1, 5.0, 1.2, 11.3, 6.6, 3.3), c(19.2, 23.5, 15.1, 30.6, 26.5, 20.7)),
  uneven        = list(c(50, 51, 20, 80), c(48.9, 49.7, 3.0, 40.0), c(51.1, 52.3, 48.0, 95.0))
)

doubts <- list(
  zero_or_full    = "the likelihood has no maximum: it rises with tau without end",
  single_patients = "tau cannot be known from single patients, and the standard error hangs on where the search ended"
)

caught <- function(expression) {
  warned <- character()
  value <- withCallingHandlers(
    tryCatch(expression, error = function(e) list(error = unbox(gsub("\\s+", " ", conditionMessage(e))))),
    warning = function(w) {
      warned <<- c(warned, gsub("\\s+", " ", conditionMessage(w)))
      invokeRestart("muffleWarning")
    })
  if (length(warned)) value$warnings <- unique(warned)
  value
}

number <- function(x) if (length(x) == 0 || !is.finite(x)) NULL else unbox(as.numeric(x))

glmm <- function(n, total, points) caught({
  # Of single proportions there is but one model, which rma.glmm calls UM.RS; it warns if told so.
  fit <- rma.glmm(measure = "PLO", xi = n, ni = total, method = "ML", nAGQ = points)
  list(estimate = number(fit$beta), se = number(fit$se), low = number(fit$ci.lb), high = number(fit$ci.ub),
       tau2 = number(fit$tau2), i2 = number(fit$I2), q_lrt = number(fit$QE.LRT), q_wald = number(fit$QE.Wld),
       q_df = number(fit$QE.df), q_p = number(fit$QEp.LRT))
})

# The estimators run until they no longer move, so that metafor's own figures are good to more than six digits.
tight <- list(threshold = 1e-13, tol = 1e-13, maxiter = 10000, stepadj = 1)

uni <- function(y, v, method, back = NULL, total = NULL) caught({
  fit <- rma(yi = y, vi = v, method = method, test = "knha", control = tight)
  reach <- predict(fit)
  out <- list(estimate = number(fit$beta), se = number(fit$se), low = number(fit$ci.lb), high = number(fit$ci.ub),
              prediction_low = number(reach$pi.lb), prediction_high = number(reach$pi.ub),
              tau2 = number(fit$tau2), i2 = number(fit$I2), q = number(fit$QE), q_p = number(fit$QEp))
  if (!is.null(back)) {
    percent <- predict(fit, transf = back, targs = list(ni = total))
    out$percent <- lapply(list(estimate = percent$pred, low = percent$ci.lb, high = percent$ci.ub,
                               prediction_low = percent$pi.lb, prediction_high = percent$pi.ub),
                          function(x) number(100 * x))
  }
  out
})

of_counts <- function(name) {
  n <- counts[[name]][[1]]
  total <- counts[[name]][[2]]
  stopifnot(length(n) == length(total), n <= total)
  logit <- escalc(measure = "PLO", xi = n, ni = total)
  arcsine <- escalc(measure = "PFT", xi = n, ni = total)
  out <- list(name = unbox(name), n = n, total = total, glmm = glmm(n, total, 7), glmm_fine = glmm(n, total, 50))
  if (is.null(out$glmm$error) && is.null(doubts[[name]]) &&
      (abs(out$glmm$estimate - out$glmm_fine$estimate) > 1e-4 || abs(out$glmm$se - out$glmm_fine$se) > 1e-4))
    out$doubt <- unbox("7 quadrature points are too few: 50 give another estimate or standard error")
  if (!is.null(doubts[[name]])) out$doubt <- unbox(doubts[[name]])
  for (method in c("REML", "DL", "PM")) {
    out[[paste0("logit_", tolower(method))]] <- uni(logit$yi, logit$vi, method)
    out[[paste0("arcsine_", tolower(method))]] <- uni(arcsine$yi, arcsine$vi, method, transf.ipft.hm, total)
  }
  out
}

of_rates <- function(name) {
  rate <- rates[[name]][[1]]
  low <- rates[[name]][[2]]
  high <- rates[[name]][[3]]
  stopifnot(low < rate, rate < high)
  cloglog <- function(percent) log(-log(percent / 100))
  se <- (cloglog(low) - cloglog(high)) / (2 * qnorm(0.975))
  out <- list(name = unbox(name), rate = rate, low = low, high = high)
  for (method in c("REML", "DL", "PM")) {
    out[[tolower(method)]] <- uni(cloglog(rate), se^2, method, function(x, ...) exp(-exp(x)))
  }
  out
}

# A line a set, so that a change shows as the sets that it changed.
line <- function(set) toJSON(set, digits = I(12), null = "null")
lines <- function(sets) paste0("[\n", paste(vapply(sets, line, ""), collapse = ",\n"), "\n]")
writeLines(paste0('{"metafor": "', packageVersion("metafor"), '", "lme4": "', packageVersion("lme4"), '",\n',
                  '"counts": ', lines(lapply(names(counts), of_counts)), ",\n",
                  '"rates": ', lines(lapply(names(rates), of_rates)), "}"),
           "metafor.json")
