-- core.rfm_edges for the months in standing_months: the least values of the quintiles 2 to 5. Of n customers, of whom
-- `upto` have the value or less and `ties` the same, twice the mean rank is 2 upto - ties + 1, and the value is in
-- quintile q or above if 5 of these exceed 2 n (q - 1), as in pipelines/value/rfm_state.py. Counted by value, because
-- ranks of all customers would sort them. Temporary table: standings.
WITH counted AS (
    SELECT month, measure, value, count(*) AS ties
    FROM (
        UNPIVOT (
            SELECT month, datesub('day', DATE '1970-01-01', last_date) AS recency, orders AS frequency,
                CAST(100 * revenue AS BIGINT) AS money
            FROM standings
        ) ON recency, frequency, money INTO NAME measure VALUE value
    )
    GROUP BY ALL
),
ranked AS (
    SELECT month, measure, value, 5 * (2 * sum(ties) OVER upto - ties + 1) AS five_ranks,
        2 * sum(ties) OVER (PARTITION BY month, measure) AS twice_n
    FROM counted
    WINDOW upto AS (PARTITION BY month, measure ORDER BY value)
),
edges AS (
    SELECT month, any_value(twice_n) // 2 AS customers, measure,
        min(value) FILTER (five_ranks > 1 * twice_n) AS from_2, min(value) FILTER (five_ranks > 2 * twice_n) AS from_3,
        min(value) FILTER (five_ranks > 3 * twice_n) AS from_4, min(value) FILTER (five_ranks > 4 * twice_n) AS from_5
    FROM ranked
    GROUP BY month, measure
)
SELECT r.month, CAST(r.customers AS BIGINT) AS customers,
    DATE '1970-01-01' + CAST(r.from_2 AS INTEGER) AS recency_2_from,
    DATE '1970-01-01' + CAST(r.from_3 AS INTEGER) AS recency_3_from,
    DATE '1970-01-01' + CAST(r.from_4 AS INTEGER) AS recency_4_from,
    DATE '1970-01-01' + CAST(r.from_5 AS INTEGER) AS recency_5_from,
    f.from_2 AS frequency_2_from, f.from_3 AS frequency_3_from, f.from_4 AS frequency_4_from,
    f.from_5 AS frequency_5_from,
    CAST(m.from_2 AS DECIMAL(18, 0)) / 100 AS money_2_from, CAST(m.from_3 AS DECIMAL(18, 0)) / 100 AS money_3_from,
    CAST(m.from_4 AS DECIMAL(18, 0)) / 100 AS money_4_from, CAST(m.from_5 AS DECIMAL(18, 0)) / 100 AS money_5_from
FROM (FROM edges WHERE measure = 'recency') AS r
JOIN (FROM edges WHERE measure = 'frequency') AS f USING (month)
JOIN (FROM edges WHERE measure = 'money') AS m USING (month)
