"""A shop in which one person, Ada, appears wherever a person can; and a search for what is left of her.

Here: the files, and the search. Not here: expectations.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import duckdb

ORDERS = """order_id,ordered_at,total,currency,customer_email,customer_id,status,country,delivered_at,buyer name
1,2025-01-05T10:00:00Z,100.00,EUR,Ada@Example.com,,paid,FR,2025-01-08T12:00:00Z,Ada Lovelace
2,2025-01-20T10:00:00Z,40.00,EUR,bob@example.com,,paid,DE,2025-01-28T12:00:00Z,Bob Stone
3,2025-02-03T10:00:00Z,60.00,EUR,,77,paid,FR,2025-02-06T12:00:00Z,Ada Lovelace
ada@example.com-4,2025-02-10T10:00:00Z,30.00,EUR,lovelace@work.example,,paid,FR,,Ada Lovelace
5,2025-03-02T10:00:00Z,80.00,EUR,dan@example.com,,paid,FR,2025-03-05T12:00:00Z,Dan Hill
oops,2025-03-02T10:00:00Z,much,EUR,ada@example.com,,paid,FR,,Ada Lovelace
oops,2025-03-02T10:00:00Z,much,EUR,,77,paid,Lovelace,,Ada Lovelace
"""
LINES = """order_id,line_id,quantity,unit_price,sku,product,product_category,brand,engraving
1,1,2,30.00,A,Rake,garden,Oak,for Ada Lovelace
1,2,1,40.00,B,Lamp,light,Sun,
2,1,1,40.00,B,Lamp,light,Sun,for Bob Stone
ada@example.com-4,1,1,30.00,A,Rake,garden,Oak,for Ada Lovelace
5,1,2,40.00,B,Lamp,light,Sun,
"""
RESPONSES = """response_id,responded_at,score,customer_email,order_id,comment,survey,updated_at,answer:Why?,signed
a,2025-01-10T09:00:00Z,9,ada@example.com,1,Analytical engines,nps,,Punched cards,A. Lovelace
a,2025-01-10T09:00:00Z,8,ada@example.com,1,Older analytical engines,nps,2025-01-09T00:00:00Z,,A. Lovelace
b,2025-01-30T09:00:00Z,3,bob@example.com,2,Too slow,nps,,Rain,Bob Stone
c,2025-02-08T09:00:00Z,10,,3,Unsigned analytical engines,nps,,Punched cards,
d,2025-02-12T09:00:00Z,2,lovelace@work.example,ada@example.com-4,,nps,,,
e,2025-02-12T09:05:00Z,2,lovelace@work.example,ada@example.com-4,More analytical engines,nps,,,
f,2025-03-07T09:00:00Z,0,dan@example.com,,,nps,,,
g,2025-03-08T09:00:00Z,11,ada@example.com,,Most analytical engines,nps,,,
h,2025-03-08T10:00:00Z,9,,,,nps,,,
"""
CUSTOMERS = """customer_email,customer_id,registered_at,country,birth_year,tier,attributes,full name,shoe size
ada@example.com,77,2024-12-01T00:00:00Z,FR,1990,gold,"{""nick"": ""Ada L.""}",Ada Lovelace,40
lovelace@work.example,77,2024-12-02T00:00:00Z,GB,,,,Ada Lovelace,41
bob@example.com,,,DE,1980,,,Bob Stone,44
"""
REFERRALS = """referral_id,referred_at,advocate_email,friend_email,reward_cost,currency,status,advocate name
x,2025-02-25T09:00:00Z,ada@example.com,dan@example.com,5.00,EUR,completed,Ada Lovelace
y,2025-02-01T09:00:00Z,bob@example.com,lovelace@work.example,5.00,EUR,completed,
"""
FOLLOW_UPS = """response_id,contacted_at,owner,outcome,note
e,2025-02-14T09:00:00Z,care team,voucher,Ada Lovelace was furious
b,2025-02-14T09:00:00Z,care team,voucher,Bob was calm
"""
INVITATIONS = """invitation_id,invited_at,customer_email,survey,opened
i1,2025-01-09T09:00:00Z,ada@example.com,nps,true
"""
REVIEWS = """customer_id,given_at
77,2025-02-01T09:00:00Z
"""
BROKEN = """response_id,responded_at,score,customer_email,comment
z,2025-03-09T09:00:00Z,4,dan@example.com,ok
"y"x,2025-03-09T09:00:00Z,4,ada@example.com,"Lovelace
"""
SHOP = {
    "orders.csv": ORDERS,
    "lines.csv": LINES,
    "responses.csv": RESPONSES,
    "customers.csv": CUSTOMERS,
    "referrals.csv": REFERRALS,
    "follow_ups.csv": FOLLOW_UPS,
    "invitations.csv": INVITATIONS,
    "reviews.csv": REVIEWS,
    "of-ada@example.com.csv": BROKEN,
    "other/notes.txt": "who;what\nada@example.com;hello\n",
}
ERASURES = "customer_email,requested_at,name\nADA@example.com ,2025-06-01T00:00:00Z,Ada Lovelace\n"
# Parts of her addresses, her name and her words.
NEEDLES = ("ada@example.com", "lovelace", "analytical", "punched cards", "ada l.", "furious")


def cells(path: Path) -> list[str]:
    """Every row of every table of a DuckDB file as text."""
    reader = duckdb.connect(str(path), read_only=True)
    try:
        tables = reader.sql(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() WHERE NOT internal"
        ).fetchall()
        texts = []
        for (name,) in tables:
            texts += [
                f"{name} {row}" for (row,) in reader.sql(f"SELECT CAST(t AS VARCHAR) FROM {name} AS t").fetchall()
            ]
        return texts
    finally:
        reader.close()


def remains(home: Path, needles: tuple[str, ...]) -> list[str]:
    """Places below the home, apart from the landing folder, that hold a needle: decoded cells, or bytes of a file."""
    hits = []
    for path in sorted(path for path in home.rglob("*") if path.is_file()):
        if path.is_relative_to(home / "landing") or path.is_relative_to(home / "given"):
            continue
        texts = [path.read_bytes().decode("latin-1"), str(path.relative_to(home))]
        if path.suffix == ".duckdb":
            texts += cells(path)
        if path.suffix == ".db":
            with sqlite3.connect(path) as records:
                texts += list(records.iterdump())
        for text in texts:
            low = text.lower()
            hits += [
                f"{path.name}: {needle} {low[:200] if len(low) < 5000 else ''}" for needle in needles if needle in low
            ]
    return hits
