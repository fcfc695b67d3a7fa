-- Whom to call, whom to ask, whom to leave alone, and what came of it. Pseudonymous: addresses stand only in the files
-- beside the published one.
CREATE SCHEMA IF NOT EXISTS loop;

CREATE TABLE IF NOT EXISTS loop.actions (
    month DATE NOT NULL,
    rank BIGINT NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    responses BIGINT NOT NULL,
    buyers DOUBLE,
    score_effect DOUBLE NOT NULL,
    score_effect_low DOUBLE NOT NULL,
    score_effect_high DOUBLE NOT NULL,
    value_effect DOUBLE,
    value_effect_low DOUBLE,
    value_effect_high DOUBLE,
    value_reason VARCHAR,
    is_certain BOOLEAN NOT NULL,
    example VARCHAR,
    question VARCHAR NOT NULL
);
COMMENT ON TABLE loop.actions IS 'Where a change would move score and money most: up to five segments and topics, at most two of one dimension, one list a month. Segments score below the rest, topics cost points, and both have enough answers for a figure. Dimensions that a shop cannot change are left out: who the customer is (spend_tier, lifecycle, attributes and the like) and how they were asked (survey, channel). Read it as where to look first. What became of a list stands in loop.action_outcomes three months later.';
COMMENT ON COLUMN loop.actions.month IS 'First day of the month; the list is made at its end, or at the clock in the open month, of the year before.';
COMMENT ON COLUMN loop.actions.rank IS '1 is the first to look at: what is certain before what may be chance, then by value_effect, then by score_effect.';
COMMENT ON COLUMN loop.actions.dimension IS 'Dimension of nps.by_segment, or topic.';
COMMENT ON COLUMN loop.actions.segment IS 'Segment of the dimension, or topic of nps.drivers.';
COMMENT ON COLUMN loop.actions.responses IS 'Answers of the segment in the year, or comments that mention the topic.';
COMMENT ON COLUMN loop.actions.buyers IS 'Buyers of the year it concerns: those of the segment (nps.coverage), and where buyers do not have the dimension, or for a topic, its share of the answers times all buyers. NULL without a buyer.';
COMMENT ON COLUMN loop.actions.score_effect IS 'Points that the score of the year would gain if the answers of the segment were like the rest, or the comments that mention the topic like the others: the difference times the share of the answers. It says where the points are lost, not that a change wins them back. Gains do not add up: an answer has several segments and topics.';
COMMENT ON COLUMN loop.actions.score_effect_low IS 'Lower end of the interval of score_effect at NORTHSTAR_CONFIDENCE, points.';
COMMENT ON COLUMN loop.actions.score_effect_high IS 'Upper end of the interval of score_effect, points.';
COMMENT ON COLUMN loop.actions.value_effect IS 'Money of one year that goes with that: the points of the segment times its buyers times half of what promoters bring more than detractors in the year after the answer (value.promoter_value.adjusted_difference_to_detractor), since a detractor who becomes a promoter moves two signs. Reporting currency. An association: customers who are made happier need not spend like those who were happy. NULL if value_reason says why.';
COMMENT ON COLUMN loop.actions.value_effect_low IS 'Lower end of the interval of value_effect at NORTHSTAR_CONFIDENCE: of both factors (Goodman 1960); the number of buyers is taken as it is.';
COMMENT ON COLUMN loop.actions.value_effect_high IS 'Upper end of the interval of value_effect.';
COMMENT ON COLUMN loop.actions.value_reason IS 'Why there is no value_effect; NULL where there is one.';
COMMENT ON COLUMN loop.actions.is_certain IS 'true if it is no chance: the segment differs from the rest after adjustment for many tests (nps.by_segment.differs_from_rest), or the interval of the topic''s impact lies below zero. false: look at it, and do not act on it alone.';
COMMENT ON COLUMN loop.actions.example IS 'A masked comment by a detractor of the segment or on the topic; NULL without any, or if NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN loop.actions.question IS 'The query that shows the figures behind the row, over the last year.';

