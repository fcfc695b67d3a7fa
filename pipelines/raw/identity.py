"""Who is who: the e-mail addresses and ids that belong to one person.

Here: raw.identities, written in the transaction of a load. Not here: to whom a phone number belongs (phones.py), what
core makes of a person, or who is forgotten (erasure/tombstones.py).

Identities are nodes. A record that names an address and an id of its source joins the two; a rule of
NORTHSTAR_EMAIL_RULES joins addresses of one form. A person is a connected set, named by its least identity, so the
result does not depend on the order in which records came. The rules add no nodes: a person's pseudonym changes only
where two addresses are joined. An identity x:<random> is a forgotten one; raw.tombstones says whose person it is.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.raw import phones
from pipelines.raw.kinds import Kind
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import identifier
from pipelines.warehouse.sql_files import statements


def named(rules: Iterable[str]) -> str:
    """The rules as one text, the form in which macros and ledger have them."""
    return ",".join(sorted(rules, reverse=True))


def landed_pairs(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind]) -> pl.DataFrame:
    """Every identity (a) in the accepted rows of the tables checked_<kind>, with the second one (b) of its row."""
    return frame(connection.sql(_pairs(kinds, "temp.{}", "checked_{}", "refused IS NULL")))


def alike(
    connection: duckdb.DuckDBPyConnection, nodes: pl.Series, rules: str, *, with_stored: bool = True
) -> pl.DataFrame:
    """Pairs (a, b) of identities that the rules join, among the nodes and, if with_stored, with stored ones."""
    if not rules:
        return pl.DataFrame(schema={"a": pl.String, "b": pl.String})
    parameters = {"rules": rules, "with_stored": with_stored}
    with registered(connection, "landed_nodes", nodes.drop_nulls().unique().to_frame("identity")):
        return frame(connection.sql(statements("raw/identity/alike.sql"), params=parameters))


def update(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], load_id: int, rules: str) -> None:
    """Bring raw.identities up to the accepted rows in the tables checked_<kind>."""
    kinds = list(kinds)
    pairs = _without_phones(landed_pairs(connection, kinds))
    pairs = pl.concat([pairs, alike(connection, pl.concat([pairs["a"], pairs["b"]]), rules)])
    with registered(connection, "pairs", pairs):
        stored = frame(
            connection.sql(
                "SELECT identity, person FROM vault.raw.identities "
                "WHERE identity IN (SELECT a FROM pairs UNION SELECT b FROM pairs)"
            )
        )
    labels = pl.concat([pairs["a"], pairs["b"]]).drop_nulls().unique().to_frame("identity")
    labels = labels.join(stored, on="identity", how="left")
    labels = labels.with_columns(was=pl.col("person").fill_null(pl.col("identity")))
    lookup = labels.select("identity", "was")
    linked = (
        pairs.drop_nulls("b")
        .join(lookup.rename({"identity": "a", "was": "left"}), on="a")
        .join(lookup.rename({"identity": "b", "was": "right"}), on="b")
    )
    people = least(labels["was"], linked["left"], linked["right"])
    moved = people.filter(pl.col("node") != pl.col("person"))
    fresh = (
        labels.filter(pl.col("person").is_null())
        .select("identity", node="was")
        .join(people, on="node")
        .select("identity", "person")
    )
    with registered(connection, "moved", moved), registered(connection, "fresh", fresh):
        _store_changed(connection, load_id, "changed_by_load")
    phones.give_to_people(connection, kinds, load_id)


def rebuild(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], load_id: int, rules: str) -> None:
    """Make raw.identities anew from all stored rows; rows that do not change keep their load_id."""
    kinds = list(kinds)
    pairs = _without_phones(frame(connection.sql(_pairs(kinds, "vault.raw.{}", "{}", "true"))))
    nodes = pl.concat([pairs["a"], pairs["b"]]).drop_nulls().unique()
    linked = pl.concat([pairs.drop_nulls("b"), alike(connection, nodes, rules, with_stored=False)])
    people = least(nodes, linked["a"], linked["b"])
    with registered(connection, "people", people):
        connection.execute(
            "DELETE FROM vault.raw.identities WHERE identity NOT IN (SELECT node FROM people) "
            "AND NOT starts_with(identity, 'p:')"
        )
        _store_changed(connection, load_id, "changed_by_rebuild")
    phones.give_to_people(connection, kinds, load_id)


def _without_phones(pairs: pl.DataFrame) -> pl.DataFrame:
    """Pairs of addresses and ids: a number joins nobody, and finds its person when all people are known."""
    return pairs.filter(~pl.col("a").str.starts_with(phones.PREFIX))


def _store_changed(connection: duckdb.DuckDBPyConnection, load_id: int, query: str) -> None:
    """Replace the identities whose person a query of sql/raw/identity finds changed."""
    connection.execute(f"CREATE OR REPLACE TEMP TABLE identities_changed AS {statements(f'raw/identity/{query}.sql')}")
    connection.execute("DELETE FROM vault.raw.identities WHERE identity IN (SELECT identity FROM identities_changed)")
    connection.execute(
        "INSERT INTO vault.raw.identities SELECT identity, person, $1 FROM identities_changed ORDER BY identity",
        [load_id],
    )
    connection.execute("DROP TABLE identities_changed")


def least(nodes: pl.Series, left: pl.Series, right: pl.Series) -> pl.DataFrame:
    """Connected sets: each node and the least node (by bytes) of its set, as node and person."""
    sorted_nodes = nodes.unique().sort()
    if sorted_nodes.is_empty():
        return pl.DataFrame(schema={"node": pl.String, "person": pl.String})
    index = pl.DataFrame({"node": sorted_nodes}).with_row_index("code")
    edges = (
        pl.DataFrame({"left": left, "right": right})
        .join(index.rename({"node": "left", "code": "row"}), on="left")
        .join(index.rename({"node": "right", "code": "column"}), on="right")
    )
    size = len(sorted_nodes)
    weights = np.ones(len(edges), dtype=np.int8)
    matrix = coo_array((weights, (edges["row"].to_numpy(), edges["column"].to_numpy())), shape=(size, size))
    _, components = connected_components(matrix, directed=False)
    return index.select("node", person=pl.col("node").first().over(pl.Series("component", components)))


def _pairs(kinds: Iterable[Kind], place: str, table: str, where: str) -> str:
    """Every identity (a) in the rows, with the second identity (b) of the row where it names one."""
    parts = []
    for kind in kinds:
        source = place.format(identifier(table.format(kind.name)))
        for target, _, number in kind.identities:
            other = "NULL::VARCHAR"
            if number is not None:
                names_both = f"{identifier(number)} IS NOT NULL AND starts_with({target}, 'e:')"
                other = f"CASE WHEN {names_both} THEN id_identity(source, {identifier(number)}) END"
            parts.append(f"SELECT {target} AS a, {other} AS b FROM {source} WHERE {where} AND {target} IS NOT NULL")
    return "SELECT DISTINCT a, b FROM (" + " UNION ALL ".join(parts) + ")"
