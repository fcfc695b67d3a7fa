-- Leaves the follow-ups of the answers in scope. Temporary tables: named_follow_ups, scope_followed_answers.
DELETE FROM named_follow_ups WHERE full_id NOT IN (SELECT response_id FROM scope_followed_answers)
