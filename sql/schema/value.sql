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
    referral_value_low DOUBLE,
    referral_value_high DOUBLE,
    total_value DECIMAL(18, 2) NOT NULL,
    total_value_low DOUBLE,
    total_value_high DOUBLE,
    difference_to_passive DECIMAL(18, 2),
    difference_to_detractor DECIMAL(18, 2),
    answered_customers BIGINT,
    raw_difference_to_detractor DOUBLE,
    raw_low DOUBLE,
    raw_high DOUBLE,
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
COMMENT ON COLUMN value.promoter_value.referral_value_low IS 'Lower end of the interval of the mean referral value, NORTHSTAR_CONFIDENCE; empty with fewer than two customers or without a referral.';
COMMENT ON COLUMN value.promoter_value.referral_value_high IS 'Upper end of the interval of the mean referral value.';
COMMENT ON COLUMN value.promoter_value.total_value IS 'own_value + referral_value.';
COMMENT ON COLUMN value.promoter_value.total_value_low IS 'Lower end of the interval of the mean, NORTHSTAR_CONFIDENCE; empty with fewer than two customers.';
COMMENT ON COLUMN value.promoter_value.total_value_high IS 'Upper end of the interval of the mean.';
COMMENT ON COLUMN value.promoter_value.difference_to_passive IS 'total_value less that of passives: an association, not an effect.';
COMMENT ON COLUMN value.promoter_value.difference_to_detractor IS 'total_value less that of detractors: an association, not an effect.';
COMMENT ON COLUMN value.promoter_value.answered_customers IS 'Customers whose last answer 365 to 730 days before the month''s end was of this category: those the raw and the adjusted difference are told of (value.after_answer).';
COMMENT ON COLUMN value.promoter_value.raw_difference_to_detractor IS 'Own money plus referral value in the 365 days after the answer, less that of detractors, per customer, as it is. Empty with fewer than 10 customers in either.';
COMMENT ON COLUMN value.promoter_value.raw_low IS 'Lower end of the interval of raw_difference_to_detractor, NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN value.promoter_value.raw_high IS 'Upper end of the interval.';
COMMENT ON COLUMN value.promoter_value.adjusted_difference_to_detractor IS 'The same difference between customers alike in country, product category, tenure, orders and money before the answer (least squares, HC3 errors): promoters differ before they answer. Still an association: what nobody wrote down is not adjusted for.';
COMMENT ON COLUMN value.promoter_value.adjusted_low IS 'Lower end of the interval of adjusted_difference_to_detractor.';
COMMENT ON COLUMN value.promoter_value.adjusted_high IS 'Upper end of the interval.';

CREATE TABLE IF NOT EXISTS value.after_answer (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    score TINYINT CHECK (score BETWEEN 0 AND 10),
    customers BIGINT NOT NULL,
    revenue_12m DECIMAL(18, 2) NOT NULL,
    revenue_low DOUBLE,
    revenue_high DOUBLE,
    orders_12m DOUBLE NOT NULL,
    referred_customers_12m DOUBLE NOT NULL,
    referral_revenue_12m DECIMAL(18, 2) NOT NULL
);
COMMENT ON TABLE value.after_answer IS 'The figure to trust most: what customers spent and brought in the 365 days after their answer, by what they answered. Customers who answered 365 to 730 days before the month''s end, so that everybody''s year is over; per customer.';
COMMENT ON COLUMN value.after_answer.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.after_answer.category IS 'Category of the customer''s last answer in that time.';
COMMENT ON COLUMN value.after_answer.score IS 'Its score, 0 to 10; empty in the row of the whole category.';
COMMENT ON COLUMN value.after_answer.customers IS 'Customers, each counted once.';
COMMENT ON COLUMN value.after_answer.revenue_12m IS 'Net revenue of the orders placed within 365 days after the answer, without the order the answer was about.';
COMMENT ON COLUMN value.after_answer.revenue_low IS 'Lower end of the interval of the mean, NORTHSTAR_CONFIDENCE; empty with fewer than two customers.';
COMMENT ON COLUMN value.after_answer.revenue_high IS 'Upper end of the interval of the mean.';
COMMENT ON COLUMN value.after_answer.orders_12m IS 'Those orders that count.';
COMMENT ON COLUMN value.after_answer.referred_customers_12m IS 'Friends referred within those 365 days, from the answer on, who bought within them.';
COMMENT ON COLUMN value.after_answer.referral_revenue_12m IS 'Net revenue of these friends within those 365 days, rewards not subtracted.';

