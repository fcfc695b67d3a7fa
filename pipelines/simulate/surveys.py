"""Surveys: who is invited, who answers, and with what score; follow-ups.

Here: the three surveys and the latent score behind every answer. Not here: the text of comments (comments) and the
tools' files (exports).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import expit, logit

from pipelines.simulate import comments
from pipelines.simulate.history import DAY, HOUR, Calendar, Flags, Floats, Ints, cut_exponential
from pipelines.simulate.truth.parameters import CATEGORIES, COUNTRIES, STAGES, SURVEYS, Parameters

LONGEST_DAYS = 10.0  # from an e-mail to its answer
LONGEST_ON_PAGE = HOUR  # from the thank-you page to its answer, in seconds: before any delivery
REMINDER_DAYS = (3, 6)  # after the invitation by e-mail, unless it was answered
QUIET_DAYS = 95  # the relationship survey asks who has not ordered for that long; beyond the reach of any order link


def draw_surveys(
    people: pl.DataFrame, orders: pl.DataFrame, calendar: Calendar, p: Parameters, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Invitations sent and answers given by the end."""
    asked = [
        _on_the_page(orders, rng),
        _after_delivery(orders, calendar, rng),
        _relationship(people, orders, calendar, rng),
    ]
    frame = pl.concat(asked).filter(pl.col("invited_at") < calendar.end_at)
    frame = frame.sort("invited_at", "survey", "person", "order")
    frame = frame.filter(pl.Series(rng.random(len(frame)) < _by_survey(frame, p.shown)))
    frame = _unsubscribing(frame, p, rng)
    who = frame["person"].to_numpy()
    guest = people["is_guest"].to_numpy()[who]
    u = people["satisfaction"].to_numpy()[who]
    odds = logit(_by_survey(frame, p.response)) + p.response_guest * guest + p.response_per_satisfaction * u
    frame = _patience(frame, u, p)
    willing = (rng.random(len(frame)) < expit(odds)) & ~frame["bounced"].to_numpy()
    frame = frame.with_columns(
        answered=pl.Series(willing) & (pl.col("answered_at") < calendar.end_at) & ~_twice_in_denver(frame)
    )
    # Who orders before answering the relationship survey does not answer it, as it is about no order.
    again = _orders_between(frame, orders)
    frame = frame.with_columns(answered=pl.col("answered") & ~((pl.col("survey") == 2) & pl.Series(again > 0)))
    frame = frame.with_row_index("invitation", 1).cast({"invitation": pl.Int64})
    frame = frame.with_columns(opened=pl.col("answered") | pl.col("opened"), reminders=_reminders(frame, calendar))
    chosen = frame["answered"].to_numpy()
    answers = _answers(frame.filter("answered"), again[chosen] > 0, people, orders, p=p, rng=rng)
    return frame, answers


def _by_survey(frame: pl.DataFrame, values: dict[str, float]) -> Floats:
    return np.asarray(np.array([values[name] for name in SURVEYS])[frame["survey"].to_numpy()], dtype=np.float64)


def _patience(frame: pl.DataFrame, satisfaction: Floats, p: Parameters) -> pl.DataFrame:
    """The invitations with the wait to the answer stretched by satisfaction; unchanged without such an effect."""
    if not p.delay_per_satisfaction:
        return frame
    invited = frame["invited_at"].to_numpy()
    wait = (frame["answered_at"].to_numpy() - invited) * np.exp(p.delay_per_satisfaction * satisfaction)
    longest = np.where(frame["survey"].to_numpy() == 0, LONGEST_ON_PAGE, LONGEST_DAYS * DAY)
    return frame.with_columns(answered_at=pl.Series(invited + np.minimum(wait, longest).astype(np.int64)))


def _reminders(frame: pl.DataFrame, calendar: Calendar) -> pl.Series:
    """Reminders sent by the end: to e-mails that arrived, until the answer."""
    until = (
        pl.when("answered").then(pl.min_horizontal("answered_at", pl.lit(calendar.end_at))).otherwise(calendar.end_at)
    )
    sent = [(pl.col("invited_at") + days * DAY < until).cast(pl.Int64) for days in REMINDER_DAYS]
    mailed = (pl.col("survey") > 0) & ~pl.col("bounced")
    return frame.select(pl.when(mailed).then(pl.sum_horizontal(sent)).otherwise(0).alias("reminders")).to_series()


def _twice_in_denver(frame: pl.DataFrame) -> pl.Series:
    """Answers at a wall time that occurs twice in the survey tool's zone: unreadable later, so nobody gives them."""
    wall = pl.from_epoch("answered_at").dt.replace_time_zone("UTC").dt.convert_time_zone("America/Denver")
    naive = wall.dt.replace_time_zone(None)
    twice = naive.dt.replace_time_zone("America/Denver", ambiguous="null").is_null()
    return frame.select((pl.col("survey") == 0) & twice).to_series()


