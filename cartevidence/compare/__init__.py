"""Setting studies side by side: one figure a study, chosen by stated rules, pooled where that makes sense."""
