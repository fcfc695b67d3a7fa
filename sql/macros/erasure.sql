-- People who asked to be forgotten: their keyed hashes, and whether a text names one of them.
-- They need pseudonym(), the macros of emails.sql, and the session variable email_rules.

-- The keyed hash of an identity under a set of e-mail rules: raw.tombstones holds nothing else that says who it was.
CREATE OR REPLACE TEMP MACRO keyed(identity, rules) AS
    pseudonym('forgotten ' || rules || ' ' || email_form(identity, rules));

-- The same under the rules in force.
CREATE OR REPLACE TEMP MACRO ruled(identity) AS keyed(identity, getvariable('email_rules'));

-- Whether one of the identities is a forgotten person's.
CREATE OR REPLACE TEMP MACRO is_forgotten(identities) AS list_has_any(
    list_transform(list_distinct(identities), lambda i: ruled(i)),
    (SELECT list(keyed) FROM vault.raw.tombstones));

-- Whether a file name or a reason holds the address of a forgotten person.
CREATE OR REPLACE TEMP MACRO names_forgotten(text) AS strpos(text, '@') > 0 AND is_forgotten(addresses_within(text));

-- The text without addresses; the hash at its end keeps two such texts apart.
CREATE OR REPLACE TEMP MACRO without_person(text) AS without_addresses(text) || ' ' || left(pseudonym(text), 8);
