"""Every NORTHSTAR_ variable, typed and checked in one place.

Here: names, defaults, allowed values, and the message when a value is wrong. Not here: what the values are used for.
Nothing is read at import; `Settings()` reads the environment.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from difflib import get_close_matches
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pipelines import setting_values
from pipelines.business_days import calendar
from pipelines.margins import Margins, MarginsError, read_margins
from pipelines.rfm_groups import SHIPPED, Groups, RfmGroupsError, read_groups

PREFIX = "NORTHSTAR_"
SETTINGS_FILE = "northstar.env"
MARGINS_FILE = "margins.csv"
RFM_GROUPS_FILE = "rfm_groups.csv"
VAULT, WAREHOUSE = "vault.duckdb", "warehouse.duckdb"
# Variables that configure the tests are no settings.
TESTS_PREFIX = "NORTHSTAR_TEST_"
# Settings whose values no message shows.
SECRET = {"salt", "notify"}


class SettingsError(ValueError):
    """A setting has a value that is not allowed; the message names the variable, the value and what is allowed."""


# The dimensions of every shop, as sql/core makes them; customer attributes are dimensions too.
DIMENSIONS = (
    "country",
    "product_category",
    "brand",
    "account_type",
    "channel",
    "survey",
    "order_value_band",
    "spend_tier",
    "rfm_group",
    "delivery",
    "purchase_count_band",
    "months_since_purchase_band",
    "lifecycle",
    "cohort_year",
    "discounted",
)

# Earlier events are refused (sql/schema/raw.sql), so an earlier clock is too.
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

# What messages say is allowed, for pydantic's own checks.
ALLOWED = {
    "as_of": "an ISO 8601 time from 1990 on that is not in the future, such as 2026-01-31T02:00:00+01:00",
    "first_month": "the first day of a month, YYYY-MM-01",
    "counting": "latest or all",
    "confidence": "a number from 0.5 to 0.9999, such as 0.95",
    "min_responses": "a whole number, 1 or more",
    "target_margin": "points above 0 and up to 100",
    "silent_points": "points from 0 to 200",
    "horizon_months": "a whole number of months from 1 to 120",
    "discount_rate": "an annual rate from 0 to 1, such as 0.10",
    "value_basis": "revenue or margin",
    "order_value_bands": "growing positive amounts separated by commas, such as 25,50,100,250",
    "attributes": "different column names separated by commas, none of them personal, such as country,tier",
    "country": "an ISO 3166 code of two capital letters such as DE",
    "shared_addresses": "e-mail addresses, *@domain and phone numbers (with + or NORTHSTAR_COUNTRY set) by commas",
    "date_order": "day_first or month_first",
    "question": "two characters or more of a question's text, or the name of its column",
    "email_rules": "none, or one or both of plus_tags,gmail_dots",
    "segment_pairs": "different pairs of two dimensions or attributes separated by commas, such as "
    "country*product_category",
    **dict.fromkeys(("publish_comments", "parquet", "report"), "true or false"),
    "language": "en, de or fr",
    "recommended_share": "a share from 0 to 1 (0: no scenario)",
    "recommendations": "three numbers, 0 or more, for a promoter, a passive and a detractor, such as 4,1,0.2",
    "warnings": "three numbers, 0 or more, for a promoter, a passive and a detractor, such as 0.1,0.3,3",
    "warning_weight": "a number, 0 or more: recommendations that one warning cancels",
    "customer_months": "a whole number of months, 0 or more (0 keeps all)",
    "keep_raw_days": "a whole number of days, 0 or more (0 keeps for ever)",
    "keep_runs_days": "a whole number of days, 0 or more (0 keeps for ever)",
    "max_rejected": "a share from 0 to 1, such as 0.2",
    "memory": "an amount of memory such as 3GiB or 800MB",
    "salt": "16 characters or more",
    "follow_up_holdout": "none, or days in order, each with a share from 0 to 0.5: 2026-12-01:0.1,2027-06-01:0",
    "follow_up_hours": "for each category hours, days or business days up to 90 days, or none, such as "
    "detractor:48h,passive:5bd,promoter:7d",
    "notify": "one or more addresses as Apprise writes them, such as json://host/path",
}


class Settings(BaseSettings):
    """The settings of one shop; pipelines/README.md describes each variable.

    Raises:
        SettingsError: a variable has a value that is not allowed.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = Path("data")
    landing: Path = Path()
    published: Path = Path()
    timezone: Annotated[str, AfterValidator(setting_values.zone)] = "UTC"
    currency: Annotated[str | None, AfterValidator(setting_values.currency)] = None
    country: Annotated[str | None, AfterValidator(setting_values.country)] = None
    first_month: Annotated[
        date, BeforeValidator(setting_values.iso_day), AfterValidator(setting_values.first_of_month)
    ] = date(2016, 1, 1)
    as_of: Annotated[datetime, BeforeValidator(setting_values.iso_time)] = Field(
        default_factory=lambda: datetime.now(UTC)
    )
    salt: str | None = Field(default=None, min_length=16, repr=False)
    counting: Literal["latest", "all"] = "latest"
    confidence: float = Field(default=0.95, ge=0.5, le=0.9999)
    min_responses: int = Field(default=30, ge=1)
    target_margin: float = Field(default=10, gt=0, le=100)
    silent_points: float = Field(default=20, ge=0, le=200)
    horizon_months: int = Field(default=12, ge=1, le=120)
    discount_rate: float = Field(default=0.10, ge=0, le=1)
    value_basis: Literal["revenue", "margin"] = "revenue"
    order_value_bands: Annotated[
        tuple[Decimal, ...], NoDecode, BeforeValidator(setting_values.split), AfterValidator(setting_values.bands)
    ] = (Decimal(25), Decimal(50), Decimal(100), Decimal(250))
    attributes: Annotated[
        tuple[str, ...], NoDecode, BeforeValidator(setting_values.split), AfterValidator(setting_values.names)
    ] = ("country", "tier", "gender", "age_band")
    date_order: Literal["day_first", "month_first"] | None = None
    question: str | None = Field(default=None, min_length=2)
    email_rules: Annotated[
        tuple[Literal["plus_tags", "gmail_dots"], ...],
        NoDecode,
        BeforeValidator(setting_values.rules),
        AfterValidator(setting_values.once),
    ] = ()
    shared_addresses: Annotated[tuple[str, ...], NoDecode, BeforeValidator(setting_values.split)] = ()
    segment_pairs: Annotated[tuple[str, ...], NoDecode, BeforeValidator(setting_values.split)] = ()
    publish_comments: bool = True
    parquet: bool = False
    report: bool = True
    language: Literal["en", "de", "fr"] = "en"
    recommended_share: float = Field(default=0, ge=0, le=1)
    recommendations: Annotated[
        tuple[float, ...], NoDecode, BeforeValidator(setting_values.split), AfterValidator(setting_values.per_category)
    ] = (4.0, 1.0, 0.2)
    warnings: Annotated[
        tuple[float, ...], NoDecode, BeforeValidator(setting_values.split), AfterValidator(setting_values.per_category)
    ] = (0.1, 0.3, 3.0)
    warning_weight: float = Field(default=0, ge=0)
    customer_months: int = Field(default=2, ge=0)
    follow_up_holdout: Annotated[
        tuple[tuple[date, float], ...],
        NoDecode,
        BeforeValidator(setting_values.dated_shares),
        AfterValidator(setting_values.growing_days),
    ] = ()
    follow_up_hours: Annotated[
        tuple[tuple[str, int, str], ...],
        NoDecode,
        BeforeValidator(setting_values.due_times),
        AfterValidator(setting_values.each_category),
    ] = (("detractor", 48, "h"), ("passive", 5, "bd"), ("promoter", 7, "d"))
    max_rejected: float = Field(default=0.2, ge=0, le=1)
    keep_raw_days: int = Field(default=0, ge=0)
    memory: Annotated[str | None, AfterValidator(setting_values.memory)] = None
    keep_runs_days: int = Field(default=0, ge=0)
    # An address usually contains a password.
    notify: Annotated[str | None, AfterValidator(setting_values.address)] = Field(default=None, repr=False)
    _margins: Margins = PrivateAttr(default=())
    _rfm_groups: Groups = PrivateAttr(default_factory=lambda: read_groups(SHIPPED))
    _drafts: frozenset[str] = PrivateAttr(default=frozenset())

    def __init__(self, **values: Any) -> None:  # noqa: ANN401 (pydantic's own signature)
        """Read the environment and {HOME}/northstar.env.

        Keyword arguments override the environment, which overrides the file.
        """
        _refuse_unknown(os.environ, where="")
        home = Path(values.get("home") or os.environ.get(f"{PREFIX}HOME") or "data").expanduser()
        file = home / SETTINGS_FILE
        _check_file(file)
        try:
            super().__init__(_env_file=file, **values)
        except ValidationError as error:
            raise SettingsError(_explain(error, _given(file, values))) from None
        home = self.home.expanduser().resolve()
        object.__setattr__(self, "home", home)
        for name in ("landing", "published"):
            # Not by comparing with the default `.`, which may be given too.
            given = name in self.model_fields_set
            folder = getattr(self, name).expanduser().resolve() if given else home / name
            object.__setattr__(self, name, folder)
        for name, folder in (("home", home), ("published", self.published)):
            if folder.is_relative_to(self.landing):
                message = (
                    f"{PREFIX}LANDING is '{self.landing}'; allowed is a folder that does not hold "
                    f"{PREFIX}{name.upper()} ('{folder}'), or Northstar would load its own files."
                )
                raise SettingsError(message)
        if self.value_basis == "margin":
            try:
                self._margins = read_margins(self.margins_path)
            except MarginsError as error:
                message = f"{PREFIX}VALUE_BASIS is 'margin', for which {error}"
                raise SettingsError(message) from None

        own = self.home / RFM_GROUPS_FILE
        if own.exists():
            try:
                self._rfm_groups = read_groups(own)
            except RfmGroupsError as error:
                raise SettingsError(str(error)) from None

    @field_validator("as_of")
    @classmethod
    def _past_and_zoned(cls, value: datetime, info: ValidationInfo) -> datetime:
        zoned = value if value.tzinfo else value.replace(tzinfo=ZoneInfo(info.data.get("timezone", "UTC")))
        if not EARLIEST <= zoned <= datetime.now(UTC):
            raise ValueError(ALLOWED["as_of"])
        return zoned.astimezone(UTC)

    @field_validator("shared_addresses")
    @classmethod
    def _readable(cls, entries: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        return setting_values.shared_addresses(entries, info.data.get("country"))

    @field_validator("segment_pairs")
    @classmethod
    def _known_pairs(cls, pairs: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        dimensions = {*DIMENSIONS, *info.data.get("attributes", ())}
        parts = [tuple(pair.split("*")) for pair in pairs]
        different = {frozenset(part) for part in parts}
        if len(different) < len(parts) or any(len(part) != 2 or len({*part} & dimensions) != 2 for part in parts):
            raise ValueError(ALLOWED["segment_pairs"])
        return pairs

    @property
    def zone(self) -> ZoneInfo:
        """The business time zone."""
        return ZoneInfo(self.timezone)

    @property
    def holiday_calendar(self) -> str:
        """What says which days are holidays, if something is due in business days: they depend on it."""
        counts_days = any(unit == "bd" for _, _, unit in self.follow_up_hours)
        return calendar(self.country) if counts_days else ""

    @property
    def order_value_labels(self) -> list[str]:
        """Names of the order value bands, from the smallest amounts up."""
        edges = [format(edge, "f") for edge in self.order_value_bands]
        return [f"<{edges[0]}", *(f"{low}-{high}" for low, high in pairwise(edges)), f"{edges[-1]}+"]

    @property
    def vault_path(self) -> Path:
        """The vault: raw tables, with personal data."""
        return self.home / self._working_name(VAULT)

    @property
    def warehouse_path(self) -> Path:
        """The warehouse: the pseudonymous working copy of what is published."""
        return self.home / self._working_name(WAREHOUSE)

    def with_drafts(self, *names: str) -> Settings:
        """These settings with drafts in place of the named working files, for `northstar rebuild`."""
        drafting = self.model_copy()
        drafting._drafts = frozenset(names)  # noqa: SLF001 (a copy of oneself)
        return drafting

    @property
    def drafts(self) -> frozenset[str]:
        """Names of the working files being rebuilt beside the old ones."""
        return self._drafts

    def _working_name(self, name: str) -> str:
        return f".{name}.rebuilt" if name in self._drafts else name

    @property
    def published_path(self) -> Path:
        """The file that analysts read."""
        return self.published / "northstar.duckdb"

    @property
    def report_path(self) -> Path:
        """The page that the owner reads."""
        return self.published / "report.html"

    @property
    def formats_path(self) -> Path:
        """Folder of the operator's own SQL formats."""
        return self.home / "formats"

    @property
    def topics_path(self) -> Path:
        """The operator's own topics and words, beside those of sql/lexicon."""
        return self.home / "topics.csv"

    @property
    def statuses_path(self) -> Path:
        """What the words of order statuses mean, beside those of sql/lexicon."""
        return self.home / "statuses.csv"

    @property
    def margins_path(self) -> Path:
        """Margin by product category, for NORTHSTAR_VALUE_BASIS=margin."""
        return self.home / MARGINS_FILE

    @property
    def margins(self) -> Margins:
        """The margins in which value is reported, empty when value is net revenue."""
        return self._margins

    @property
    def rfm_groups(self) -> Groups:
        """The group of each combination of quintiles, by {HOME}/rfm_groups.csv or that of sql/lexicon."""
        return self._rfm_groups

    @property
    def file_path(self) -> Path:
        """File that may hold settings instead of the environment, one VARIABLE=value per line."""
        return self.home / SETTINGS_FILE

    @property
    def dagster_home(self) -> Path:
        """DAGSTER_HOME of this shop."""
        return self.home / "dagster"


def _refuse_unknown(names: Iterable[str], *, where: str) -> None:
    """Refuse a misspelt setting, which would otherwise silently leave its default in force."""
    variables = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    lines = []
    for name in sorted(names):
        if name.upper().startswith(PREFIX) and name not in variables and not name.startswith(TESTS_PREFIX):
            near = get_close_matches(name.upper(), variables, n=1, cutoff=0)[0]
            lines.append(f"{name}{where} is not a setting; the nearest one is {near}.")
    if lines:
        raise SettingsError("\n".join(lines))


def _check_file(file: Path) -> None:
    if not file.is_file():
        return
    try:
        names = dotenv_values(file, interpolate=False)
    except UnicodeDecodeError as error:
        message = f"{file} is not UTF-8 text; allowed is one VARIABLE=value a line."
        raise SettingsError(message) from error
    if f"{PREFIX}HOME" in names:
        message = f"{PREFIX}HOME stands in {file}, which is found by it; set it in the environment."
        raise SettingsError(message)
    _refuse_unknown(names, where=f" in {file}")


def _given(file: Path, values: dict[str, Any]) -> dict[str, object]:
    """The values as they were written, by field: pydantic reports only the wrong part of a list."""
    written = {**(dotenv_values(file, interpolate=False) if file.is_file() else {}), **os.environ}
    return {name.removeprefix(PREFIX).lower(): text for name, text in written.items() if text} | values


def _explain(error: ValidationError, given: dict[str, object]) -> str:
    lines = {}
    for problem in error.errors():
        name = str(problem["loc"][0])
        cause = problem.get("ctx", {}).get("error")
        allowed = ALLOWED.get(name) or (str(cause) if cause else problem["msg"])
        value = "(hidden)" if name in SECRET else f"'{given.get(name, problem['input'])}'"
        lines[name] = f"{PREFIX}{name.upper()} is {value}; allowed is {allowed}."
    return "\n".join(lines.values())
