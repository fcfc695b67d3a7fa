"""The worked questions on the published file, as a marimo notebook.

Here: choosing a question of sql/analysis, its answer, and how to read it. Not here: the questions themselves. Open it
with `marimo edit sql/notebook.py`; NORTHSTAR_PUBLISHED names the folder of another published file than data/published.
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="Northstar: worked questions")


@app.cell
def _():
    import os
    from itertools import takewhile
    from pathlib import Path

    import duckdb
    import marimo as mo
    import polars as pl

    return Path, duckdb, mo, os, pl, takewhile


@app.cell
def _(Path, duckdb, mo, os):
    file = Path(os.environ.get("NORTHSTAR_PUBLISHED", "data/published")) / "northstar.duckdb"
    # Read-only protects the file alone; this keeps statements from every other one.
    connection = duckdb.connect(str(file), read_only=True, config={"enable_external_access": "false"})
    connection.execute("SET lock_configuration = true")
    mo.md(f"# Worked questions\n\nof `{file}`, read-only and shut off from everything else.")
    return (connection,)


@app.cell
def _(Path, mo, takewhile):
    questions = {}
    for path in sorted(
        (Path(__file__).parent / "analysis").glob("*.sql"), key=lambda path: int(path.name.partition("_")[0])
    ):
        lines = path.read_text(encoding="utf-8").splitlines()
        comments = [line.removeprefix("-- ") for line in takewhile(lambda line: line.startswith("-- "), lines)]
        questions[comments[0]] = (" ".join(comments[1:]), "\n".join(lines[len(comments) :]))
    chosen = mo.ui.dropdown(options=list(questions), value=next(iter(questions)), label="Question")
    chosen
    return chosen, questions


@app.cell
def _(chosen, connection, mo, pl, questions):
    how_to_read, statement = questions[chosen.value]
    answer = pl.DataFrame(connection.sql(statement))
    mo.vstack([mo.ui.table(answer, selection=None), mo.md(how_to_read), mo.md(f"```sql\n{statement}\n```")])
    return (answer,)


if __name__ == "__main__":
    app.run()
