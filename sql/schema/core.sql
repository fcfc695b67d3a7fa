-- One truth: who bought, what they bought, what they answered. Pseudonymous; published.
CREATE SCHEMA IF NOT EXISTS core;

CREATE TABLE IF NOT EXISTS core.customers (
    customer_id VARCHAR NOT NULL,
    account_type VARCHAR NOT NULL CHECK (account_type IN ('registered', 'guest', 'prospect')),
    country VARCHAR,
    registered_at TIMESTAMPTZ,
    first_order_at TIMESTAMPTZ,
    first_seen_at TIMESTAMPTZ,
    referred_by VARCHAR,
    cohort_month DATE,
    attributes MAP(VARCHAR, VARCHAR)
);
COMMENT ON TABLE core.customers IS 'One row per person known by an e-mail address or a source''s id.';
COMMENT ON COLUMN core.customers.customer_id IS 'Pseudonym: keyed hash of the person''s e-mail address, else of the source''s id.';
COMMENT ON COLUMN core.customers.account_type IS 'registered (has an account), guest (ordered without one) or prospect (has not ordered).';
COMMENT ON COLUMN core.customers.country IS 'Country of the account, else of the latest order.';
COMMENT ON COLUMN core.customers.registered_at IS 'When the account was made (UTC); empty for guests and where the source does not say.';
COMMENT ON COLUMN core.customers.first_order_at IS 'Time of the first order that counts (UTC).';
COMMENT ON COLUMN core.customers.first_seen_at IS 'Earliest dated record of the person (UTC).';
COMMENT ON COLUMN core.customers.referred_by IS 'customer_id of the advocate with the earliest valid referral.';
COMMENT ON COLUMN core.customers.cohort_month IS 'First day of the month of the first order that counts, business zone.';
COMMENT ON COLUMN core.customers.attributes IS 'The customer columns named in NORTHSTAR_ATTRIBUTES, by name.';

CREATE TABLE IF NOT EXISTS core.orders (
    order_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    customer_id VARCHAR,
    ordered_at TIMESTAMPTZ NOT NULL,
    order_date DATE NOT NULL,
    promised_at TIMESTAMPTZ,
    fulfilled_at TIMESTAMPTZ,
    delivered_at TIMESTAMPTZ,
    days_late INTEGER,
    status VARCHAR NOT NULL,
    is_cancelled BOOLEAN NOT NULL,
    is_guest BOOLEAN,
    channel VARCHAR,
    country VARCHAR,
    currency VARCHAR,
    gross DECIMAL(18, 2),
    refunded DECIMAL(18, 2),
    refunded_at TIMESTAMPTZ,
    net DECIMAL(18, 2),
    counts BOOLEAN NOT NULL,
    items DECIMAL(18, 4),
    main_product_category VARCHAR,
    main_brand VARCHAR
);
COMMENT ON TABLE core.orders IS 'One row per order, cancelled ones included.';
COMMENT ON COLUMN core.orders.order_id IS 'The source''s own id, prefixed source: unless the file was canonical.';
COMMENT ON COLUMN core.orders.source IS 'Format family the order came from; canonical for canonical files.';
COMMENT ON COLUMN core.orders.customer_id IS 'Pseudonym of the buyer; empty when the source names nobody.';
COMMENT ON COLUMN core.orders.ordered_at IS 'Time of the order (UTC).';
COMMENT ON COLUMN core.orders.order_date IS 'Day of the order in the business zone.';
COMMENT ON COLUMN core.orders.promised_at IS 'Promised delivery (UTC).';
COMMENT ON COLUMN core.orders.fulfilled_at IS 'Handed to the carrier (UTC).';
COMMENT ON COLUMN core.orders.delivered_at IS 'Delivered (UTC).';
COMMENT ON COLUMN core.orders.days_late IS 'Days from the promised to the delivered day, business zone; negative when early.';
COMMENT ON COLUMN core.orders.status IS 'The source''s status in lower case; open where it gives none.';
COMMENT ON COLUMN core.orders.is_cancelled IS 'The order was cancelled, or never paid: kept, but out of revenue.';
COMMENT ON COLUMN core.orders.is_guest IS 'Ordered without an account, where the source says so.';
COMMENT ON COLUMN core.orders.channel IS 'Sales channel named by the source.';
COMMENT ON COLUMN core.orders.country IS 'Country of delivery, else of billing, as the source writes it.';
COMMENT ON COLUMN core.orders.currency IS 'Currency the order was paid in (ISO 4217).';
COMMENT ON COLUMN core.orders.gross IS 'Total after discount with shipping and tax, reporting currency by the rate of the order''s day; empty when no rate is known.';
COMMENT ON COLUMN core.orders.refunded IS 'Refunded so far, reporting currency by the rate of the order''s day.';
COMMENT ON COLUMN core.orders.refunded_at IS 'Time of the refund (UTC); empty when the source does not say: it then counts on the order''s day.';
COMMENT ON COLUMN core.orders.net IS 'gross less refunded, 0 if cancelled: what the customer paid and left, reporting currency.';
COMMENT ON COLUMN core.orders.counts IS 'Counts as a purchase: not cancelled, not refunded in full, and its money could be converted.';
COMMENT ON COLUMN core.orders.items IS 'Units over the order''s lines.';
COMMENT ON COLUMN core.orders.main_product_category IS 'Category with the largest share of the order''s line value.';
COMMENT ON COLUMN core.orders.main_brand IS 'Brand with the largest share of the order''s line value.';

