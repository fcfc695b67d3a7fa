-- Who bought, what they bought, what they answered: each fact once. Pseudonymous; published.
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
    attributes MAP(VARCHAR, VARCHAR),
    has_email BOOLEAN NOT NULL
);
COMMENT ON TABLE core.customers IS 'One row per person identified by an e-mail address, a source''s id or a phone number: customers, guests, and people who have only answered, been invited or been referred. Its dates and times come from all records, those dated after the clock (NORTHSTAR_AS_OF) included.';
COMMENT ON COLUMN core.customers.customer_id IS 'Pseudonym: keyed hash of the person''s e-mail address, or of the source''s id where there is no address, or of the phone number where there is neither.';
COMMENT ON COLUMN core.customers.account_type IS 'registered (has an account), guest (has ordered without one) or prospect (neither).';
COMMENT ON COLUMN core.customers.country IS 'Country of the account, else of the latest order that names one, as the source writes it; NULL if none does.';
COMMENT ON COLUMN core.customers.registered_at IS 'When the account was opened, or time of the first order made with it if that is earlier (UTC); NULL for guests and prospects, and for accounts whose source gives no date.';
COMMENT ON COLUMN core.customers.first_order_at IS 'Time of the first order that counts (UTC); NULL if none counts.';
COMMENT ON COLUMN core.customers.first_seen_at IS 'Time of the person''s earliest dated record: account, order, answer or credited referral (UTC); NULL if none is dated.';
COMMENT ON COLUMN core.customers.referred_by IS 'customer_id of the advocate credited with referring the customer; NULL if nobody is.';
COMMENT ON COLUMN core.customers.cohort_month IS 'First day of the month of the first order that counts, business time zone; NULL if none counts.';
COMMENT ON COLUMN core.customers.attributes IS 'Values of the customer columns named in NORTHSTAR_ATTRIBUTES, by name; a column without a value has no entry. Current values: attributes have no history.';
COMMENT ON COLUMN core.customers.has_email IS 'Whether an e-mail address of the person is known, so that they can be written to. It does not say that they may be (core.consents) or that the address works (core.invitations.is_bounced).';

