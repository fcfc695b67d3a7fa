-- Which segments rank highest, luck taken out?
-- A small group is at the top or the bottom by chance. `pooled` draws each segment towards the others by as much as
-- its answers leave open: rank by it, and call two segments different only where their ranges hardly overlap.
SELECT dimension, segment, responses, round(nps, 1) AS as_measured, round(pooled_nps, 1) AS pooled,
    round(pooled_low, 1) AS low, round(pooled_high, 1) AS high
FROM nps.latest_by_segment
WHERE grain = 'trailing_365d' AND stage = 'all' AND dimension IN ('country', 'product_category', 'brand')
    AND segment <> 'unknown'
ORDER BY dimension, pooled_nps DESC;
