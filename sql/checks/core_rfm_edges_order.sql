-- table: core.rfm_edges
-- blocking: yes
-- Somebody is compared, and a higher quintile begins no lower than the one below it.
SELECT month FROM core.rfm_edges
WHERE customers < 1
    OR NOT coalesce(recency_2_from <= recency_3_from, true) OR NOT coalesce(recency_3_from <= recency_4_from, true)
    OR NOT coalesce(recency_4_from <= recency_5_from, true)
    OR NOT coalesce(frequency_2_from <= frequency_3_from, true)
    OR NOT coalesce(frequency_3_from <= frequency_4_from, true)
    OR NOT coalesce(frequency_4_from <= frequency_5_from, true)
    OR NOT coalesce(money_2_from <= money_3_from, true) OR NOT coalesce(money_3_from <= money_4_from, true)
    OR NOT coalesce(money_4_from <= money_5_from, true)