CREATE TABLE IF NOT EXISTS core.consents (
    customer_id VARCHAR NOT NULL,
    consent BOOLEAN,
    consent_at TIMESTAMPTZ,
    unsubscribed_at TIMESTAMPTZ,
    CHECK (consent IS NOT NULL OR unsubscribed_at IS NOT NULL)
);
COMMENT ON TABLE core.consents IS 'One row per customer whose account says whether they agree to be written to, or who unsubscribed from surveys. Whoever has no row was never asked, or the source does not say.';
COMMENT ON COLUMN core.consents.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN core.consents.consent IS 'true: agreed; false: refused, or withdrew. What the newest account that says either says; NULL if none does.';
COMMENT ON COLUMN core.consents.consent_at IS 'Since when (UTC): the earliest updated_at of the accounts that have said so without a break. NULL where none is dated: it then counts for all time. Not proof of consent, which lies with the source.';
COMMENT ON COLUMN core.consents.unsubscribed_at IS 'From when on the customer counts as unsubscribed from surveys (UTC): the earliest core.invitations.unsubscribed_at; NULL if they never were.';

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
    discount DECIMAL(18, 2),
    refunded DECIMAL(18, 2),
    refunded_at TIMESTAMPTZ,
    net DECIMAL(18, 2),
    counts BOOLEAN NOT NULL,
    items DECIMAL(18, 4),
    main_product_category VARCHAR,
    main_brand VARCHAR
);
COMMENT ON TABLE core.orders IS 'One row per order, cancelled orders included. Money is in the reporting currency. Rows dated after the clock (NORTHSTAR_AS_OF) are in it; figures count them when their time has come.';
COMMENT ON COLUMN core.orders.order_id IS 'The source''s own id, with the source as prefix (shopify:1001); without a prefix from canonical files.';
COMMENT ON COLUMN core.orders.source IS 'Format family the order came from; canonical for canonical files.';
COMMENT ON COLUMN core.orders.customer_id IS 'core.customers.customer_id of the buyer; NULL where the source names nobody.';
COMMENT ON COLUMN core.orders.ordered_at IS 'Time of the order (UTC).';
COMMENT ON COLUMN core.orders.order_date IS 'Day of ordered_at in the business time zone.';
COMMENT ON COLUMN core.orders.promised_at IS 'Promised time of delivery (UTC); NULL if unknown.';
COMMENT ON COLUMN core.orders.fulfilled_at IS 'When the order was handed to the carrier (UTC); NULL if unknown.';
COMMENT ON COLUMN core.orders.delivered_at IS 'When the order was delivered (UTC); NULL if unknown or not delivered yet.';
COMMENT ON COLUMN core.orders.days_late IS 'Days from the promised to the actual day of delivery, business time zone; negative when early, NULL unless both are known.';
COMMENT ON COLUMN core.orders.status IS 'The source''s status in lower case; ''open'' where it gives none.';
COMMENT ON COLUMN core.orders.is_cancelled IS 'The order was cancelled, never paid or a test, by the meaning of its status: it has a row but no revenue.';
COMMENT ON COLUMN core.orders.is_guest IS 'Ordered without an account; NULL where the source does not say.';
COMMENT ON COLUMN core.orders.channel IS 'Sales channel as the source names it; NULL if it names none.';
COMMENT ON COLUMN core.orders.country IS 'Country of delivery, else of billing, as the source writes it; NULL if it names none.';
COMMENT ON COLUMN core.orders.currency IS 'Currency the order was paid in (ISO 4217); the reporting currency where the source names none.';
COMMENT ON COLUMN core.orders.gross IS 'Total after discount, with shipping and tax, converted at the rate of the order''s day; NULL if it cannot be converted.';
COMMENT ON COLUMN core.orders.discount IS 'Amount taken off by codes and promotions, already deducted from gross, converted like it; NULL where the source does not say. Codes are not kept.';
COMMENT ON COLUMN core.orders.refunded IS 'Amount refunded so far, converted at the rate of the order''s day; NULL if it cannot be converted.';
COMMENT ON COLUMN core.orders.refunded_at IS 'Time of the refund (UTC); NULL where the source does not say: the refund then counts on the order''s day.';
COMMENT ON COLUMN core.orders.net IS 'gross - refunded, 0 for cancelled orders; NULL if gross cannot be converted.';
COMMENT ON COLUMN core.orders.counts IS 'The order counts as a purchase: not cancelled, not refunded in full, and its money could be converted.';
COMMENT ON COLUMN core.orders.items IS 'Units over all lines of the order; NULL without lines.';
COMMENT ON COLUMN core.orders.main_product_category IS 'Product category with the largest share of the order''s value (price times quantity); NULL without lines that name one.';
COMMENT ON COLUMN core.orders.main_brand IS 'Brand with the largest share of the order''s value (price times quantity); NULL without lines that name one.';

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
COMMENT ON TABLE core.order_lines IS 'One row per line of an order in core.orders. Those of orders dated after the clock (NORTHSTAR_AS_OF) are in it.';
COMMENT ON COLUMN core.order_lines.order_id IS 'core.orders.order_id.';
COMMENT ON COLUMN core.order_lines.line_id IS 'Number or id of the line within its order.';
COMMENT ON COLUMN core.order_lines.sku IS 'Stock keeping unit; NULL if the source names none.';
COMMENT ON COLUMN core.order_lines.product IS 'Product name as sold; NULL if the source names none.';
COMMENT ON COLUMN core.order_lines.product_category IS 'Product category as the source names it; NULL if it names none.';
COMMENT ON COLUMN core.order_lines.brand IS 'Brand or vendor as the source names it; NULL if it names none.';
COMMENT ON COLUMN core.order_lines.quantity IS 'Units.';
COMMENT ON COLUMN core.order_lines.net IS 'Share of the order''s net by price times quantity (by quantity if no line has a price), reporting currency; the lines of an order sum to its net. NULL if that is NULL.';

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
COMMENT ON TABLE core.responses IS 'One row per accepted answer to "how likely are you to recommend us", 0 to 10. Repeated answers of one person within 10 minutes are one row; the others are in ops.superseded. Rows dated after the clock (NORTHSTAR_AS_OF) are in it; figures count them when their time has come.';
COMMENT ON COLUMN core.responses.response_id IS 'The source''s own id, with the source as prefix (shopify:1001); without a prefix from canonical files.';
COMMENT ON COLUMN core.responses.source IS 'Format family the answer came from; canonical for canonical files.';
COMMENT ON COLUMN core.responses.survey IS 'Name of the survey or campaign; NULL if the source names none.';
COMMENT ON COLUMN core.responses.stage IS 'Stage of the customer at the answer: as the export says, else derived from the orders. prospect: no order before the answer; pre_delivery: the linked order was delivered later; post_delivery: delivered at most 60 days before; post_order: its delivery is unknown; relational: no linked order, or delivered longer ago.';
COMMENT ON COLUMN core.responses.customer_id IS 'core.customers.customer_id of the respondent; NULL for anonymous answers.';
COMMENT ON COLUMN core.responses.order_id IS 'core.orders.order_id of the order the answer is about; NULL if none is linked.';
COMMENT ON COLUMN core.responses.order_link IS 'declared (the export names the order), inferred (the customer''s last order within 90 days before the invitation, or before the answer if no invitation is known) or none.';
COMMENT ON COLUMN core.responses.invited_at IS 'Time of the invitation (UTC); NULL if unknown.';
COMMENT ON COLUMN core.responses.responded_at IS 'Time of the answer (UTC).';
COMMENT ON COLUMN core.responses.response_date IS 'Day of responded_at in the business time zone.';
COMMENT ON COLUMN core.responses.score IS 'The answer, 0 to 10.';
COMMENT ON COLUMN core.responses.category IS 'promoter (score 9 or 10), passive (7 or 8) or detractor (0 to 6).';
COMMENT ON COLUMN core.responses.next_response_at IS 'Time of the same customer''s next answer at the same stage (UTC); NULL if there is none or the answer is anonymous. With NORTHSTAR_COUNTING=latest, a window counts an answer unless the next one falls before the window''s end.';
COMMENT ON COLUMN core.responses.comment IS 'Free text with e-mail addresses and phone numbers masked; NULL without a comment or if NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN core.responses.language IS 'Language code as the source gives it, in lower case; NULL if it gives none.';
COMMENT ON COLUMN core.responses.channel IS 'How the survey reached the customer (email, web, ...); NULL if unknown.';

