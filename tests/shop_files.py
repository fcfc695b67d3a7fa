"""A small shop in canonical files whose every figure can be worked out by hand.

Here: the files. Not here: what should come of them.
"""

ORDERS = """order_id,ordered_at,total,currency,customer_email,status,refunded,country,promised_at,delivered_at
1,2025-01-05T10:00:00Z,100.00,EUR,ann@example.com,paid,,FR,2025-01-09,2025-01-08T12:00:00Z
2,2025-01-20T10:00:00Z,40.00,EUR,bob@example.com,paid,,DE,2025-01-24,2025-01-28T12:00:00Z
3,2025-02-03T10:00:00Z,60.00,EUR,ann@example.com,paid,10.00,FR,2025-02-07,2025-02-06T12:00:00Z
4,2025-02-10T10:00:00Z,30.00,EUR,cat@example.com,cancelled,,FR,,
5,2025-03-02T10:00:00Z,80.00,EUR,dan@example.com,paid,,FR,2025-03-06,2025-03-05T12:00:00Z
6,2025-03-03T10:00:00Z,20.00,EUR,,paid,,FR,,
"""

LINES = """order_id,line_id,quantity,unit_price,sku,product,product_category,brand
1,1,2,30.00,A,Rake,garden,Oak
1,2,1,40.00,B,Lamp,light,Sun
2,1,1,40.00,B,Lamp,light,Sun
3,1,2,30.00,A,Rake,garden,Oak
5,1,2,40.00,B,Lamp,light,Sun
"""

RESPONSES = """response_id,responded_at,score,customer_email,order_id,comment,channel
a,2025-01-10T09:00:00Z,9,ann@example.com,1,Lovely,email
b,2025-01-30T09:00:00Z,3,bob@example.com,2,Late! Write to bob@example.com or +49 151 2345 6789,email
c,2025-02-08T09:00:00Z,10,ann@example.com,3,,email
d,2025-02-20T09:00:00Z,7,,,,web
e,2025-03-07T09:00:00Z,0,dan@example.com,,,email
f,2025-03-08T09:00:00Z,11,dan@example.com,,too keen,email
g,2025-03-09T09:00:00Z,,dan@example.com,,,email
h,2025-03-10T09:00:00Z,8.5,dan@example.com,,,email
i,2025-03-11T09:00:00Z,10 - Extremely likely,bob@example.com,,,email
"""

CUSTOMERS = """customer_email,registered_at,country,birth_year,tier,shoe_size
ann@example.com,2024-12-01T00:00:00Z,FR,1990,gold,40
"""

REFERRALS = """referral_id,referred_at,advocate_email,friend_email,reward_cost,currency,status
x,2025-02-25T09:00:00Z,ann@example.com,dan@example.com,5.00,EUR,completed
y,2025-02-26T09:00:00Z,bob@example.com,dan@example.com,5.00,EUR,completed
"""

SHOP = {
    "orders.csv": ORDERS,
    "order_lines.csv": LINES,
    "responses.csv": RESPONSES,
    "customers.csv": CUSTOMERS,
    "referrals.csv": REFERRALS,
}
