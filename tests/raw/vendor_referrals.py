"""One shop's referrals, as the vendor and as the canonical form write them.

Here: the neutral referrals and the writers. Not here: expectations; orders (vendor_orders.py).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tests.raw.vendor_orders import table


@dataclass(frozen=True)
class Referral:
    referral_id: str
    at: datetime
    updated: datetime
    advocate: str
    friend: str
    is_done: bool


def smile(referrals: Sequence[Referral]) -> str:
    def customer(email: str) -> dict[str, object]:
        return {"id": 1, "first_name": "A", "last_name": "B", "email": email}

    def instant(moment: datetime) -> str:
        return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"

    records = [
        {
            "id": referral.referral_id,
            "sender_customer": customer(referral.advocate),
            "receiver_customer": customer(referral.friend) if referral.is_done else None,
            "receiver_customer_email": "invited@example.com" if referral.is_done else referral.friend,
            "created_at": instant(referral.at),
            "updated_at": instant(referral.updated),
        }
        for referral in referrals
    ]
    return json.dumps({"referrals": records})


def canonical_referrals(referrals: Sequence[Referral]) -> str:
    rows = [
        {
            "referral_id": referral.referral_id,
            "referred_at": referral.at.isoformat(),
            "updated_at": referral.updated.isoformat(),
            "advocate_email": referral.advocate,
            "friend_email": referral.friend,
            "status": "completed" if referral.is_done else "pending",
        }
        for referral in referrals
    ]
    return table(rows, ["referral_id", "referred_at", "updated_at", "advocate_email", "friend_email", "status"])
