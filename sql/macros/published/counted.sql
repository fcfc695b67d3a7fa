-- The answers as nps.by_period counts them: one row per answer and window of the grain that counts it.
-- With latest counting, an answer counts unless the customer's next one of the stage lies before the window's end.
-- The clock is that of the windows: what is open was cut when nps.by_period was computed.
CREATE OR REPLACE MACRO counted(wanted_grain) AS TABLE
    WITH known AS (
        SELECT max(value) FILTER (name = 'timezone') AS zone, max(value) FILTER (name = 'counting') AS counting,
            CASE WHEN wanted_grain IN ('week', 'month', 'quarter', 'year', 'trailing_90d', 'trailing_365d', 'auto')
                THEN wanted_grain
                ELSE error('counted: there is no grain ' || coalesce('''' || wanted_grain || '''', 'NULL') || '; it is one of '
                    || 'week, month, quarter, year, trailing_90d, trailing_365d, auto, in lower case') END AS grain
        FROM ops.state
    ),
    windows AS (
        SELECT p.period_start, p.period_end, p.is_complete, c.as_of
        FROM nps.by_period AS p
        JOIN ops.computed AS c ON c.table_name = 'nps.by_period' AND c.month = p.month
        WHERE p.grain = (SELECT grain FROM known) AND p.stage = 'all'
    )
    SELECT w.period_start, w.period_end, w.is_complete, r.*
    FROM core.responses AS r
    CROSS JOIN known AS k
    JOIN windows AS w ON r.response_date >= w.period_start AND r.response_date < w.period_end
    WHERE r.responded_at <= w.as_of AND (
        k.counting = 'all' OR r.next_response_at IS NULL OR r.next_response_at > w.as_of
        OR CAST(timezone(k.zone, r.next_response_at) AS DATE) >= w.period_end
    );

COMMENT ON MACRO TABLE counted IS 'counted(grain): core.responses as nps.by_period counts them, one row per answer and window of the grain (week, month, quarter, year, trailing_90d, trailing_365d, auto) that counts it, with period_start, period_end, is_complete; any other grain is an error. Its tables are looked up in the session''s database: open the published file itself, or, if it is attached (ATTACH ... AS ns), say USE ns first; ns.counted(...) alone does not find them.';
