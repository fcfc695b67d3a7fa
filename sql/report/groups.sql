-- Customers by what they do: recency, frequency and money of 365 days; what they think, and who comes and goes.
SELECT rfm_group, customers, revenue, share_of_revenue, pooled_nps, pooled_low, pooled_high, is_reliable, churn_probability,
    stayed, new_customers, came_back, departed, most_to, most_to_customers
FROM value.rfm_now
ORDER BY revenue DESC, rfm_group;
