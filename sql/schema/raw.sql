-- The vault: what landed, canonical and typed, with personal data. Never published.
-- One table per kind of record; every version of a record is kept, and core takes the newest.
-- Landed values are tested against the types, NOT NULL and CHECK of their columns: there is no second list.
-- Provenance of every kind: source, file_id, row_number, file_event_at; identity, phone_identity and extra where it has
-- them. phone_identity is filled only where the number serves to tell people apart, see pipelines/raw/identity.py.
CREATE SCHEMA IF NOT EXISTS raw;

CREATE TABLE IF NOT EXISTS raw.responses (
    response_id VARCHAR NOT NULL,
    responded_at TIMESTAMPTZ NOT NULL CHECK (responded_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00'),
    score TINYINT NOT NULL CHECK (score BETWEEN 0 AND 10),
    survey VARCHAR,
    stage VARCHAR CHECK (stage IN ('prospect', 'pre_delivery', 'post_delivery', 'post_order', 'relational')),
    customer_email VARCHAR,
    customer_id VARCHAR,
    customer_phone VARCHAR,
    order_id VARCHAR,
    invited_at TIMESTAMPTZ,
    comment VARCHAR,
    language VARCHAR,
    channel VARCHAR,
    updated_at TIMESTAMPTZ,
    answers MAP(VARCHAR, VARCHAR),
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, identity VARCHAR, phone_identity VARCHAR, extra JSON
);
COMMENT ON TABLE raw.responses IS 'Answers to the recommendation question, one row per landed version of an answer.';

CREATE TABLE IF NOT EXISTS raw.orders (
    order_id VARCHAR NOT NULL,
    ordered_at TIMESTAMPTZ NOT NULL CHECK (ordered_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00'),
    total DECIMAL(18, 4) NOT NULL,
    currency VARCHAR CHECK (regexp_full_match(currency, '[A-Z]{3}')),
    customer_email VARCHAR,
    customer_id VARCHAR,
    customer_phone VARCHAR,
    customer_name VARCHAR,
    is_guest BOOLEAN,
    status VARCHAR,
    refunded DECIMAL(18, 4),
    refunded_at TIMESTAMPTZ,
    discount DECIMAL(18, 4),
    shipping DECIMAL(18, 4),
    tax DECIMAL(18, 4),
    country VARCHAR,
    channel VARCHAR,
    promised_at TIMESTAMPTZ,
    fulfilled_at TIMESTAMPTZ,
    delivered_at TIMESTAMPTZ,
    updated_at TIMESTAMPTZ,
    order_number VARCHAR,
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, identity VARCHAR, phone_identity VARCHAR, extra JSON
);
COMMENT ON TABLE raw.orders IS 'Orders, one row per landed version of an order; order_number is a second name under which surveys may refer to it.';

CREATE TABLE IF NOT EXISTS raw.order_lines (
    order_id VARCHAR NOT NULL,
    line_id VARCHAR NOT NULL,
    quantity DECIMAL(18, 4) NOT NULL,
    unit_price DECIMAL(18, 4),
    sku VARCHAR,
    product VARCHAR,
    product_category VARCHAR,
    brand VARCHAR,
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, extra JSON
);
COMMENT ON TABLE raw.order_lines IS 'Items of orders, one row per landed version of a line.';

CREATE TABLE IF NOT EXISTS raw.customers (
    customer_email VARCHAR,
    customer_id VARCHAR,
    customer_phone VARCHAR,
    customer_name VARCHAR,
    registered_at TIMESTAMPTZ,
    country VARCHAR,
    birth_year SMALLINT CHECK (birth_year BETWEEN 1880 AND 2100),
    gender VARCHAR,
    tier VARCHAR,
    consent BOOLEAN,
    attributes VARCHAR,
    updated_at TIMESTAMPTZ,
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, identity VARCHAR, phone_identity VARCHAR, extra JSON,
    CHECK (customer_email IS NOT NULL OR customer_id IS NOT NULL OR customer_phone IS NOT NULL)
);
COMMENT ON TABLE raw.customers IS 'Accounts of the shop, one row per landed version; an e-mail address, an id and a phone number in one row belong to one person.';

CREATE TABLE IF NOT EXISTS raw.invitations (
    invitation_id VARCHAR NOT NULL,
    invited_at TIMESTAMPTZ NOT NULL CHECK (invited_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00'),
    customer_email VARCHAR,
    customer_id VARCHAR,
    customer_phone VARCHAR,
    survey VARCHAR,
    stage VARCHAR CHECK (stage IN ('prospect', 'pre_delivery', 'post_delivery', 'post_order', 'relational')),
    channel VARCHAR,
    delivered BOOLEAN,
    opened BOOLEAN,
    unsubscribed BOOLEAN,
    reminders SMALLINT CHECK (reminders BETWEEN 0 AND 100),
    bounced BOOLEAN,
    updated_at TIMESTAMPTZ,
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, identity VARCHAR, phone_identity VARCHAR, extra JSON
);
COMMENT ON TABLE raw.invitations IS 'Survey invitations sent, answered or not.';

CREATE TABLE IF NOT EXISTS raw.referrals (
    referral_id VARCHAR NOT NULL,
    referred_at TIMESTAMPTZ NOT NULL CHECK (referred_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00'),
    advocate_email VARCHAR,
    friend_email VARCHAR,
    order_id VARCHAR,
    reward_cost DECIMAL(18, 4),
    currency VARCHAR CHECK (regexp_full_match(currency, '[A-Z]{3}')),
    status VARCHAR,
    updated_at TIMESTAMPTZ,
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, identity VARCHAR, friend_identity VARCHAR, extra JSON
);
COMMENT ON TABLE raw.referrals IS 'Recommendations recorded by a referral programme; identity is the advocate''s.';

CREATE TABLE IF NOT EXISTS raw.follow_ups (
    response_id VARCHAR NOT NULL,
    contacted_at TIMESTAMPTZ NOT NULL CHECK (contacted_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00'),
    resolved_at TIMESTAMPTZ,
    owner VARCHAR,
    outcome VARCHAR,
    note VARCHAR,
    is_dated BOOLEAN,
    updated_at TIMESTAMPTZ,
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, extra JSON
);
COMMENT ON TABLE raw.follow_ups IS 'Contacts made after an answer. is_dated is false where a tool only marks the answer as dealt with: contacted_at is then the time of the answer. Such a row without resolved_at is a mark taken back.';

CREATE TABLE IF NOT EXISTS raw.reviews_given (
    customer_email VARCHAR,
    customer_id VARCHAR,
    given_at TIMESTAMPTZ NOT NULL CHECK (given_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00'),
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, identity VARCHAR, extra JSON,
    CHECK (customer_email IS NOT NULL OR customer_id IS NOT NULL)
);
COMMENT ON TABLE raw.reviews_given IS 'Public reviews that customers wrote, so that they are not asked again.';

CREATE TABLE IF NOT EXISTS raw.exchange_rates (
    date DATE NOT NULL CHECK (date BETWEEN '1990-01-01' AND '2100-01-01'),
    currency VARCHAR NOT NULL CHECK (regexp_full_match(currency, '[A-Z]{3}')),
    rate DECIMAL(18, 8) NOT NULL CHECK (rate > 0),
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, extra JSON
);
COMMENT ON TABLE raw.exchange_rates IS 'Units of a currency for one unit of the reporting currency, by day.';

CREATE TABLE IF NOT EXISTS raw.erasures (
    customer_email VARCHAR,
    customer_id VARCHAR,
    customer_phone VARCHAR,
    requested_at TIMESTAMPTZ NOT NULL CHECK (requested_at BETWEEN '1990-01-01 00:00:00+00' AND '2100-01-01 00:00:00+00'),
    source VARCHAR NOT NULL, file_id VARCHAR NOT NULL, row_number BIGINT NOT NULL,
    file_event_at TIMESTAMPTZ, identity VARCHAR, phone_identity VARCHAR, extra JSON,
    CHECK (customer_email IS NOT NULL OR customer_id IS NOT NULL OR customer_phone IS NOT NULL)
);
COMMENT ON TABLE raw.erasures IS 'Requests to be forgotten. customer_email, customer_id and customer_phone hold keyed hashes: the vault does not remember whom.';

-- What remains of the people who asked to be forgotten: enough to recognise them, not enough to name them.
CREATE TABLE IF NOT EXISTS raw.tombstones (
    keyed VARCHAR NOT NULL,
    identity VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE raw.tombstones IS 'keyed is the HMAC (key: the salt) of an address or id that a person who asked to be forgotten had, under one set of e-mail rules; identity and person are drawn at random and stand in their records instead; what happened up to requested_at is forgotten.';

CREATE TABLE IF NOT EXISTS raw.rewrites (
    load_id BIGINT PRIMARY KEY
);
COMMENT ON TABLE raw.rewrites IS 'Loads that removed people from rows stored before: core is then conformed anew, and the database files are written anew without them.';

-- The ledger. A load is one run of the loader that brought something new; load ids ascend.
CREATE TABLE IF NOT EXISTS raw.loads (
    load_id BIGINT PRIMARY KEY,
    formats_fingerprint VARCHAR NOT NULL,
    files BIGINT NOT NULL,
    replaced BIGINT NOT NULL,
    loaded_at TIMESTAMPTZ NOT NULL,
    email_rules VARCHAR NOT NULL DEFAULT ''
);
COMMENT ON TABLE raw.loads IS 'One row per load: the formats it used, the files it added, and how many of those replaced their earlier rows because a format changed (records may then be gone).';

CREATE TABLE IF NOT EXISTS raw.files (
    file_id VARCHAR PRIMARY KEY,
    kind VARCHAR,
    format VARCHAR,
    format_fingerprint VARCHAR,
    bytes BIGINT NOT NULL,
    rows BIGINT,
    accepted BIGINT,
    rejected BIGINT,
    status VARCHAR NOT NULL CHECK (status IN ('loaded', 'unrecognised', 'failed')),
    reason VARCHAR,
    first_event_at TIMESTAMPTZ,
    last_event_at TIMESTAMPTZ,
    read_again_at TIMESTAMPTZ,
    load_id BIGINT NOT NULL,
    loaded_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE raw.files IS 'One row per distinct content that landed. At read_again_at the earliest of its rows comes due that were refused because their time had not come.';

CREATE TABLE IF NOT EXISTS raw.paths (
    path VARCHAR PRIMARY KEY,
    bytes BIGINT NOT NULL,
    modified_ns BIGINT NOT NULL,
    file_id VARCHAR,
    status VARCHAR NOT NULL CHECK (status IN ('read', 'waiting')),
    reason VARCHAR
);
COMMENT ON TABLE raw.paths IS 'Where each content lies in the landing folder: path relative to it, size and time, so that an unchanged file is not opened again.';

CREATE TABLE IF NOT EXISTS raw.rejected (
    file_id VARCHAR NOT NULL,
    row_number BIGINT,
    kind VARCHAR NOT NULL,
    column_name VARCHAR,
    reason VARCHAR NOT NULL,
    value VARCHAR,
    allowed VARCHAR,
    record JSON,
    source VARCHAR,
    record_key VARCHAR,
    event_at TIMESTAMPTZ,
    identity VARCHAR
);
COMMENT ON TABLE raw.rejected IS 'Refused rows as they came, with the reason and the identity they name, if any; ops.rejected shows them masked. record_key names the record within its source where that is readable, event_at is the latest event of its file: both serve to find out whether a refused row is superseded.';

CREATE TABLE IF NOT EXISTS raw.doubts (
    file_id VARCHAR NOT NULL,
    doubt VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    subject VARCHAR,
    records BIGINT NOT NULL,
    source VARCHAR NOT NULL,
    example VARCHAR,
    money DECIMAL(18, 4)
);
COMMENT ON TABLE raw.doubts IS 'What a file gives reason to doubt though its rows are accepted, one row per doubt, kind and subject (a column), of repeated rows one per record; example is the id of one record of the source, money the amount in doubt in its currency. ops.doubts shows them.';

CREATE TABLE IF NOT EXISTS raw.readings (
    file_id VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    column_name VARCHAR NOT NULL,
    reading VARCHAR,
    told_by VARCHAR NOT NULL
);
COMMENT ON TABLE raw.readings IS 'How a column of a file was read whose values may be read in two ways: reading is day or month, what comes first in a day, or the decimal sign of amounts; NULL where nothing tells, and such rows are refused.';

-- Who is who: every e-mail address, source id and serving phone number ever seen, and the person it belongs to.
CREATE TABLE IF NOT EXISTS raw.identities (
    identity VARCHAR NOT NULL,
    person VARCHAR NOT NULL,
    load_id BIGINT NOT NULL
);
COMMENT ON TABLE raw.identities IS 'identity is e:<e-mail>, i:<source>:<id> or p:<phone number>, x:<random> of people who were forgotten; person is the least identity of the set connected by records that name two; load_id is the load that last changed the row.';

CREATE TABLE IF NOT EXISTS raw.state (
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
COMMENT ON TABLE raw.state IS 'What the vault remembers of itself: schema_version, structure (of its tables), salt_fingerprint, people (digest of the settings by which records name them).';
