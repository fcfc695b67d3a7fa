-- The months whose decile moved, came or went. Temporary view: differing (of core.spend_tiers).
SELECT month FROM differing GROUP BY month HAVING count(*) = 1 OR min(top_decile_from) <> max(top_decile_from)