CREATE TABLE IF NOT EXISTS core.order_lines (
    order_id VARCHAR NOT NULL,
    line_id VARCHAR NOT NULL,
    sku VARCHAR,
    product VARCHAR,
    product_category VARCHAR,
    brand VARCHAR,
    quantity DECIMAL(18, 4) NOT NULL,
    net DECIMAL(18, 2)
);
COMMENT ON TABLE core.order_lines IS 'Items of the orders in core.orders.';
COMMENT ON COLUMN core.order_lines.order_id IS 'core.orders.order_id.';
COMMENT ON COLUMN core.order_lines.line_id IS 'Number or id of the line within its order.';
COMMENT ON COLUMN core.order_lines.sku IS 'Stock keeping unit.';
COMMENT ON COLUMN core.order_lines.product IS 'Product name as sold.';
COMMENT ON COLUMN core.order_lines.product_category IS 'Product category named by the source.';
COMMENT ON COLUMN core.order_lines.brand IS 'Brand or vendor named by the source.';
COMMENT ON COLUMN core.order_lines.quantity IS 'Units.';
COMMENT ON COLUMN core.order_lines.net IS 'The order''s net money shared over its lines by price times quantity; the lines of an order sum to its net.';

CREATE TABLE IF NOT EXISTS core.responses (
    response_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    survey VARCHAR,
    stage VARCHAR NOT NULL CHECK (stage IN ('prospect', 'pre_delivery', 'post_delivery', 'post_order', 'relational')),
    customer_id VARCHAR,
    order_id VARCHAR,
    order_link VARCHAR NOT NULL CHECK (order_link IN ('declared', 'inferred', 'none')),
    invited_at TIMESTAMPTZ,
    responded_at TIMESTAMPTZ NOT NULL,
    response_date DATE NOT NULL,
    score TINYINT NOT NULL CHECK (score BETWEEN 0 AND 10),
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    next_response_at TIMESTAMPTZ,
    comment VARCHAR,
    language VARCHAR,
    channel VARCHAR
);
COMMENT ON TABLE core.responses IS 'One row per accepted answer to "how likely are you to recommend us", 0 to 10.';
COMMENT ON COLUMN core.responses.response_id IS 'The source''s own id, prefixed source: unless the file was canonical.';
COMMENT ON COLUMN core.responses.source IS 'Format family the answer came from; canonical for canonical files.';
COMMENT ON COLUMN core.responses.survey IS 'Name of the survey or campaign.';
COMMENT ON COLUMN core.responses.stage IS 'Where the customer stood: declared by the export, else from the order''s dates (prospect, pre_delivery, post_delivery within 60 days of delivery, post_order when delivery is unknown, relational).';
COMMENT ON COLUMN core.responses.customer_id IS 'Pseudonym of the respondent; empty for anonymous answers.';
COMMENT ON COLUMN core.responses.order_id IS 'The order the answer is about.';
COMMENT ON COLUMN core.responses.order_link IS 'declared by the export, inferred (last order within 90 days before the invitation or answer) or none.';
COMMENT ON COLUMN core.responses.invited_at IS 'Time of the invitation (UTC), where known.';
COMMENT ON COLUMN core.responses.responded_at IS 'Time of the answer (UTC).';
COMMENT ON COLUMN core.responses.response_date IS 'Day of the answer in the business zone.';
COMMENT ON COLUMN core.responses.score IS 'Answer, 0 to 10.';
COMMENT ON COLUMN core.responses.category IS 'From the score alone: promoter 9-10, passive 7-8, detractor 0-6.';
COMMENT ON COLUMN core.responses.next_response_at IS 'The same customer''s next answer at the same stage (UTC): a window counts the answer unless the next one lies before the window''s end.';
COMMENT ON COLUMN core.responses.comment IS 'Free text with e-mail addresses and phone numbers masked; empty when NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN core.responses.language IS 'Language code named by the source.';
COMMENT ON COLUMN core.responses.channel IS 'How the survey reached the customer (email, web, ...).';