CREATE TABLE IF NOT EXISTS core.answers (
    response_id VARCHAR NOT NULL,
    question VARCHAR NOT NULL,
    answer VARCHAR NOT NULL
);
COMMENT ON TABLE core.answers IS 'One row per response and further question answered in its survey. Empty if NORTHSTAR_PUBLISH_COMMENTS is false; questions about the respondent''s identity are left out. Those of responses dated after the clock (NORTHSTAR_AS_OF) are in it.';
COMMENT ON COLUMN core.answers.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN core.answers.question IS 'The question as the source names it.';
COMMENT ON COLUMN core.answers.answer IS 'The answer as text, with e-mail addresses and phone numbers masked.';

CREATE TABLE IF NOT EXISTS core.response_segments (
    response_id VARCHAR NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL
);
COMMENT ON TABLE core.response_segments IS 'One row per answer and dimension: the segment as of the time of the answer, except customer attributes, which are current. Those of answers dated after the clock (NORTHSTAR_AS_OF) are in it.';
COMMENT ON COLUMN core.response_segments.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN core.response_segments.dimension IS 'country, product_category, brand, account_type, channel, survey, order_value_band, spend_tier, rfm_group, delivery, purchase_count_band, months_since_purchase_band, lifecycle, cohort_year, discounted, or the name of a customer attribute.';
COMMENT ON COLUMN core.response_segments.segment IS 'Value of the dimension; unknown where there is none. rfm_group: the group of value.rfm by the edges of the month''s beginning (core.rfm_edges); no_order without an order in the 365 days before it.';

