-- Do customers change their minds?
-- Of the customers who answered again in the year, the share that moved from each category to each. The diagonal is
-- who stayed. Detractors who come round by themselves are in it too: whether following up did that, `loop.effect`
-- says.
SELECT from_category, to_category, customers, round(100 * share, 1) AS percent, round(100 * share_low, 1) AS low,
    round(100 * share_high, 1) AS high, is_reliable
FROM nps.migration
WHERE month = (SELECT max(month) FROM nps.migration)
ORDER BY from_category, to_category;
