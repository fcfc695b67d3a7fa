-- EXAMPLE, not active. Okendo publishes no header of its export: the column names below are made up. Replace them with
-- those of your own file, save the file in {NORTHSTAR_HOME}/formats/ and try it with `northstar explain FILE`.
-- Shows: times in seconds since 1970, further questions as answers, a profile id that names the person across files.
-- recognised by: surveyResponseId, surveyName, createdAt, npsScore
-- also reads: profileId, profileEmail, npsComment, question1, answer1, question2, answer2
SELECT
    file_id,
    row_number,
    "surveyResponseId" AS response_id,
    unix_time("createdAt") AS responded_at,
    "npsScore" AS score,
    "surveyName" AS survey,
    "profileEmail" AS customer_email,
    "profileId" AS customer_id,
    "npsComment" AS comment,
    answers_map([{'question': question1, 'answer': answer1}, {'question': question2, 'answer': answer2}]) AS answers
FROM input
