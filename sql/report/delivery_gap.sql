-- What delivery does to the score, in the newest complete 365 days.
SELECT period_start, period_end, pre_responses, pre_nps, post_responses, post_nps, gap, gap_low, gap_high, paired_responses,
    paired_gap, paired_gap_low, paired_gap_high, late_responses, late_share, late_nps, on_time_responses, on_time_nps,
    late_difference, late_difference_low, late_difference_high
FROM nps.delivery_gap
WHERE grain = 'trailing_365d' AND dimension = 'all'
    AND period_end = (SELECT max(period_end) FROM nps.delivery_gap WHERE grain = 'trailing_365d' AND is_complete);
