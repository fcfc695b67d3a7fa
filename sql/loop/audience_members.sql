-- The members of the audiences of a month.
SELECT audience, customer_id, reason FROM loop.audiences WHERE month = $month ORDER BY audience, customer_id
