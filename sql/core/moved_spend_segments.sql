-- The spend tiers of the answers out of scope whose month's tiers moved. Temporary tables: response_spend,
-- new_responses.
FROM response_spend WHERE response_id NOT IN (SELECT response_id FROM new_responses)
