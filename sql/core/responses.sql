-- core.responses for the answers in scope: respondent, order, stage, next answer. Session: publish_comments. Temporary
-- tables: current_responses, declared, people, new_orders, new_files. One column more than the table has: the file that
-- changed the answer.
WITH
-- Orders of the people in scope, and others that an answer in scope declares.
orders_at_hand AS (
    SELECT order_id, customer_id, ordered_at, delivered_at FROM new_orders
    UNION ALL
    SELECT o.order_id, o.customer_id, o.ordered_at, o.delivered_at
    FROM core.orders AS o
    WHERE o.order_id IN (SELECT order_id FROM declared) AND o.order_id NOT IN (SELECT order_id FROM new_orders)
),
identified AS (
    SELECT r.*, d.order_id AS declared_order_id,
        coalesce(p.customer_id, o.customer_id) AS person, least(r.invited_at, r.responded_at) AS anchor
    FROM current_responses AS r
    LEFT JOIN people AS p ON p.identity = r.identity
    LEFT JOIN declared AS d ON d.response_id = r.full_id
    LEFT JOIN orders_at_hand AS o ON o.order_id = d.order_id
),
-- One order per person and instant: the join below would otherwise pick one at random.
by_instant AS (
    SELECT customer_id, ordered_at, max(order_id) AS order_id
    FROM new_orders WHERE customer_id IS NOT NULL GROUP BY ALL
),
linked AS (
    SELECT k.*, i.ordered_at AS inferred_at,
        CASE WHEN i.ordered_at >= k.anchor - INTERVAL 90 DAY THEN i.order_id END AS inferred_order_id,
        f.first_order_at
    FROM identified AS k
    ASOF LEFT JOIN by_instant AS i ON k.person = i.customer_id AND k.anchor >= i.ordered_at
    LEFT JOIN (
        SELECT customer_id, min(ordered_at) AS first_order_at FROM by_instant GROUP BY customer_id
    ) AS f ON f.customer_id = k.person
),
staged AS (
    SELECT l.*, coalesce(l.declared_order_id, l.inferred_order_id) AS linked_order_id,
        CASE
            WHEN l.declared_order_id IS NOT NULL THEN 'declared'
            WHEN l.inferred_order_id IS NOT NULL THEN 'inferred'
            ELSE 'none'
        END AS order_link,
        CASE
            WHEN l.stage IS NOT NULL THEN l.stage
            WHEN least(l.first_order_at, o.ordered_at) IS NULL OR least(l.first_order_at, o.ordered_at) > l.responded_at
                THEN 'prospect'
            WHEN o.order_id IS NULL THEN 'relational'
            WHEN o.delivered_at IS NULL THEN 'post_order'
            WHEN o.delivered_at > l.responded_at THEN 'pre_delivery'
            WHEN o.delivered_at >= l.responded_at - INTERVAL 60 DAY THEN 'post_delivery'
            ELSE 'relational'
        END AS final_stage
    FROM linked AS l
    LEFT JOIN orders_at_hand AS o ON o.order_id = coalesce(l.declared_order_id, l.inferred_order_id)
)
SELECT
    full_id AS response_id,
    source,
    label(survey) AS survey,
    final_stage AS stage,
    person AS customer_id,
    linked_order_id AS order_id,
    order_link,
    invited_at,
    responded_at,
    business_date(responded_at) AS response_date,
    score,
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' ELSE 'detractor' END AS category,
    CASE WHEN person IS NOT NULL THEN
        lead(responded_at) OVER (PARTITION BY person, final_stage ORDER BY responded_at, full_id) END AS next_response_at,
    CASE WHEN getvariable('publish_comments') THEN masked_text(nullif(comment, '')) END AS comment,
    lower(label(language)) AS language,
    label(channel) AS channel,
    n.file_id
FROM staged
LEFT JOIN new_files AS n USING (file_id)
