-- How many promoters, passives and detractors answered in every month and stage.
SELECT stage, period_start, is_complete, responses, promoters, passives, detractors
FROM nps.by_period
WHERE grain = 'month'
ORDER BY stage <> 'all', stage, period_start;
