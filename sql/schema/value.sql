-- What customers are worth. Money is DECIMAL or DOUBLE in the reporting currency; shares are fractions 0..1.
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
    revenue_at_risk_180d DOUBLE NOT NULL,
    calibrated_at_risk_90d DOUBLE NOT NULL,
    order_probability_30d DOUBLE NOT NULL,
    order_probability_90d DOUBLE NOT NULL,
    order_probability_365d DOUBLE NOT NULL,
    next_order_days INTEGER,
    orders_p10 BIGINT NOT NULL,
    orders_p50 BIGINT NOT NULL,
    orders_p90 BIGINT NOT NULL,
    value_p10 DOUBLE NOT NULL,
    value_p50 DOUBLE NOT NULL,
    value_p90 DOUBLE NOT NULL
);
COMMENT ON TABLE value.customers IS 'Each customer with an order that counts by the end of the month: what was bought so far, what is expected, and how uncertain that is. To choose whom to write to, take order_probability_365d and calibrated_at_risk_90d; to plan, sum expected_orders or predicted_value over many customers. The quantiles are of single customers: sums of them are not quantiles of the sum, and of most customers the likeliest number of orders is 0. One row per month and customer. Only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept (0: all). Money is in the reporting currency. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.customers.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.customers.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN value.customers.category IS 'Category of the customer''s latest answer; unsurveyed without one.';
COMMENT ON COLUMN value.customers.orders IS 'Orders that count so far.';
COMMENT ON COLUMN value.customers.revenue IS 'Net revenue of all orders so far; refunds dated later are not yet deducted.';
COMMENT ON COLUMN value.customers.average_order_value IS 'revenue / orders, rounded to the cent.';
COMMENT ON COLUMN value.customers.first_order_at IS 'Time of the first order that counts (UTC).';
COMMENT ON COLUMN value.customers.last_order_at IS 'Time of the last order that counts (UTC).';
COMMENT ON COLUMN value.customers.recency_days IS 'Days from the last order to the last day of the month (the clock''s day in the open month), business time zone.';
COMMENT ON COLUMN value.customers.tenure_days IS 'Days from the first order to the last day of the month (the clock''s day in the open month), business time zone.';
COMMENT ON COLUMN value.customers.probability_alive IS 'Probability, 0..1, that the customer has not left for good. It says nothing of when they will order (see order_probability_365d) and is not calibrated by category. Where bg_nbd is the month''s model (value.models.model) it is 1 before the first repeat purchase, since customers leave only after one; with mbg_nbd it falls with silence from the first purchase on. Under the simple estimate (value.models.fallback): the probability of so long a silence at the customer''s purchase rate.';
COMMENT ON COLUMN value.customers.expected_orders IS 'Expected days with a purchase over the next NORTHSTAR_HORIZON_MONTHS (52 weeks for 12).';
COMMENT ON COLUMN value.customers.expected_order_value IS 'Expected money per purchase day (Gamma-Gamma): the customer''s own mean, shrunk towards the mean of all customers; net revenue, or margin (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.customers.predicted_value IS 'Expected money over the horizon, each week discounted at its end by the annual rate NORTHSTAR_DISCOUNT_RATE; net revenue or margin.';
COMMENT ON COLUMN value.customers.historic_value IS 'Net revenue so far, equal to revenue; or the margin on it (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.customers.lifetime_value IS 'historic_value + predicted_value: up to the horizon, not indefinitely.';
COMMENT ON COLUMN value.customers.expected_revenue_90d IS 'Expected money in the next 90 days, not discounted; value.at_risk.backtest_error shows how wrong such forecasts were.';
COMMENT ON COLUMN value.customers.revenue_at_risk_90d IS 'Money of the next 90 days that depends on the customer not having left: (1 - probability_alive) times what would be expected of a customer certain to have stayed.';
COMMENT ON COLUMN value.customers.revenue_at_risk_180d IS 'As revenue_at_risk_90d, for the next 180 days.';
COMMENT ON COLUMN value.customers.calibrated_at_risk_90d IS 'As revenue_at_risk_90d, with the odds of having left multiplied by the factor by which the odds of a year without an order were off for the customer''s category a year ago (value.at_risk.churn_probability). The order in which to look after customers: most money that may already be lost first. Equal to revenue_at_risk_90d where no such year has passed.';
COMMENT ON COLUMN value.customers.order_probability_30d IS 'Probability, 0..1, of an order that counts in the 30 days after the month''s end (after the clock''s day in the open month). Calibrated by category as order_probability_365d.';
COMMENT ON COLUMN value.customers.order_probability_90d IS 'As order_probability_30d, in 90 days.';
COMMENT ON COLUMN value.customers.order_probability_365d IS 'As order_probability_30d, in 365 days; its mean over a category is 1 - value.at_risk.churn_probability. For every category the odds are divided by the factor by which those of silence were off a year ago; without a year to learn from they are the model''s.';
COMMENT ON COLUMN value.customers.next_order_days IS 'Median days to the next order: by then it has come with probability 1/2. NULL where it never comes with probability 1/2 or more, or takes more than 3,650 days. Not the day on which to expect the order: half come later or never.';
COMMENT ON COLUMN value.customers.orders_p10 IS 'Days with a purchase over the next NORTHSTAR_HORIZON_MONTHS (as expected_orders): with probability 0.9 there are as many or more. 0 for most customers. Calibrated by category as order_probability_365d, so it need not surround expected_orders, which is the model''s.';
COMMENT ON COLUMN value.customers.orders_p50 IS 'Median of the same: as likely as not there are no more. 0 unless an order in the horizon is likelier than not.';
COMMENT ON COLUMN value.customers.orders_p90 IS 'With probability 0.9 there are no more. From orders_p10 to orders_p90, both ends included, lies the outcome for 8 customers of 10 or more: in simulated shops, a year ahead, for 86 to 99 of 100 in each tenth of the customers by expected orders (most where nearly all order nothing).';
COMMENT ON COLUMN value.customers.value_p10 IS 'Money over the horizon, discounted as predicted_value: with probability 0.9 it is as much or more. Uncertain are both the number of orders and what one brings; found within about 1 percent. Net revenue, or margin (NORTHSTAR_VALUE_BASIS); later refunds are not foreseen.';
COMMENT ON COLUMN value.customers.value_p50 IS 'Median of the same; far below predicted_value, a mean that few large spenders raise.';
COMMENT ON COLUMN value.customers.value_p90 IS 'With probability 0.9 it is no more. In simulated shops, from value_p10 to value_p90 lay the outcome for 82 to 99 of 100 in each tenth of the customers by expected orders.';

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
    historic_value_reason VARCHAR CHECK ((historic_value_reason IS NULL) = (historic_value_low IS NOT NULL)),
    predicted_value DOUBLE NOT NULL,
    lifetime_value DOUBLE NOT NULL,
    lifetime_value_low DOUBLE,
    lifetime_value_high DOUBLE,
    lifetime_value_reason VARCHAR CHECK ((lifetime_value_reason IS NULL) = (lifetime_value_low IS NOT NULL)),
    share_of_customers DOUBLE NOT NULL,
    share_of_revenue DOUBLE
);
COMMENT ON TABLE value.by_category IS 'One row per month and category of the latest answer with a customer: how many customers, what they have brought and what they are expected to bring. Money is in the reporting currency and, except average_order_value, per customer. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.by_category.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.by_category.category IS 'Category of the customers'' latest answer; unsurveyed without one.';
COMMENT ON COLUMN value.by_category.customers IS 'Customers with an order that counts.';
COMMENT ON COLUMN value.by_category.responses IS 'Answers these customers have given so far.';
COMMENT ON COLUMN value.by_category.orders_per_customer IS 'Orders that count, per customer.';
COMMENT ON COLUMN value.by_category.average_order_value IS 'Net revenue per order that counts.';
COMMENT ON COLUMN value.by_category.historic_value IS 'Mean net revenue so far, or mean margin on it (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.by_category.historic_value_low IS 'Lower end of the confidence interval of historic_value (NORTHSTAR_CONFIDENCE; Hall''s transformation for skewed amounts). Not below zero unless a customer''s amount is, or amounts are margins. NULL if historic_value_reason says why.';
COMMENT ON COLUMN value.by_category.historic_value_high IS 'Upper end of the confidence interval of historic_value.';
COMMENT ON COLUMN value.by_category.historic_value_reason IS 'Why there is no interval: fewer than two customers, or all alike, so that nothing shows how much customers vary. NULL where there is one.';
COMMENT ON COLUMN value.by_category.predicted_value IS 'Mean of value.customers.predicted_value. The model does not know the category, so it misses what sets categories apart beyond past purchases.';
COMMENT ON COLUMN value.by_category.lifetime_value IS 'historic_value + predicted_value.';
COMMENT ON COLUMN value.by_category.lifetime_value_low IS 'Lower end of the confidence interval of lifetime_value over customers like these (Hall''s transformation). The model''s own error is not included, see value.model_backtest. NULL if lifetime_value_reason says why.';
COMMENT ON COLUMN value.by_category.lifetime_value_high IS 'Upper end of the confidence interval of lifetime_value.';
COMMENT ON COLUMN value.by_category.lifetime_value_reason IS 'As historic_value_reason, of lifetime_value.';
COMMENT ON COLUMN value.by_category.share_of_customers IS 'Fraction of the month''s customers, 0..1.';
COMMENT ON COLUMN value.by_category.share_of_revenue IS 'Fraction of the net revenue so far of all the month''s customers; NULL unless that revenue is above 0.';

