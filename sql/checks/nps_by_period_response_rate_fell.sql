-- table: nps.by_period
-- blocking: no
-- The response rate fell: of the invitations of the newest week that is 14 days old, a far smaller share was answered within 14 days than in the 12 weeks before.
WITH clock AS (
    SELECT CAST(date_trunc('week', CAST(max(as_of) AS DATE) - 14) AS DATE) AS end_day
    FROM ops.computed WHERE table_name = 'nps.by_period'
),
sent AS (
    SELECT CAST(date_trunc('week', i.invited_date) AS DATE) AS week, count(*) AS invited,
        count(*) FILTER (r.responded_at < i.invited_at + INTERVAL 14 DAY) AS answers
    FROM core.invitations AS i LEFT JOIN core.responses AS r USING (response_id)
    WHERE i.is_declared AND coalesce(i.is_delivered, true) AND NOT coalesce(i.is_bounced, false)
    GROUP BY week
),
weeks AS (
    SELECT s.week, s.week = c.end_day - 7 AS is_newest, s.invited, s.answers
    FROM sent AS s CROSS JOIN clock AS c
    WHERE s.week < c.end_day AND s.week >= c.end_day - 7 * 13
),
sums AS (
    SELECT max(week) AS week,
        coalesce(sum(invited) FILTER (is_newest), 0) AS sent_now, sum(answers) FILTER (is_newest) AS answers_now,
        coalesce(sum(invited) FILTER (NOT is_newest), 0) AS sent_before,
        sum(answers) FILTER (NOT is_newest) AS answers_before
    FROM weeks
),
rates AS (
    SELECT *, answers_now / sent_now AS rate, answers_before / sent_before AS usual_rate
    FROM sums WHERE sent_now >= 50 AND sent_before >= 200
)
SELECT week, sent_now AS invited, round(rate, 3) AS rate, round(usual_rate, 3) AS usual_rate FROM rates
-- At least a quarter lower, and by 3.3 standard errors: by chance this happens in one week of 2,000.
WHERE rate < 0.75 * usual_rate
    AND usual_rate - rate > 3.3 * sqrt(usual_rate * (1 - least(usual_rate, 1)) * (1 / sent_now + 1 / sent_before))
