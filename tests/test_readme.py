"""The READMEs are right: their questions run, their commands, settings, links and tables exist."""

from __future__ import annotations

import itertools
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest
from night import published

from assets.cli import main
from pipelines.figures import FIGURES
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame

ROOT = Path(__file__).parents[1]
READMES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in ROOT.glob("[a-z]*/**/README.md")
}
README = (ROOT / "README.md").read_text(encoding="utf-8")
LONGEST_README = 200


def number(path: Path) -> int:
    """Of a question, by which they are in order."""
    return int(path.name.partition("_")[0])


ANALYSES = sorted((ROOT / "sql" / "analysis").glob("*.sql"), key=number)


@pytest.fixture
def shop(simulated_year: Settings) -> Settings:
    """A simulated year."""
    return simulated_year


def parts(path: Path) -> tuple[str, list[str], str]:
    """The question of a file, the lines on how to read the answer, and the statement."""
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    comments = list(itertools.takewhile(lambda line: line.startswith("-- "), lines))
    return comments[0].removeprefix("-- ").strip(), comments[1:], "".join(lines[len(comments) :])


def test_the_questions_of_the_readme_are_the_first_of_sql_analysis() -> None:
    blocks = re.findall(r"```sql\n(.*?)```", README, re.DOTALL)
    assert blocks == [parts(path)[2] for path in ANALYSES[:5]]
    for path in ANALYSES[:5]:
        assert f"**{parts(path)[0]}**" in README


def test_every_question_is_listed_says_how_to_read_it_and_has_the_next_number() -> None:
    assert len(ANALYSES) >= 20
    listed = re.findall(r"^\| (.+\?) \| \[(.+)\]\(analysis/(.+)\) \|$", READMES["sql/README.md"], re.MULTILINE)
    assert listed == [(parts(path)[0], path.name, path.name) for path in ANALYSES]
    assert [number(path) for path in ANALYSES] == list(range(1, len(ANALYSES) + 1))
    assert [path.name for path in ANALYSES if not parts(path)[1]] == []


@pytest.mark.parametrize("path", ANALYSES, ids=lambda path: path.stem)
def test_each_question_has_an_answer(shop: Settings, path: Path) -> None:
    with published(shop) as reader:
        answer = frame(reader.sql(path.read_text(encoding="utf-8")))
    assert answer.height >= 3
    assert not [name for name in answer.columns if answer[name].is_null().all()]


def test_the_score_recomputed_from_the_answers_is_the_published_one(shop: Settings) -> None:
    with published(shop) as reader:
        answer = frame(reader.sql(ANALYSES[4].read_text(encoding="utf-8")))
    assert answer.height == 12
    assert answer["recomputed"].to_list() == pytest.approx(answer["published"].to_list(), abs=1e-9)


def test_the_front_readme_is_short_and_asks_five_questions() -> None:
    assert len(README.splitlines()) <= LONGEST_README
    assert README.count("```sql\n") == 5


def test_every_setting_is_in_the_readme_of_pipelines() -> None:
    named = set(re.findall(r"NORTHSTAR_[A-Z_]+", READMES["pipelines/README.md"]))
    assert {f"NORTHSTAR_{name.upper()}" for name in Settings.model_fields} <= named


def test_every_command_is_in_the_operator_s_readme() -> None:
    assert [name for name in main.commands if f"northstar {name}" not in READMES["assets/README.md"]] == []


def test_every_table_and_view_of_figures_is_in_the_analyst_s_readme(shop: Settings) -> None:
    with published(shop) as reader:
        names = reader.sql(
            "SELECT schema_name || '.' || name FROM (SELECT schema_name, table_name AS name FROM duckdb_tables() "
            "UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal) "
            "WHERE schema_name IN ('loop', 'nps', 'value') ORDER BY 1"
        ).fetchall()
    assert len(names) > len(FIGURES)
    assert [name for (name,) in names if f"`{name}`" not in READMES["sql/README.md"]] == []


def test_the_lines_that_connect_read_the_file_and_nothing_else(shop: Settings, tmp_path: Path) -> None:
    [lines] = re.findall(r"```python\n(.*?)```", READMES["sql/README.md"], re.DOTALL)
    assert lines.count('"data/published/northstar.duckdb"') == 1
    names: dict[str, Any] = {}
    exec(lines.replace('"data/published/northstar.duckdb"', repr(str(shop.published_path))), names)  # noqa: S102
    connection = names["connection"]
    try:
        assert set(names["scores"]["grain"]) >= {"month", "quarter", "trailing_365d"}
        secret = tmp_path / "secret.txt"
        secret.write_text("a secret")
        for statement in (
            f"COPY nps.by_period TO '{tmp_path / 'copy.csv'}'",
            f"FROM read_text('{secret}')",
            f"ATTACH '{shop.vault_path}' AS vault (READ_ONLY)",
            "SET enable_external_access = true",
            "DELETE FROM nps.by_period",
        ):
            with pytest.raises(duckdb.Error, match=r"disabled by configuration|locked|read-only"):
                connection.execute(statement)
        assert [file.name for file in tmp_path.iterdir()] == ["secret.txt"]
    finally:
        connection.close()


def test_links_lead_somewhere() -> None:
    for name, text in {"README.md": README, **READMES}.items():
        for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
            if "://" not in link:
                assert (ROOT / name).parent.joinpath(link).exists(), (name, link)


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`?make ([a-z-]+)", README):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    assert shutil.which("make")
