"""The weekly message with the headline and the page, for who asks for it.

Here: its job and its schedule, which is off until somebody turns it on. Not here: what it says
(pipelines/report/letter.py) and sending (pipelines/notify.py).
"""

import dagster as dg

from assets.partitions import MONTHS
from pipelines import notify
from pipelines.settings import Settings


def send(settings: Settings) -> bool:
    """Send the headline, with the page if there is one; whether there is an address.

    Raises:
        NothingPublishedError: nothing is published.
        NotifyError: it could not be delivered.
    """
    from pipelines.report.letter import letter

    page = settings.report_path
    return notify.send(settings, *letter(settings), file=page if page.exists() else None)


@dg.op(name="send_letter")
def send_letter(context: dg.OpExecutionContext) -> None:
    """Send the headline of the published file."""
    if not send(Settings()):
        context.log.warning("NORTHSTAR_NOTIFY has no address: nothing was sent.")


@dg.job(name="letter", description="Send the headline and the owner's page to NORTHSTAR_NOTIFY.")
def letter_job() -> None:
    """The one step."""
    send_letter()


weekly = dg.ScheduleDefinition(
    name="weekly_letter",
    job=letter_job,
    cron_schedule="0 7 * * 1",
    execution_timezone=MONTHS.timezone,
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="Every Monday at 07:00 business time, once turned on: the headline and the page to NORTHSTAR_NOTIFY.",
)