CREATE TABLE IF NOT EXISTS core.answers (
    response_id VARCHAR NOT NULL,
    question VARCHAR NOT NULL,
    answer VARCHAR NOT NULL
);
COMMENT ON TABLE core.answers IS 'Answers to the survey''s other questions, one row per answer given.';
COMMENT ON COLUMN core.answers.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN core.answers.question IS 'The question as the source names it.';
COMMENT ON COLUMN core.answers.answer IS 'The answer as text, e-mail addresses and phone numbers masked.';

CREATE TABLE IF NOT EXISTS core.response_segments (
    response_id VARCHAR NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL
);
COMMENT ON TABLE core.response_segments IS 'The segment of every answer in every dimension, as of the time of the answer; unknown where it cannot be told.';
COMMENT ON COLUMN core.response_segments.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN core.response_segments.dimension IS 'country, product_category, brand, account_type, channel, survey, order_value_band, spend_tier, delivery, purchase_count_band, months_since_purchase_band, lifecycle, cohort_year, and each customer attribute.';
COMMENT ON COLUMN core.response_segments.segment IS 'Value of the dimension; unknown where it cannot be told.';

CREATE TABLE IF NOT EXISTS core.response_topics (
    response_id VARCHAR NOT NULL,
    topic VARCHAR NOT NULL
);
COMMENT ON TABLE core.response_topics IS 'What the answers'' comments are about, by the words of sql/lexicon/topics.csv and the operator''s topics.csv: one row per answer with a comment and topic in it.';
COMMENT ON COLUMN core.response_topics.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN core.response_topics.topic IS 'Topic mentioned in the comment, praised or blamed; none where no word of the lexicon is found.';

CREATE TABLE IF NOT EXISTS core.referrals (
    referral_id VARCHAR NOT NULL,
    referred_at TIMESTAMPTZ NOT NULL,
    advocate_id VARCHAR,
    friend_id VARCHAR,
    order_id VARCHAR,
    reward_cost DECIMAL(18, 2),
    status VARCHAR,
    is_credited BOOLEAN NOT NULL
);
COMMENT ON TABLE core.referrals IS 'Recommendations recorded by a referral programme, pseudonymous.';
COMMENT ON COLUMN core.referrals.referral_id IS 'The source''s own id, prefixed source: unless the file was canonical.';
COMMENT ON COLUMN core.referrals.referred_at IS 'Time of the recommendation (UTC).';
COMMENT ON COLUMN core.referrals.advocate_id IS 'customer_id of the customer who recommended.';
COMMENT ON COLUMN core.referrals.friend_id IS 'customer_id of the customer who came.';
COMMENT ON COLUMN core.referrals.order_id IS 'Order named by the programme.';
COMMENT ON COLUMN core.referrals.reward_cost IS 'Cost of the reward, reporting currency by the rate of the day.';
COMMENT ON COLUMN core.referrals.status IS 'The programme''s status in lower case.';
COMMENT ON COLUMN core.referrals.is_credited IS 'The friend''s earliest referral, by somebody else, not closing a cycle: it alone has the credit. Whether the friend ordered is told by core.orders.';

CREATE TABLE IF NOT EXISTS core.spend_tiers (
    month DATE NOT NULL,
    customers BIGINT NOT NULL,
    top_decile_from DECIMAL(18, 2) NOT NULL
);
COMMENT ON TABLE core.spend_tiers IS 'What it took to belong to the top tenth of spenders before each month with an answer.';
COMMENT ON COLUMN core.spend_tiers.month IS 'Month (first day) of the answers that are compared with it.';
COMMENT ON COLUMN core.spend_tiers.customers IS 'Customers who bought in the 365 days before the month.';
COMMENT ON COLUMN core.spend_tiers.top_decile_from IS 'Net revenue of those 365 days from which a customer belongs to the top decile.';

