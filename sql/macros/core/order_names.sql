-- The names by which an answer may refer to an order.

-- The names of an order, best first: full id, the source's own id, order number, own id with a # added or removed.
-- A name that starts with # stands for the number with and without it.
CREATE OR REPLACE TEMP MACRO order_names(source, id, number) AS [
    lower(trim(published_id(source, id))), lower(trim(id)),
    nullif('#' || ltrim(lower(trim(number)), '#'), '#'), nullif('#' || ltrim(lower(trim(id)), '#'), '#')];

-- The names that an answer's reference to an order may stand for.
CREATE OR REPLACE TEMP MACRO meant_names(reference) AS [
    lower(trim(reference)), '#' || ltrim(lower(trim(reference)), '#')];

-- Equal names have equal roots, so a scan of all orders need not build all their names.
CREATE OR REPLACE TEMP MACRO root(name) AS ltrim(lower(trim(name)), '#');
CREATE OR REPLACE TEMP MACRO meant_roots(reference) AS [
    root(reference), root(substr(reference, strpos(reference, ':') + 1))];
