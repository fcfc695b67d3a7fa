-- table: ops.superseded
-- blocking: yes
-- An answer set aside is not in core.responses; the one it was set aside for is.
SELECT response_id, superseded_by FROM ops.superseded
WHERE response_id IN (SELECT response_id FROM core.responses)
    OR superseded_by NOT IN (SELECT response_id FROM core.responses)
