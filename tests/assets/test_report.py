"""The page as a step of a run: written after publishing, never in the way of it, and gone with whoever it quotes."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from click.testing import CliRunner
from night import land, night, rows, settings_for
from shop_files import SHOP

from assets import letter, report
from assets.audiences import AUDIENCES
from assets.cli import main
from assets.definitions import defs
from assets.publish import PUBLISHED
from assets.report import CURRENT, REPORT
from assets.status import describe
from pipelines.ops.status import status
from pipelines.raw.erasure.request import forget
from pipelines.report.page import NothingPublishedError
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

AS_OF = "2025-03-31T12:00:00Z"


@pytest.fixture
def shop(first_night: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    home = shutil.copytree(first_night, tmp_path / "home")
    for name, value in {"HOME": str(home), "AS_OF": AS_OF, "SALT": "a salt for the tests", "REPORT": "true"}.items():
        monkeypatch.setenv(f"NORTHSTAR_{name}", value)
    return Settings()


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def published(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    return defs().resolve_job_def("publish").execute_in_process(instance=instance)


def evaluation(result: dg.ExecuteInProcessResult) -> dg.AssetCheckEvaluation:
    [found] = [one for one in result.get_asset_check_evaluations() if one.check_name == CURRENT]
    return found


def test_every_job_that_publishes_writes_the_page() -> None:
    for name in ("figures", "publish", "recheck", "rebuild"):
        keys = defs().resolve_job_def(name).asset_layer.executable_asset_keys
        assert {PUBLISHED, REPORT} <= keys, name
    graph = defs().resolve_asset_graph()
    assert graph.get(REPORT).parent_keys == {PUBLISHED}
    assert REPORT not in graph.get(AUDIENCES).parent_keys


def test_publishing_writes_the_page_of_what_it_published(shop: Settings, instance: dg.DagsterInstance) -> None:
    result = published(instance)
    assert result.success
    assert evaluation(result).passed
    page = shop.report_path.read_text(encoding="utf-8")
    [(at,)] = rows(shop, "SELECT max(published_at) FROM ops.publications")
    assert f'content="{at.isoformat()}"' in page
    state = status(shop)
    assert state is not None
    assert not state.is_page_old
    assert "owner's page" not in describe(shop, state)


def test_a_page_that_fails_stops_nothing_and_is_told(
    shop: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert published(instance).success
    before = shop.report_path.read_bytes()

    def fails(*args: object, **kwargs: object) -> str:
        message = "cat@example.com"
        raise RuntimeError(message)

    monkeypatch.setattr("pipelines.report.page.render", fails)
    result = published(instance)
    assert result.success
    told = evaluation(result)
    assert (told.passed, told.severity, told.metadata["problem"].value) == (
        False,
        dg.AssetCheckSeverity.WARN,
        "RuntimeError",
    )
    assert shop.report_path.read_bytes() == before
    state = status(shop)
    assert state is not None
    assert state.is_page_old
    assert f"owner's page     {shop.report_path} is missing or older" in describe(shop, state)
    said = " ".join(entry.user_message for entry in instance.all_logs(result.run_id))
    assert "The page could not be written (RuntimeError); the one before stays." in said
    assert "cat@example.com" not in said


def test_a_shop_without_the_page_has_none(
    shop: Settings, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.report_path.write_text("an old one", encoding="utf-8")
    monkeypatch.setenv("NORTHSTAR_REPORT", "false")
    result = published(instance)
    assert evaluation(result).passed
    assert not shop.report_path.exists()
    state = status(Settings())
    assert state is not None
    assert not state.is_page_old


def test_whoever_is_forgotten_is_not_quoted_on_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, as_of=AS_OF)
    header = "response_id,responded_at,score,survey,customer_email,comment\n"
    answers = "".join(
        f"r{number},2025-02-{number:02}T10:00:00Z,2,nps,{'cat' if number == 20 else f'a{number}'}@shop.example,"
        f"{'Unmistakable words about the price' if number == 20 else 'price'}\n"
        for number in range(1, 21)
    )
    land(settings, {"answers.csv": header + answers})
    night(settings)
    settings.report_path.write_text("Unmistakable words", encoding="utf-8")
    with opened(settings) as connection:
        forgotten = forget(connection, settings, "cat@shop.example")
    assert forgotten.is_known
    # No night has followed: the page that follows may fail, and this one must not stay.
    assert not settings.report_path.exists()


def test_somebody_unknown_leaves_the_page(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, as_of=AS_OF)
    land(settings, SHOP)
    night(settings)
    settings.report_path.write_text("a page", encoding="utf-8")
    with opened(settings) as connection:
        assert not forget(connection, settings, "nobody@shop.example").is_known
    assert settings.report_path.exists()


def test_the_command_writes_the_page_alone(shop: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    monkeypatch.setattr("click.launch", shown.append)
    stored = shop.published_path.stat().st_mtime_ns
    done = CliRunner().invoke(main, ["report", "--open"])
    assert (done.exit_code, done.stdout.strip()) == (0, str(shop.report_path))
    assert shown == [shop.report_path.as_uri()]
    assert shop.published_path.stat().st_mtime_ns == stored
    shop.published_path.unlink()
    refused = CliRunner().invoke(main, ["report"])
    assert refused.exit_code == 1
    assert "Nothing is published yet: northstar run" in refused.output


def test_the_letter_has_score_interval_and_sentence_and_takes_the_page_along(
    shop: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[tuple[str, str, Path | None]] = []

    def record(_: Settings, title: str, text: str, file: Path | None = None) -> bool:
        sent.append((title, text, file))
        return True

    monkeypatch.setattr("pipelines.notify.send", record)
    assert letter.send(shop)
    assert CliRunner().invoke(main, ["report", "--send"]).exit_code == 0
    (title, text, file), (_, again, page) = sent
    assert title == "Your net promoter score this week"
    assert "Net promoter score of February 2025: 50.0 (-39.4 to 79.4 with 95% certainty, 2 customers)." in text
    assert "Too few answers, this month or the month before, to say whether the score changed." in text
    assert (file, again, page) == (None, text, shop.report_path)


def test_without_an_address_nothing_is_sent(shop: Settings, instance: dg.DagsterInstance) -> None:
    done = CliRunner().invoke(main, ["report", "--send"])
    assert done.exit_code == 1
    assert "NORTHSTAR_NOTIFY has no address" in done.output
    result = defs().resolve_job_def("letter").execute_in_process(instance=instance)
    assert result.success
    said = " ".join(entry.user_message for entry in instance.all_logs(result.run_id))
    assert "NORTHSTAR_NOTIFY has no address: nothing was sent." in said
    shop.published_path.unlink()
    with pytest.raises(NothingPublishedError):
        letter.send(shop)


class Daemons:
    """What an instance says of its daemons."""

    def __init__(self, *healthy: bool) -> None:
        self.healthy = healthy

    def get_daemon_statuses(self) -> dict[str, "Daemons.Status"]:
        return {str(number): Daemons.Status(healthy=one) for number, one in enumerate(self.healthy)}

    class Status:
        def __init__(self, *, healthy: bool) -> None:
            self.healthy = healthy


@pytest.mark.parametrize(
    ("as_of", "begins"),
    [
        ("2025-03-29T12:00:00Z", datetime(2025, 3, 30, 1, tzinfo=UTC)),  # the night in which the clocks go forward
        ("2025-03-30T23:00:00Z", datetime(2025, 3, 31, 0, tzinfo=UTC)),
        ("2025-01-05T00:59:00Z", datetime(2025, 1, 5, 1, tzinfo=UTC)),
        ("2025-01-05T01:00:00Z", datetime(2025, 1, 6, 1, tzinfo=UTC)),
    ],
)
def test_the_next_night_is_at_two_of_the_business_zone(tmp_path: Path, as_of: str, begins: datetime) -> None:
    settings = settings_for(tmp_path, as_of=as_of, timezone="Europe/Paris")
    found = report.next_night(Daemons(False, True), settings)  # type: ignore[arg-type]
    assert found is not None
    assert found.astimezone(UTC) == begins
    assert report.next_night(Daemons(False), settings) is None  # type: ignore[arg-type]
    assert report.next_night(Daemons(), settings) is None  # type: ignore[arg-type]


def test_the_published_file_knows_nothing_of_the_page(shop: Settings, instance: dg.DagsterInstance) -> None:
    assert published(instance).success
    with duckdb.connect(str(shop.published_path), read_only=True) as reader:
        names = {name for (name,) in reader.sql("SELECT table_name FROM duckdb_tables()").fetchall()}
    assert "report" not in names