def _on_the_page(orders: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    count = len(orders)
    invited_at = orders["ordered_at"] + pl.Series(rng.integers(5, 40, count))
    return pl.DataFrame(
        {
            "survey": pl.repeat(0, count, dtype=pl.Int64, eager=True),
            "person": orders["person"],
            "order": orders["order"],
            "invited_at": invited_at,
            "answered_at": invited_at + pl.Series(rng.integers(15, 600, count)),
        }
    )


def _after_delivery(orders: pl.DataFrame, calendar: Calendar, rng: np.random.Generator) -> pl.DataFrame:
    asked = orders.filter(pl.col("felt_delivered_at") < calendar.end_at)
    count = len(asked)
    day = calendar.day(asked["felt_delivered_at"].to_numpy()) + rng.integers(2, 5, count)
    invited_at = calendar.midnights[day] + 10 * HOUR + rng.integers(0, HOUR, count)
    wait = cut_exponential(1.2, np.full(count, LONGEST_DAYS), rng)
    return pl.DataFrame(
        {
            "survey": pl.repeat(1, count, dtype=pl.Int64, eager=True),
            "person": asked["person"],
            "order": asked["order"],
            "invited_at": invited_at,
            "answered_at": invited_at + 60 + (wait * DAY).astype(np.int64),
        }
    )


def _relationship(
    people: pl.DataFrame, orders: pl.DataFrame, calendar: Calendar, rng: np.random.Generator
) -> pl.DataFrame:
    """In the middle of every month, a third of the people with an account and consent who have not ordered lately.

    Each person is asked once a quarter; asking all in one month would make its score swing.
    """
    waves = []
    for day in (month.replace(day=15) for month in calendar.months):
        if day >= calendar.end:
            continue
        at = int(calendar.midnights[(day - calendar.start).days]) + 9 * HOUR
        last = orders.filter(pl.col("ordered_at") < at).group_by("person").agg(pl.col("ordered_at").max())
        waves.append(
            people.join(last, on="person", how="left", maintain_order="left")
            .filter(
                pl.col("person") % 3 == day.month % 3,
                pl.col("consent") & (pl.col("registered_at") < at),
                pl.col("ordered_at").is_null() | (pl.col("ordered_at") < at - QUIET_DAYS * DAY),
            )
            .select(
                pl.lit(2, dtype=pl.Int64).alias("survey"),
                "person",
                pl.lit(-1).alias("order").cast(pl.Int64),
                pl.lit(at, dtype=pl.Int64).alias("invited_at"),
            )
        )
    if not waves:
        return _on_the_page(orders.clear(), rng)
    frame = pl.concat(waves)
    wait = cut_exponential(1.5, np.full(len(frame), LONGEST_DAYS), rng)
    return frame.with_columns(answered_at=pl.col("invited_at") + 60 + pl.Series((wait * DAY).astype(np.int64)))


def _unsubscribing(frame: pl.DataFrame, p: Parameters, rng: np.random.Generator) -> pl.DataFrame:
    """Bounces, opens and unsubscriptions of e-mails; nobody gets one after unsubscribing."""
    mailed = frame["survey"].to_numpy() > 0
    bounced = mailed & (rng.random(len(frame)) < p.bounced)
    opened = ~bounced & (~mailed | (rng.random(len(frame)) < 0.45))
    left = mailed & opened & (rng.random(len(frame)) < 0.01)
    frame = frame.with_columns(
        bounced=pl.Series(bounced), opened=pl.Series(opened), unsubscribed=pl.Series(left), mailed=pl.Series(mailed)
    )
    gone = frame.filter("unsubscribed").group_by("person").agg(left_at=pl.col("invited_at").min())
    frame = frame.join(gone, on="person", how="left", maintain_order="left")
    is_sent = ~pl.col("mailed") | pl.col("left_at").is_null() | (pl.col("invited_at") <= pl.col("left_at"))
    return frame.filter(is_sent).drop("mailed", "left_at")


def _orders_between(frame: pl.DataFrame, orders: pl.DataFrame) -> Ints:
    """Orders by the same person between the surveyed order (or the invitation, without one) and the answer."""
    span = 1 << 33  # above seconds since 1970 until 2242, so person * span + instant sorts by both
    keys = np.sort((orders["person"] * span + orders["ordered_at"]).to_numpy())
    about = frame["order"].to_numpy()
    ordered_at = orders["ordered_at"].to_numpy()
    since = np.where(about >= 0, ordered_at[about] if len(ordered_at) else 0, frame["invited_at"].to_numpy())
    base = frame["person"].to_numpy() * span
    until = np.searchsorted(keys, base + frame["answered_at"].to_numpy(), side="right")
    return np.asarray(until - np.searchsorted(keys, base + since, side="right"), dtype=np.int64)


def shifts(names: tuple[str, ...], points: dict[str, float]) -> Floats:
    """Score points in the order of `names`."""
    return np.array([points.get(name, 0.0) for name in names])


def _answers(
    frame: pl.DataFrame,
    again: Flags,
    people: pl.DataFrame,
    orders: pl.DataFrame,
    *,
    p: Parameters,
    rng: np.random.Generator,
) -> pl.DataFrame:
    """Scores and comments, with the latent mean score and each shift beside them.

    Args:
        frame: the invitations answered.
        again: whether the person ordered again before answering.
        people: see people.
        orders: see orders.
        p: the shop's parameters.
        rng: source of chance.
    """
    survey = frame["survey"].to_numpy()
    asked = frame["order"].to_numpy() >= 0
    about = orders.select("order", "category", "is_guest", "is_late", "delivered_at")
    frame = frame.join(about, on="order", how="left", maintain_order="left").join(
        people.select("person", "country", "language", "email", "first_order_at", "satisfaction"),
        on="person",
        how="left",
        maintain_order="left",
    )
    late = frame["is_late"].fill_null(value=False).to_numpy() & (survey == 1)
    moves = _moves(frame, late, p)
    mean = p.score_mean + p.score_per_satisfaction * frame["satisfaction"].to_numpy() + sum(moves.values())
    score = np.clip(np.rint(mean + p.score_noise * rng.standard_normal(len(frame))), 0, 10).astype(np.int64)
    anonymous = rng.random(len(frame)) < p.anonymous
    declare = _by_survey(frame, p.declared | {"relationship": 0.0})
    # After another order the surveyed one is always named, so that every way to infer it agrees.
    declared = asked & ~anonymous & (again | (rng.random(len(frame)) < declare))
    bucket = np.select([score >= 9, score >= 7], [0, 1], 2)
    text = comments.compose(
        category=bucket,
        language=frame["language"].to_numpy(),
        late=late,
        address=frame["email"],
        parameters=p,
        rng=rng,
    )
    frame = frame.with_columns(
        pl.Series("score", score),
        pl.Series("bucket", bucket),
        pl.Series("mean", mean),
        *(pl.Series(f"shift_{name}", values) for name, values in moves.items()),
        pl.Series("anonymous", anonymous),
        pl.Series("declared", declared),
        pl.Series("stage", _stages(frame, anonymous)),
        pl.Series("felt_late", late),
        pl.Series("commented", rng.random(len(frame)) < p.commented),
        pl.Series("milliseconds", rng.integers(0, 1000, len(frame))),
        *text,
    )
    return frame.with_columns(
        pl.when("commented").then("comment").alias("comment"),
        gives_contact=pl.col("commented") & pl.col("gives_contact"),
    ).sort("answered_at", "invitation")


def _moves(frame: pl.DataFrame, late: Flags, p: Parameters) -> dict[str, Floats]:
    """Score points by which each planted shift moves each answer."""
    survey = frame["survey"].to_numpy()
    asked = frame["order"].to_numpy() >= 0
    category = frame["category"].fill_null(0).to_numpy()
    guest = frame["is_guest"].fill_null(value=False).to_numpy()
    return {
        "late": np.where(late, p.shift_late, 0.0),
        "guest": np.where(guest, p.shift_guest, 0.0),
        "before_delivery": np.where(survey == 0, p.shift_before_delivery, 0.0),
        "country": shifts(COUNTRIES, p.shift_country)[frame["country"].to_numpy()],
        "category": np.where(asked, shifts(CATEGORIES, p.shift_category)[category], 0.0),
    }


def _stages(frame: pl.DataFrame, anonymous: Flags) -> Ints:
    """The stage of each answer, as a number into STAGES."""
    survey = frame["survey"].to_numpy()
    new = frame.select((pl.col("first_order_at") > pl.col("answered_at")).fill_null(value=True)).to_series().to_numpy()
    asked = frame["order"].to_numpy() >= 0
    return np.select(
        [anonymous, new, ~asked, frame["delivered_at"].is_null().to_numpy()],
        [STAGES.index(name) for name in ("prospect", "prospect", "relational", "post_order")],
        np.where(survey == 0, STAGES.index("pre_delivery"), STAGES.index("post_delivery")),
    )


def draw_follow_ups(answers: pl.DataFrame, calendar: Calendar, p: Parameters, rng: np.random.Generator) -> pl.DataFrame:
    """Contacts with detractors whose address Retently knows; `answer` is a row number of the answers."""
    unhappy = answers.with_row_index("answer").filter(pl.col("survey") > 0, pl.col("bucket") == 2, ~pl.col("anonymous"))
    count = len(unhappy)
    hours = rng.lognormal(np.log(20), 1.0, count)
    contacted_at = unhappy["answered_at"].to_numpy() + (hours * HOUR).astype(np.int64)
    resolved_at = contacted_at + (rng.exponential(2.0, count) * DAY).astype(np.int64)
    resolved = (rng.random(count) < 0.75) & (resolved_at < calendar.end_at)
    frame = unhappy.select(
        "answer",
        contacted_at=pl.Series(contacted_at),
        resolved_at=pl.when(pl.Series(resolved)).then(pl.Series(resolved_at)),
        owner=pl.Series(["care-1", "care-2", "care-3"]).gather(rng.integers(0, 3, count)),
        outcome=pl.when(pl.Series(resolved)).then(pl.lit("solved")).otherwise(pl.lit("waiting")),
    )
    return frame.filter(pl.Series(rng.random(count) < p.follow_up) & (pl.col("contacted_at") < calendar.end_at))
