-- table: nps.delivery_gap
-- blocking: yes
-- each: month
-- Intervals hold their own points, scores are within -100 and 100, and there are at most as many pairs as answers after delivery.
SELECT grain, period_start, dimension, segment FROM nps.delivery_gap
WHERE NOT coalesce(gap BETWEEN gap_low AND gap_high, gap IS NULL)
    OR NOT coalesce(paired_gap BETWEEN paired_gap_low AND paired_gap_high, paired_gap IS NULL)
    OR NOT coalesce(late_difference BETWEEN late_difference_low AND late_difference_high, late_difference IS NULL)
    OR pre_nps NOT BETWEEN -100 AND 100 OR post_nps NOT BETWEEN -100 AND 100 OR late_share NOT BETWEEN 0 AND 1
    OR paired_responses > post_responses OR isnan(gap_low) OR isnan(paired_gap_low) OR isnan(late_difference_low)
