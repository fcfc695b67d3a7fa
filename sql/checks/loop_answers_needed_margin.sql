-- table: loop.answers_needed
-- blocking: yes
-- each: month
-- Answers are needed where the margin is wider than the target, and nowhere else.
SELECT month, dimension, segment, responses, margin_of_error, target_margin, answers_needed FROM loop.answers_needed
WHERE responses >= 10 AND (answers_needed > 0) <> (margin_of_error > target_margin + 1e-6)
    OR answers_needed < 0 OR invitations_needed < answers_needed
