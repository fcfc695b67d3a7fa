"""Who is who: the e-mail addresses and ids that belong to one person.

Here: raw.identities, kept in the transaction of a load. Not here: what core makes of a person, or who is forgotten
(erasure/erase.py).

Identities are nodes; a record that names an address and an id of its source joins the two, and so does a rule of
NORTHSTAR_EMAIL_RULES two addresses of one form; a person is a connected set, named by its least identity. So the result
does not depend on the order in which records came. The rules join nodes, they make none: a pseudonym stays as it is
where no two addresses meet. An identity x:<random> is a forgotten one; raw.tombstones tells whose person it is.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import numpy as np
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipelines.raw.kinds import Kind
from pipelines.warehouse.frames import frame, registered
from pipelines.warehouse.quoting import identifier, literal

KNOWN = "SELECT identity FROM vault.raw.identities"


def named(rules: Iterable[str]) -> str:
    """The rules as the macros and the ledger know them."""
    return ",".join(sorted(rules, reverse=True))


def landed_pairs(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind]) -> pl.DataFrame:
    """Every identity (a) in the accepted rows of the tables checked_<kind>, and the one (b) it comes with, if any."""
    return frame(connection.sql(_pairs(kinds, "temp.{}", "checked_{}", "refused IS NULL")))


def alike(connection: duckdb.DuckDBPyConnection, nodes: pl.Series, rules: str, known: str = KNOWN) -> pl.DataFrame:
    """Pairs (a, b) of identities that the rules make one, among the nodes and with the known ones."""
    if not rules:
        return pl.DataFrame(schema={"a": pl.String, "b": pl.String})
    form = f"email_form(identity, {literal(rules)})"
    with registered(connection, "landed_nodes", nodes.drop_nulls().unique().to_frame("identity")):
        return frame(
            connection.sql(
                f"""
                WITH landed AS (SELECT identity, {form} AS form FROM landed_nodes WHERE starts_with(identity, 'e:')),
                several AS (
                    SELECT identity, form FROM landed
                    UNION SELECT identity, {form} AS form FROM ({known}) AS known (identity)
                    WHERE starts_with(identity, 'e:') AND form IN (SELECT form FROM landed)
                )
                SELECT identity AS a, min(identity) OVER (PARTITION BY form) AS b FROM several QUALIFY a <> b
                """
            )
        )


def update(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], load_id: int, rules: str) -> None:
    """Bring raw.identities up to the accepted rows in the tables checked_<kind>."""
    pairs = landed_pairs(connection, kinds)
    pairs = pl.concat([pairs, alike(connection, pl.concat([pairs["a"], pairs["b"]]), rules)])
    with registered(connection, "pairs", pairs):
        known = frame(
            connection.sql(
                "SELECT identity, person FROM vault.raw.identities "
                "WHERE identity IN (SELECT a FROM pairs UNION SELECT b FROM pairs)"
            )
        )
    labels = pl.concat([pairs["a"], pairs["b"]]).drop_nulls().unique().to_frame("identity")
    labels = labels.join(known, on="identity", how="left")
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
        connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE forgotten AS SELECT DISTINCT identity, person FROM vault.raw.tombstones;
            CREATE OR REPLACE TEMP TABLE identities_changed AS
                SELECT i.identity, m.person FROM vault.raw.identities i JOIN moved m ON i.person = m.node
                UNION ALL
                SELECT identity, coalesce(t.person, f.person)
                FROM fresh AS f LEFT JOIN forgotten AS t USING (identity)
            """
        ).fetchall()
    _store(connection, load_id)


def rebuild(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind], load_id: int, rules: str) -> None:
    """Make raw.identities anew from all stored rows; rows that stay the same keep their load_id."""
    pairs = frame(connection.sql(_pairs(kinds, "vault.raw.{}", "{}", "true")))
    nodes = pl.concat([pairs["a"], pairs["b"]]).drop_nulls().unique()
    linked = pl.concat([pairs.drop_nulls("b"), alike(connection, nodes, rules, "SELECT NULL WHERE false")])
    people = least(nodes, linked["a"], linked["b"])
    with registered(connection, "people", people):
        connection.execute(
            """
            CREATE OR REPLACE TEMP TABLE forgotten AS SELECT DISTINCT identity, person FROM vault.raw.tombstones;
            CREATE OR REPLACE TEMP TABLE identities_changed AS
                SELECT node AS identity, coalesce(t.person, p.person) AS person
                FROM people AS p LEFT JOIN forgotten AS t ON t.identity = p.node
                EXCEPT SELECT identity, person FROM vault.raw.identities;
            DELETE FROM vault.raw.identities WHERE identity NOT IN (SELECT node FROM people)
            """
        ).fetchall()
    _store(connection, load_id)


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
                named = f"{identifier(number)} IS NOT NULL AND starts_with({target}, 'e:')"
                other = f"CASE WHEN {named} THEN id_identity(source, {identifier(number)}) END"
            parts.append(f"SELECT {target} AS a, {other} AS b FROM {source} WHERE {where} AND {target} IS NOT NULL")
    return "SELECT DISTINCT a, b FROM (" + " UNION ALL ".join(parts) + ")"


def _store(connection: duckdb.DuckDBPyConnection, load_id: int) -> None:
    connection.execute(
        f"""
        DELETE FROM vault.raw.identities WHERE identity IN (SELECT identity FROM identities_changed);
        INSERT INTO vault.raw.identities SELECT identity, person, {load_id} FROM identities_changed ORDER BY identity;
        DROP TABLE identities_changed;
        DROP TABLE forgotten
        """
    ).fetchall()
