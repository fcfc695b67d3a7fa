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
    probability_alive DOUBLE NOT NULL,
    expected_orders DOUBLE NOT NULL,
    expected_order_value DOUBLE NOT NULL,
    predicted_value DOUBLE NOT NULL,
    historic_value DECIMAL(18, 2) NOT NULL,
    lifetime_value DOUBLE NOT NULL,
    expected_revenue_90d DOUBLE NOT NULL,
    revenue_at_risk_90d DOUBLE NOT NULL,
    revenue_at_risk_180d DOUBLE NOT NULL
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
COMMENT ON COLUMN value.customers.probability_alive IS 'Probability that the customer has not left for good (BG/NBD). 1 before the first repeat purchase: the model lets nobody leave before it. Under the simple estimate (value.models.fallback) the probability that a customer of that rate would be silent so long.';
COMMENT ON COLUMN value.customers.expected_orders IS 'Days with a purchase expected over the next NORTHSTAR_HORIZON_MONTHS (52 weeks for 12).';
COMMENT ON COLUMN value.customers.expected_order_value IS 'Money expected per purchase day (Gamma-Gamma): the customer''s own mean drawn to that of all; net revenue, or margin by NORTHSTAR_VALUE_BASIS.';
COMMENT ON COLUMN value.customers.predicted_value IS 'Money expected over the horizon, each week discounted at its end by NORTHSTAR_DISCOUNT_RATE a year; net revenue or margin.';
COMMENT ON COLUMN value.customers.historic_value IS 'Net revenue so far, equal to revenue; or the margin on it (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.customers.lifetime_value IS 'historic_value + predicted_value: up to the horizon, not for ever.';
COMMENT ON COLUMN value.customers.expected_revenue_90d IS 'Money expected in the next 90 days, not discounted; how wrong such forecasts were stands in value.at_risk.';
COMMENT ON COLUMN value.customers.revenue_at_risk_90d IS 'Money of the next 90 days that hangs on the customer not having left: (1 - probability_alive) times what would be expected if that were certain.';
COMMENT ON COLUMN value.customers.revenue_at_risk_180d IS 'The same of the next 180 days.';

CREATE OR REPLACE VIEW value.churn_signals AS
SELECT month, customer_id, category, orders, last_order_at, recency_days, 1 - probability_alive AS churn_probability,
    historic_value, expected_revenue_90d, revenue_at_risk_90d, revenue_at_risk_180d
FROM value.customers
WHERE category = 'detractor'
ORDER BY month DESC, revenue_at_risk_90d DESC, customer_id;
COMMENT ON VIEW value.churn_signals IS 'Detractors as churn signals: the customers behind value.at_risk whose latest answer was 0 to 6, the most money at risk first.';
COMMENT ON COLUMN value.churn_signals.month IS 'Month (first day) of value.customers.';
COMMENT ON COLUMN value.churn_signals.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN value.churn_signals.category IS 'Always detractor.';
COMMENT ON COLUMN value.churn_signals.orders IS 'Orders that count.';
COMMENT ON COLUMN value.churn_signals.last_order_at IS 'Time of the last order that counts (UTC).';
COMMENT ON COLUMN value.churn_signals.recency_days IS 'Days since then, business zone.';
COMMENT ON COLUMN value.churn_signals.churn_probability IS '1 - probability_alive.';
COMMENT ON COLUMN value.churn_signals.historic_value IS 'See value.customers.';
COMMENT ON COLUMN value.churn_signals.expected_revenue_90d IS 'See value.customers.';
COMMENT ON COLUMN value.churn_signals.revenue_at_risk_90d IS 'See value.customers.';
COMMENT ON COLUMN value.churn_signals.revenue_at_risk_180d IS 'See value.customers.';

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
    predicted_value DOUBLE NOT NULL,
    lifetime_value DOUBLE NOT NULL,
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
COMMENT ON COLUMN value.by_category.historic_value IS 'Net revenue so far per customer; or the margin on it (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.by_category.historic_value_low IS 'Lower end of the interval of the mean, NORTHSTAR_CONFIDENCE, by Hall''s transformation for skewed money; empty with fewer than two customers.';
COMMENT ON COLUMN value.by_category.historic_value_high IS 'Upper end of the interval of the mean.';
COMMENT ON COLUMN value.by_category.predicted_value IS 'Mean of value.customers.predicted_value: the model does not know the category, so what sets categories apart beyond their purchases so far is not in it.';
COMMENT ON COLUMN value.by_category.lifetime_value IS 'historic_value + predicted_value.';
COMMENT ON COLUMN value.by_category.lifetime_value_low IS 'Lower end of the interval of the mean over customers like these, by Hall''s transformation; the error of the model is not in it (see value.model_backtest). Empty with fewer than two customers.';
COMMENT ON COLUMN value.by_category.lifetime_value_high IS 'Upper end of the interval of the mean.';
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

