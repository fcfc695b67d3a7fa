-- Figures of closed months that the newest publishing moved, and why.
SELECT table_name, month, key, column_name, before, after, figures, reason
FROM ops.restatements
WHERE published_at = (SELECT max(published_at) FROM ops.publications)
ORDER BY month, table_name, key, column_name;
