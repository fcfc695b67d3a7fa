-- EXAMPLE, not active. Yotpo publishes no header of its export: the column names below are made up and
-- stand where those of your own file belong. Replace them, save the file in {NORTHSTAR_HOME}/formats/ and try it with
-- `northstar explain FILE`.
-- Shows: public reviews. Stars are no answer to the recommendation question and never a score; that somebody wrote a
-- review matters all the same, for nobody should be asked twice.
-- recognised by: Review ID, Review Date, Review Score, Reviewer Email
-- also reads: Review Status
SELECT
    file_id,
    row_number,
    "Reviewer Email" AS customer_email,
    "Review Date" AS given_at,
    CASE WHEN lower(clean("Review Status")) IN ('rejected', 'spam') THEN 'bogus' END AS reject,
    "Review Score" AS stars
FROM input
