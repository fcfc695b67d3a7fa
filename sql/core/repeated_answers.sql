-- Answers in scope that repeat another: the same person answered the same question of the same survey again within 10
-- minutes, each time counted from the answer before (three clicks 8 minutes apart are one answer). The last answer of
-- such a run counts; if answers with its score have comments, the last of those. So the score is the person's last
-- word, and the comment is not lost. Anonymous answers are never put together. A comment that an erasure emptied is a
-- comment here. Temporary tables: current_responses, people.
WITH named AS (
    SELECT r.full_id, r.responded_at, r.score, r.comment IS NOT NULL AS has_comment,
        {'at': r.responded_at, 'updated_at': coalesce(r.updated_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'), 'id': r.full_id}
            AS moment,
        hash(p.customer_id, r.source, lower(trim(r.survey)), r.stage, lower(trim(r.order_id))) AS place,
        {'person': p.customer_id, 'source': r.source, 'survey': lower(trim(r.survey)), 'stage': r.stage,
            'order_id': lower(trim(r.order_id))} AS question
    FROM current_responses AS r
    JOIN people AS p ON p.identity = r.identity
),
-- Most people answer a survey once: sorting only those who did not is cheaper.
several AS (
    SELECT * FROM named WHERE place IN (SELECT place FROM named GROUP BY place HAVING count(*) > 1)
),
runs AS (
    SELECT *, sum(begins) OVER (PARTITION BY question ORDER BY moment ROWS UNBOUNDED PRECEDING) AS run
    FROM (
        SELECT *, CAST(coalesce(responded_at - lag(responded_at) OVER (PARTITION BY question ORDER BY moment)
            > INTERVAL 10 MINUTE, true) AS INTEGER) AS begins
        FROM several
    )
),
final AS (
    SELECT question, run, arg_max(score, moment) AS score FROM runs GROUP BY ALL HAVING count(*) > 1
),
standing AS (
    SELECT question, run, arg_max(r.full_id, {'has_comment': r.has_comment, 'moment': r.moment}) AS full_id,
        any_value(f.score) AS score, bool_or(r.has_comment) AS has_comment
    FROM runs AS r
    JOIN final AS f USING (question, run)
    WHERE r.score = f.score
    GROUP BY ALL
)
SELECT r.full_id AS response_id, s.full_id AS superseded_by,
    CASE WHEN s.has_comment AND NOT r.has_comment AND r.score = s.score THEN 'score_then_comment'
        ELSE 'double_click' END AS reason
FROM runs AS r
JOIN standing AS s USING (question, run)
WHERE r.full_id <> s.full_id