CREATE TABLE IF NOT EXISTS value.promoter_value (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor', 'unsurveyed', 'no_longer_credited')),
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
    referral_value_reason VARCHAR,
    total_value DECIMAL(18, 2) NOT NULL,
    total_value_low DOUBLE,
    total_value_high DOUBLE,
    total_value_reason VARCHAR,
    difference_to_passive DECIMAL(18, 2),
    difference_to_detractor DECIMAL(18, 2),
    answered_customers BIGINT,
    raw_difference_to_detractor DOUBLE,
    raw_low DOUBLE,
    raw_high DOUBLE,
    adjusted_difference_to_detractor DOUBLE,
    adjusted_low DOUBLE,
    adjusted_high DOUBLE,
    robustness_value DOUBLE CHECK (robustness_value BETWEEN 0 AND 1),
    robustness_value_significance DOUBLE CHECK (robustness_value_significance BETWEEN 0 AND robustness_value),
    strongest_covariate VARCHAR,
    strongest_covariate_share DOUBLE,
    hidden_cause VARCHAR
);
COMMENT ON TABLE value.promoter_value IS 'One row per month and category with a customer: what a customer of the category is worth, own money plus the money of the customers they referred. Money is in the reporting currency, per customer. Referred money also stands in the referred customers'' own rows, so never add own and referred money over all customers. The lines'' referral money, times their customers, is all referral money but for rounding. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.promoter_value.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.promoter_value.category IS 'Category of the customers'' latest answer; unsurveyed without one. no_longer_credited is no group of customers: it holds the referrals that no category gets the credit for, made more than 365 days after the advocate''s last answer, or credited to a category that nobody is of any more.';
COMMENT ON COLUMN value.promoter_value.customers IS 'Customers with an order that counts. Of no_longer_credited the advocates, who also stand in their own category.';
COMMENT ON COLUMN value.promoter_value.own_value IS 'value.by_category.historic_value: net revenue so far, or the margin on it (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.promoter_value.referred_customers IS 'Referred customers with an order that counts, per customer. A referral counts for the category of the advocate''s last answer if that is at most 365 days old, for unsurveyed if there is none, and otherwise for no_longer_credited.';
COMMENT ON COLUMN value.promoter_value.referral_revenue IS 'Net revenue so far of the referred customers, or the margin on it.';
COMMENT ON COLUMN value.promoter_value.first_referral_revenue IS 'Net revenue, never margin, of each referred customer''s first purchase: the earliest order that counts from the day of the referral on; without one, the earliest of all.';
COMMENT ON COLUMN value.promoter_value.repeat_referral_revenue IS 'referral_revenue - first_referral_revenue.';
COMMENT ON COLUMN value.promoter_value.reward_cost IS 'Rewards paid for the referrals.';
COMMENT ON COLUMN value.promoter_value.referral_value IS 'referral_revenue - reward_cost.';
COMMENT ON COLUMN value.promoter_value.referral_value_low IS 'Lower end of the confidence interval of referral_value (NORTHSTAR_CONFIDENCE). NULL if referral_value_reason says why.';
COMMENT ON COLUMN value.promoter_value.referral_value_high IS 'Upper end of the confidence interval of referral_value.';
COMMENT ON COLUMN value.promoter_value.referral_value_reason IS 'Why there is no interval: fewer than two customers, no referral seen, or all alike. NULL where there is one, and in the line no_longer_credited.';
COMMENT ON COLUMN value.promoter_value.total_value IS 'own_value + referral_value.';
COMMENT ON COLUMN value.promoter_value.total_value_low IS 'Lower end of the confidence interval of total_value. NULL if total_value_reason says why.';
COMMENT ON COLUMN value.promoter_value.total_value_high IS 'Upper end of the confidence interval of total_value.';
COMMENT ON COLUMN value.promoter_value.total_value_reason IS 'As referral_value_reason, of total_value.';
COMMENT ON COLUMN value.promoter_value.difference_to_passive IS 'total_value minus that of passives: an association, not an effect. NULL without passives.';
COMMENT ON COLUMN value.promoter_value.difference_to_detractor IS 'total_value minus that of detractors: an association, not an effect. NULL without detractors.';
COMMENT ON COLUMN value.promoter_value.answered_customers IS 'Customers whose last answer 365 to 730 days before the end of the month was of this category, as in value.after_answer: the raw and adjusted differences compare these. NULL if there are none.';
COMMENT ON COLUMN value.promoter_value.raw_difference_to_detractor IS 'Own money plus referral value in the 365 days after the answer, minus that of detractors. NULL with fewer than 10 customers in either category.';
COMMENT ON COLUMN value.promoter_value.raw_low IS 'Lower end of the confidence interval of raw_difference_to_detractor (NORTHSTAR_CONFIDENCE).';
COMMENT ON COLUMN value.promoter_value.raw_high IS 'Upper end of the confidence interval of raw_difference_to_detractor.';
COMMENT ON COLUMN value.promoter_value.adjusted_difference_to_detractor IS 'The same difference between customers alike in country, product category, tenure, orders and money before the answer (least squares, HC3 errors), because promoters already differ before they answer. Still an association: what is not recorded is not adjusted for. NULL where the raw one is, or with too few customers for the adjustment.';
COMMENT ON COLUMN value.promoter_value.adjusted_low IS 'Lower end of the confidence interval of adjusted_difference_to_detractor.';
COMMENT ON COLUMN value.promoter_value.adjusted_high IS 'Upper end of the confidence interval of adjusted_difference_to_detractor.';
COMMENT ON COLUMN value.promoter_value.robustness_value IS 'The larger, the harder to undo: the share, 0..1, that a cause which is not recorded would have to explain of what is left of both the category and the money, to bring adjusted_difference_to_detractor to zero (Cinelli, Hazlett 2020). It does not say whether there is such a cause.';
COMMENT ON COLUMN value.promoter_value.robustness_value_significance IS 'The same share for which the difference could no longer be told from zero at NORTHSTAR_CONFIDENCE; 0 if it cannot be told from zero as it is. By the ordinary least-squares error, so near 0 it may disagree with adjusted_low and adjusted_high.';
COMMENT ON COLUMN value.promoter_value.strongest_covariate IS 'The recorded covariate that would bias the difference most if it were left out: tenure_days, orders_before, money_before, country or product_category.';
COMMENT ON COLUMN value.promoter_value.strongest_covariate_share IS 'What a cause as strong as strongest_covariate explains of both category and money, 0..1; to be compared with robustness_value.';
COMMENT ON COLUMN value.promoter_value.hidden_cause IS 'robustness_value, robustness_value_significance and strongest_covariate_share in words.';

