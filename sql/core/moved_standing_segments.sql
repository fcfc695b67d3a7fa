-- The spend tiers and groups of the answers out of scope whose month's tiers or edges moved. Temporary tables:
-- response_standing, new_responses.
FROM response_standing WHERE response_id NOT IN (SELECT response_id FROM new_responses)
