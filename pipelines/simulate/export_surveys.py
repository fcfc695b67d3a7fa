"""The survey tools' exports: Retently's feedback objects in JSON, Qualtrics's CSV with three header rows.

Here: the cells of both, identifiers, and the rows in between that are no answers and must be refused. Not here: who
answered what (surveys).
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.simulate import comments
from pipelines.simulate.export_shopify import order_name, shopify_id
from pipelines.simulate.history import DAY, instant_text
from pipelines.simulate.truth.parameters import COUNTRIES, SURVEY_NAMES, SURVEYS
from pipelines.simulate.truth.refused_rows import refused_rows
from pipelines.simulate.world import World

PAGE = 10_000  # objects in one of Retently's files
QUALTRICS_ZONE = "America/Denver"

# Column, question text, import id (the second and third header row).
QUALTRICS_HEADER = (
    ("StartDate", "Start Date", "startDate"),
    ("EndDate", "End Date", "endDate"),
    ("Status", "Response Type", "status"),
    ("IPAddress", "IP Address", "ipAddress"),
    ("Progress", "Progress", "progress"),
    ("Duration (in seconds)", "Duration (in seconds)", "duration"),
    ("Finished", "Finished", "finished"),
    ("RecordedDate", "Recorded Date", "recordedDate"),
    ("ResponseId", "Response ID", "_recordId"),
    ("RecipientLastName", "Recipient Last Name", "recipientLastName"),
    ("RecipientFirstName", "Recipient First Name", "recipientFirstName"),
    ("RecipientEmail", "Recipient Email", "recipientEmail"),
    ("ExternalReference", "External Data Reference", "externalDataReference"),
    ("LocationLatitude", "Location Latitude", "locationLatitude"),
    ("LocationLongitude", "Location Longitude", "locationLongitude"),
    ("DistributionChannel", "Distribution Channel", "distributionChannel"),
    ("UserLanguage", "User Language", "userLanguage"),
    ("Q1_NPS_GROUP", "How likely are you to recommend us to a friend or colleague? - Group", "QID1_NPS_GROUP"),
    ("Q1", "How likely are you to recommend us to a friend or colleague?", "QID1"),
    ("Q2", "What is the main reason for your score?", "QID2_TEXT"),
    ("order_id", "order_id", "order_id"),
)


def _hexadecimal(numbers: NDArray[np.uint64]) -> pl.Series:
    """Sixteen digits each, four at a time from a table of all 16-bit numbers."""
    table = pl.Series([f"{n:04x}" for n in range(1 << 16)])
    parts = numbers.astype(">u8").view(">u2").reshape(-1, 4).astype(np.int64)
    columns = [table.gather(parts[:, n]).alias(str(n)) for n in range(4)]
    return pl.DataFrame(columns).select(pl.concat_str(pl.all()).alias("hex")).to_series()


def _scrambled(numbers: NDArray[np.int64], seed: int, kind: int) -> pl.Series:
    """Distinct identifiers of distinct numbers (splitmix64, a bijection), different for each seed and kind."""
    golden = np.uint64(0x9E3779B97F4A7C15)
    start = np.array([(seed * 16 + kind) % (1 << 64)], dtype=np.uint64) * golden
    x = (numbers.astype(np.uint64) + np.uint64(1)) * golden + start
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return _hexadecimal(x ^ (x >> np.uint64(31)))


def response_ids(world: World, seed: int) -> pl.Series:
    """Qualtrics's R_..., Retently's 24 hexadecimal digits, by row of the answers."""
    tail = _scrambled(world.answers["invitation"].to_numpy(), seed, 0)
    head = _hexadecimal(world.answers["answered_at"].to_numpy().astype(np.uint64)).str.tail(8)
    qualtrics = world.answers["survey"] == 0
    return pl.select(
        pl.when(qualtrics).then(pl.format("R_{}", tail)).otherwise(pl.format("{}{}", head, tail)).alias("id")
    ).to_series()


def _strangers(world: World, rows: int, rng: np.random.Generator) -> pl.DataFrame:
    """Rows that are no answers: a random person, time within the history and score."""
    day = rng.integers(0, world.calendar.days, rows)
    return pl.DataFrame(
        {
            "person": rng.integers(0, len(world.people), rows),
            "answered_at": world.calendar.midnights[day] + DAY // 3 + rng.integers(0, DAY // 2, rows),
            "score": rng.integers(0, 11, rows),
            "milliseconds": rng.integers(0, 1000, rows),
        }
    ).sort("answered_at", "person")


def write_retently(world: World, ids: pl.Series, seed: int, folder: Path, rng: np.random.Generator) -> list[Path]:
    """Write feedback objects in the envelope of the API, oldest first, PAGE of them to a file."""
    planted = refused_rows(world)
    contacted = world.follow_ups.filter(pl.col("resolved_at").is_not_null())["answer"].to_numpy()
    resolved = np.zeros(len(world.answers), dtype=np.bool_)
    resolved[contacted] = True
    answers = world.answers.with_columns(id=ids, resolved=pl.Series(resolved)).filter(pl.col("survey") > 0)
    answers = answers.select(
        "id",
        "person",
        "answered_at",
        "milliseconds",
        "score",
        "comment",
        "anonymous",
        "bucket",
        "survey",
        "resolved",
        order=pl.when("declared").then(order_name("order")),
        metric=pl.lit("NPS"),
        bogus=pl.lit(value=False),
        campaign=pl.col("survey").replace_strict(range(3), [SURVEY_NAMES[name] for name in SURVEYS]),
    )
    others = [answers]
    for kind, (name, campaign) in enumerate((("csat", "Support satisfaction"), ("bogus", SURVEY_NAMES[SURVEYS[1]])), 1):
        rows = _strangers(world, planted[name]["rows"], rng)
        head = _hexadecimal(rows["answered_at"].to_numpy().astype(np.uint64)).str.tail(8)
        tail = _scrambled(np.arange(len(rows)), seed, kind)
        others.append(
            rows.select(
                pl.select(pl.format("{}{}", head, tail).alias("id")).to_series().alias("id"),
                "person",
                "answered_at",
                "milliseconds",
                pl.when(pl.lit(name == "csat")).then(pl.col("score") % 5 + 1).otherwise("score").alias("score"),
                comment=pl.lit(None, dtype=pl.String),
                anonymous=pl.lit(value=False),
                bucket=(pl.col("score") < 9).cast(pl.Int64) + (pl.col("score") < 7).cast(pl.Int64),
                survey=pl.lit(1, dtype=pl.Int64),
                resolved=pl.lit(value=False),
                order=pl.lit(None, dtype=pl.String),
                metric=pl.lit("CSAT" if name == "csat" else "NPS"),
                bogus=pl.lit(name == "bogus"),
                campaign=pl.lit(campaign),
            )
        )
    frame = pl.concat(others).sort("answered_at", "milliseconds", "id")
    objects = _feedback(frame, world, seed)
    pages = max(1, -(-len(objects) // PAGE))
    paths = []
    for number in range(1, pages + 1):
        part = objects.slice((number - 1) * PAGE, PAGE)
        envelope = {"page": number, "pages": pages, "limit": PAGE, "sort": "createdDate", "total": len(objects)}
        page = json.dumps(envelope, separators=(",", ":"))[1:]
        opening = '{"message":"Success.","code":200,"data":{"responses":['
        body = ",\n".join(part.to_list())
        path = folder / f"feedback_{number}.json"
        path.write_text(f"{opening}\n{body}\n],{page}}}\n", encoding="utf-8", newline="")
        paths.append(path)
    return paths


def _feedback(frame: pl.DataFrame, world: World, seed: int) -> pl.Series:
    """Each row as one feedback object of the API, in JSON."""
    people = world.people.select("person", "email", "first_name", "last_name", "country", "language")
    frame = frame.with_columns(customer=_scrambled(frame["person"].to_numpy(), seed, 3))
    frame = frame.join(people, on="person", how="left", maintain_order="left")
    is_named = ~pl.col("anonymous")
    nothing = pl.lit(None, dtype=pl.String)
    empty = pl.lit(pl.Series([[]], dtype=pl.List(pl.String)))
    # A few addresses are spelled as people typed them.
    typed = pl.when(pl.col("milliseconds") < 30).then(pl.col("email").str.to_titlecase()).otherwise("email")

    def prop(label: str, name: str, value: pl.Expr) -> pl.Expr:
        return pl.struct(label=pl.lit(label), name=pl.lit(name), type=pl.lit("string"), value=value)

    language = prop("Language", "language", pl.col("language").replace_strict(range(7), list(comments.LANGUAGES)))
    order = prop("Order", "order_id", pl.col("order"))
    again = pl.col("bucket").replace_strict(range(3), ["Yes", "Maybe", "No"])
    question = pl.struct(question=pl.lit("Would you buy from us again?"), answer=again)
    asked = (pl.col("survey") == 1) & (pl.col("metric") == "NPS") & (pl.col("milliseconds") % 2 == 0)
    created = pl.from_epoch(pl.col("answered_at") * 1000 + pl.col("milliseconds"), time_unit="ms")
    fields = pl.struct(
        id="id",
        customerId=pl.when(is_named).then(pl.format("5f3e9a0c1b7d{}", pl.col("customer").str.tail(12))),
        email=pl.when(is_named).then(typed),
        firstName=pl.when(is_named).then("first_name"),
        lastName=pl.when(is_named).then("last_name"),
        companyName=nothing,
        jobTitle=nothing,
        country=pl.when(is_named).then(pl.col("country").replace_strict(range(len(COUNTRIES)), list(COUNTRIES))),
        state=nothing,
        city=nothing,
        tags=empty,
        customProps=pl.when(pl.col("order").is_not_null())
        .then(pl.concat_list(language, order))
        .otherwise(pl.concat_list(language)),
        campaignId=pl.when(pl.col("metric") == "CSAT").then(pl.lit("c3")).otherwise(pl.format("c{}", "survey")),
        campaignName="campaign",
        createdDate=created.dt.to_string("%Y-%m-%dT%H:%M:%S%.3fZ"),
        score="score",
        comment="comment",
        checkbox=pl.lit(value=False),
        additionalQuestions=pl.when(asked)
        .then(pl.concat_list(question))
        .otherwise(pl.concat_list(question).list.head(0)),
        feedbackTags=empty,
        notes=empty,
        status=pl.lit("default"),
        assigned=nothing,
        ratingCategory=pl.when(pl.col("metric") == "NPS").then(
            pl.col("bucket").replace_strict(range(3), list(comments.CATEGORIES))
        ),
        resolved="resolved",
        channel=pl.lit("email"),
        metricsType="metric",
        isBogus="bogus",
    )
    return frame.select(fields.struct.json_encode().alias("object")).to_series()


def write_qualtrics(world: World, ids: pl.Series, seed: int, folder: Path, rng: np.random.Generator) -> Path:
    """Write one CSV file: three header rows, then rows with wall times of the account's zone.

    Only the third header row names that zone.
    """
    rows = _qualtrics_rows(world, ids, seed, rng)
    columns = _qualtrics_columns()
    table = rows.select(value.alias(head[0]) for head, value in zip(QUALTRICS_HEADER, columns, strict=True))
    path = folder / "thank_you_survey.csv"
    with path.open("wb") as file:
        file.write(_qualtrics_head().encode())
        table.write_csv(file, include_header=False)
    return path


def _qualtrics_rows(world: World, ids: pl.Series, seed: int, rng: np.random.Generator) -> pl.DataFrame:
    """Answers on the thank-you page, previews and unfinished rows, with the people they name, by time."""
    shared = (
        "id",
        "person",
        "started_at",
        "answered_at",
        "score",
        "milliseconds",
        "comment",
        "anonymous",
        "order",
        "status",
        "finished",
    )
    # The page knows the order's id in the shop's database, the e-mail tool the number that customers see.
    order_id = pl.when("declared").then(shopify_id("order").cast(pl.String))
    answers = (
        world.answers.with_columns(id=ids)
        .filter(pl.col("survey") == 0)
        .with_columns(order=order_id, started_at="invited_at", status=pl.lit("IP Address"), finished=pl.lit("True"))
    )
    parts = [answers.select(shared)]
    planted = refused_rows(world)
    for kind, name in ((4, "preview"), (5, "unfinished")):
        rows = _strangers(world, planted[name]["rows"], rng)
        tail = _scrambled(np.arange(len(rows)), seed, kind)
        preview = name == "preview"
        parts.append(
            rows.with_columns(
                pl.select(pl.format("R_{}", tail).alias("id")).to_series().alias("id"),
                started_at=pl.col("answered_at") - 60,
                score=pl.when(pl.lit(value=preview) | (pl.col("milliseconds") % 2 == 0)).then("score"),
                comment=pl.lit("test" if preview else None, dtype=pl.String),
                anonymous=pl.lit(preview),
                order=pl.lit(None, dtype=pl.String),
                status=pl.lit("Survey Preview" if preview else "IP Address"),
                finished=pl.lit("True" if preview else "False"),
            ).select(shared)
        )
    people = world.people.select("person", "email", "first_name", "last_name", "language")
    rows = pl.concat(parts).sort("answered_at", "id")
    return rows.join(people, on="person", how="left", maintain_order="left")


def _qualtrics_columns() -> tuple[pl.Expr, ...]:
    """The cells in the order of QUALTRICS_HEADER."""
    wall = "%Y-%m-%d %H:%M:%S"
    is_named, score = ~pl.col("anonymous"), pl.col("score")
    is_preview = pl.col("status") == "Survey Preview"
    # Accounts that show labels show them at the ends of the scale only.
    label = (
        pl.when(score == 10)
        .then(pl.lit("10 - Extremely likely"))
        .when(score == 0)
        .then(pl.lit("0 - Not at all likely"))
    )
    group = (
        pl.when(score >= 9)
        .then(pl.lit("Promoter"))
        .when(score >= 7)
        .then(pl.lit("Passive"))
        .when(score >= 0)
        .then(pl.lit("Detractor"))
    )
    nothing = pl.lit(None, dtype=pl.String)
    return (
        instant_text("started_at", wall, QUALTRICS_ZONE),
        instant_text("answered_at", wall, QUALTRICS_ZONE),
        pl.col("status"),
        pl.when(is_named).then(pl.format("192.0.2.{}", pl.col("person") % 254 + 1)),
        pl.when(pl.col("finished") == "True").then(100).otherwise(50),
        pl.col("answered_at") - pl.col("started_at"),
        pl.col("finished"),
        instant_text("answered_at", wall, QUALTRICS_ZONE),
        pl.col("id"),
        pl.when(is_named).then("last_name"),
        pl.when(is_named).then("first_name"),
        pl.when(is_named).then("email"),
        nothing,
        nothing,
        nothing,
        pl.when(is_preview).then(pl.lit("preview")).when(is_named).then(pl.lit("email")).otherwise(pl.lit("anonymous")),
        pl.col("language").replace_strict(range(7), [name.upper() for name in comments.LANGUAGES]),
        group,
        pl.when(pl.col("milliseconds") % 5 == 0)
        .then(pl.coalesce(label, score.cast(pl.String)))
        .otherwise(score.cast(pl.String)),
        pl.col("comment"),
        pl.col("order"),
    )


def _qualtrics_head() -> str:
    dated = {"startDate", "endDate", "recordedDate"}
    imports = [
        json.dumps({"ImportId": key} | ({"timeZone": QUALTRICS_ZONE} if key in dated else {}), separators=(",", ":"))
        for _, _, key in QUALTRICS_HEADER
    ]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([[name for name, _, _ in QUALTRICS_HEADER], [ask for _, ask, _ in QUALTRICS_HEADER], imports])
    return text.getvalue()
