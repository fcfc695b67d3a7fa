-- EXAMPLE, not active. For an export of reviews that no shipped format knows: the column names below are made up.
-- Put in those of your own file, save the file in {NORTHSTAR_HOME}/formats/ and try it with `northstar explain FILE`.
-- Shows: public reviews. Stars do not answer the recommendation question and never become a score; but somebody who
-- wrote a review should not be asked again.
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
