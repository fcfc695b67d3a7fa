-- Answers in scope, and those whose follow-ups landed. Temporary tables: scope_response_ids, named_follow_ups, new_files.
SELECT response_id FROM scope_response_ids
UNION
SELECT full_id FROM named_follow_ups SEMI JOIN new_files USING (file_id)
