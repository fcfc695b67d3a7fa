-- table: value.models
-- blocking: yes
-- each: month
-- The simple estimate gives its reason and no likelihood; a fit has converged and is finite.
SELECT month, model, parameter, value, log_likelihood, converged, fallback, reason FROM value.models
WHERE fallback <> (reason IS NOT NULL) OR fallback <> (log_likelihood IS NULL) OR NOT (fallback OR converged)
    OR NOT isfinite(value) OR NOT coalesce(isfinite(log_likelihood), true)
