"""`northstar mcp`: the tools give the published figures, whatever they are asked they read nothing else."""

import asyncio
import json
import os
import random
import sys

import pytest
from mcp import Client, StdioServerParameters
from night import hashes, settings_for

from assets.assistant import server_of
from pipelines.ops import questions
from pipelines.ops.published import opened_published
from pipelines.warehouse.frames import frame

TABLES = {"nps.by_period", "nps.by_segment", "nps.change_parts", "value.promoter_value", "loop.answers_needed"}
TOOLS = ["answers_needed", "compare_segments", "is_change_real", "promoter_value", "score", "why_moved"]
NEWEST = "ORDER BY period_end DESC LIMIT 1"
OF_PERIOD = "SELECT nps, nps_low, nps_high, responses FROM nps.by_period WHERE grain = '{}' AND stage = '{}' "
OF_SEGMENT = (
    "SELECT nps, nps_low, nps_high, responses FROM nps.by_segment WHERE grain = 'trailing_365d' AND stage = 'all' "
    "AND dimension = '{}' AND segment = '{}' "
)
CHANGES = (
    "SELECT change, change_low, change_high, is_significant FROM nps.by_period WHERE stage = 'all' AND grain = '{}' "
)


def recorded():
    """Fifty calls, each with a statement that an analyst would write for it."""
    calls = []
    for grain in ("auto", "week", "month", "quarter", "year", "trailing_90d", "trailing_365d"):
        calls += [
            ("score", {"grain": grain, "stage": stage}, OF_PERIOD.format(grain, stage) + NEWEST)
            for stage in ("all", "post_delivery", "relational")
        ]
        calls.append(("is_change_real", {"grain": grain}, CHANGES.format(grain) + NEWEST))
    for until in ("2025-01-31", "2025-03-31", "2025-05-30"):
        ended = f"AND period_end <= DATE '{until}' + 1 "
        calls.append(
            ("score", {"grain": "month", "until": until}, OF_PERIOD.format("month", "all") + ended + NEWEST),
        )
    for dimension, segment in (("country", "FR"), ("country", "DE"), ("account_type", "guest"), ("delivery", "late")):
        asked = {"dimension": dimension, "segment": segment}
        calls.append(("score", asked, OF_SEGMENT.format(dimension, segment) + NEWEST))
    for dimension in ("country", "product_category", "account_type", "brand", "age_band"):
        calls += [
            (
                "compare_segments",
                {"dimension": dimension},
                "SELECT segment, nps, nps_low, nps_high, pooled_nps, differs_from_rest FROM nps.by_segment "
                f"WHERE grain = 'trailing_365d' AND stage = 'all' AND dimension = '{dimension}' AND period_end = "
                "(SELECT max(period_end) FROM nps.by_segment WHERE grain = 'trailing_365d') "
                "ORDER BY pooled_nps DESC NULLS LAST, responses DESC, segment",
            ),
            (
                "answers_needed",
                {"dimension": dimension},
                "SELECT segment, responses, answers_needed, invitations_needed FROM loop.answers_needed WHERE "
                f"dimension = '{dimension}' AND month = (SELECT max(month) FROM loop.answers_needed) "
                "ORDER BY answers_needed DESC, segment",
            ),
        ]
    for month in ("2025-06-01", "2025-05-01", "2025-04-01"):
        calls.append(
            (
                "promoter_value",
                {"month": month},
                "SELECT category, total_value, total_value_low, total_value_high FROM value.promoter_value "
                f"WHERE month = '{month}' AND category <> 'no_longer_credited' ORDER BY total_value DESC",
            )
        )
    for dimension in ("country", "account_type"):
        calls.append(
            (
                "why_moved",
                {"dimension": dimension},
                "SELECT NULL AS segment, sum(mix_effect) AS mix_effect, sum(score_effect) AS score_effect "
                f"FROM nps.change_parts WHERE grain = 'month' AND dimension = '{dimension}' AND period_start = "
                "(SELECT max(period_start) FROM nps.change_parts WHERE grain = 'month')",
            )
        )
    return calls


def asked(server, calls):
    """What each call gives: whether it is an error, and the answer or the message."""

    async def all_of_them():
        async with Client(server) as client:
            listed = [tool.name for tool in (await client.list_tools()).tools]
            given = [await client.call_tool(name, arguments) for name, arguments in calls]
            return listed, [(bool(one.is_error), one.structured_content or str(one.content)) for one in given]

    return asyncio.run(all_of_them())


