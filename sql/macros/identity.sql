-- The forms of an identity under the rules of NORTHSTAR_EMAIL_RULES: two addresses of one form are one person's.
-- Not part of what a file is read by: a change of the rules restates who is who, and reads nothing again.

-- plus_tags: ann+shop@example.com is ann@example.com. An address that begins with + keeps it.
CREATE OR REPLACE TEMP MACRO without_tag(identity) AS regexp_replace(identity, '^(e:[^+@]+)\+[^@]*@', '\1@');

-- gmail_dots: Gmail delivers to ann.lee@gmail.com, annlee@gmail.com and annlee@googlemail.com alike.
CREATE OR REPLACE TEMP MACRO without_dots(identity) AS
    CASE WHEN regexp_matches(identity, '^e:[^@]*[^@.][^@]*@(gmail|googlemail)\.com$')
        THEN 'e:' || replace(substr(identity, 3, strpos(identity, '@') - 3), '.', '') || '@gmail.com' ELSE identity END;

CREATE OR REPLACE TEMP MACRO email_form(identity, rules) AS CASE rules
    WHEN '' THEN identity
    WHEN 'plus_tags' THEN without_tag(identity)
    WHEN 'gmail_dots' THEN without_dots(identity)
    ELSE without_dots(without_tag(identity)) END;