CREATE TABLE IF NOT EXISTS core.order_segments (
    order_id VARCHAR NOT NULL,
    country VARCHAR NOT NULL,
    product_category VARCHAR NOT NULL,
    brand VARCHAR NOT NULL,
    account_type VARCHAR NOT NULL,
    channel VARCHAR NOT NULL,
    order_value_band VARCHAR NOT NULL,
    purchase_count_band VARCHAR NOT NULL,
    lifecycle VARCHAR NOT NULL,
    cohort_year VARCHAR NOT NULL
);
COMMENT ON TABLE core.order_segments IS 'The segment of every order in the dimensions that an order has, as of its time and in the words of core.response_segments; unknown where it cannot be told. Customer attributes are in core.customers.';
COMMENT ON COLUMN core.order_segments.order_id IS 'core.orders.order_id.';
COMMENT ON COLUMN core.order_segments.country IS 'Country of the account, else of the order, else of an earlier one.';
COMMENT ON COLUMN core.order_segments.product_category IS 'Category with the largest share of the order''s line value.';
COMMENT ON COLUMN core.order_segments.brand IS 'Brand with the largest share of the order''s line value.';
COMMENT ON COLUMN core.order_segments.account_type IS 'registered (had an account by then) or guest.';
COMMENT ON COLUMN core.order_segments.channel IS 'Sales channel of the order; the channel of core.response_segments is that of the survey.';
COMMENT ON COLUMN core.order_segments.order_value_band IS 'Band of the order''s gross value (NORTHSTAR_ORDER_VALUE_BANDS).';
COMMENT ON COLUMN core.order_segments.purchase_count_band IS 'Purchases of the customer up to this order: 1, 2-3, 4-9 or 10+; 0 where none counts.';
COMMENT ON COLUMN core.order_segments.lifecycle IS 'new (first purchase) or active; prospect where none of the customer''s orders counts.';
COMMENT ON COLUMN core.order_segments.cohort_year IS 'Year of the customer''s first purchase.';

CREATE TABLE IF NOT EXISTS core.invitations (
    invitation_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    customer_id VARCHAR,
    invited_at TIMESTAMPTZ NOT NULL,
    invited_date DATE NOT NULL,
    survey VARCHAR,
    stage VARCHAR,
    channel VARCHAR,
    is_delivered BOOLEAN,
    is_opened BOOLEAN,
    is_bounced BOOLEAN,
    is_unsubscribed BOOLEAN,
    response_id VARCHAR,
    is_declared BOOLEAN NOT NULL
);
COMMENT ON TABLE core.invitations IS 'One row per time a customer was asked, answered or not. An invitation that was answered is one invitation.';
COMMENT ON COLUMN core.invitations.invitation_id IS 'The source''s own id, prefixed source: unless the file was canonical; where an answer alone tells of it, the answer''s id (prefixed response: if canonical).';
COMMENT ON COLUMN core.invitations.source IS 'Format family it came from; canonical for canonical files.';
COMMENT ON COLUMN core.invitations.customer_id IS 'Pseudonym of who was asked; empty when the source names nobody.';
COMMENT ON COLUMN core.invitations.invited_at IS 'When it was sent or shown (UTC).';
COMMENT ON COLUMN core.invitations.invited_date IS 'Day of invited_at in the business zone.';
COMMENT ON COLUMN core.invitations.survey IS 'Name of the survey or campaign.';
COMMENT ON COLUMN core.invitations.stage IS 'Where the customer stood, if the source says so.';
COMMENT ON COLUMN core.invitations.channel IS 'How the customer was asked (email, web, ...).';
COMMENT ON COLUMN core.invitations.is_delivered IS 'It reached the customer: the source says so, or that it did not bounce, or it was opened or answered; empty when unknown.';
COMMENT ON COLUMN core.invitations.is_opened IS 'It was opened or answered; empty when unknown.';
COMMENT ON COLUMN core.invitations.is_bounced IS 'It came back; empty when unknown.';
COMMENT ON COLUMN core.invitations.is_unsubscribed IS 'The customer left the list through it; empty when unknown.';
COMMENT ON COLUMN core.invitations.response_id IS 'core.responses.response_id of the answer that came of it: the same record of the source, else the same person''s first answer of the 90 days after it to a survey not named otherwise.';
COMMENT ON COLUMN core.invitations.is_declared IS 'Landed as an invitation; false where only the answer tells when its customer was invited.';
