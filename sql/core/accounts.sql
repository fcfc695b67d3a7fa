-- Accounts of the people in scope: the newest version of each record, with the attributes that are published.
-- Session: attributes (names), age_year (the year in which ages are taken). Temporary table: people.
WITH newest AS (
    SELECT *
    FROM vault.raw.customers
    WHERE identity IN (SELECT identity FROM people)
    QUALIFY row_number() OVER (
        PARTITION BY source, identity
        ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
    ) = 1
),
columns AS (
    SELECT *,
        json_merge_patch(
            json_object('country', country, 'tier', tier, 'gender', gender, 'age_band', CASE
                WHEN getvariable('age_year') - birth_year < 18 THEN 'under 18'
                WHEN getvariable('age_year') - birth_year < 25 THEN '18-24'
                WHEN getvariable('age_year') - birth_year < 35 THEN '25-34'
                WHEN getvariable('age_year') - birth_year < 45 THEN '35-44'
                WHEN getvariable('age_year') - birth_year < 55 THEN '45-54'
                WHEN getvariable('age_year') - birth_year < 65 THEN '55-64'
                WHEN birth_year IS NOT NULL THEN '65+' END),
            coalesce(extra, '{}'),
            CASE WHEN json_valid(attributes) AND json_type(attributes) = 'OBJECT' THEN CAST(attributes AS JSON) ELSE '{}' END
        ) AS every_column
    FROM newest
)
SELECT
    p.customer_id,
    c.registered_at,
    {
        'updated_at': coalesce(c.updated_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'),
        'file_event_at': coalesce(c.file_event_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'),
        'file_id': c.file_id,
        'row_number': c.row_number
    } AS version,
    label(c.country) AS country,
    list_transform(
        getvariable('attributes'),
        lambda name: {'name': name, 'value': label(nullif(trim(json_extract_string(every_column, '$."' || name || '"')), ''))}
    ) AS attributes
FROM columns AS c
JOIN people AS p ON p.identity = c.identity
