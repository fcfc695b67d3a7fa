-- table: loop.recovery
-- blocking: no
-- Customers who were held out were contacted all the same (newest month): the effect of follow-up is understated.
SELECT month, category, contacted, customers FROM loop.recovery
WHERE arm = 'held_out' AND contacted > 0 AND month = (SELECT max(month) FROM loop.recovery)
