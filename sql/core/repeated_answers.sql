-- Answers in scope that are not one of their own: the same person gave another to the same question of the same survey
-- no more than 10 minutes away, each from the one before (three clicks 8 minutes apart are one answer). Of such a run
-- stands the last answer; if another of the run gives the same score with a comment, the last of those. Anonymous
-- answers are never put together. The score is the person's last word, the comment the only one they wrote.
-- Temporary tables: current_responses, people. An empty comment is one that an erasure took away: it was one.
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
-- Most people answer a survey once: only what has a neighbour is worth a sort.
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
