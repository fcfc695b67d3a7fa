"""`northstar dictionary`: what every table and column of the published file means, as Markdown or as a page.

Here: its options. Not here: reading and writing it (pipelines/warehouse/dictionary.py).
"""

from pathlib import Path

import click


@click.option(
    "--page", "file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="As HTML into FILE."
)
def dictionary(file: Path | None) -> None:
    """Show what every table, view, column and macro of the published file means, as Markdown.

    It is made of the program's own comments and reads no data.
    """
    from pipelines.warehouse.dictionary import dictionary, markdown, page

    book = dictionary()
    if file is None:
        click.echo(markdown(book), nl=False)
    else:
        file.write_text(page(book), encoding="utf-8")
        click.echo(file)
