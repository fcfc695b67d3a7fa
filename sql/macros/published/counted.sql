-- The answers as nps.by_period counts them: one row per answer and window of the grain that counts it.
-- With latest counting, an answer counts unless the customer's next one of the stage lies before the window's end.
CREATE OR REPLACE MACRO counted(wanted_grain) AS TABLE
    WITH known AS (
        SELECT max(value) FILTER (name = 'timezone') AS zone, max(value) FILTER (name = 'counting') AS counting,
            CAST(max(value) FILTER (name = 'as_of') AS TIMESTAMPTZ) AS as_of
        FROM ops.state
    ),
    windows AS (
        SELECT period_start, period_end, is_complete FROM nps.by_period WHERE grain = wanted_grain AND stage = 'all'
    )
    SELECT w.period_start, w.period_end, w.is_complete, r.*
    FROM core.responses AS r
    CROSS JOIN known AS k
    JOIN windows AS w ON r.response_date >= w.period_start AND r.response_date < w.period_end
    WHERE r.responded_at <= k.as_of AND (
        k.counting = 'all' OR r.next_response_at IS NULL OR r.next_response_at > k.as_of
        OR CAST(timezone(k.zone, r.next_response_at) AS DATE) >= w.period_end
    );
