-- The simulated shop's files in a vault, found by what they hold: files of a shop's own never look so. Its people have
-- made-up names at the domains that are reserved for examples; follow-ups and exchange rates name nobody and are found
-- by the answers and the days of the others.
CREATE OR REPLACE TEMP MACRO is_simulated_address(address) AS
    contains(address, '@example.') AND regexp_full_match(address,
        '[a-z]+\.(?:sample|specimen|beispiel|exemple|ejemplo|esempio|voorbeeld|exemplo|tester|placeholder|mockford|fictus)'
            || '\d+@example\.(?:com|org|net)|friend\d+@example\.net');
CREATE OR REPLACE TEMP MACRO simulated_files() AS TABLE
WITH addresses AS NOT MATERIALIZED (
    SELECT file_id, row_number, customer_email AS address FROM vault.raw.orders
    UNION ALL SELECT file_id, row_number, customer_email FROM vault.raw.responses
    UNION ALL SELECT file_id, row_number, customer_email FROM vault.raw.customers
    UNION ALL SELECT file_id, row_number, customer_email FROM vault.raw.invitations
    UNION ALL SELECT file_id, row_number, advocate_email FROM vault.raw.referrals
    UNION ALL SELECT file_id, row_number, friend_email FROM vault.raw.referrals
), of_others AS (
    -- One address decides, so only files without one near the top are read to the end.
    SELECT DISTINCT file_id FROM addresses
    WHERE row_number <= 100 AND contains(address, '@') AND NOT is_simulated_address(lower(address))
), of_people AS (
    SELECT file_id FROM addresses
    WHERE contains(address, '@') AND file_id IN (SELECT file_id FROM vault.raw.files EXCEPT FROM of_others)
    GROUP BY file_id HAVING bool_and(is_simulated_address(lower(address)))
), span AS (
    SELECT date_trunc('month', min(moment))::DATE AS first_month, max(moment)::DATE AS last_day FROM (
        SELECT file_id, ordered_at AS moment FROM vault.raw.orders
        UNION ALL SELECT file_id, invited_at FROM vault.raw.invitations
    ) WHERE file_id IN (FROM of_people)
), of_answers AS (
    SELECT file_id FROM vault.raw.follow_ups GROUP BY file_id
    HAVING bool_and(response_id IN (
        SELECT published_id(source, response_id) FROM vault.raw.responses WHERE file_id IN (FROM of_people)))
), of_days AS (
    -- A rate of the pound for every weekday, holidays included, from a week before the first month to the last day.
    SELECT r.file_id FROM vault.raw.exchange_rates AS r, span AS s GROUP BY r.file_id, s.first_month, s.last_day
    HAVING bool_and(r.currency = 'GBP' AND isodow(r.date) <= 5)
        AND min(r.date) BETWEEN s.first_month - 7 AND s.first_month - 4
        AND abs(max(r.date) - s.last_day) <= 10
        AND count(*) = list_count(list_filter(generate_series(min(r.date), max(r.date), INTERVAL 1 DAY),
            lambda day: isodow(day) <= 5))
)
FROM of_people UNION FROM of_answers UNION FROM of_days;
