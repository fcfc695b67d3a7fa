-- core.reviews_given for the reviewers: one row per person and time, under whichever of their identities. Temporary
-- tables: reviewers, new_files. One column more than the table has: the file that changed the row.
SELECT p.customer_id, r.given_at, max(n.file_id) AS file_id
FROM vault.raw.reviews_given AS r
JOIN reviewers AS p USING (identity)
LEFT JOIN new_files AS n USING (file_id)
GROUP BY ALL
