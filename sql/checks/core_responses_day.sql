-- table: core.responses
-- blocking: yes
-- each: response_id
-- response_date is the day of responded_at in the business zone.
SELECT response_id, responded_at, response_date FROM core.responses WHERE response_date <> CAST(responded_at AS DATE)