CREATE TABLE IF NOT EXISTS value.repurchase (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    score TINYINT CHECK (score BETWEEN 0 AND 10),
    horizon_days INTEGER NOT NULL CHECK (horizon_days IN (30, 60, 90, 180, 365)),
    responses BIGINT NOT NULL,
    at_risk BIGINT NOT NULL,
    repurchase_rate DOUBLE CHECK (repurchase_rate BETWEEN 0 AND 1),
    rate_low DOUBLE,
    rate_high DOUBLE,
    lift_over_detractor DOUBLE,
    median_days INTEGER,
    log_rank_p_value DOUBLE
);
COMMENT ON TABLE value.repurchase IS 'Share of answers after which the customer bought again, by Kaplan-Meier: answers of the 24 months to the month''s end, each followed until the next order that counts (not the one it is about), the customer''s next answer, the month''s end or 365 days. A plain count would call the recent ones lost. Customers who answer often are followed for shorter: where they also buy more, the rate is up to some points below the share who will have bought.';
COMMENT ON COLUMN value.repurchase.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.repurchase.category IS 'Category of the answer, fixed when it was given.';
COMMENT ON COLUMN value.repurchase.score IS 'Its score; empty in the rows of the whole category.';
COMMENT ON COLUMN value.repurchase.horizon_days IS 'Days after the answer: 30, 60, 90, 180 or 365.';
COMMENT ON COLUMN value.repurchase.responses IS 'Answers followed.';
COMMENT ON COLUMN value.repurchase.at_risk IS 'Answers still followed when the horizon''s last day began.';
COMMENT ON COLUMN value.repurchase.repurchase_rate IS 'Probability to have bought again by the horizon, 0..1; empty with fewer than 10 at risk.';
COMMENT ON COLUMN value.repurchase.rate_low IS 'Lower end of the interval (Greenwood, log-log, times the design effect of customers with several answers), NORTHSTAR_CONFIDENCE; empty while nobody, or everybody, has bought.';
COMMENT ON COLUMN value.repurchase.rate_high IS 'Upper end of the interval.';
COMMENT ON COLUMN value.repurchase.lift_over_detractor IS 'repurchase_rate over that of all detractors; an association, not an effect.';
COMMENT ON COLUMN value.repurchase.median_days IS 'Days by which half had bought again; empty where the curve does not get there with 10 at risk.';
COMMENT ON COLUMN value.repurchase.log_rank_p_value IS 'Test that the month''s categories share one curve (log-rank, its variance summed by customer where that is the more cautious: several answers of one customer are not as many customers); in the rows of whole categories.';