CREATE TABLE IF NOT EXISTS value.models (
    month DATE NOT NULL,
    model VARCHAR NOT NULL CHECK (model IN ('bg_nbd', 'gamma_gamma')),
    parameter VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    log_likelihood DOUBLE,
    customers BIGINT NOT NULL,
    converged BOOLEAN NOT NULL,
    fallback BOOLEAN NOT NULL,
    reason VARCHAR CHECK (reason IN ('too_few_repeat_buyers', 'bound_reached', 'not_converged', 'no_mean')),
    correlation DOUBLE,
    fitted_to DATE NOT NULL,
    input_hash VARCHAR NOT NULL
);
COMMENT ON TABLE value.models IS 'The customer-base models each month is valued by, one row per parameter: BG/NBD for purchases, Gamma-Gamma for the money per purchase day. Fitted once per closed month on what was known at its end; the open month has the fit of the last closed one.';
COMMENT ON COLUMN value.models.month IS 'Month (first day).';
COMMENT ON COLUMN value.models.model IS 'bg_nbd or gamma_gamma.';
COMMENT ON COLUMN value.models.parameter IS 'bg_nbd: r and alpha (weeks) of the purchase rate, a and b of the probability to leave after a purchase; gamma_gamma: p, q, gamma (money).';
COMMENT ON COLUMN value.models.value IS 'Maximum likelihood estimate, or the simple estimate if fallback.';
COMMENT ON COLUMN value.models.log_likelihood IS 'Of all customers at the estimate; empty if fallback.';
COMMENT ON COLUMN value.models.customers IS 'Customers fitted on: all (bg_nbd), those with money above zero in a repeat purchase (gamma_gamma).';
COMMENT ON COLUMN value.models.converged IS 'The optimiser reached a point without slope; false if it was not run.';
COMMENT ON COLUMN value.models.fallback IS 'The simple estimate stands in. Purchases: own rate drawn to the mean rate with the weight of one average customer, nobody leaves (a = 0). Money: own mean drawn to the mean of all purchase days with the weight of one.';
COMMENT ON COLUMN value.models.reason IS 'Why the simple estimate stands in: too_few_repeat_buyers (under 30), bound_reached, not_converged, no_mean (q up to 1); empty if it does not.';
COMMENT ON COLUMN value.models.correlation IS 'gamma_gamma: of the number of repeat purchases and their mean money, which the model takes for independent; a check warns above 0.3.';
COMMENT ON COLUMN value.models.fitted_to IS 'Last day of what the fit knows.';
COMMENT ON COLUMN value.models.input_hash IS 'Hash of the histories and the code of the fit: it is reused only where both are the same.';

CREATE TABLE IF NOT EXISTS value.model_backtest (
    month DATE NOT NULL,
    hold_out_months INTEGER NOT NULL,
    decile INTEGER NOT NULL CHECK (decile BETWEEN 0 AND 10),
    fitted_to DATE NOT NULL,
    fallback BOOLEAN NOT NULL,
    customers BIGINT NOT NULL,
    expected_orders DOUBLE NOT NULL,
    actual_orders BIGINT NOT NULL,
    naive_orders DOUBLE NOT NULL,
    absolute_error DOUBLE NOT NULL,
    naive_absolute_error DOUBLE NOT NULL,
    expected_value DOUBLE NOT NULL,
    actual_value DECIMAL(18, 2) NOT NULL,
    naive_value DOUBLE NOT NULL
);
COMMENT ON TABLE value.model_backtest IS 'What a past month''s model expected of its customers, against what they then did and against the naive rate x time; by decile and for all. Nothing is fitted for it: the forecast is the one that stood. Read it before resting on a prediction: the models know no season and no campaign. On the public Online Retail II data (gifts, most orders before Christmas), forecasts to 9 December 2011 made on 9 December 2010, 9 March, 9 June and 9 September 2011 were off by +51, +12, -2 and -23 percent of the orders (naive: +50, +15, +5 and -15); per customer they were off by 2.58, 1.56, 1.05 and 0.70 orders (naive: 2.65, 1.61, 1.10 and 0.71): better than the naive forecast at telling customers apart, not at telling the season.';
COMMENT ON COLUMN value.model_backtest.month IS 'Month (first day) with whose end the hold-out ends; closed months only.';
COMMENT ON COLUMN value.model_backtest.hold_out_months IS 'Length of the hold-out: 3, 6 or 12 months. The forecast is that of the month so long before, on what was known then.';
COMMENT ON COLUMN value.model_backtest.decile IS 'Decile of the customers by expected_orders, 1 the most; customers with the same expectation share one. 0: all customers.';
COMMENT ON COLUMN value.model_backtest.fitted_to IS 'Last day before the hold-out.';
COMMENT ON COLUMN value.model_backtest.fallback IS 'The forecast rests on a simple estimate (value.models.fallback).';
COMMENT ON COLUMN value.model_backtest.customers IS 'Customers known at fitted_to; new customers of the hold-out are nobody''s forecast.';
COMMENT ON COLUMN value.model_backtest.expected_orders IS 'Days with a purchase that the model expected of them.';
COMMENT ON COLUMN value.model_backtest.actual_orders IS 'Days with a purchase in the hold-out.';
COMMENT ON COLUMN value.model_backtest.naive_orders IS 'Naive forecast: each customer''s repeat purchases a week so far times the weeks.';
COMMENT ON COLUMN value.model_backtest.absolute_error IS 'Mean over the customers of how far the orders expected of each are from the actual ones.';
COMMENT ON COLUMN value.model_backtest.naive_absolute_error IS 'The same of the naive forecast.';
COMMENT ON COLUMN value.model_backtest.expected_value IS 'Expected orders times expected money per order; net revenue or margin (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.model_backtest.actual_value IS 'Money of the hold-out''s days, returns booked in it taken off.';
COMMENT ON COLUMN value.model_backtest.naive_value IS 'naive_orders times the customer''s own mean per repeat purchase.';

