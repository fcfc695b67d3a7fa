-- Ten answers or more lie all between 1 and 5: a scale that ends at 5 makes no NPS.
-- By file; where the files of a survey are smaller, by survey.
WITH by_file AS (
    SELECT file_id, source, any_value(survey) AS survey, count(*) AS records, min(response_id) AS example
    FROM vault.raw.responses GROUP BY file_id, source
    HAVING count(*) >= 10 AND min(score) >= 1 AND max(score) <= 5
), by_survey AS (
    SELECT CAST(NULL AS VARCHAR) AS file_id, source, survey, count(*) AS records, min(response_id) AS example
    FROM vault.raw.responses GROUP BY source, survey
    HAVING count(DISTINCT response_id) >= 10 AND min(score) >= 1 AND max(score) <= 5
        AND NOT bool_or(file_id IN (SELECT file_id FROM by_file))
)
SELECT file_id, 'responses' AS kind, label(coalesce(survey, source)) AS subject, records,
    CAST(NULL AS DECIMAL(18, 2)) AS money, published_id(source, example) AS example,
    'no answer is 0 or above 5: if the scale ends at 5, these answers are no NPS; take the file away, or give it a format '
        || 'that refuses them' AS advice
FROM (FROM by_file UNION ALL BY NAME FROM by_survey)