CREATE TABLE IF NOT EXISTS value.after_answer (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    score TINYINT CHECK (score BETWEEN 0 AND 10),
    customers BIGINT NOT NULL,
    revenue_12m DECIMAL(18, 2) NOT NULL,
    revenue_low DOUBLE,
    revenue_high DOUBLE,
    revenue_reason VARCHAR CHECK ((revenue_reason IS NULL) = (revenue_low IS NOT NULL)),
    orders_12m DOUBLE NOT NULL,
    referred_customers_12m DOUBLE NOT NULL,
    referral_revenue_12m DECIMAL(18, 2) NOT NULL
);
COMMENT ON TABLE value.after_answer IS 'What customers spent and brought in the 365 days after their answer, by category and score: the most reliable figure on what answers are worth. One row per month, category and score, and one per month and category with score NULL. It covers customers who answered 365 to 730 days before the end of the month, so that the year is complete for all of them. Money is in the reporting currency, per customer. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.after_answer.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.after_answer.category IS 'Category of the customer''s last answer in that period.';
COMMENT ON COLUMN value.after_answer.score IS 'Score of that answer, 0 to 10; NULL in the row of the whole category.';
COMMENT ON COLUMN value.after_answer.customers IS 'Customers, each counted once.';
COMMENT ON COLUMN value.after_answer.revenue_12m IS 'Net revenue of the orders placed in the 365 days after the answer (365 times 24 hours from its instant), without the order the answer is about.';
COMMENT ON COLUMN value.after_answer.revenue_low IS 'Lower end of the confidence interval of revenue_12m (NORTHSTAR_CONFIDENCE). Not below zero unless a customer''s amount is. NULL if revenue_reason says why.';
COMMENT ON COLUMN value.after_answer.revenue_high IS 'Upper end of the confidence interval of revenue_12m.';
COMMENT ON COLUMN value.after_answer.revenue_reason IS 'Why there is no interval: fewer than two customers, or all alike (nobody bought). NULL where there is one.';
COMMENT ON COLUMN value.after_answer.orders_12m IS 'Orders that count among them, per customer.';
COMMENT ON COLUMN value.after_answer.referred_customers_12m IS 'Friends referred at or after the answer and within the 365 days who also bought within them, per customer.';
COMMENT ON COLUMN value.after_answer.referral_revenue_12m IS 'Net revenue of these friends within the 365 days; rewards are not deducted.';

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
COMMENT ON TABLE value.repurchase IS 'Probability of buying again after an answer, by category and score (Kaplan-Meier). One row per month, category, score and horizon, and one per month, category and horizon with score NULL. It covers the answers of the 24 months to the end of the month. Each is followed until the next order that counts (not the one it is about), the customer''s next answer, the end of the month or 365 days; a plain count would treat recent answers as lost customers. Customers who answer often are followed for less time: where they also buy more, the rate is up to a few points too low. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.repurchase.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.repurchase.category IS 'Category of the answer itself; later answers do not change it.';
COMMENT ON COLUMN value.repurchase.score IS 'Score of the answer, 0 to 10; NULL in the rows of the whole category.';
COMMENT ON COLUMN value.repurchase.horizon_days IS 'Days after the answer: 30, 60, 90, 180 or 365.';
COMMENT ON COLUMN value.repurchase.responses IS 'Answers followed.';
COMMENT ON COLUMN value.repurchase.at_risk IS 'Answers on which the rate at this horizon rests: those that were still followed at the start of its last day, neither followed by an order nor by another answer before. Not customers at risk of leaving, which are in value.at_risk.';
COMMENT ON COLUMN value.repurchase.repurchase_rate IS 'Probability of having bought again by the horizon, 0..1; NULL with fewer than 10 answers at risk.';
COMMENT ON COLUMN value.repurchase.rate_low IS 'Lower end of the confidence interval of repurchase_rate (NORTHSTAR_CONFIDENCE; Greenwood, log-log, widened by the design effect of customers with several answers). NULL while nobody, or everybody, has bought.';
COMMENT ON COLUMN value.repurchase.rate_high IS 'Upper end of the confidence interval of repurchase_rate.';
COMMENT ON COLUMN value.repurchase.lift_over_detractor IS 'repurchase_rate divided by that of all detractors: an association, not an effect. NULL unless both are known and the detractors'' is above 0.';
COMMENT ON COLUMN value.repurchase.median_days IS 'Days within which half had bought again; NULL if the curve does not reach half with 10 answers at risk.';
COMMENT ON COLUMN value.repurchase.log_rank_p_value IS 'p-value of the log-rank test that all categories of the month share one curve; its variance is summed by customer where that is more cautious, since several answers of one customer are not independent. NULL in the rows of single scores.';

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
    bought_growth_rate DOUBLE,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE value.revenue IS 'Revenue of 365 days by what its customers answered and how they came: revenue-weighted score, share of revenue covered by answers, earned growth (Reichheld, Darnell, Burns 2021). One row per month. Money is in the reporting currency; shares and rates are fractions. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.revenue.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.revenue.period_start IS 'First day of the 365.';