CREATE TABLE IF NOT EXISTS value.at_risk (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor', 'unsurveyed')),
    customers BIGINT NOT NULL,
    churn_probability DOUBLE NOT NULL,
    expected_revenue_90d DOUBLE NOT NULL,
    revenue_at_risk_90d DOUBLE NOT NULL,
    revenue_at_risk_180d DOUBLE NOT NULL,
    backtest_expected DOUBLE,
    backtest_actual DECIMAL(18, 2),
    backtest_error DOUBLE
);
COMMENT ON TABLE value.at_risk IS 'How likely customers of each category have left, and the money that hangs on it; sums over the customers, who stand in value.customers (detractors: value.churn_signals). Net revenue, or margin by NORTHSTAR_VALUE_BASIS.';
COMMENT ON COLUMN value.at_risk.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.at_risk.category IS 'Category of the customer''s latest answer, or unsurveyed.';
COMMENT ON COLUMN value.at_risk.customers IS 'Customers with an order that counts.';
COMMENT ON COLUMN value.at_risk.churn_probability IS 'Mean of 1 - probability_alive: that a customer has already left. One-time buyers count as alive (see value.customers.probability_alive).';
COMMENT ON COLUMN value.at_risk.expected_revenue_90d IS 'Money expected of them in the next 90 days, not discounted.';
COMMENT ON COLUMN value.at_risk.revenue_at_risk_90d IS 'Sum of churn probability times what would be expected in 90 days of a customer who is certain to have stayed.';
COMMENT ON COLUMN value.at_risk.revenue_at_risk_180d IS 'The same of 180 days.';
COMMENT ON COLUMN value.at_risk.backtest_expected IS 'What the same forecast, made three months before this month''s end (the open month: before the last closed one''s), expected of the customers then in the category until that end.';
COMMENT ON COLUMN value.at_risk.backtest_actual IS 'What they then brought.';
COMMENT ON COLUMN value.at_risk.backtest_error IS 'backtest_expected / backtest_actual - 1: above 0 the forecast was too high.';

CREATE TABLE IF NOT EXISTS value.retention (
    month DATE NOT NULL,
    gain_points INTEGER NOT NULL,
    customers BIGINT NOT NULL,
    retained BIGINT NOT NULL,
    retention_rate DOUBLE NOT NULL,
    multiple DOUBLE,
    yearly_value DECIMAL(18, 2),
    retained_value DOUBLE,
    change DOUBLE
);
COMMENT ON TABLE value.retention IS 'Arithmetic on the shop''s own retention: what a customer is worth beyond the year paid for, multiple r / (1 + d - r) of a year''s value, at today''s yearly retention rate r and if it were 1, 2, 5 or 10 points higher; d is NORTHSTAR_DISCOUNT_RATE. No claim that it can be raised.';
COMMENT ON COLUMN value.retention.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.retention.gain_points IS 'Percentage points added to the rate; 0 is the rate as it is.';
COMMENT ON COLUMN value.retention.customers IS 'Customers who bought in the 365 days before the last 365.';
COMMENT ON COLUMN value.retention.retained IS 'Those of them who bought again in the last 365 days.';
COMMENT ON COLUMN value.retention.retention_rate IS 'retained / customers, plus the points.';
COMMENT ON COLUMN value.retention.multiple IS 'Discounted number of further years of a customer; empty where it has no end.';
COMMENT ON COLUMN value.retention.yearly_value IS 'Money of the last 365 days per customer who bought in them; net revenue or margin (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.retention.retained_value IS 'multiple times yearly_value.';
COMMENT ON COLUMN value.retention.change IS 'multiple over that of gain_points 0, less 1.';