CREATE TABLE IF NOT EXISTS core.response_topics (
    response_id VARCHAR NOT NULL,
    topic VARCHAR NOT NULL
);
COMMENT ON TABLE core.response_topics IS 'One row per answer with a comment and topic found in it by the words of sql/lexicon/topics.csv and of the operator''s topics.csv. Those of answers dated after the clock (NORTHSTAR_AS_OF) are in it.';
COMMENT ON COLUMN core.response_topics.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN core.response_topics.topic IS 'Topic the comment mentions, whether in praise or in blame; ''none'' if it holds no word of the lexicon.';

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
COMMENT ON TABLE core.referrals IS 'One row per recommendation recorded by a referral programme. Rows dated after the clock (NORTHSTAR_AS_OF) are in it; figures count them when their time has come.';
COMMENT ON COLUMN core.referrals.referral_id IS 'The source''s own id, with the source as prefix (shopify:1001); without a prefix from canonical files.';
COMMENT ON COLUMN core.referrals.referred_at IS 'Time of the recommendation (UTC).';
COMMENT ON COLUMN core.referrals.advocate_id IS 'customer_id of the customer who recommended; NULL if the source names nobody.';
COMMENT ON COLUMN core.referrals.friend_id IS 'customer_id of the person who was referred; NULL if the source names nobody.';
COMMENT ON COLUMN core.referrals.order_id IS 'Order named by the programme, as it writes it; NULL if it names none.';
COMMENT ON COLUMN core.referrals.reward_cost IS 'Cost of the reward in the reporting currency, converted at the rate of the day; NULL if unknown or not convertible.';
COMMENT ON COLUMN core.referrals.status IS 'The programme''s status in lower case; NULL if it gives none.';
COMMENT ON COLUMN core.referrals.is_credited IS 'The referral is credited with the friend: it is the friend''s earliest by somebody else, and not the latest link of a cycle of referrals. Whether the friend has ordered is in core.orders.';

CREATE TABLE IF NOT EXISTS core.spend_tiers (
    month DATE NOT NULL,
    customers BIGINT NOT NULL,
    top_decile_from DECIMAL(18, 2) NOT NULL
);
COMMENT ON TABLE core.spend_tiers IS 'One row per month with answers and with buyers in the 365 days before it: the spend that put a customer in the top tenth. Months after the clock (NORTHSTAR_AS_OF) have a row if an answer is dated in them.';
COMMENT ON COLUMN core.spend_tiers.month IS 'First day of the month whose answers are compared.';
COMMENT ON COLUMN core.spend_tiers.customers IS 'Customers with an order of the 365 days before the month that counted when the month began: not cancelled, not refunded in full by then, its money known.';
COMMENT ON COLUMN core.spend_tiers.top_decile_from IS 'Net revenue in those 365 days from which a customer is in the top decile, reporting currency.';