COMMENT ON COLUMN value.revenue.period_end IS 'Day after the last of the 365.';
COMMENT ON COLUMN value.revenue.revenue IS 'Net revenue of the period; refunds dated later are not yet deducted.';
COMMENT ON COLUMN value.revenue.revenue_without_customer IS 'Part of revenue for which no score can speak: from orders whose source names no customer (marketplaces, tills). revenue - revenue_without_customer is what identified customers spent, and all columns after this one are about that part only: their shares and growth are not those of the whole shop.';
COMMENT ON COLUMN value.revenue.surveyed_customers IS 'Customers with an order that counts in the period who had answered by its end.';
COMMENT ON COLUMN value.revenue.surveyed_revenue IS 'Net revenue of these customers in the period.';
COMMENT ON COLUMN value.revenue.share_of_revenue_surveyed IS 'surveyed_revenue / revenue: the part of revenue that the answers speak for. NULL unless revenue is above 0.';
COMMENT ON COLUMN value.revenue.nps_of_customers IS 'Score of the latest answers of the surveyed customers, in points, each customer once. NULL without one.';
COMMENT ON COLUMN value.revenue.revenue_weighted_nps IS 'The same score with each customer weighted by revenue in the period, in points. NULL unless they have revenue above 0.';
COMMENT ON COLUMN value.revenue.revenue_weighted_low IS 'Lower end of the confidence interval of revenue_weighted_nps (NORTHSTAR_CONFIDENCE), which holds it; NULL with it.';
COMMENT ON COLUMN value.revenue.revenue_weighted_high IS 'Upper end of the confidence interval of revenue_weighted_nps.';
COMMENT ON COLUMN value.revenue.is_reliable IS 'Whether nps_of_customers and revenue_weighted_nps may be read as scores: true with at least NORTHSTAR_MIN_RESPONSES surveyed customers, and never with fewer than ten.';
COMMENT ON COLUMN value.revenue.revenue_before IS 'Net revenue of identified customers in the 365 days before the period.';
COMMENT ON COLUMN value.revenue.retained_revenue IS 'Part of the period''s revenue from customers with an order that counts in the 365 days before it.';
COMMENT ON COLUMN value.revenue.referred_revenue IS 'Part of new_revenue from customers brought by a credited referral.';
COMMENT ON COLUMN value.revenue.new_revenue IS 'Part of the period''s revenue from all other identified customers, referred or not.';
COMMENT ON COLUMN value.revenue.net_revenue_retention IS 'retained_revenue / revenue_before. NULL until the shop has two years of orders, and unless revenue_before is above 0.';
COMMENT ON COLUMN value.revenue.earned_new_customers IS 'referred_revenue / revenue_before. NULL where net_revenue_retention is.';
COMMENT ON COLUMN value.revenue.earned_growth_rate IS 'net_revenue_retention + earned_new_customers - 1: growth from returning and referred customers. NULL where net_revenue_retention is.';
COMMENT ON COLUMN value.revenue.bought_growth_rate IS '(new_revenue - referred_revenue) / revenue_before: growth from new customers without a known referral. NULL where net_revenue_retention is.';

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
    nps_high DOUBLE,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE value.biggest_customers IS 'What the customers who spent most in the 365 days to the end of the month answered last. One row per month and tier; value.biggest_customers_trend has the change over a year. Money is in the reporting currency. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.biggest_customers.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.biggest_customers.tier IS 'top_100: the 100 customers with most revenue; top_decile: the first tenth by revenue, and those with as much as the last of it; all: everyone with an order that counts in the period.';
COMMENT ON COLUMN value.biggest_customers.period_start IS 'First day of the 365.';
COMMENT ON COLUMN value.biggest_customers.period_end IS 'Day after the last of the 365.';
COMMENT ON COLUMN value.biggest_customers.customers IS 'Customers of the tier.';
COMMENT ON COLUMN value.biggest_customers.revenue IS 'Net revenue of these customers in the period.';
COMMENT ON COLUMN value.biggest_customers.share_of_revenue IS 'Fraction of the revenue of tier all, 0..1; NULL unless that is above 0.';
COMMENT ON COLUMN value.biggest_customers.surveyed IS 'Customers of the tier who had answered by the end of the month.';
COMMENT ON COLUMN value.biggest_customers.promoters IS 'Surveyed customers whose latest answer was 9 or 10.';
COMMENT ON COLUMN value.biggest_customers.passives IS 'Surveyed customers whose latest answer was 7 or 8.';
COMMENT ON COLUMN value.biggest_customers.detractors IS 'Surveyed customers whose latest answer was 0 to 6.';
COMMENT ON COLUMN value.biggest_customers.nps IS 'Score of these latest answers, in points; NULL without one.';
COMMENT ON COLUMN value.biggest_customers.nps_low IS 'Lower end of the confidence interval of nps (adjusted Wald, NORTHSTAR_CONFIDENCE).';
COMMENT ON COLUMN value.biggest_customers.nps_high IS 'Upper end of the confidence interval of nps.';
COMMENT ON COLUMN value.biggest_customers.is_reliable IS 'Whether nps may be read as a score: true with at least NORTHSTAR_MIN_RESPONSES surveyed customers, and never with fewer than ten.';

