"""Which messages are sent: for runs that fail, in the daemon or on the command line, and checks that newly warn."""

from pathlib import Path

import dagster as dg
import duckdb
import pytest
from night import land, settings_for
from shop_files import SHOP

from assets import notify as telling
from assets.definitions import defs
from assets.notify import FROM_COMMAND_LINE, after_failure
from assets.resources import NIGHT
from pipelines import notify

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@pytest.mark.slow
def test_new_warnings_once_and_every_failed_run_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(telling.notify, "send", lambda _settings, title, text: sent.append((title, text)))
    for name, value in (("HOME", str(tmp_path)), ("AS_OF", "2025-03-31T12:00:00Z"), ("SALT", "a salt for the tests")):
        monkeypatch.setenv(f"NORTHSTAR_{name}", value)
    settings = settings_for(tmp_path, as_of="2025-03-31T12:00:00Z")
    land(settings, SHOP)
    with dg.DagsterInstance.ephemeral() as instance:

        def execute(name: str, **tags: str) -> dg.ExecuteInProcessResult:
            job = defs().resolve_job_def(name)
            return job.execute_in_process(instance=instance, run_config=QUIET, raise_on_error=False, tags=tags)

        assert execute("ingest").success
        assert sent == []
        assert execute("publish").success
        # A third of the rows of responses.csv is refused.
        [(title, text)] = sent
        assert title == "Northstar: new warnings"
        assert text.splitlines()[0].startswith("ops_files_rejected: Files with a larger share of refused rows than")
        assert text.splitlines()[1:] == [notify.LOOK]
        sent.clear()
        assert execute("publish").success
        assert sent == []

        with duckdb.connect(str(settings.warehouse_path)) as broken:
            broken.execute("INSERT INTO core.orders SELECT * FROM core.orders LIMIT 1")
        failed = execute("publish", **{NIGHT: "2025-03-31"})
        assert not failed.success
        # The daemon's sensor tells, not the run.
        assert sent == []
        run = instance.get_run_by_id(failed.run_id)
        assert run is not None
        event = next(e for e in failed.all_events if e.event_type == dg.DagsterEventType.RUN_FAILURE)
        context = dg.build_run_status_sensor_context("after_failure", event, instance, run)
        after_failure(context.for_run_failure())
        expected = notify.failure("publish", run.run_id, "2025-03-31", ["published/northstar: PublishRefused"])
        assert sent == [expected]
        sent.clear()

        by_hand = execute("publish", **{FROM_COMMAND_LINE: "publish"})
        assert not by_hand.success
        assert sent == [notify.failure("publish", by_hand.run_id, None, ["published/northstar: PublishRefused"])]
        ran = instance.get_run_by_id(by_hand.run_id)
        assert ran is not None
        event = next(e for e in by_hand.all_events if e.event_type == dg.DagsterEventType.RUN_FAILURE)
        after_failure(dg.build_run_status_sensor_context("after_failure", event, instance, ran).for_run_failure())
        assert len(sent) == 1


def test_a_message_that_cannot_be_sent_fails_nothing(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch,
                                                     tmp_path: Path) -> None:  # fmt: skip
    def refuse(*_: object) -> bool:
        raise notify.NotifyError("a notification could not be delivered")

    monkeypatch.setenv("NORTHSTAR_HOME", str(tmp_path))
    monkeypatch.setattr(telling.notify, "send", refuse)
    telling.send_warnings(telling.logging.getLogger("test"), ["one"])
    assert "could not be delivered" in caplog.text
    caplog.clear()
    telling.send_warnings(telling.logging.getLogger("test"), [])
    assert caplog.text == ""