CREATE TABLE IF NOT EXISTS value.revenue (
    month DATE NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL,
    revenue_without_customer DECIMAL(18, 2) NOT NULL,
    surveyed_customers BIGINT NOT NULL,
    surveyed_revenue DECIMAL(18, 2) NOT NULL,
    share_of_revenue_surveyed DOUBLE,
    nps_of_customers DOUBLE,
    revenue_weighted_nps DOUBLE,
    revenue_weighted_low DOUBLE,
    revenue_weighted_high DOUBLE,
    revenue_before DECIMAL(18, 2) NOT NULL,
    retained_revenue DECIMAL(18, 2) NOT NULL,
    referred_revenue DECIMAL(18, 2) NOT NULL,
    new_revenue DECIMAL(18, 2) NOT NULL,
    net_revenue_retention DOUBLE,
    earned_new_customers DOUBLE,
    earned_growth_rate DOUBLE,
    bought_growth_rate DOUBLE
);
COMMENT ON TABLE value.revenue IS 'The revenue of 365 days by what its customers say and by how they came: revenue-weighted score, how much of revenue the answers speak for, earned growth (Reichheld, Darnell, Burns 2021). One row a month.';
COMMENT ON COLUMN value.revenue.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.revenue.period_start IS 'First day of the 365.';
COMMENT ON COLUMN value.revenue.period_end IS 'Day after the last.';
COMMENT ON COLUMN value.revenue.revenue IS 'Net revenue of the period; refunds dated later not yet taken off.';
COMMENT ON COLUMN value.revenue.revenue_without_customer IS 'Of it, from orders that name nobody: they are in no figure to the right.';
COMMENT ON COLUMN value.revenue.surveyed_customers IS 'Customers with an order that counts in the period who had answered by its end.';
COMMENT ON COLUMN value.revenue.surveyed_revenue IS 'Their net revenue of the period.';
COMMENT ON COLUMN value.revenue.share_of_revenue_surveyed IS 'surveyed_revenue / revenue: how much of revenue the answers speak for.';
COMMENT ON COLUMN value.revenue.nps_of_customers IS 'Score of their latest answers, each customer once; points.';
COMMENT ON COLUMN value.revenue.revenue_weighted_nps IS 'The same with each customer weighted by revenue; points.';
COMMENT ON COLUMN value.revenue.revenue_weighted_low IS 'Lower end of its interval, NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN value.revenue.revenue_weighted_high IS 'Upper end of its interval.';
COMMENT ON COLUMN value.revenue.revenue_before IS 'Net revenue of the 365 days before the period, of known customers.';
COMMENT ON COLUMN value.revenue.retained_revenue IS 'Of the period''s revenue, from customers with an order that counts in the 365 days before it.';
COMMENT ON COLUMN value.revenue.referred_revenue IS 'From the other customers, those whom a referral brought.';
COMMENT ON COLUMN value.revenue.new_revenue IS 'From all the other customers, referred or not.';
COMMENT ON COLUMN value.revenue.net_revenue_retention IS 'retained_revenue / revenue_before; empty before the shop has two years of orders.';
COMMENT ON COLUMN value.revenue.earned_new_customers IS 'referred_revenue / revenue_before.';
COMMENT ON COLUMN value.revenue.earned_growth_rate IS 'net_revenue_retention + earned_new_customers - 1: growth that customers came back or were sent for.';
COMMENT ON COLUMN value.revenue.bought_growth_rate IS '(new_revenue - referred_revenue) / revenue_before: the rest of growth, from customers nobody is known to have sent.';

CREATE TABLE IF NOT EXISTS value.biggest_customers (
    month DATE NOT NULL,
    tier VARCHAR NOT NULL CHECK (tier IN ('top_100', 'top_decile', 'all')),
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    customers BIGINT NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL,
    share_of_revenue DOUBLE,
    surveyed BIGINT NOT NULL,
    promoters BIGINT NOT NULL,
    passives BIGINT NOT NULL,
    detractors BIGINT NOT NULL,
    nps DOUBLE,
    nps_low DOUBLE,
    nps_high DOUBLE
);
COMMENT ON TABLE value.biggest_customers IS 'What the customers who spent most in the 365 days to the month''s end say: latest answers, by tier. One row per month and tier; value.biggest_customers_trend has the change over a year.';
COMMENT ON COLUMN value.biggest_customers.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.biggest_customers.tier IS 'top_100 customers by revenue, top_decile (the first tenth), or all who ordered in the period.';
COMMENT ON COLUMN value.biggest_customers.period_start IS 'First day of the 365.';
COMMENT ON COLUMN value.biggest_customers.period_end IS 'Day after the last.';
COMMENT ON COLUMN value.biggest_customers.customers IS 'Customers with an order that counts in the period.';
COMMENT ON COLUMN value.biggest_customers.revenue IS 'Their net revenue of the period.';
COMMENT ON COLUMN value.biggest_customers.share_of_revenue IS 'Of that of all known customers.';
COMMENT ON COLUMN value.biggest_customers.surveyed IS 'Of the customers, those who had answered by the month''s end.';
COMMENT ON COLUMN value.biggest_customers.promoters IS 'By their latest answer.';
COMMENT ON COLUMN value.biggest_customers.passives IS 'By their latest answer.';
COMMENT ON COLUMN value.biggest_customers.detractors IS 'By their latest answer.';
COMMENT ON COLUMN value.biggest_customers.nps IS 'Score of these answers, points.';
COMMENT ON COLUMN value.biggest_customers.nps_low IS 'Lower end of the adjusted Wald interval, NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN value.biggest_customers.nps_high IS 'Upper end.';