CREATE TABLE IF NOT EXISTS value.growth (
    month DATE NOT NULL,
    nps DOUBLE,
    revenue DECIMAL(18, 2) NOT NULL,
    revenue_growth_next DOUBLE,
    elasticity_per_7_points DOUBLE,
    elasticity_low DOUBLE,
    elasticity_high DOUBLE,
    observations BIGINT NOT NULL,
    independent_observations BIGINT NOT NULL CHECK (independent_observations BETWEEN 0 AND observations),
    is_reliable BOOLEAN NOT NULL,
    published_per_7_points DOUBLE NOT NULL
);
COMMENT ON TABLE value.growth IS 'Whether this shop''s revenue grew more after months with a better score: the shop''s own association, not a cause. One row per month. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.growth.month IS 'First day of the month whose revenue is given.';
COMMENT ON COLUMN value.growth.nps IS 'Score of the month before, all stages, in points; NULL without answers in it.';
COMMENT ON COLUMN value.growth.revenue IS 'Net revenue of the month in the reporting currency, including orders without a customer; refunds dated later are not yet deducted.';
COMMENT ON COLUMN value.growth.revenue_growth_next IS 'Growth that followed that score: revenue divided by that of the same month a year earlier, minus 1. NULL for the open month, and unless the earlier month has revenue and is not the shop''s first, which may be incomplete.';
COMMENT ON COLUMN value.growth.elasticity_per_7_points IS 'Growth associated with 7 more points in the month before (least squares over all pairs so far; 0.01 is one percent). NULL with fewer than 8 pairs.';
COMMENT ON COLUMN value.growth.elasticity_low IS 'Lower end of the confidence interval of elasticity_per_7_points (NORTHSTAR_CONFIDENCE; Newey-West errors).';
COMMENT ON COLUMN value.growth.elasticity_high IS 'Upper end of the confidence interval of elasticity_per_7_points.';
COMMENT ON COLUMN value.growth.observations IS 'Pairs of score and growth up to the month. Neighbours in time are not independent: see independent_observations.';
COMMENT ON COLUMN value.growth.independent_observations IS 'How many of the pairs share no month with another: the growth of March 2025 and that of March 2026 both contain March 2025.';
COMMENT ON COLUMN value.growth.is_reliable IS 'Whether the elasticity may be relied on: true with 10 independent_observations or more. Even then it is an association.';
COMMENT ON COLUMN value.growth.published_per_7_points IS 'Not this shop''s figure and used in no computation: 0.01 (1 % of growth per 7 points), for comparison only, found across British companies by Marsden, Samson and Upton (2005), whose growth preceded the survey; Keiningham et al. (2007) could not replicate it.';

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
COMMENT ON TABLE value.word_of_mouth IS 'A scenario, not a measurement: what recommendations and warnings would be worth under the assumptions in NORTHSTAR_RECOMMENDED_SHARE, NORTHSTAR_RECOMMENDATIONS, NORTHSTAR_WARNINGS and NORTHSTAR_WARNING_WEIGHT. One row per month and category; no rows while the first setting is 0. Money is in the reporting currency, per customer. Observed referrals are in value.promoter_value; never add the two.';
COMMENT ON COLUMN value.word_of_mouth.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.word_of_mouth.category IS 'Category of the customers'' latest answer.';
COMMENT ON COLUMN value.word_of_mouth.customers IS 'Customers with an order that counts.';
COMMENT ON COLUMN value.word_of_mouth.own_value IS 'Mean net revenue so far, or mean margin on it (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.word_of_mouth.recommendations IS 'Assumed recommendations per customer (NORTHSTAR_RECOMMENDATIONS).';
COMMENT ON COLUMN value.word_of_mouth.warnings IS 'Assumed warnings per customer (NORTHSTAR_WARNINGS).';
COMMENT ON COLUMN value.word_of_mouth.new_customers IS 'Customers of all categories, unsurveyed included, whose first order lies in the 365 days to the end of the month.';
COMMENT ON COLUMN value.word_of_mouth.value_of_new_customer IS 'Mean net revenue or margin so far of these new customers; 0 without one.';
COMMENT ON COLUMN value.word_of_mouth.conversion IS 'New customers per recommendation: NORTHSTAR_RECOMMENDED_SHARE of new_customers, divided by all recommendations.';
COMMENT ON COLUMN value.word_of_mouth.recommendation_value IS 'recommendations * conversion * value_of_new_customer.';
COMMENT ON COLUMN value.word_of_mouth.warning_cost IS 'warnings * NORTHSTAR_WARNING_WEIGHT * conversion * value_of_new_customer.';
COMMENT ON COLUMN value.word_of_mouth.total_value IS 'own_value + recommendation_value - warning_cost.';
COMMENT ON COLUMN value.word_of_mouth.worth_of_turning_into_promoter IS 'total_value of promoters minus that of this category: an association under assumptions, not an effect. NULL without promoters.';

CREATE TABLE IF NOT EXISTS value.models (
    month DATE NOT NULL,
    model VARCHAR NOT NULL CHECK (model IN ('bg_nbd', 'mbg_nbd', 'gamma_gamma')),
    parameter VARCHAR NOT NULL,
    value DOUBLE NOT NULL,
    log_likelihood DOUBLE,
    customers BIGINT NOT NULL,
    converged BOOLEAN NOT NULL,
    fallback BOOLEAN NOT NULL,
    reason VARCHAR CHECK (reason IN ('too_few_repeat_buyers', 'bound_reached', 'not_converged', 'no_mean')),
    correlation DOUBLE,
    fitted_to DATE NOT NULL,
    held_out_log_likelihood DOUBLE,
    other_held_out_log_likelihood DOUBLE,
    held_out_from DATE,
    input_hash VARCHAR NOT NULL
);
COMMENT ON TABLE value.models IS 'The customer-base models behind every expected order and expected money of a month. For purchases BG/NBD or MBG/NBD, whichever better foresaw the latest year or, in a young shop, half of its life; for money per purchase day Gamma-Gamma. One row per month, model and parameter. Fitted once per closed month to what was known at its end; the open month uses the fit of the last closed one. How far the forecasts were off is not here but in value.model_backtest. Method: pipelines/statistics/README.md.';
COMMENT ON COLUMN value.models.month IS 'First day of the month.';
COMMENT ON COLUMN value.models.model IS 'Purchases: bg_nbd or mbg_nbd, the one of the two that foresaw the hold-out better. Money per purchase day: gamma_gamma.';
COMMENT ON COLUMN value.models.parameter IS 'Purchases: r / alpha is the mean number of purchases a week of a customer who has not left, a / (a + b) the mean probability of leaving after a purchase (mbg_nbd: after the first one too; bg_nbd: after repeat purchases only). gamma_gamma: p * gamma / (q - 1) is the mean money per purchase day. Single parameters say nothing of the shop and are not comparable between models; read these means.';
COMMENT ON COLUMN value.models.value IS 'Maximum likelihood estimate, or the simple estimate if fallback.';
COMMENT ON COLUMN value.models.log_likelihood IS 'Log-likelihood of all customers at the estimate; NULL if fallback.';
COMMENT ON COLUMN value.models.customers IS 'Customers fitted to: all of them (bg_nbd, mbg_nbd), or those with money above 0 in a repeat purchase (gamma_gamma).';
COMMENT ON COLUMN value.models.converged IS 'Whether the optimiser found a maximum; false if it was not run.';
COMMENT ON COLUMN value.models.fallback IS 'Whether the simple estimate replaces the model. Purchases: the customer''s own rate, shrunk towards the mean rate with the weight of one average customer; nobody leaves (a = 0). Money: the customer''s own mean, shrunk towards the mean of all purchase days with the weight of one.';
COMMENT ON COLUMN value.models.reason IS 'Why the simple estimate is used: too_few_repeat_buyers (under 30), bound_reached, not_converged or no_mean (q up to 1); NULL if it is not.';
COMMENT ON COLUMN value.models.correlation IS 'gamma_gamma: correlation of the number of repeat purchases and their mean money, which the model assumes to be independent; a check warns above 0.3. NULL for purchases, and where either does not vary.';
COMMENT ON COLUMN value.models.fitted_to IS 'Last day of the data the fit uses.';
COMMENT ON COLUMN value.models.held_out_log_likelihood IS 'Log-likelihood that this model, fitted to the purchases before held_out_from, gave to the purchases from then to fitted_to: the higher, the better foreseen. Of up to 20,000 customers known before; not comparable between months. NULL where it was not measured (fewer than 30 repeat buyers before, or no fit), and for gamma_gamma.';
COMMENT ON COLUMN value.models.other_held_out_log_likelihood IS 'The same of the model not taken: bg_nbd if this is mbg_nbd, mbg_nbd if this is bg_nbd. NULL as above.';
COMMENT ON COLUMN value.models.held_out_from IS 'First day of the hold-out by which the model was chosen: the last year before fitted_to, in a shop younger than two years the latter half of its life.';
COMMENT ON COLUMN value.models.input_hash IS 'Hash of the purchase histories and of the fitting code: a fit is reused only if both are unchanged.';

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
COMMENT ON TABLE value.model_backtest IS 'How far the forecasts of value.customers and value.at_risk may be trusted: what a past month''s model expected of its customers, against what they then did and against a naive rate x time forecast. Read the row of decile 0 first: expected_orders far above actual_orders means that forecasts made in such a month were too high. One row per month, hold-out and decile. Nothing is fitted for it: it uses the model that stood at the time. It does not say that the next hold-out will be off in the same direction: the models know no season and no campaign. On the public Online Retail II data (gifts, most orders before Christmas), forecasts to 9 December 2011 made on 9 December 2010, 9 March, 9 June and 9 September 2011 were off by +51, +13, -2 and -23 percent of the orders (naive: +50, +15, +5 and -15), and per customer by 2.58, 1.57, 1.05 and 0.70 orders (naive: 2.65, 1.61, 1.10 and 0.71): better than naive at telling customers apart, not at foreseeing the season. Nor does it speak of single categories, since one model serves all: in simulated shops it expects, over a year, 2.6 times the orders of detractors, 1.4 times those of passives and 10 percent too few of promoters; value.at_risk has backtest_error by category, and figures corrected for it (calibrated_revenue_90d, churn_probability). Money is in the reporting currency, net revenue or margin (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.model_backtest.month IS 'First day of the month with whose end the hold-out ends; closed months only.';
COMMENT ON COLUMN value.model_backtest.hold_out_months IS 'Length of the hold-out in months: 3, 6 or 12. The forecast dates from the end of the month that long before, on what was known then.';
COMMENT ON COLUMN value.model_backtest.decile IS 'Decile of the customers by expected_orders, 1 the highest; customers with the same expectation share a decile. 0: all customers.';
COMMENT ON COLUMN value.model_backtest.fitted_to IS 'Last day before the hold-out.';
COMMENT ON COLUMN value.model_backtest.fallback IS 'Whether the forecast uses a simple estimate (value.models.fallback).';
COMMENT ON COLUMN value.model_backtest.customers IS 'Customers known at fitted_to; customers first seen in the hold-out are not forecast.';
COMMENT ON COLUMN value.model_backtest.expected_orders IS 'Days with a purchase that the model expected of these customers, in total.';
COMMENT ON COLUMN value.model_backtest.actual_orders IS 'Days with a purchase in the hold-out, in total.';
COMMENT ON COLUMN value.model_backtest.naive_orders IS 'Naive forecast: each customer''s repeat purchases per week so far times the weeks of the hold-out, in total.';
COMMENT ON COLUMN value.model_backtest.absolute_error IS 'Mean absolute error of expected_orders, per customer.';
COMMENT ON COLUMN value.model_backtest.naive_absolute_error IS 'Mean absolute error of naive_orders, per customer.';
COMMENT ON COLUMN value.model_backtest.expected_value IS 'Expected orders times expected money per order, in total.';
COMMENT ON COLUMN value.model_backtest.actual_value IS 'Money of the hold-out''s days in total; returns booked in it are deducted.';
COMMENT ON COLUMN value.model_backtest.naive_value IS 'naive_orders times the customer''s own mean per repeat purchase, in total.';

