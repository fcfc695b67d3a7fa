"""`northstar mcp`: six questions to the published file for assistants, over standard input and output.

Here: the server of the Model Context Protocol, and what its tools say of themselves. Not here: the questions, what may
be asked and what is answered (pipelines/ops/questions.py). No tool takes SQL, and none reaches another file.
"""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from assets import demo
from assets.in_process import Problem
from pipelines.settings import Settings

if TYPE_CHECKING:
    from mcp.server.mcpserver import MCPServer

Name = Annotated[str, Field(max_length=200)]
INSTRUCTIONS = (
    "Net Promoter Score and customer value of one online shop, as published by its last night. Always give a figure "
    "with its interval and the caveats that come with it. Two scores whose intervals overlap widely may be the same."
)


def mcp() -> None:
    """Answer an assistant's questions about the published file, over stdio (Model Context Protocol).

    Six tools give finished figures with their intervals and caveats; none takes SQL. Needs the extra mcp.
    """
    try:
        server = server_of(demo.settings_to_use())
    except ModuleNotFoundError as error:
        if error.name != "mcp":
            raise
        message = "northstar mcp needs the package mcp: pip install mcp"
        raise Problem(message) from error
    server.run("stdio")


def server_of(settings: Settings) -> "MCPServer":
    """The server with its tools, of one shop."""
    from mcp.server.mcpserver import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    from pipelines.ops import questions
    from pipelines.ops.questions import Answer, Grain

    server = MCPServer("northstar", instructions=INSTRUCTIONS, log_level="ERROR")

    def answered(question: Callable[..., Answer], **arguments: object) -> Answer:
        try:
            return question(settings, **arguments)
        except questions.QuestionError as error:
            raise ToolError(str(error)) from None

    @server.tool()
    def score(
        grain: Grain = "trailing_365d",
        stage: Name = "all",
        dimension: Name | None = None,
        segment: Name | None = None,
        until: date | None = None,
    ) -> Answer:
        """The Net Promoter Score of a period with its interval, of everybody or of one segment of a dimension.

        until: the newest period whose last day is not after it; by default the newest.
        """
        return answered(questions.score, grain=grain, stage=stage, dimension=dimension, segment=segment, until=until)

    @server.tool()
    def is_change_real(
        grain: Grain = "month",
        stage: Name = "all",
        dimension: Name | None = None,
        segment: Name | None = None,
        until: date | None = None,
    ) -> Answer:
        """Whether the score's change to the period before is more than chance, with the change and its interval."""
        return answered(
            questions.is_change_real, grain=grain, stage=stage, dimension=dimension, segment=segment, until=until
        )

    @server.tool()
    def compare_segments(
        dimension: Name, grain: Grain = "trailing_365d", stage: Name = "all", until: date | None = None
    ) -> Answer:
        """The segments of a dimension (country, product_category, ...), best first with luck taken out."""
        return answered(questions.compare_segments, dimension=dimension, grain=grain, stage=stage, until=until)

    @server.tool()
    def promoter_value(month: date | None = None) -> Answer:
        """What a promoter, passive, detractor or unsurveyed customer is worth so far, with intervals."""
        return answered(questions.promoter_value, month=month)

    @server.tool()
    def why_moved(
        dimension: Name, grain: Literal["month", "quarter", "year"] = "month", until: date | None = None
    ) -> Answer:
        """How much of the score's change is other customers answering (mix), and how much the same kinds scoring so."""
        return answered(questions.why_moved, dimension=dimension, grain=grain, until=until)

    @server.tool()
    def answers_needed(dimension: Name = "all", month: date | None = None) -> Answer:
        """How many more answers a group's yearly score needs for the target margin, and how many invitations."""
        return answered(questions.answers_needed, dimension=dimension, month=month)

    return server
