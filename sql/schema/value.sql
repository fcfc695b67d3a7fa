-- What customers are worth. Money is DECIMAL in the reporting currency; shares are fractions 0..1.
CREATE SCHEMA IF NOT EXISTS value;

CREATE TABLE IF NOT EXISTS value.customers (
    month DATE NOT NULL,
    customer_id VARCHAR NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor', 'unsurveyed')),
    orders BIGINT NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL,
    average_order_value DECIMAL(18, 2) NOT NULL,
    first_order_at TIMESTAMPTZ NOT NULL,
    last_order_at TIMESTAMPTZ NOT NULL,
    recency_days INTEGER NOT NULL,
    tenure_days INTEGER NOT NULL,
    probability_alive DOUBLE,
    expected_orders DOUBLE,
    expected_order_value DOUBLE,
    predicted_value DOUBLE,
    historic_value DECIMAL(18, 2) NOT NULL,
    lifetime_value DOUBLE
);
COMMENT ON TABLE value.customers IS 'One row per month and customer with an order that counts by the month''s end; the newest NORTHSTAR_CUSTOMER_MONTHS months are kept.';
COMMENT ON COLUMN value.customers.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.customers.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN value.customers.category IS 'Category of the customer''s latest answer, or unsurveyed.';
COMMENT ON COLUMN value.customers.orders IS 'Orders that count.';
COMMENT ON COLUMN value.customers.revenue IS 'Net revenue of all orders so far: paid and left, refunds dated later not yet taken off.';
COMMENT ON COLUMN value.customers.average_order_value IS 'revenue / orders, rounded to the cent.';
COMMENT ON COLUMN value.customers.first_order_at IS 'Time of the first order that counts (UTC).';
COMMENT ON COLUMN value.customers.last_order_at IS 'Time of the last order that counts (UTC).';
COMMENT ON COLUMN value.customers.recency_days IS 'Days from the last order''s day to the last day told of, business zone.';
COMMENT ON COLUMN value.customers.tenure_days IS 'Days from the first order''s day to the last day told of, business zone.';
COMMENT ON COLUMN value.customers.probability_alive IS 'Probability that the customer is still a customer; empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.customers.expected_orders IS 'Orders expected over the horizon; empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.customers.expected_order_value IS 'Expected net money per order; empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.customers.predicted_value IS 'Discounted net money expected over the horizon; empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.customers.historic_value IS 'Net money so far; equals revenue.';
COMMENT ON COLUMN value.customers.lifetime_value IS 'historic_value + predicted_value; empty until the customer-base model is fitted.';

CREATE TABLE IF NOT EXISTS value.by_category (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor', 'unsurveyed')),
    customers BIGINT NOT NULL,
    responses BIGINT NOT NULL,
    orders_per_customer DOUBLE NOT NULL,
    average_order_value DECIMAL(18, 2) NOT NULL,
    historic_value DECIMAL(18, 2) NOT NULL,
    historic_value_low DOUBLE,
    historic_value_high DOUBLE,
    predicted_value DOUBLE,
    lifetime_value DOUBLE,
    lifetime_value_low DOUBLE,
    lifetime_value_high DOUBLE,
    share_of_customers DOUBLE NOT NULL,
    share_of_revenue DOUBLE
);
COMMENT ON TABLE value.by_category IS 'Customers by the category of their latest answer: how many they are and what they brought; one row per month and category with a customer.';
COMMENT ON COLUMN value.by_category.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.by_category.category IS 'Category of the customer''s latest answer, or unsurveyed.';
COMMENT ON COLUMN value.by_category.customers IS 'Customers with an order that counts.';
COMMENT ON COLUMN value.by_category.responses IS 'Answers these customers had given.';
COMMENT ON COLUMN value.by_category.orders_per_customer IS 'Orders that count per customer.';
COMMENT ON COLUMN value.by_category.average_order_value IS 'Net revenue per order that counts.';
COMMENT ON COLUMN value.by_category.historic_value IS 'Net revenue so far per customer.';
COMMENT ON COLUMN value.by_category.historic_value_low IS 'Lower end of the interval of the mean, NORTHSTAR_CONFIDENCE; empty with fewer than two customers.';
COMMENT ON COLUMN value.by_category.historic_value_high IS 'Upper end of the interval of the mean.';
COMMENT ON COLUMN value.by_category.predicted_value IS 'Empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.by_category.lifetime_value IS 'Empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.by_category.lifetime_value_low IS 'Empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.by_category.lifetime_value_high IS 'Empty until the customer-base model is fitted.';
COMMENT ON COLUMN value.by_category.share_of_customers IS 'Share of all customers of the month, 0..1.';
COMMENT ON COLUMN value.by_category.share_of_revenue IS 'Share of the net revenue of all customers so far, 0..1; empty when there is none.';