CREATE TABLE IF NOT EXISTS core.rfm_edges (
    month DATE NOT NULL,
    customers BIGINT NOT NULL,
    recency_2_from DATE,
    recency_3_from DATE,
    recency_4_from DATE,
    recency_5_from DATE,
    frequency_2_from BIGINT,
    frequency_3_from BIGINT,
    frequency_4_from BIGINT,
    frequency_5_from BIGINT,
    money_2_from DECIMAL(18, 2),
    money_3_from DECIMAL(18, 2),
    money_4_from DECIMAL(18, 2),
    money_5_from DECIMAL(18, 2)
);
COMMENT ON TABLE core.rfm_edges IS 'One row per month with answers and with buyers in the 365 days before it: the least values of the quintiles of recency, frequency and money when the month began, by which an answer''s rfm_group is found. Quintiles as in value.rfm: ceil(5 x the share at or below, ties at their mean rank). The money is net revenue, whatever NORTHSTAR_VALUE_BASIS is. Months after the clock (NORTHSTAR_AS_OF) have a row if an answer is dated in them.';
COMMENT ON COLUMN core.rfm_edges.month IS 'First day of the month whose answers are compared.';
COMMENT ON COLUMN core.rfm_edges.customers IS 'Customers with an order of the 365 days before the month that counted when the month began: not cancelled, not refunded in full by then, its money known.';
COMMENT ON COLUMN core.rfm_edges.recency_2_from IS 'Day of the last order that counted from which a customer is in quintile 2 of recency or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.recency_3_from IS 'Day of the last order that counted from which a customer is in quintile 3 of recency or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.recency_4_from IS 'Day of the last order that counted from which a customer is in quintile 4 of recency or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.recency_5_from IS 'Day of the last order that counted from which a customer is in quintile 5 of recency; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.frequency_2_from IS 'Number of orders that counted from which a customer is in quintile 2 of frequency or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.frequency_3_from IS 'Number of orders that counted from which a customer is in quintile 3 of frequency or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.frequency_4_from IS 'Number of orders that counted from which a customer is in quintile 4 of frequency or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.frequency_5_from IS 'Number of orders that counted from which a customer is in quintile 5 of frequency; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.money_2_from IS 'Net revenue, reporting currency, from which a customer is in quintile 2 of money or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.money_3_from IS 'Net revenue, reporting currency, from which a customer is in quintile 3 of money or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.money_4_from IS 'Net revenue, reporting currency, from which a customer is in quintile 4 of money or above; NULL if nobody is.';
COMMENT ON COLUMN core.rfm_edges.money_5_from IS 'Net revenue, reporting currency, from which a customer is in quintile 5 of money; NULL if nobody is.';

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
    cohort_year VARCHAR NOT NULL,
    discounted VARCHAR NOT NULL
);
COMMENT ON TABLE core.order_segments IS 'One row per order: its segment in every dimension that an order has, as of the time of the order; unknown where there is none. Segments mean the same as in core.response_segments. Customer attributes are in core.customers. Those of orders dated after the clock (NORTHSTAR_AS_OF) are in it.';
COMMENT ON COLUMN core.order_segments.order_id IS 'core.orders.order_id.';
COMMENT ON COLUMN core.order_segments.country IS 'Country attribute of the customer, else country of the order, else of the latest order up to then that names one.';
COMMENT ON COLUMN core.order_segments.product_category IS 'core.orders.main_product_category.';
COMMENT ON COLUMN core.order_segments.brand IS 'core.orders.main_brand.';
COMMENT ON COLUMN core.order_segments.account_type IS 'registered (had an account by then) or guest; unknown where the order names no customer.';
COMMENT ON COLUMN core.order_segments.channel IS 'Sales channel of the order; in core.response_segments channel is that of the survey.';
COMMENT ON COLUMN core.order_segments.order_value_band IS 'Band of the order''s gross value (NORTHSTAR_ORDER_VALUE_BANDS).';
COMMENT ON COLUMN core.order_segments.purchase_count_band IS 'Number of the customer''s purchases up to this order: 1, 2-3, 4-9 or 10+; 0 if none counts.';
COMMENT ON COLUMN core.order_segments.lifecycle IS 'Where the customer stood with this order: new (one purchase so far, at most 365 days before), active (more than one, the last at most 365 days before), lapsed (this order does not count, and the last purchase is more than 365 days before it), prospect (no purchase so far: this order does not count) or unknown (the order names no customer). An order that counts is itself the last purchase, so it is new or active. Not the customer''s state today.';
COMMENT ON COLUMN core.order_segments.cohort_year IS 'Year of the customer''s first purchase.';
COMMENT ON COLUMN core.order_segments.discounted IS 'discounted (a code or promotion took something off), full_price, or unknown where the source does not say.';

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
    unsubscribed_at TIMESTAMPTZ,
    reminders SMALLINT CHECK (reminders >= 0),
    response_id VARCHAR,
    is_declared BOOLEAN NOT NULL
);
COMMENT ON TABLE core.invitations IS 'One row per time a customer was asked, answered or not. An invitation and its answer count once. Rows dated after the clock (NORTHSTAR_AS_OF) are in it; figures count them when their time has come.';
COMMENT ON COLUMN core.invitations.invitation_id IS 'The source''s own id, with the source as prefix (shopify:1001); without a prefix from canonical files. If only an answer shows the invitation: the id of the answer, with the prefix response: if canonical.';
COMMENT ON COLUMN core.invitations.source IS 'Format family the invitation came from; canonical for canonical files.';
COMMENT ON COLUMN core.invitations.customer_id IS 'core.customers.customer_id of the person asked; NULL where the source names nobody.';
COMMENT ON COLUMN core.invitations.invited_at IS 'When the invitation was sent or shown (UTC).';
COMMENT ON COLUMN core.invitations.invited_date IS 'Day of invited_at in the business time zone.';
COMMENT ON COLUMN core.invitations.survey IS 'Name of the survey or campaign; NULL if the source names none.';
COMMENT ON COLUMN core.invitations.stage IS 'Stage of the customer, as the source gives it; NULL if it gives none.';
COMMENT ON COLUMN core.invitations.channel IS 'How the customer was asked (email, web, ...); NULL if unknown.';
COMMENT ON COLUMN core.invitations.is_delivered IS 'The invitation reached the customer: the source says so, or it did not bounce, or it was opened or answered; NULL if unknown.';
COMMENT ON COLUMN core.invitations.is_opened IS 'The invitation was opened or answered; NULL if unknown.';
COMMENT ON COLUMN core.invitations.is_bounced IS 'The invitation bounced; NULL if unknown. Counts from invited_at.';
COMMENT ON COLUMN core.invitations.is_unsubscribed IS 'The customer unsubscribed through it; NULL if unknown.';
COMMENT ON COLUMN core.invitations.unsubscribed_at IS 'From when on the customer counts as unsubscribed (UTC): the first updated_at with which the source says so, or invited_at where it gives none, which may be earlier than the day they left. NULL unless is_unsubscribed.';
COMMENT ON COLUMN core.invitations.reminders IS 'Number of reminders sent before the answer, or in all without an answer; NULL if the source does not say.';
COMMENT ON COLUMN core.invitations.response_id IS 'core.responses.response_id of its answer: the one in the same record of the source, else the same person''s first answer within 90 days of it, to the same survey where both name one, and before the next such invitation; NULL without an answer.';
COMMENT ON COLUMN core.invitations.is_declared IS 'The invitation landed as a record; false where only an answer shows it.';

