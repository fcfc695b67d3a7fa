-- table: value.word_of_mouth
-- blocking: yes
-- each: month
-- Total is own value plus recommendations less warnings.
SELECT month, category, total_value, own_value, recommendation_value, warning_cost FROM value.word_of_mouth
WHERE abs(total_value - own_value - recommendation_value + warning_cost) > 1e-6
