-- Who is in which audience now, and how many came and left since the month before.
SELECT audience, customers, entered, departed
FROM loop.audience_sizes
WHERE month = (SELECT max(month) FROM loop.audience_sizes)
ORDER BY audience;
