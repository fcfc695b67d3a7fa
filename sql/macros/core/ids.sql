-- Ids as they are published.

-- An id that is or contains an e-mail address identifies a person: a pseudonym replaces it.
CREATE OR REPLACE TEMP MACRO impersonal(id) AS
    CASE WHEN strpos(id, '@') > 0 THEN pseudonym('id:' || id) ELSE id END;

CREATE OR REPLACE TEMP MACRO published_id(source, id) AS
    CASE WHEN source = 'canonical' THEN impersonal(id) ELSE source || ':' || impersonal(id) END;
