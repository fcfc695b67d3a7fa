-- table: loop.actions
-- blocking: yes
-- each: month
-- Ranks run from 1 to at most five, at most two of a dimension, effects are positive and stand in their intervals, and money or the reason for none.
SELECT month, rank, dimension, segment FROM loop.actions
QUALIFY rank <> dense_rank() OVER (PARTITION BY month ORDER BY rank) OR rank > 5
    OR count(*) OVER (PARTITION BY month, dimension) > 2
    OR NOT coalesce(score_effect > 0 AND score_effect BETWEEN score_effect_low AND score_effect_high, false)
    OR (value_effect IS NULL) <> (value_reason IS NOT NULL) OR (value_effect IS NULL) <> (value_effect_low IS NULL)
    OR NOT coalesce(isfinite(value_effect_high - value_effect_low)
        AND value_effect BETWEEN value_effect_low AND value_effect_high, value_effect IS NULL)