CREATE TABLE IF NOT EXISTS core.follow_ups (
    response_id VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    contacted_at TIMESTAMPTZ NOT NULL,
    is_dated BOOLEAN NOT NULL,
    resolved_at TIMESTAMPTZ,
    owner VARCHAR,
    outcome VARCHAR,
    note VARCHAR
);
COMMENT ON TABLE core.follow_ups IS 'One row per contact made with a customer after an answer; an answer may have several. Contacts after an answer that is in no file are in it too, and told by ops.doubts (follow_up_without_answer). Rows dated after the clock (NORTHSTAR_AS_OF) are in it; figures count them when their time has come.';
COMMENT ON COLUMN core.follow_ups.response_id IS 'core.responses.response_id of the answer; a contact after an answer that is in ops.superseded has the id of the answer that stands for it. Not in core.responses if the answer is in no file.';
COMMENT ON COLUMN core.follow_ups.source IS 'Format family the contact came from; canonical for canonical files.';
COMMENT ON COLUMN core.follow_ups.contacted_at IS 'When the customer was contacted (UTC); where is_dated is false, the time of the answer.';
COMMENT ON COLUMN core.follow_ups.is_dated IS 'The source says when. False where a survey tool only marks the answer as dealt with: contacted_at and resolved_at are then the time of the answer, so that it is never open, and no hours are counted. A mark is left out where a dated contact says that the answer is resolved.';
COMMENT ON COLUMN core.follow_ups.resolved_at IS 'When the matter was resolved (UTC); NULL if it is not, or the source does not say.';
COMMENT ON COLUMN core.follow_ups.owner IS 'Who or which team looks after the answer, as the source writes it, so that a name written there is published; a pseudonym replaces an e-mail address. NULL if the source names nobody.';
COMMENT ON COLUMN core.follow_ups.outcome IS 'What came of the contact, as the source writes it, with e-mail addresses and phone numbers masked; NULL if it does not say.';
COMMENT ON COLUMN core.follow_ups.note IS 'Free text with e-mail addresses and phone numbers masked; NULL without a note or if NORTHSTAR_PUBLISH_COMMENTS is false.';

CREATE TABLE IF NOT EXISTS core.reviews_given (
    customer_id VARCHAR NOT NULL,
    given_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE core.reviews_given IS 'One row per public review that a customer wrote. Reviews under an address that is nobody''s (NORTHSTAR_SHARED_ADDRESSES) are left out. Rows dated after the clock (NORTHSTAR_AS_OF) are in it; figures count them when their time has come.';
COMMENT ON COLUMN core.reviews_given.customer_id IS 'core.customers.customer_id of the reviewer.';
COMMENT ON COLUMN core.reviews_given.given_at IS 'Time of the review (UTC).';
