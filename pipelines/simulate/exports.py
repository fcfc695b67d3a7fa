"""The files that the shop's tools would write.

Here: the folders, and the canonical CSV files of the shop's own systems. Not here: what happened (world), and the
vendors' formats (export_shopify, export_surveys). Files are sorted by time, so the same shop gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.simulate.export_shopify import write_shopify
from pipelines.simulate.export_surveys import response_ids, write_qualtrics, write_retently
from pipelines.simulate.history import instant_text
from pipelines.simulate.truth.parameters import COUNTRIES, SURVEY_NAMES, SURVEYS
from pipelines.simulate.world import World

UTC_TEXT = "%Y-%m-%dT%H:%M:%SZ"


def write_exports(world: World, out: Path, seed: int) -> list[Path]:
    """Write every export of a shop under the folder; returns the files in the order written."""
    for folder in ("shopify", "retently", "qualtrics", "canonical"):
        (out / folder).mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([seed, 1])  # for the rows to be refused; the shop is drawn from other streams
    ids = response_ids(world, seed)
    return [
        *write_shopify(world, out / "shopify"),
        *write_retently(world, ids, seed, out / "retently", rng),
        write_qualtrics(world, ids, seed, out / "qualtrics", rng),
        *_canonical(world, ids, out / "canonical"),
    ]


def _canonical(world: World, ids: pl.Series, folder: Path) -> list[Path]:
    """Write the canonical files of the shop's own systems."""
    people = world.people
    emails = people["email"]
    stages = ["pre_delivery", "post_delivery", "relational"]
    new = pl.col("first_order_at").is_null() | (pl.col("first_order_at") > pl.col("invited_at"))
    invitations = world.invitations.join(
        people.select("person", "email", "first_order_at"), on="person", how="left", maintain_order="left"
    ).select(
        invitation_id=pl.format("inv-{}", "invitation"),
        invited_at=instant_text("invited_at", UTC_TEXT),
        customer_email="email",
        survey=pl.col("survey").replace_strict(range(3), [SURVEY_NAMES[name] for name in SURVEYS]),
        stage=pl.when(new).then(pl.lit("prospect")).otherwise(pl.col("survey").replace_strict(range(3), stages)),
        channel=pl.when(pl.col("survey") == 0).then(pl.lit("web")).otherwise(pl.lit("email")),
        delivered=~pl.col("bounced"),
        opened="opened",
        unsubscribed="unsubscribed",
        bounced="bounced",
        # Told only where reminders tell something.
        **({"reminders": "reminders"} if world.parameters.delay_per_satisfaction else {}),
    )
    tables = {
        "invitations": invitations,
        "referrals": world.referrals.select(
            referral_id=pl.format("ref-{}", "number"),
            referred_at=instant_text("referred_at", UTC_TEXT),
            advocate_email=emails.gather(world.referrals["advocate"]),
            friend_email="friend_email",
            reward_cost="reward",
            currency=pl.lit("EUR"),
            status="status",
        ),
        "follow_ups": world.follow_ups.select(
            response_id=pl.format("retently:{}", ids.gather(world.follow_ups["answer"])),
            contacted_at=instant_text("contacted_at", UTC_TEXT),
            resolved_at=instant_text("resolved_at", UTC_TEXT),
            owner="owner",
            outcome="outcome",
            note=pl.lit("Called back"),
        ),
        "customers": people.filter(pl.col("registered_at").is_not_null())
        .sort("registered_at", "person")
        .select(
            customer_email="email",
            registered_at=instant_text("registered_at", UTC_TEXT),
            country=pl.col("country").replace_strict(range(len(COUNTRIES)), list(COUNTRIES)),
            birth_year="birth_year",
            gender="gender",
            tier="tier",
            consent="consent",
        ),
        "exchange_rates": world.rates.select("date", currency=pl.lit("GBP"), rate=pl.col("rate")),
    }
    paths = []
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        table.write_csv(path, float_precision=5 if name == "exchange_rates" else 2)
        paths.append(path)
    return paths