CREATE TABLE IF NOT EXISTS value.growth (
    month DATE NOT NULL,
    nps DOUBLE,
    revenue DECIMAL(18, 2) NOT NULL,
    revenue_growth_next DOUBLE,
    elasticity_per_7_points DOUBLE,
    elasticity_low DOUBLE,
    elasticity_high DOUBLE,
    observations BIGINT NOT NULL,
    published_per_7_points DOUBLE NOT NULL
);
COMMENT ON TABLE value.growth IS 'Whether this shop''s revenue grew more after months with a better score: its own association, no cause. One row a month.';
COMMENT ON COLUMN value.growth.month IS 'Month (first day) whose revenue is told.';
COMMENT ON COLUMN value.growth.nps IS 'Score of the month before it, all stages; points.';
COMMENT ON COLUMN value.growth.revenue IS 'Net revenue of the month, orders that name nobody included; refunds dated later not yet taken off.';
COMMENT ON COLUMN value.growth.revenue_growth_next IS 'The growth that followed that score: revenue against the same month a year before, less 1; empty for the open month and without a whole such month.';
COMMENT ON COLUMN value.growth.elasticity_per_7_points IS 'Growth that went with 7 points more in the month before (least squares over the pairs so far, 0.01 is one percent); an association. Empty with fewer than 8 pairs.';
COMMENT ON COLUMN value.growth.elasticity_low IS 'Lower end of its interval (Newey-West errors), NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN value.growth.elasticity_high IS 'Upper end of its interval.';
COMMENT ON COLUMN value.growth.observations IS 'Pairs of score and growth up to the month.';
COMMENT ON COLUMN value.growth.published_per_7_points IS 'For reference only: 0.01, found between British companies by Marsden, Samson, Upton 2005, whose growth lay before the survey; Keiningham et al. 2007 could not repeat it. Used in no computation.';