CREATE TABLE IF NOT EXISTS value.promoter_value (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor', 'unsurveyed')),
    customers BIGINT NOT NULL,
    own_value DECIMAL(18, 2) NOT NULL,
    referred_customers DOUBLE NOT NULL,
    referral_revenue DECIMAL(18, 2) NOT NULL,
    first_referral_revenue DECIMAL(18, 2) NOT NULL,
    repeat_referral_revenue DECIMAL(18, 2) NOT NULL,
    reward_cost DECIMAL(18, 2) NOT NULL,
    referral_value DECIMAL(18, 2) NOT NULL,
    total_value DECIMAL(18, 2) NOT NULL,
    total_value_low DOUBLE,
    total_value_high DOUBLE,
    difference_to_passive DECIMAL(18, 2),
    difference_to_detractor DECIMAL(18, 2),
    adjusted_difference_to_detractor DOUBLE,
    adjusted_low DOUBLE,
    adjusted_high DOUBLE
);
COMMENT ON TABLE value.promoter_value IS 'What a customer of each category is worth: own money plus the money of the customers referred. All per customer. An attribution view: the referred money is also in the referred customers'' own rows, so never add the two over all customers.';
COMMENT ON COLUMN value.promoter_value.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.promoter_value.category IS 'Category of the customer''s latest answer, or unsurveyed.';
COMMENT ON COLUMN value.promoter_value.customers IS 'Customers with an order that counts.';
COMMENT ON COLUMN value.promoter_value.own_value IS 'Historic value: net revenue so far per customer.';
COMMENT ON COLUMN value.promoter_value.referred_customers IS 'Referred friends with an order that counts, per customer; referrals within 12 months after an answer go to the category of that answer, those before any answer to unsurveyed.';
COMMENT ON COLUMN value.promoter_value.referral_revenue IS 'Net revenue so far of the referred customers, per customer.';
COMMENT ON COLUMN value.promoter_value.first_referral_revenue IS 'Of referral_revenue: the first purchase of each referred customer, the earliest order that counts from the day of the referral on (without one the earliest of all).';
COMMENT ON COLUMN value.promoter_value.repeat_referral_revenue IS 'Of referral_revenue: everything else, referral_revenue less first_referral_revenue.';
COMMENT ON COLUMN value.promoter_value.reward_cost IS 'Rewards paid for the referrals, per customer.';
COMMENT ON COLUMN value.promoter_value.referral_value IS 'referral_revenue less reward_cost.';
COMMENT ON COLUMN value.promoter_value.total_value IS 'own_value + referral_value.';
COMMENT ON COLUMN value.promoter_value.total_value_low IS 'Lower end of the interval of the mean, NORTHSTAR_CONFIDENCE; empty with fewer than two customers.';
COMMENT ON COLUMN value.promoter_value.total_value_high IS 'Upper end of the interval of the mean.';
COMMENT ON COLUMN value.promoter_value.difference_to_passive IS 'total_value less that of passives: an association, not an effect.';
COMMENT ON COLUMN value.promoter_value.difference_to_detractor IS 'total_value less that of detractors: an association, not an effect.';
COMMENT ON COLUMN value.promoter_value.adjusted_difference_to_detractor IS 'Empty until the adjustment for country, category, tenure and earlier spend is built.';
COMMENT ON COLUMN value.promoter_value.adjusted_low IS 'Empty until the adjustment is built.';
COMMENT ON COLUMN value.promoter_value.adjusted_high IS 'Empty until the adjustment is built.';
