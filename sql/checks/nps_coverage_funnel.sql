-- table: nps.coverage
-- blocking: yes
-- each: month
-- At most those invited were reached, and at most the buyers were invited or answered; rates are within 0 and 1.
SELECT grain, period_start, dimension, segment FROM nps.coverage
WHERE delivered > invited OR invited > buyers OR responded > buyers OR orders_without_customer > orders
    OR buyers > orders - orders_without_customer OR response_rate NOT BETWEEN 0 AND 1
    OR share_of_buyers NOT BETWEEN 0 AND 1 OR share_of_responses NOT BETWEEN 0 AND 1
