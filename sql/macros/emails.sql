-- E-mail addresses: the identity of an address, its form under NORTHSTAR_EMAIL_RULES, addresses in texts and columns.

-- The identity of an address. Any other text ('n/a', 'none') gives NULL: it must not make one person of everybody who
-- wrote it.
CREATE OR REPLACE TEMP MACRO email_identity(email) AS
    CASE WHEN regexp_full_match(email, '[^@\s]+@[^@\s]+') THEN 'e:' || lower(email) END;

-- The form of an identity under the rules: addresses of one form belong to one person.
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

-- An address within a text.
CREATE OR REPLACE TEMP MACRO address_pattern() AS '[^\s@<>(){}\[\],;:/\\"=]+@[^\s@<>(){}\[\],;:/\\"=]+';

-- The identities of all addresses in a text.
CREATE OR REPLACE TEMP MACRO addresses(text) AS
    list_transform(regexp_extract_all(lower(text), address_pattern()), lambda a: 'e:' || rtrim(a, '.'));
-- The same, and every address that remains when parts joined by - _ . or + are cut off: export-ann@example.com.csv.
CREATE OR REPLACE TEMP MACRO addresses_within(text) AS flatten(list_transform(addresses(text), lambda a:
    flatten(list_transform(
        list_filter(range(3, strpos(a, '@')), lambda i: i = 3 OR a[i - 1] IN ('-', '_', '.', '+')),
        lambda i: list_transform(
            list_filter(range(strpos(a, '@') + 1, length(a) + 1),
                lambda j: j = length(a) OR a[j + 1] IN ('.', '-', '_')),
            lambda j: 'e:' || a[i:j])))));
-- The text with every address masked.
CREATE OR REPLACE TEMP MACRO without_addresses(text) AS
    regexp_replace(text, address_pattern(), '[e-mail]', 'gi');

-- Columns whose name asks for an e-mail address, and the first address that a row has in one of them.
CREATE OR REPLACE TEMP MACRO is_email_question(name) AS
    regexp_matches(plain_text(replace(name, '_', ' ')), '\be-?mail|\bcourriel\b|\bcorreo electronico\b');
CREATE OR REPLACE TEMP MACRO is_address(text) AS regexp_full_match(clean(text), '[^@\s]+@[^@\s]+\.[^@\s]+');
CREATE OR REPLACE TEMP MACRO email_in(values) AS
    list_filter(map_entries(values), lambda e: is_email_question(e.key)
        AND regexp_full_match(clean(e.value), '[^@\s]+@[^@\s]+'))[1].value;
-- The column in which a form keeps who answered: named as the user's name in one of the seven languages, or the second
-- one of the file, if it holds an address.
CREATE OR REPLACE TEMP MACRO respondent_column(values) AS
    list_filter(map_keys(values), lambda name: is_address(values[name]) AND (name = map_keys(values)[4]
        OR regexp_full_match(plain_text(name), 'user ?name|benutzername|nutzername|nom d.utilisateur|nombre de usuario'
            || '|nome utente|nome de (?:usuario|utilizador)|gebruikersnaam')))[1];
