"""Notifications as they arrive, and what is never in them or in any log."""

from __future__ import annotations

import builtins
import json
import logging
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from pipelines import notify
from pipelines.settings import Settings

PASSWORD = "hunter2secret"
# Apprise imports what Python 3.13 no longer has.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@pytest.fixture
def inbox():
    """A server on this machine: its Apprise address, and the messages that it was sent."""
    pytest.importorskip("apprise", reason="the extra `notify` is not installed")
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if "broken" in self.path else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"json://shop:{PASSWORD}@127.0.0.1:{server.server_port}/hooks", received
        finally:
            server.shutdown()
            thread.join()


def settings_for(tmp_path, address):
    return Settings(home=tmp_path, notify=address)


def test_without_an_address_nothing_is_sent(tmp_path):
    assert notify.send(settings_for(tmp_path, None), "title", "text") is False


def test_a_message_arrives_and_its_address_is_in_no_log(tmp_path, inbox, caplog):
    address, received = inbox
    caplog.set_level(logging.DEBUG)
    for name in notify.TALKATIVE:
        caplog.set_level(logging.DEBUG, logger=name)
    title, text = notify.alert(["nps_alarm_raised: The score has dropped (1 rows)"])
    assert notify.send(settings_for(tmp_path, address), title, text) is True
    assert [(one["title"], one["message"]) for one in received] == [
        ("Northstar: new warnings", f"nps_alarm_raised: The score has dropped (1 rows)\n{notify.LOOK}")
    ]
    with pytest.raises(notify.NotifyError, match="could not be delivered") as refused:
        notify.send(settings_for(tmp_path, address.replace("hooks", "broken")), title, text)
    assert PASSWORD not in caplog.text + str(refused.value)
    assert "127.0.0.1" not in caplog.text + str(refused.value)
    # Others' messages come through again.
    assert {logging.getLogger(name).level for name in notify.TALKATIVE} == {logging.DEBUG}


def test_every_address_receives_the_message(tmp_path, inbox):
    address, received = inbox
    assert notify.send(settings_for(tmp_path, f"{address}, {address}/second"), "title", "text") is True
    assert [one["message"] for one in received] == ["text", "text"]


def test_an_invalid_address_is_refused_without_showing_it(tmp_path, inbox):
    with pytest.raises(notify.NotifyError, match="not, or not only, addresses") as refused:
        notify.send(settings_for(tmp_path, f"pigeon://{PASSWORD}"), "title", "text")
    assert PASSWORD not in str(refused.value)


def test_a_missing_apprise_is_named(tmp_path, monkeypatch):
    real = builtins.__import__

    def without(name, *rest):
        if name == "apprise":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(notify.NotifyError) as missing:
        notify.send(settings_for(tmp_path, f"json://x:{PASSWORD}@host"), "title", "text")
    assert str(missing.value) == "NORTHSTAR_NOTIFY is set but Apprise is not installed: install northstar[notify]"


def test_a_failed_run_and_a_killed_one_in_words():
    title, text = notify.failure("figures", "0123456789", "2025-03-01", ["nps/by_period: ValueError"])
    assert title == "Northstar: a run failed"
    assert text.splitlines() == [
        "Run 01234567 (figures) of the night 2025-03-01 failed.",
        "Failed: nps/by_period: ValueError",
        "What was published before stays.",
        notify.LOOK,
    ]
    _, killed = notify.failure("ingest", "0123456789", None, [])
    assert killed.splitlines()[:2] == [
        "Run 01234567 (ingest) failed.",
        "It ended before it was done: killed, or the machine stopped.",
    ]