CREATE TABLE IF NOT EXISTS value.at_risk (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor', 'unsurveyed')),
    customers BIGINT NOT NULL,
    churn_probability DOUBLE NOT NULL,
    expected_revenue_90d DOUBLE NOT NULL,
    revenue_at_risk_90d DOUBLE NOT NULL,
    revenue_at_risk_180d DOUBLE NOT NULL,
    calibrated_at_risk_90d DOUBLE NOT NULL,
    churn_expected_before DOUBLE,
    churn_actual_before DOUBLE,
    backtest_expected DOUBLE,
    backtest_actual DECIMAL(18, 2),
    backtest_error DOUBLE,
    calibrated_revenue_90d DOUBLE
);
COMMENT ON TABLE value.at_risk IS 'Which category''s customers will not order again, and how much money that concerns. Compare churn_probability between categories: higher means likelier to order nothing for a year; churn_expected_before and churn_actual_before show how well the same forecast did a year ago. One row per month and category with a customer; sums and means over value.customers (detractors one by one: value.churn_signals). It does not say that the answer caused anybody to stay or go. Without a year to learn from, the forecast is the model''s alone and may be far off: on the public Online Retail II data, of the customers of 9 December 2010, 9 March, 9 June and 9 September 2011 it expected 20.5, 35.1, 48.2 and 64.7 percent to order nothing until 9 December 2011; 37.5, 41.6, 48.1 and 56.6 ordered nothing. Money is in the reporting currency, net revenue or margin (NORTHSTAR_VALUE_BASIS).';
COMMENT ON COLUMN value.at_risk.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.at_risk.category IS 'Category of the customers'' latest answer; unsurveyed without one.';
COMMENT ON COLUMN value.at_risk.customers IS 'Customers with an order that counts.';
COMMENT ON COLUMN value.at_risk.churn_probability IS 'Expected share, 0..1, of the category''s customers with no order that counts in the 365 days after the month''s end (in the open month after the clock''s day): 0.7 means that 70 of 100 will order nothing. Who left long ago is among them, so it is high in every shop with many one-time buyers. Calibrated: the odds of each category are corrected by how far they were off for the category a year ago; not corrected where churn_actual_before is NULL, or in a shop whose orders began less than 18 months ago. Off by at most 5 points in every category in 97 of 100 simulated shops of 5,000 customers, in 54 of 100 of 1,000. It is not the probability of having left for good.';
COMMENT ON COLUMN value.at_risk.expected_revenue_90d IS 'Expected money in the next 90 days, not discounted.';
COMMENT ON COLUMN value.at_risk.revenue_at_risk_90d IS 'Sum of value.customers.revenue_at_risk_90d: the probability of having left for good (1 - probability_alive, not churn_probability) times the money expected in 90 days of a customer certain to have stayed.';
COMMENT ON COLUMN value.at_risk.revenue_at_risk_180d IS 'As revenue_at_risk_90d, for the next 180 days.';
COMMENT ON COLUMN value.at_risk.calibrated_at_risk_90d IS 'Sum of value.customers.calibrated_at_risk_90d: revenue_at_risk_90d with the probability of having left calibrated by category. Compare categories by this, not by revenue_at_risk_90d, which takes detractors for as loyal as their past purchases.';
COMMENT ON COLUMN value.at_risk.churn_expected_before IS 'What churn_probability said a year ago: the share without an order that counts expected, for the 365 days from then, of the customers then in the category. The same method with what was known then, so early rows are not calibrated yet. The open month has the figures of the last closed one. NULL where no such year has passed, or nobody was in the category.';
COMMENT ON COLUMN value.at_risk.churn_actual_before IS 'Share of these customers who indeed ordered nothing in those 365 days. Its difference from churn_expected_before is the error to expect of churn_probability.';
COMMENT ON COLUMN value.at_risk.backtest_expected IS 'What the forecast of expected_revenue_90d, made three months before the end of this month, expected until that end of the customers then in the category. The open month has the figures of the last closed one. NULL without customers then.';
COMMENT ON COLUMN value.at_risk.backtest_actual IS 'What these customers brought.';
COMMENT ON COLUMN value.at_risk.backtest_error IS 'backtest_expected / backtest_actual - 1: above 0, the forecast was too high. NULL unless backtest_actual is above 0.';
COMMENT ON COLUMN value.at_risk.calibrated_revenue_90d IS 'expected_revenue_90d with the categories'' shares corrected by the hold-out: each category''s ratio of actual to expected money, shrunk towards the common ratio with the weight of 50 orders. The month''s sum is unchanged. NULL without a hold-out. In simulated shops the errors of the categories, summed, fell from 24 to 11 percent of the revenue among 3,000 customers, from 30 to 27 among 500.';

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
COMMENT ON TABLE value.retention IS 'Arithmetic on the shop''s own retention: what a customer is worth beyond the current year, as a multiple r / (1 + d - r) of a year''s value, at today''s yearly retention rate r and at 1, 2, 5 and 10 points more; d is NORTHSTAR_DISCOUNT_RATE. It does not claim that the rate can be raised. One row per month and gain. Money is in the reporting currency.';
COMMENT ON COLUMN value.retention.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.retention.gain_points IS 'Percentage points added to the rate; 0 is the rate as it is.';
COMMENT ON COLUMN value.retention.customers IS 'Customers who bought in the 365 days before the last 365.';
COMMENT ON COLUMN value.retention.retained IS 'Those of them who bought again in the last 365 days.';
COMMENT ON COLUMN value.retention.retention_rate IS 'retained / customers plus the added points, 0..1.';
COMMENT ON COLUMN value.retention.multiple IS 'What a customer is worth after the current year, in years'' worth of money: r / (1 + d - r) at this row''s rate r. 2 means two more years'' worth, discounted. It does not say how long a customer stays. NULL where it is infinite.';
COMMENT ON COLUMN value.retention.yearly_value IS 'Money of the last 365 days per customer who bought in them; net revenue or margin (NORTHSTAR_VALUE_BASIS). NULL if nobody did.';
COMMENT ON COLUMN value.retention.retained_value IS 'multiple * yearly_value.';
COMMENT ON COLUMN value.retention.change IS 'multiple divided by that of gain_points 0, minus 1; NULL unless that is above 0.';