def test_fifty_recorded_calls_give_the_published_figures_and_intervals(simulated_year):
    calls = recorded()
    assert len(calls) == 50
    listed, given = asked(server_of(simulated_year), [call[:2] for call in calls])
    assert sorted(listed) == TOOLS
    for (name, arguments, statement), (is_error, answer) in zip(calls, given, strict=True):
        assert not is_error, (name, arguments, answer)
        with opened_published(simulated_year) as connection:
            expected = frame(connection.sql(statement)).to_dicts()
        figures = answer["figures"][:1] if name == "why_moved" else answer["figures"]
        seen = [{column: row[column] for column in expected[0]} for row in figures]
        expected = [{column: plain(value) for column, value in row.items()} for row in expected]
        if name == "why_moved":
            assert seen[0].pop("segment") == expected[0].pop("segment") is None
            assert seen[0] == pytest.approx(expected[0], abs=1e-9)
        else:
            assert seen == expected, (name, arguments)
        assert answer["caveats"]
        assert set(answer["tables"]) <= TABLES
        assert answer["as_of"] == "2025-06-20T12:00:00+00:00"
        assert (answer["confidence"], answer["currency"]) == (0.95, "EUR")


def plain(value):
    return value if value is None or isinstance(value, (bool, int, str)) else float(value)


WORST = (
    "'; DROP TABLE nps.by_period; --",
    "all' UNION SELECT content FROM read_text('{secret}') --",
    "read_text('{secret}')",
    "{secret}",
    "../../vault.duckdb",
    "$until",
    "?",
    'all" OR "1" = "1',
    "core.customers",
    "vault.raw.people",
    "\x00",
    "%",
    "🙂" * 50,
    "a" * 100_000,
    "",
    None,
    0,
    ["all"],
    {"stage": "all"},
    "{{1}}",
)


def test_a_hundred_hostile_arguments_reach_nothing_else(simulated_year, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("hunter2")
    drawn = random.Random(1)
    names = {
        "score": ["grain", "stage", "dimension", "segment", "until"],
        "is_change_real": ["grain", "stage", "dimension", "segment", "until"],
        "compare_segments": ["dimension", "grain", "stage", "until"],
        "promoter_value": ["month"],
        "why_moved": ["dimension", "grain", "until"],
        "answers_needed": ["dimension", "month"],
    }
    calls = []
    for number in range(100):
        tool = drawn.choice(list(names))
        worst = WORST[number % len(WORST)]
        value = worst.format(secret=secret) if isinstance(worst, str) and "{secret}" in worst else worst
        arguments = {"dimension": "country"} if tool in {"compare_segments", "why_moved"} else {}
        calls.append((tool, arguments | {drawn.choice(names[tool]): value}))
    before = hashes(simulated_year)
    _, given = asked(server_of(simulated_year), calls)
    assert "hunter2" not in json.dumps(given)
    assert hashes(simulated_year) == before
    for (_, arguments), (is_error, answer) in zip(calls, given, strict=True):
        # What is taken is as if it had been left out: null, for an argument that may be.
        assert is_error or None in arguments.values(), (arguments, answer)
        assert is_error or set(answer["tables"]) <= TABLES
        assert not is_error or "Traceback" not in answer
    assert sum(is_error for is_error, _ in given) > 90


def test_a_refusal_says_what_is_known(simulated_year):
    with pytest.raises(questions.QuestionError, match=r"^unknown segment; known are: BE, DE, ES, FR, GB, IT, NL, PT"):
        questions.score(simulated_year, dimension="country", segment="XX")
    with pytest.raises(questions.QuestionError, match=r"^segment needs its dimension$"):
        questions.score(simulated_year, segment="DE")
    with pytest.raises(questions.QuestionError, match=r"^unknown dimension; known are: account_type, "):
        questions.why_moved(simulated_year, "planet")


def test_before_the_first_publishing(tmp_path):
    with pytest.raises(questions.QuestionError, match="northstar run"):
        questions.promoter_value(settings_for(tmp_path))


@pytest.mark.slow
def test_the_command_speaks_the_protocol_on_standard_output(simulated_year):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("NORTHSTAR_", "DAGSTER_"))}
    command = StdioServerParameters(
        command=sys.executable,
        args=["-c", "from assets.cli import entry; entry()", "mcp"],
        env=inherited | {"NORTHSTAR_HOME": str(simulated_year.home), "NORTHSTAR_TIMEZONE": "Europe/Paris"},
    )
    listed, [(is_error, answer)] = asked(command, [("score", {"grain": "month", "until": "2025-05-31"})])
    assert sorted(listed) == TOOLS
    assert not is_error
    [row] = answer["figures"]
    assert (row["period_start"], row["is_complete"]) == ("2025-05-01", True)
    assert row["nps_low"] < row["nps"] < row["nps_high"]
