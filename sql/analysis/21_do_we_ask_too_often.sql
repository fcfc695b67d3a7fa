-- Do we ask too often?
-- Customers by the number of surveys they got in the year. If the response rate falls from line to line, or rules
-- were broken, ask less.
SELECT surveys, customers, invitations, broken_rules, answered, round(100 * response_rate, 1) AS percent_who_answer
FROM loop.contacts
WHERE month = (SELECT max(month) FROM loop.contacts)
ORDER BY surveys;