CREATE TABLE IF NOT EXISTS value.rfm (
    month DATE NOT NULL,
    rfm_group VARCHAR NOT NULL,
    recency_quintile TINYINT CHECK (recency_quintile BETWEEN 1 AND 5),
    frequency_quintile TINYINT CHECK (frequency_quintile BETWEEN 1 AND 5),
    money_quintile TINYINT CHECK (money_quintile BETWEEN 1 AND 5),
    customers BIGINT NOT NULL,
    revenue DECIMAL(18, 2) NOT NULL,
    surveyed BIGINT NOT NULL,
    promoters BIGINT NOT NULL,
    passives BIGINT NOT NULL,
    detractors BIGINT NOT NULL,
    nps DOUBLE,
    nps_low DOUBLE,
    nps_high DOUBLE,
    pooled_nps DOUBLE,
    pooled_low DOUBLE,
    pooled_high DOUBLE,
    is_reliable BOOLEAN NOT NULL,
    churn_probability DOUBLE NOT NULL
);
COMMENT ON TABLE value.rfm IS 'Customers of the last 365 days by how recently, how often and for how much they bought: one row per month and group, and one per combination of the three quintiles. Groups are relative: a fifth is always at the top, so sizes say little and moves (value.rfm_moves), revenue, score and churn say more.';
COMMENT ON COLUMN value.rfm.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.rfm.rfm_group IS 'Group by the quintiles of recency, frequency and money together, as sql/lexicon/rfm_groups.csv or {HOME}/rfm_groups.csv names it.';
COMMENT ON COLUMN value.rfm.recency_quintile IS '5: the fifth who bought most recently; by the day of the last order that counts, ceil(5 x share of customers at or below), ties at their mean rank. NULL in the row of the whole group.';
COMMENT ON COLUMN value.rfm.frequency_quintile IS '5: the fifth with most orders that count in the 365 days. Where most bought once, they share the middle of their ranks, and some quintiles are empty. NULL in the row of the whole group.';
COMMENT ON COLUMN value.rfm.money_quintile IS '5: the fifth with most net revenue in the 365 days. NULL in the row of the whole group.';
COMMENT ON COLUMN value.rfm.customers IS 'Customers with an order that counts in the 365 days to the month''s end.';
COMMENT ON COLUMN value.rfm.revenue IS 'Their net revenue of these days, returns deducted; never margin.';
COMMENT ON COLUMN value.rfm.surveyed IS 'Those who have answered, by the category of the latest answer.';
COMMENT ON COLUMN value.rfm.promoters IS 'Customers whose latest answer is 9 or 10.';
COMMENT ON COLUMN value.rfm.passives IS 'Customers whose latest answer is 7 or 8.';
COMMENT ON COLUMN value.rfm.detractors IS 'Customers whose latest answer is 0 to 6.';
COMMENT ON COLUMN value.rfm.nps IS 'Net promoter score of the latest answers, points; NULL without any. Of those who answered: the silent of a group may think otherwise.';
COMMENT ON COLUMN value.rfm.nps_low IS 'Lower end of the adjusted Wald interval of nps at NORTHSTAR_CONFIDENCE, points.';
COMMENT ON COLUMN value.rfm.nps_high IS 'Upper end of the adjusted Wald interval of nps, points.';
COMMENT ON COLUMN value.rfm.pooled_nps IS 'Score shrunk towards that of all groups of the month (of all combinations, in their rows), as nps.by_segment.pooled_nps. Rank by this column.';
COMMENT ON COLUMN value.rfm.pooled_low IS 'Lower end of the interval of pooled_nps, points.';
COMMENT ON COLUMN value.rfm.pooled_high IS 'Upper end of the interval of pooled_nps, points.';
COMMENT ON COLUMN value.rfm.is_reliable IS 'Whether nps may be read as a figure: at least NORTHSTAR_MIN_RESPONSES surveyed customers, and never fewer than ten.';
COMMENT ON COLUMN value.rfm.churn_probability IS 'Expected share that orders nothing in the next 365 days, 0..1, calibrated by category as in value.at_risk.';

