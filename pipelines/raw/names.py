"""Column names: how header cells are compared, and which names Northstar reserves.

Not here: quoting them for SQL (pipelines/warehouse/quoting.py).
"""

from __future__ import annotations

import re

# Columns of `input` and `staged` that are not the file's.
RESERVED = frozenset({"file_id", "row_number", "staged_from"})

# Names that exports of every kind use: to share them says nothing about which export a file is.
COMMON = frozenset(
    re.split(
        r",\s+",
        """id, #, nr, no, number, uuid, email, e-mail, mail, email address, name, first name, last name, full name,
        date, time, datetime, timestamp, day, created, created_at, created at, createddate, createdat, created date,
        updated_at, updated at, start date, end date, status, state, type, kind, title, body, text, message, comment,
        comments, note, notes,
        description, author, total, price, amount, quantity, currency, country, city, language, phone, address, score,
        rating, rate, answer, answers, review, handle, reference, référence, état, token, person, customer, client,
        user, payment, paiement, sent, responded, finished, customer id, customer_id, customerid, customer email,
        customer_email, user_id, userid, person_id, tags, source, url, link, order, order id, order_id, order number,
        order_number, order date, order_date, order status, order-status, order_status, order total, order_total,
        product, product id, product_id, productid, product_handle, sku, item, item name, campaign, campaignid,
        purchase_id, survey, channel""",
    )
)


def normal(header: str) -> str:
    """A header cell for comparison: without byte order mark, outer blanks and case, inner blanks single."""
    return re.sub(r"\s+", " ", header.replace("\ufeff", "").replace("\u200b", "").strip()).casefold()