CREATE TABLE IF NOT EXISTS loop.action_outcomes (
    month DATE NOT NULL,
    action_month DATE NOT NULL,
    rank BIGINT NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    measure VARCHAR NOT NULL CHECK (measure IN ('nps', 'share_of_comments')),
    responses_before BIGINT NOT NULL,
    responses_since BIGINT NOT NULL,
    before DOUBLE,
    since DOUBLE,
    change DOUBLE,
    change_low DOUBLE,
    change_high DOUBLE,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE loop.action_outcomes IS 'What became of the list of actions of three months before: the ninety days since against the ninety days before them. One row per month and place in that list.';
COMMENT ON COLUMN loop.action_outcomes.month IS 'First day of the month with whose end the ninety days since end; the open month: at the clock.';
COMMENT ON COLUMN loop.action_outcomes.action_month IS 'loop.actions.month of the list, three months before.';
COMMENT ON COLUMN loop.action_outcomes.rank IS 'loop.actions.rank.';
COMMENT ON COLUMN loop.action_outcomes.dimension IS 'loop.actions.dimension.';
COMMENT ON COLUMN loop.action_outcomes.segment IS 'loop.actions.segment.';
COMMENT ON COLUMN loop.action_outcomes.measure IS 'What before, since and change measure: nps, the score of the segment in points (more is better), or share_of_comments, of a hundred comments those that mention the topic (less is better).';
COMMENT ON COLUMN loop.action_outcomes.responses_before IS 'Answers of the segment, or comments, in the ninety days before.';
COMMENT ON COLUMN loop.action_outcomes.responses_since IS 'Answers of the segment, or comments, in the ninety days since.';
COMMENT ON COLUMN loop.action_outcomes.before IS 'The measure in the ninety days before; NULL without answers.';
COMMENT ON COLUMN loop.action_outcomes.since IS 'The measure in the ninety days since; NULL without answers.';
COMMENT ON COLUMN loop.action_outcomes.change IS 'since - before: what was seen, whether or not anything was done. What is listed because it is low rises a little by itself. NULL without answers in either.';
COMMENT ON COLUMN loop.action_outcomes.change_low IS 'Lower end of the interval of change at NORTHSTAR_CONFIDENCE (adjusted Wald; for shares Newcombe).';
COMMENT ON COLUMN loop.action_outcomes.change_high IS 'Upper end of the interval of change.';
COMMENT ON COLUMN loop.action_outcomes.is_reliable IS 'Whether change may be read as a figure: both periods with at least NORTHSTAR_MIN_RESPONSES answers or comments, and never with fewer than ten.';

CREATE TABLE IF NOT EXISTS loop.answers_needed (
    month DATE NOT NULL,
    dimension VARCHAR NOT NULL,
    segment VARCHAR NOT NULL,
    buyers BIGINT NOT NULL,
    responses BIGINT NOT NULL,
    margin_of_error DOUBLE,
    target_margin DOUBLE NOT NULL,
    answers_needed BIGINT,
    expected_response_rate DOUBLE,
    invitations_needed BIGINT,
    is_within_reach BOOLEAN,
    is_thin BOOLEAN NOT NULL,
    invitations_to_add BIGINT NOT NULL
);
COMMENT ON TABLE loop.answers_needed IS 'How many more answers of 365 days each kind of buyer needs for the target margin, and how many people must be asked for them. One row per month, dimension and segment of nps.coverage (grain trailing_365d) but the channels: that of an order is not that of an answer. Answers fall out of the window as the year moves on, so this is what the kind lacks now, not a number to reach once.';
COMMENT ON COLUMN loop.answers_needed.month IS 'First day of the month; the 365 days end with it, or with the clock''s day in the open month.';
COMMENT ON COLUMN loop.answers_needed.dimension IS 'all, a column of core.order_segments, or a customer attribute.';
COMMENT ON COLUMN loop.answers_needed.segment IS 'Segment of the dimension.';
COMMENT ON COLUMN loop.answers_needed.buyers IS 'Buyers of the 365 days (nps.coverage.buyers).';
COMMENT ON COLUMN loop.answers_needed.responses IS 'Answers behind the segment''s score (nps.by_segment.responses; nps.by_period for all).';
COMMENT ON COLUMN loop.answers_needed.margin_of_error IS 'Half width of the score''s interval, points; NULL without an answer.';
COMMENT ON COLUMN loop.answers_needed.target_margin IS 'NORTHSTAR_TARGET_MARGIN, points.';
COMMENT ON COLUMN loop.answers_needed.answers_needed IS 'Answers still needed for the target margin, 0 if it is reached, if further answers differ among themselves as those so far do; with fewer than ten, as those of the whole shop do. NULL if nobody answered at all.';
COMMENT ON COLUMN loop.answers_needed.expected_response_rate IS 'Share of the buyers reached by an invitation in the 365 days who answered in them (nps.coverage.response_rate), 0..1, as if ten more had been reached and answered at the shop''s rate. Of people over a year, so higher than that of a single invitation. NULL if nobody was invited.';
COMMENT ON COLUMN loop.answers_needed.invitations_needed IS 'answers_needed / expected_response_rate, rounded up: people to reach over a year.';
COMMENT ON COLUMN loop.answers_needed.is_within_reach IS 'Whether the segment has as many buyers as it needs invitations. false: read the segment together with others, or accept a wider margin; asking more often does not help.';
COMMENT ON COLUMN loop.answers_needed.is_thin IS 'nps.coverage.is_under_represented: the segment answers less than its share of buyers, more than chance explains.';
COMMENT ON COLUMN loop.answers_needed.invitations_to_add IS 'Invitations by which the next month''s survey plan tops the segment up: answers that its share of the buyers would have and it lacks / expected_response_rate, rounded up; 0 unless is_thin. The contact rules may allow fewer.';

CREATE TABLE IF NOT EXISTS loop.survey_plan (
    month DATE NOT NULL,
    customer_id VARCHAR NOT NULL,
    stage VARCHAR NOT NULL CHECK (stage IN ('prospect', 'post_delivery', 'post_order', 'relational')),
    reason VARCHAR NOT NULL CHECK (reason IN ('after_delivery', 'after_order', 'again', 'six_months', 'nine_months', 'lapsed', 'never_bought', 'top_up')),
    due_date DATE NOT NULL,
    suppressed_by VARCHAR CHECK (suppressed_by IN ('no_address', 'refused', 'no_consent', 'unsubscribed', 'bounced', 'asked_90_days', 'asked_180_days', 'planned')),
    detail VARCHAR
);
COMMENT ON TABLE loop.survey_plan IS 'Whom to ask on which day of the month, and who is left alone, for which reason. One row per month, customer and stage with an occasion to ask; whom to ask are the rows without suppressed_by, each customer once in a month. Rules are judged by what is known when the due day begins; days to come may change until then. It says who should be asked, not who was: that is core.invitations. Only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept.';
COMMENT ON COLUMN loop.survey_plan.month IS 'First day of the month in which the due day lies.';
COMMENT ON COLUMN loop.survey_plan.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN loop.survey_plan.stage IS 'Stage of core.responses to ask about. An answer''s stage may differ: it follows from what had happened by then.';
COMMENT ON COLUMN loop.survey_plan.reason IS 'after_delivery (2 to 7 days after it), after_order (10 to 24 days after an order whose delivery is not known), again (60 to 90 days after an answer; once, not after an answer that followed another within 180 days), six_months and nine_months after the last order (183 to 212 and 274 to 303 days), lapsed (366 to 395 days after it), never_bought (14 to 43 days after an account was opened without an order) or top_up (bought in the year before, and answers of this kind of buyer are too few: detail).';
COMMENT ON COLUMN loop.survey_plan.due_date IS 'Day on which to ask, business time zone: the first of the occasion''s days on which the interval between surveys allows it. Where none does, or another rule forbids it, the day it would have been.';
COMMENT ON COLUMN loop.survey_plan.suppressed_by IS 'NULL: ask. Else the first rule that forbids it: no_address, refused (withdrew or refused consent), no_consent (lapsed or never bought, and never agreed), unsubscribed, bounced (and nothing has reached the address since), asked_90_days (invited or answered less than 90 days before; surveys about an order, and again), asked_180_days (the same for all other surveys), planned (this plan asks the customer on another day, or did in the last 7 days of the month before).';
COMMENT ON COLUMN loop.survey_plan.detail IS 'For top_up the kind of buyer that is thin, dimension and segment; else NULL.';

CREATE TABLE IF NOT EXISTS loop.contacts (
    month DATE NOT NULL,
    surveys BIGINT NOT NULL CHECK (surveys BETWEEN 1 AND 6),
    customers BIGINT NOT NULL,
    invitations BIGINT NOT NULL,
    broken_rules BIGINT NOT NULL,
    too_soon BIGINT NOT NULL,
    after_unsubscribing BIGINT NOT NULL,
    after_bouncing BIGINT NOT NULL,
    answered BIGINT NOT NULL,
    response_rate DOUBLE NOT NULL
);
COMMENT ON TABLE loop.contacts IS 'How often people were asked in a month, which contact rules that broke, and who still answers, by how many surveys they had. Of invitations whose customer is known. Falling rates from row to row are no proof that asking tires people: those who are asked often buy often.';
COMMENT ON COLUMN loop.contacts.month IS 'First day of the month in which they were invited.';
COMMENT ON COLUMN loop.contacts.surveys IS 'Which survey of the 365 days up to its day the invitation was for the customer: 1 is the first, 6 the sixth or a later one.';
COMMENT ON COLUMN loop.contacts.customers IS 'Distinct customers; who was invited twice in the month may be in two rows.';
COMMENT ON COLUMN loop.contacts.invitations IS 'Invitations of the month.';
COMMENT ON COLUMN loop.contacts.broken_rules IS 'Invitations that broke at least one of the rules that follow.';
COMMENT ON COLUMN loop.contacts.too_soon IS 'Invitations less than 90 days after the customer''s invitation or answer before. The longer interval between surveys about the relationship is not judged: few sources say what an invitation was about.';
COMMENT ON COLUMN loop.contacts.after_unsubscribing IS 'Invitations on a day after that from which the customer counts as unsubscribed.';
COMMENT ON COLUMN loop.contacts.after_bouncing IS 'Invitations to customers whose last known invitation had bounced, with no sign since that the address works.';
COMMENT ON COLUMN loop.contacts.answered IS 'Invitations with an answer by the month''s end; answers come for weeks, so the rate of the newest month is too low.';
COMMENT ON COLUMN loop.contacts.response_rate IS 'answered / invitations, 0..1.';

CREATE TABLE IF NOT EXISTS loop.audiences (
    month DATE NOT NULL,
    audience VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    reason VARCHAR
);
COMMENT ON TABLE loop.audiences IS 'Which customers belong to which audience at the end of the month, or at the clock in the open one. One row per month, audience and customer. The files of published/audiences hold the same people with their addresses. An audience says whom to treat in some way, not that it works. Answers held out from follow-up (NORTHSTAR_FOLLOW_UP_HOLDOUT) are in no audience that makes contact because of the answer: all but promoters_lookalike, detractors_leave_out and due_next_order. Only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept.';
COMMENT ON COLUMN loop.audiences.month IS 'First day of the month.';
COMMENT ON COLUMN loop.audiences.audience IS 'By the customer''s latest answer. promoters_review (of the last 180 days, without a public review), promoters_referral (of a year, not contacted and without a recommendation for 90 days), promoters_thank (21 to 35 days after the answer), promoters_lookalike (of a year, with an order: seed for look-alikes), promoters_at_risk (of a year, bought more than once, order_probability_365d below 0.5), passives_win (of the last 90 days), passives_large_spenders (of a year, among the tenth that spent most), detractors_call (of the last 30 days, among the fifth worth most, not contacted since), detractors_leave_out (of the last 180 days: leave out of campaigns), due_next_order (value.customers.next_order_days up to 14, without detractors_leave_out). Except for detractors_call and detractors_leave_out only whom one may write to: an address that works, not refused, not unsubscribed.';
COMMENT ON COLUMN loop.audiences.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN loop.audiences.reason IS 'Why, in a few words: score and day of the answer, topics of its comment, or what the forecast says.';

CREATE TABLE IF NOT EXISTS loop.audience_changes (
    month DATE NOT NULL,
    audience VARCHAR NOT NULL,
    customer_id VARCHAR NOT NULL,
    change VARCHAR NOT NULL CHECK (change IN ('entered', 'left'))
);
COMMENT ON TABLE loop.audience_changes IS 'Who came into an audience and who left it within the last day of the month, or of the clock in the open one. One row per month, audience and customer. What customers are worth and will buy is judged as of the later day on both, so a new order or forecast alone moves nobody. Only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept.';
COMMENT ON COLUMN loop.audience_changes.month IS 'First day of the month.';
COMMENT ON COLUMN loop.audience_changes.audience IS 'loop.audiences.audience.';
COMMENT ON COLUMN loop.audience_changes.customer_id IS 'core.customers.customer_id.';
COMMENT ON COLUMN loop.audience_changes.change IS 'entered (belongs now and did not a day earlier; a row of loop.audiences) or left (belonged a day earlier and does not now).';

CREATE TABLE IF NOT EXISTS loop.audience_sizes (
    month DATE NOT NULL,
    audience VARCHAR NOT NULL,
    customers BIGINT NOT NULL,
    entered BIGINT NOT NULL,
    departed BIGINT NOT NULL
);
COMMENT ON TABLE loop.audience_sizes IS 'How many customers each audience has, and how many came and left within a day. One row per month and audience. Only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept.';
COMMENT ON COLUMN loop.audience_sizes.month IS 'First day of the month; sizes are as of its end, or of the clock in the open month.';
COMMENT ON COLUMN loop.audience_sizes.audience IS 'loop.audiences.audience; an audience without customers has a row too.';
COMMENT ON COLUMN loop.audience_sizes.customers IS 'Customers that belong (rows of loop.audiences).';
COMMENT ON COLUMN loop.audience_sizes.entered IS 'Those that did not belong a day earlier (loop.audience_changes).';
COMMENT ON COLUMN loop.audience_sizes.departed IS 'Customers that belonged a day earlier and do not any more. Departures because of a new order alone are not seen.';
CREATE TABLE IF NOT EXISTS loop.recovery (
    month DATE NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    arm VARCHAR NOT NULL CHECK (arm IN ('followed_up', 'not_followed_up', 'held_out')),
    hours_to_contact VARCHAR NOT NULL,
    customers BIGINT NOT NULL,
    contacted BIGINT NOT NULL,
    re_surveyed BIGINT NOT NULL,
    recovered BIGINT,
    recovery_rate DOUBLE,
    rate_low DOUBLE,
    rate_high DOUBLE,
    customers_90d BIGINT NOT NULL,
    reordered BIGINT,
    reorder_rate DOUBLE,
    reorder_low DOUBLE,
    reorder_high DOUBLE,
    revenue_90d DECIMAL(18, 2),
    customers_365d BIGINT NOT NULL,
    revenue_365d DECIMAL(18, 2),
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE loop.recovery IS 'What became of customers who were followed up, who were not, and who were held out, by month, over the trailing 365 days. A customer counts once per category, with the first answer of the period. Answers that report harm or a broken promise are left out: they are never held out. The arms followed_up and not_followed_up were not drawn: their difference may be one of who is contacted; for what follow-up does see loop.effect.';
COMMENT ON COLUMN loop.recovery.month IS 'First day of the month.';
COMMENT ON COLUMN loop.recovery.period_start IS 'First day of the 365 days of answers.';
COMMENT ON COLUMN loop.recovery.period_end IS 'Day after the last one; in the open month the day after the clock''s.';
COMMENT ON COLUMN loop.recovery.category IS 'Category of the answer.';
COMMENT ON COLUMN loop.recovery.arm IS 'held_out (drawn by NORTHSTAR_FOLLOW_UP_HOLDOUT, whatever was done), else followed_up (contacted within 14 days after the answer), else not_followed_up.';
COMMENT ON COLUMN loop.recovery.hours_to_contact IS 'all, or for followed_up hours from the answer to the first contact: under_24h, 24_to_48h, 48h_to_7d, 7_to_14d, or undated where the source does not say when. Customers contacted sooner may differ from others.';
COMMENT ON COLUMN loop.recovery.customers IS 'Customers with such an answer, 14 days or more before the period''s end.';
COMMENT ON COLUMN loop.recovery.contacted IS 'Those contacted within 14 days; above 0 in arm held_out, the draw was not kept and loop.effect understates what follow-up does.';
COMMENT ON COLUMN loop.recovery.re_surveyed IS 'Those who answered again by the period''s end, more than 14 days after the answer.';
COMMENT ON COLUMN loop.recovery.recovered IS 'Those of re_surveyed whose next answer was of a better category; NULL for promoters.';
COMMENT ON COLUMN loop.recovery.recovery_rate IS 'recovered / re_surveyed. Not the share of all customers: of those who did not answer again nothing is known. Many come round without follow-up, so the rate alone says nothing of it.';
COMMENT ON COLUMN loop.recovery.rate_low IS 'Lower end of the interval of recovery_rate.';
COMMENT ON COLUMN loop.recovery.rate_high IS 'Upper end of the interval of recovery_rate.';
COMMENT ON COLUMN loop.recovery.customers_90d IS 'Customers with such an answer in the 365 days that end 90 days before the period: their 90 days have passed.';
COMMENT ON COLUMN loop.recovery.reordered IS 'Those of customers_90d with an order that counts within 90 days after the answer.';
COMMENT ON COLUMN loop.recovery.reorder_rate IS 'reordered / customers_90d.';
COMMENT ON COLUMN loop.recovery.reorder_low IS 'Lower end of the interval of reorder_rate.';
COMMENT ON COLUMN loop.recovery.reorder_high IS 'Upper end of the interval of reorder_rate.';
COMMENT ON COLUMN loop.recovery.revenue_90d IS 'Mean net revenue of customers_90d from orders in the 90 days after the answer, less what was refunded in them, reporting currency.';
COMMENT ON COLUMN loop.recovery.customers_365d IS 'Customers with such an answer in the 365 days that end 365 days before the period: their year has passed.';
COMMENT ON COLUMN loop.recovery.revenue_365d IS 'Mean net revenue of customers_365d from orders in the 365 days after the answer, less what was refunded in them, reporting currency.';
COMMENT ON COLUMN loop.recovery.is_reliable IS 'At least NORTHSTAR_MIN_RESPONSES customers, and ten.';

CREATE TABLE IF NOT EXISTS loop.effect (
    month DATE NOT NULL,
    period_start DATE NOT NULL,
    period_end DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    outcome VARCHAR NOT NULL CHECK (outcome IN ('recovered', 're_surveyed', 'reordered', 'revenue_90d', 'revenue_365d')),
    kind VARCHAR NOT NULL CHECK (kind IN ('intention_to_treat', 'association')),
    hours_to_contact VARCHAR NOT NULL,
    customers BIGINT NOT NULL,
    customers_without BIGINT NOT NULL,
    effect DOUBLE,
    effect_low DOUBLE,
    effect_high DOUBLE,
    anytime_low DOUBLE,
    anytime_high DOUBLE,
    reason VARCHAR,
    is_reliable BOOLEAN NOT NULL
);
COMMENT ON TABLE loop.effect IS 'What follow-up does (intention_to_treat: drawn, so a cause) and what it goes with (association: not a cause), by month, category and outcome. Intention to treat counts from the first day of NORTHSTAR_FOLLOW_UP_HOLDOUT, association over the trailing 365 days. Answers that report harm or a broken promise are in neither.';
COMMENT ON COLUMN loop.effect.month IS 'First day of the month.';
COMMENT ON COLUMN loop.effect.period_start IS 'First day of the answers compared: for intention_to_treat of the first one drawn, for association 365 days before period_end.';
COMMENT ON COLUMN loop.effect.period_end IS 'Day after the last one. For association it lies the days of the outcome before the month''s end; for intention_to_treat answers count from when their outcome is known.';
COMMENT ON COLUMN loop.effect.category IS 'Category of the answer.';
COMMENT ON COLUMN loop.effect.outcome IS 'recovered: a better category at the next answer, among those who answered again. re_surveyed: answered again within 180 days; where this differs between the arms, recovered compares different customers. reordered: an order that counts within 90 days. revenue_90d, revenue_365d: net revenue in as many days.';
COMMENT ON COLUMN loop.effect.kind IS 'intention_to_treat: all customers who were not held out less all who were, whether or not contacted, each with the first answer of the category since the draw began. association: customers contacted within 14 days less those who were not, without held-out ones.';
COMMENT ON COLUMN loop.effect.hours_to_contact IS 'all, or for association hours to the first contact, as in loop.recovery.';
COMMENT ON COLUMN loop.effect.customers IS 'Customers not held out (intention_to_treat) or contacted (association) whose outcome is known.';
COMMENT ON COLUMN loop.effect.customers_without IS 'Customers held out, or not contacted, whose outcome is known.';
COMMENT ON COLUMN loop.effect.effect IS 'Mean of customers less that of customers_without: a difference of shares, or of money per customer in the reporting currency. Under several shares of the hold-out, the mean of the differences under each.';
COMMENT ON COLUMN loop.effect.effect_low IS 'Lower end of its interval, for one look.';
COMMENT ON COLUMN loop.effect.effect_high IS 'Upper end of its interval, for one look.';
COMMENT ON COLUMN loop.effect.anytime_low IS 'Lower end of a bound that may be looked at every night: without any effect it leaves out 0 ever with probability 1 - NORTHSTAR_CONFIDENCE at most. NULL for association.';
COMMENT ON COLUMN loop.effect.anytime_high IS 'Upper end of that bound; decide by it when to stop holding out.';
COMMENT ON COLUMN loop.effect.reason IS 'Why effect or its interval is missing; NULL if it is not.';
COMMENT ON COLUMN loop.effect.is_reliable IS 'At least NORTHSTAR_MIN_RESPONSES customers, and ten, on either side.';


CREATE TABLE IF NOT EXISTS loop.follow_ups (
    month DATE NOT NULL,
    response_id VARCHAR NOT NULL,
    customer_id VARCHAR,
    order_id VARCHAR,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    score TINYINT NOT NULL,
    comment VARCHAR,
    topics VARCHAR,
    language VARCHAR,
    is_urgent BOOLEAN NOT NULL,
    is_latest BOOLEAN NOT NULL,
    responded_at TIMESTAMPTZ NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    contacted_at TIMESTAMPTZ,
    resolved_at TIMESTAMPTZ,
    status VARCHAR NOT NULL CHECK (status IN ('open', 'overdue', 'contacted', 'resolved', 'held_out')),
    is_held_out BOOLEAN NOT NULL,
    hours_to_contact DOUBLE,
    owner VARCHAR,
    outcome VARCHAR,
    value_at_risk DOUBLE,
    priority BIGINT,
    uplift DOUBLE
);
COMMENT ON TABLE loop.follow_ups IS 'The queue of answers to reply to, as it stood at the end of the month, or at the clock in the open one: the answers of the month, and those of the 180 days before it that were not resolved when it began: nobody replies to older ones. Work through it by priority. Contacts come from core.follow_ups, so an answer stays open until its contact has landed. Only the newest NORTHSTAR_CUSTOMER_MONTHS months are kept (0: all). Categories that NORTHSTAR_FOLLOW_UP_HOURS leaves out have no rows.';
COMMENT ON COLUMN loop.follow_ups.month IS 'First day of the month.';
COMMENT ON COLUMN loop.follow_ups.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN loop.follow_ups.customer_id IS 'core.customers.customer_id; NULL for anonymous answers, to which nobody can reply. northstar who says who it is.';
COMMENT ON COLUMN loop.follow_ups.order_id IS 'core.responses.order_id, the order the answer is about; NULL if none is linked.';
COMMENT ON COLUMN loop.follow_ups.category IS 'promoter, passive or detractor.';
COMMENT ON COLUMN loop.follow_ups.score IS 'The answer, 0 to 10.';
COMMENT ON COLUMN loop.follow_ups.comment IS 'core.responses.comment, masked; NULL without one or if NORTHSTAR_PUBLISH_COMMENTS is false.';
COMMENT ON COLUMN loop.follow_ups.topics IS 'Topics found in the comment, by name, separated by commas; NULL if none was found.';
COMMENT ON COLUMN loop.follow_ups.language IS 'core.responses.language.';
COMMENT ON COLUMN loop.follow_ups.is_urgent IS 'The comment reports harm or a broken promise of service, by the words of the lexicon. Such answers are never held out.';
COMMENT ON COLUMN loop.follow_ups.is_latest IS 'No later answer of the same customer was known. Reply to the latest one and mention the others; true for anonymous answers.';
COMMENT ON COLUMN loop.follow_ups.responded_at IS 'Time of the answer (UTC).';
COMMENT ON COLUMN loop.follow_ups.due_at IS 'Time by which the customer should have been contacted (UTC), by NORTHSTAR_FOLLOW_UP_HOURS.';
COMMENT ON COLUMN loop.follow_ups.contacted_at IS 'Time of the first contact (UTC), on the day of the answer or later; NULL before there was one, or where the source does not say when.';
COMMENT ON COLUMN loop.follow_ups.resolved_at IS 'Time at which the answer was first resolved (UTC); NULL before, or where the source does not say when.';
COMMENT ON COLUMN loop.follow_ups.status IS 'resolved, else contacted (also when late), else held_out, else overdue after due_at, else open.';
COMMENT ON COLUMN loop.follow_ups.is_held_out IS 'The answer was drawn into the arm that gets no follow-up (NORTHSTAR_FOLLOW_UP_HOLDOUT): leave it alone, or what follow-up does cannot be measured. True with status contacted or resolved: it was followed up all the same.';
COMMENT ON COLUMN loop.follow_ups.hours_to_contact IS 'Hours from the answer to the first contact, 0 for a contact dated earlier on the same day; NULL where contacted_at is.';
COMMENT ON COLUMN loop.follow_ups.owner IS 'core.follow_ups.owner of the latest contact; NULL without one.';
COMMENT ON COLUMN loop.follow_ups.outcome IS 'core.follow_ups.outcome of the latest contact; NULL without one.';
COMMENT ON COLUMN loop.follow_ups.value_at_risk IS 'value.customers.calibrated_at_risk_90d of the customer at the same moment: money expected in 90 days that may already be lost, reporting currency. Not what a contact saves. NULL without an order that counts.';
COMMENT ON COLUMN loop.follow_ups.priority IS 'Order of the month''s queue, from 1: overdue by up to 30 days, or not yet, before all others; not contacted yet before contacted; detractors (urgent ones first), other urgent answers, passives, promoters; then most value_at_risk, the lowest score, the earliest due_at. NULL if there is nothing to do: resolved, held out, anonymous, or not the customer''s latest answer.';
COMMENT ON COLUMN loop.follow_ups.uplift IS 'How much likelier the customer''s next answer is of a better category if follow-up is offered, -1 to 1, estimated from the held-out arm (loop.answer_uplift); NULL before 200 held-out customers have an outcome, and for promoters, held-out and urgent answers. A second order beside value_at_risk: see in loop.uplift which of the two puts first whom follow-up moves.';

CREATE TABLE IF NOT EXISTS loop.service_levels (
    month DATE NOT NULL,
    category VARCHAR NOT NULL CHECK (category IN ('promoter', 'passive', 'detractor')),
    answers BIGINT NOT NULL,
    held_out BIGINT NOT NULL,
    contacted BIGINT NOT NULL,
    undated BIGINT NOT NULL,
    in_time BIGINT NOT NULL,
    in_time_share DOUBLE,
    in_time_share_low DOUBLE,
    in_time_share_high DOUBLE,
    is_reliable BOOLEAN NOT NULL,
    resolved BIGINT NOT NULL,
    median_hours DOUBLE,
    p90_hours DOUBLE,
    open_at_end BIGINT NOT NULL,
    overdue_at_end BIGINT NOT NULL
);
COMMENT ON TABLE loop.service_levels IS 'How a shop kept its times of reply (NORTHSTAR_FOLLOW_UP_HOURS), by the month in which answers fell due: then it is known whether a contact came in time, and each answer is judged once. Answers of nobody known are left out. What happened after the month, or after the clock in the open month, is not in it; a contact that lands late restates the month. A setting that is changed judges the past by the new times.';
COMMENT ON COLUMN loop.service_levels.month IS 'First day of the month in which the answers fell due.';
COMMENT ON COLUMN loop.service_levels.category IS 'promoter, passive or detractor.';
COMMENT ON COLUMN loop.service_levels.answers IS 'Answers of known customers that fell due in the month; those held out from follow-up are not counted.';
COMMENT ON COLUMN loop.service_levels.held_out IS 'Further answers that fell due and are held out (NORTHSTAR_FOLLOW_UP_HOLDOUT).';
COMMENT ON COLUMN loop.service_levels.contacted IS 'Of the answers, those contacted or resolved by the end of the month, in time or late.';
COMMENT ON COLUMN loop.service_levels.undated IS 'Of those contacted, the ones of which no source says when: they are in no share and no hours.';
COMMENT ON COLUMN loop.service_levels.in_time IS 'Answers contacted by due_at.';
COMMENT ON COLUMN loop.service_levels.in_time_share IS 'in_time / (answers - undated), 0..1; NULL if that is none.';
COMMENT ON COLUMN loop.service_levels.in_time_share_low IS 'Lower end of the interval of in_time_share (Wilson) at NORTHSTAR_CONFIDENCE: how well the shop keeps its times, of which this month is a sample.';
COMMENT ON COLUMN loop.service_levels.in_time_share_high IS 'Upper end of the interval of in_time_share.';
COMMENT ON COLUMN loop.service_levels.is_reliable IS 'Whether in_time_share may be read as a figure: at least NORTHSTAR_MIN_RESPONSES answers, and never fewer than ten.';
COMMENT ON COLUMN loop.service_levels.resolved IS 'Of the answers, those resolved by the end of the month.';
COMMENT ON COLUMN loop.service_levels.median_hours IS 'Median hours from the answer to the first contact, of the answers contacted by the end of the month; those never contacted have no hours, so read it beside contacted. NULL without one.';
COMMENT ON COLUMN loop.service_levels.p90_hours IS '90th percentile of the same hours.';
COMMENT ON COLUMN loop.service_levels.open_at_end IS 'Answers of known customers waiting at the end of the month, whenever they fell due: neither contacted nor resolved nor held out, given in the month or the 180 days before it.';
COMMENT ON COLUMN loop.service_levels.overdue_at_end IS 'Of open_at_end, those past due_at.';

CREATE TABLE IF NOT EXISTS loop.uplift (
    month DATE NOT NULL,
    ranking VARCHAR NOT NULL CHECK (ranking IN ('uplift', 'value_at_risk')),
    tenth BIGINT NOT NULL,
    customers BIGINT NOT NULL,
    held_out BIGINT NOT NULL,
    gain DOUBLE,
    qini DOUBLE,
    reason VARCHAR
);
COMMENT ON TABLE loop.uplift IS 'How good the rankings of the queue are, by month: what is gained if only the first tenths of each are followed up. From detractors and passives of the draw (NORTHSTAR_FOLLOW_UP_HOLDOUT), by whether the next answer is of a better category. Empty without a draw.';
COMMENT ON COLUMN loop.uplift.month IS 'First day of the month.';
COMMENT ON COLUMN loop.uplift.ranking IS 'uplift (how much likelier the customer comes round if followed up, from fits without the customer) or value_at_risk (what the customer spent in the year before the answer, which stands for it).';
COMMENT ON COLUMN loop.uplift.tenth IS 'So many tenths of the ranking are followed up, 1 to 10; 10 where there is a reason.';
COMMENT ON COLUMN loop.uplift.customers IS 'Customers of the draw with a known outcome.';
COMMENT ON COLUMN loop.uplift.held_out IS 'Those of them who were held out.';
COMMENT ON COLUMN loop.uplift.gain IS 'Customers who come round because of it, per customer compared; at 10 the effect on everybody. NULL where there is a reason.';
COMMENT ON COLUMN loop.uplift.qini IS 'Area between the gains of the ranking and those of a random one; above 0 the ranking puts first whom follow-up moves. A few hundred outcomes make it uncertain: follow a ranking whose qini stays ahead over months.';
COMMENT ON COLUMN loop.uplift.reason IS 'Why nothing is said; NULL if something is.';

CREATE TABLE IF NOT EXISTS loop.answer_uplift (
    month DATE NOT NULL,
    response_id VARCHAR NOT NULL,
    uplift DOUBLE NOT NULL
);
COMMENT ON TABLE loop.answer_uplift IS 'One row per month and answer of a detractor or passive in the year to its end that is neither held out nor urgent, once at least 200 held-out customers have an outcome. Whether the estimate orders customers well is in loop.uplift.';
COMMENT ON COLUMN loop.answer_uplift.month IS 'First day of the month.';
COMMENT ON COLUMN loop.answer_uplift.response_id IS 'core.responses.response_id.';
COMMENT ON COLUMN loop.answer_uplift.uplift IS 'How much likelier the customer''s next answer is of a better category if follow-up is offered, -1 to 1, estimated from what was known at the answer. The same for everybody where the customers cannot be told apart.';