CREATE TABLE IF NOT EXISTS value.cohorts (
    month DATE NOT NULL,
    cohort_month DATE NOT NULL CHECK (cohort_month <= month),
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    months_since INTEGER NOT NULL CHECK (months_since >= 0),
    is_complete BOOLEAN NOT NULL,
    customers BIGINT NOT NULL CHECK (customers > 0),
    active BIGINT NOT NULL CHECK (active <= customers),
    retention DOUBLE NOT NULL,
    retention_low DOUBLE NOT NULL,
    retention_high DOUBLE NOT NULL,
    is_reliable BOOLEAN NOT NULL,
    revenue_per_customer DECIMAL(18, 2) NOT NULL,
    margin_per_customer DECIMAL(18, 2),
    revenue_low DOUBLE,
    revenue_high DOUBLE,
    revenue_reason VARCHAR CHECK ((revenue_reason IS NULL) = (revenue_low IS NOT NULL))
);
COMMENT ON TABLE value.cohorts IS 'What became of customers whose first order fell in the same month: how many of them ordered in each later month, and what they brought so far. One row per month, cohort, dimension and segment; months_since is the age of the cohort in that month, so one cohort''s history is its rows of all months. Whole cohorts (dimension all), and by the first order''s country, product_category, channel and discounted, and by the category of the first answer. That one kind comes back more often than another is an association: what they bought first, or said, need not be the cause.';
COMMENT ON COLUMN value.cohorts.month IS 'First day of the month in which the cohort is looked at; figures are as known at its end, or at the clock in the open month.';
COMMENT ON COLUMN value.cohorts.cohort_month IS 'First day of the month of the customers'' first order that counts. A first order that is refunded whole makes the next one the first, so a cohort''s size is what was known at the end of month.';
COMMENT ON COLUMN value.cohorts.dimension IS 'all; country, product_category (of most money), channel or discounted: of the first order; category: of the first answer given by the end of the month after that of the first order, with rows only from then on (months_since of 2 and more), because whoever buys again is asked again and would otherwise be among those who answered for having come back.';
COMMENT ON COLUMN value.cohorts.segment IS 'Value of the dimension; unknown where the source does not say, unsurveyed for customers without such an answer.';
COMMENT ON COLUMN value.cohorts.months_since IS 'Months from cohort_month to month; 0 is the month of the first order itself. Months to come have no row.';
COMMENT ON COLUMN value.cohorts.is_complete IS 'false while the month is open: retention grows until it ends.';
COMMENT ON COLUMN value.cohorts.customers IS 'Customers of the cohort.';
COMMENT ON COLUMN value.cohorts.active IS 'Those with an order that counts placed in the month.';
COMMENT ON COLUMN value.cohorts.retention IS 'active / customers, 0..1.';
COMMENT ON COLUMN value.cohorts.retention_low IS 'Lower end of Wilson''s interval of retention at NORTHSTAR_CONFIDENCE.';
COMMENT ON COLUMN value.cohorts.retention_high IS 'Upper end of Wilson''s interval of retention.';
COMMENT ON COLUMN value.cohorts.is_reliable IS 'Whether the row may be read as a figure: at least NORTHSTAR_MIN_RESPONSES customers, and never fewer than ten.';
COMMENT ON COLUMN value.cohorts.revenue_per_customer IS 'Net revenue per customer of the cohort from the first order to the end of month, reporting currency; refunds are deducted in the month in which money was given back.';
COMMENT ON COLUMN value.cohorts.margin_per_customer IS 'The margin on it, if NORTHSTAR_VALUE_BASIS is margin; else NULL.';
COMMENT ON COLUMN value.cohorts.revenue_low IS 'Lower end of the confidence interval of revenue_per_customer (Hall''s transformation for skewed amounts). Not below zero unless a customer''s revenue is. NULL if revenue_reason says why.';
COMMENT ON COLUMN value.cohorts.revenue_high IS 'Upper end of the confidence interval of revenue_per_customer; NULL if revenue_reason says why.';
COMMENT ON COLUMN value.cohorts.revenue_reason IS 'Why there is no interval: fewer than 30 customers, or all alike. NULL where there is one.';

CREATE TABLE IF NOT EXISTS value.second_order (
    month DATE NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    horizon_days INTEGER NOT NULL,
    customers BIGINT NOT NULL,
    at_risk BIGINT NOT NULL,
    second_order_rate DOUBLE,
    rate_low DOUBLE,
    rate_high DOUBLE,
    median_days INTEGER,
    value_customers BIGINT NOT NULL,
    value_365d DECIMAL(18, 2),
    value_low DOUBLE,
    value_high DOUBLE,
    value_reason VARCHAR CHECK ((value_reason IS NULL) = (value_low IS NOT NULL))
);
COMMENT ON TABLE value.second_order IS 'How soon new customers order again, and what they bring in their first year, by their first order and by what they first said. One row per month, dimension, segment and horizon; of customers whose first order that counts fell in the 24 months to the month''s end. A product that people come back after need not be what brings them back: whoever buys it may be another kind of customer.';
COMMENT ON COLUMN value.second_order.month IS 'First day of the month; figures are as of its end, or as of the clock in the open month.';
COMMENT ON COLUMN value.second_order.dimension IS 'all; product_category (of most money) or discounted: of the first order; category: of the first answer given within 30 days of the first order, of customers who had not ordered again by then and are followed from then on.';
COMMENT ON COLUMN value.second_order.segment IS 'Value of the dimension; unknown where the source does not say, unsurveyed for customers without such an answer.';
COMMENT ON COLUMN value.second_order.horizon_days IS 'Days after the day of the first order: 30, 60, 90, 180, 365.';
COMMENT ON COLUMN value.second_order.customers IS 'Customers followed, from the day of the first order until the next day with an order that counts, the month''s end or 365 days, whichever comes first.';
COMMENT ON COLUMN value.second_order.at_risk IS 'Those still followed on the last day of the horizon.';
COMMENT ON COLUMN value.second_order.second_order_rate IS 'Share that has ordered again within the horizon (Kaplan-Meier), 0..1; orders of the same day are one purchase. By category: of those who had not ordered again within 30 days. NULL with fewer than 10 at risk, and by category up to 30 days.';
COMMENT ON COLUMN value.second_order.rate_low IS 'Lower end of the log-log interval of second_order_rate at NORTHSTAR_CONFIDENCE; NULL where the rate is 0, 1 or NULL.';
COMMENT ON COLUMN value.second_order.rate_high IS 'Upper end of the log-log interval of second_order_rate.';
COMMENT ON COLUMN value.second_order.median_days IS 'Days within which half have ordered again; NULL if the curve does not get there with 10 at risk.';
COMMENT ON COLUMN value.second_order.value_customers IS 'Customers whose first order was 365 to 729 days ago.';
COMMENT ON COLUMN value.second_order.value_365d IS 'Their net revenue in the 365 days from the first order, that one included, per customer, as known at the month''s end; NULL without any.';
COMMENT ON COLUMN value.second_order.value_low IS 'Lower end of the confidence interval of value_365d (Hall''s transformation for skewed amounts). Not below zero unless a customer''s revenue is. NULL if value_reason says why.';
COMMENT ON COLUMN value.second_order.value_high IS 'Upper end of the confidence interval of value_365d; NULL if value_reason says why.';
COMMENT ON COLUMN value.second_order.value_reason IS 'Why value_365d has no interval: no year has passed, fewer than 10 customers, or all alike. NULL where there is one.';

CREATE TABLE IF NOT EXISTS value.rfm_moves (
    month DATE NOT NULL,
    from_group VARCHAR NOT NULL,
    to_group VARCHAR NOT NULL,
    customers BIGINT NOT NULL,
    share DOUBLE NOT NULL
);
COMMENT ON TABLE value.rfm_moves IS 'Which RFM groups customers came from and went to within a month. One row per month and pair of groups. Quintiles are relative to the others of each month, so a few customers move because others did.';
COMMENT ON COLUMN value.rfm_moves.month IS 'First day of the month within which customers moved; the open month: up to the clock.';
COMMENT ON COLUMN value.rfm_moves.from_group IS 'Group at the end of the month before; new: no order that counts before this month; lapsed: had bought, but not in the 365 days before.';
COMMENT ON COLUMN value.rfm_moves.to_group IS 'Group at the month''s end; lapsed: no order that counts in the 365 days to it.';
COMMENT ON COLUMN value.rfm_moves.customers IS 'Customers who moved so, or stayed.';
COMMENT ON COLUMN value.rfm_moves.share IS 'Their share of the customers of from_group, 0..1.';