CREATE TABLE IF NOT EXISTS value.word_of_mouth (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    customers BIGINT NOT NULL,
    own_value DOUBLE NOT NULL,
    recommendations DOUBLE NOT NULL,
    warnings DOUBLE NOT NULL,
    new_customers BIGINT NOT NULL,
    value_of_new_customer DOUBLE NOT NULL,
    conversion DOUBLE NOT NULL,
    recommendation_value DOUBLE NOT NULL,
    warning_cost DOUBLE NOT NULL,
    total_value DOUBLE NOT NULL,
    worth_of_turning_into_promoter DOUBLE
);
COMMENT ON TABLE value.word_of_mouth IS 'A scenario, not a measurement: what recommendations and warnings would be worth under the assumptions of NORTHSTAR_RECOMMENDED_SHARE, _RECOMMENDATIONS, _WARNINGS and _WARNING_WEIGHT. Empty while the first is 0. Observed referrals are in value.promoter_value; never add the two.';
COMMENT ON COLUMN value.word_of_mouth.month IS 'Month (first day); the row tells what had happened by its end, or by the clock.';
COMMENT ON COLUMN value.word_of_mouth.category IS 'Category of the customer''s latest answer.';
COMMENT ON COLUMN value.word_of_mouth.customers IS 'Customers with an order that counts.';
COMMENT ON COLUMN value.word_of_mouth.own_value IS 'Net revenue so far per customer.';
COMMENT ON COLUMN value.word_of_mouth.recommendations IS 'Assumed per customer (NORTHSTAR_RECOMMENDATIONS).';
COMMENT ON COLUMN value.word_of_mouth.warnings IS 'Assumed per customer (NORTHSTAR_WARNINGS).';
COMMENT ON COLUMN value.word_of_mouth.new_customers IS 'Customers whose first order lies in the 365 days to the month''s end.';
COMMENT ON COLUMN value.word_of_mouth.value_of_new_customer IS 'Their mean net revenue so far.';
COMMENT ON COLUMN value.word_of_mouth.conversion IS 'New customers per recommendation: NORTHSTAR_RECOMMENDED_SHARE of the new customers over all recommendations.';
COMMENT ON COLUMN value.word_of_mouth.recommendation_value IS 'recommendations * conversion * value_of_new_customer.';
COMMENT ON COLUMN value.word_of_mouth.warning_cost IS 'warnings * NORTHSTAR_WARNING_WEIGHT * conversion * value_of_new_customer.';
COMMENT ON COLUMN value.word_of_mouth.total_value IS 'own_value + recommendation_value - warning_cost.';
COMMENT ON COLUMN value.word_of_mouth.worth_of_turning_into_promoter IS 'total_value of a promoter less that of this category: an association under assumptions, not an effect.';

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
COMMENT ON TABLE value.model_backtest IS 'What a past month''s model expected of its customers, against what they then did and against the naive rate x time; by decile and for all. Nothing is fitted for it: the forecast is the one that stood. Read it before resting on a prediction: the models know no season and no campaign. On the public Online Retail II data (gifts, most orders before Christmas), forecasts to 9 December 2011 made on 9 December 2010, 9 March, 9 June and 9 September 2011 were off by +51, +12, -2 and -23 percent of the orders (naive: +50, +15, +5 and -15); per customer they were off by 2.58, 1.56, 1.05 and 0.70 orders (naive: 2.65, 1.61, 1.10 and 0.71): better than the naive forecast at telling customers apart, not at telling the season. One fit serves all categories: in simulated shops it expects up to three times too much of detractors and 5 to 12 percent too little of promoters, but a fit for each category of the latest answer, alone or drawn to the common one, made the total worse (3 months: from 4 to 7 percent too high, 12 months: from 17 to 20) while the error per customer fell by 2 to 4 percent, promoters'' rose; so it is not used. Nor is the category as a covariate of the rate and the drop-out (Fader and Hardie 2007; six months, 12 hold-outs of 5,000 customers): the total went from 7 to 3 percent too high and the sum of the categories'' errors from 24 to 17 percent of the orders (MBG/NBD with it: -3 and 16, without it: 5 and 24), but it expected half to a third of what customers without an answer then bought, since having answered tells of having bought. Correcting each category by its own last hold-out took that sum to 9 percent and is in value.at_risk.calibrated_revenue_90d; value.at_risk.backtest_error tells the error by category.';
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
    backtest_error DOUBLE,
    calibrated_revenue_90d DOUBLE
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
COMMENT ON COLUMN value.at_risk.calibrated_revenue_90d IS 'expected_revenue_90d with the categories'' shares corrected by the hold-out (ratio of actual to expected, drawn to that of all with the weight of 50 orders); the month''s sum is unchanged. Empty without a hold-out. In simulated shops it takes the sum of the categories'' errors from 24 to 11 percent of the revenue among 3,000 customers, from 30 to 27 among 500.';

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
