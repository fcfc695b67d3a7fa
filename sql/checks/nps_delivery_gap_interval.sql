-- table: nps.delivery_gap
-- blocking: yes
-- each: month
-- Intervals are ordered, scores are within -100 and 100, and there are at most as many pairs as answers after delivery.
SELECT grain, period_start, dimension, segment FROM nps.delivery_gap
WHERE gap_low > gap_high OR paired_gap_low > paired_gap_high OR late_difference_low > late_difference_high
    OR pre_nps NOT BETWEEN -100 AND 100 OR post_nps NOT BETWEEN -100 AND 100 OR late_share NOT BETWEEN 0 AND 1
    OR paired_responses > post_responses OR isnan(gap_low) OR isnan(paired_gap_low) OR isnan(late_difference_low)
