-- Whom do we not hear from?
-- A kind of buyer with `representation` below 1 answers less than it buys, and the score speaks less for it; it is
-- under-represented for certain only where the whole interval is below 1 (`for_certain`).
SELECT dimension, segment, buyers, responded, round(100 * response_rate, 1) AS percent_who_answer,
    round(representation, 2) AS representation, round(representation_low, 2) AS low,
    round(representation_high, 2) AS high,
    is_under_represented AS for_certain
FROM nps.latest_coverage
WHERE grain = 'trailing_365d' AND buyers >= 10
ORDER BY representation, dimension, segment
LIMIT 15;
