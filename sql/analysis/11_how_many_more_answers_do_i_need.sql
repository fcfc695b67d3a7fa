-- How many more answers do I need?
-- `answers_needed` brings the margin of error of the year's score down to NORTHSTAR_TARGET_MARGIN. Where
-- `is_within_reach` is false, there are not enough buyers for it, however many are asked: read that group with its
-- margin, or not at all.
SELECT dimension, segment, buyers, responses, round(margin_of_error, 1) AS margin, answers_needed,
    round(100 * expected_response_rate, 1) AS percent_who_answer, invitations_needed, is_within_reach
FROM loop.answers_needed
WHERE month = (SELECT max(month) FROM loop.answers_needed)
ORDER BY answers_needed DESC, dimension, segment
LIMIT 20;
