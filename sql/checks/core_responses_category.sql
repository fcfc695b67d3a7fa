-- table: core.responses
-- blocking: yes
-- each: response_id
-- The category follows from the score alone.
SELECT response_id, score, category FROM core.responses
WHERE category <> CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END
