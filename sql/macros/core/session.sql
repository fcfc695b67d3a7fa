-- Functions that the conforming statements share. Temporary: they live in the session, not in a file.
-- An id that is or holds an e-mail address is a person's name: a pseudonym takes its place.
CREATE OR REPLACE TEMP MACRO impersonal(id) AS
    CASE WHEN strpos(id, '@') > 0 THEN pseudonym('id:' || id) ELSE id END;

CREATE OR REPLACE TEMP MACRO published_id(source, id) AS
    CASE WHEN source = 'canonical' THEN impersonal(id) ELSE source || ':' || impersonal(id) END;

-- A short text that names a thing (survey, product, status), of which no e-mail address may be part.
CREATE OR REPLACE TEMP MACRO label(text) AS CASE
    WHEN strpos(text, '@') > 0 THEN regexp_replace(text, '[^\s(@]+@[^\s@]+', '[e-mail]', 'g') ELSE text END;

-- A question that asks who somebody is or where somebody lives, in the languages surveys are read in. Its answer stays in
-- the vault: no mask finds a name in a text of one word.
CREATE OR REPLACE TEMP MACRO asks_for_identity(question) AS regexp_matches(
    strip_accents(lower(regexp_replace(question, '[\s_]+', ' ', 'g'))),
    '^(\W|\d)*((what|how|please|can|may|could) .*)?(your |the |customer |contact )?((full|first|last|family|middle) ?)?(name|surname)s?\W*$'
    || '|\byour (full |first |last |family )?(name|surname)\b|\b(nach|vor|familien)name\b|\b(ihr|dein) name\b'
    || '|^(nom|prenom)s?\b|\bvotre (nom|prenom)\b|^(nombre|apellidos?)\b|\b(su|tu) (nombre|apellido)\b'
    || '|^(nome|cognome)\b|\b(suo|tuo|seu|teu) (nome|cognome|sobrenome)\b|^sobrenome\b|^(voor|achter)?naam\b|\b(uw|je) (voor|achter)?naam\b'
    || '|\b(tele)?phone\b|\btelefon(o|e|nummer)?\b|\btelefoon(nummer)?\b|\bmobile (number|phone)\b|\bhandynummer\b'
    || '|\be-?mail\b|\bcourriel\b|\bcorreo electronico\b'
    || '|\b(street|postal|home|shipping|billing|your) address\b|^address\W*$|\badresse?\b|\bdireccion\b|\bindirizzo\b|\bendereco\b'
    || '|\b(post|zip) ?code\b|\bpostleitzahl\b|\bcode postal\b|\bcodigo postal\b'
    || '|\bdate of birth\b|\bbirthday\b|\bgeburts(datum|tag)\b|\bdate de naissance\b|\bfecha de nacimiento\b'
    || '|\bdata di nascita\b|\bdata de nascimento\b|\bgeboortedatum\b|\bip address\b');

CREATE OR REPLACE TEMP MACRO business_date(instant) AS CAST(instant AS DATE);

-- The names an order goes by, best first: full id, the source's own, order number, own id with a # too many or missing.
-- A name that starts with # stands for the number with and without it.
CREATE OR REPLACE TEMP MACRO order_names(source, id, number) AS [
    lower(trim(published_id(source, id))), lower(trim(id)),
    nullif('#' || ltrim(lower(trim(number)), '#'), '#'), nullif('#' || ltrim(lower(trim(id)), '#'), '#')];

-- The names by which an answer may mean an order.
CREATE OR REPLACE TEMP MACRO meant_names(reference) AS [
    lower(trim(reference)), '#' || ltrim(lower(trim(reference)), '#')];

-- Names that are equal have equal roots; so a scan of all orders need not make all their names.
CREATE OR REPLACE TEMP MACRO root(name) AS ltrim(lower(trim(name)), '#');
CREATE OR REPLACE TEMP MACRO meant_roots(reference) AS [
    root(reference), root(substr(reference, strpos(reference, ':') + 1))];

-- E-mail addresses and phone numbers in free text. What is a number of another sort (a date, a span of years, a sum of
-- money, #1001) is matched first, so that no phone number is seen in it: it comes out between two signs of the private
-- use area, a phone number leaves the signs with nothing between. Seven digits and more are a phone number after a
-- word such as tel or with +, eight if grouped or after a 0, nine if bare: shorter bare numbers are order numbers.
-- In the pattern ~ is what may stand between the digits of a phone number.
CREATE OR REPLACE TEMP MACRO masked_text(text) AS regexp_replace(replace(regexp_replace(
    regexp_replace(text, '[\p{L}\p{N}._%+''-]+(?:@| ?[(\[] ?(?i:at) ?[)\]] ?)[\p{L}\p{N}.-]+', '[e-mail]', 'g'),
    replace(
        '('
            || '\b(?:19|20)\d\d[-./][01]?\d[-./][0-3]?\d\b|\b[0-3]?\d[-./][0-3]?\d[-./](?:19|20)\d\d\b'
            || '|\b(?:19|20)\d\d ?[-/\x{2013}] ?(?:19|20)\d\d\b|\b(?:19|20)\d\d-\d{5,6}\b'
            || '|(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF)) ?(?:\d{1,3}(?:[., '']\d{3})+|\d+)(?:[.,]\d{1,2})?\b'
            || '|\b(?:\d{1,3}(?:[., '']\d{3})+|\d+)(?:[.,]\d{1,2})? ?'
                || '(?:[€$£¥]|(?:EUR|USD|GBP|CHF|(?i:euro|dollar|pound)s?)\b)'
            || '|# ?\d[\d-]*'
        || ')|('
            || '(?i:\b(?:tel|fon|phone|mob|handy|cell|whatsapp|fax|call)[a-z]*[^\w\n+(]{0,3})'
        || ')\+?\(?\d(?:~{0,3}\d){6,}'
        || '|(?:\+|\b00) ?\(?\d(?:~{0,3}\d){6,}'
        || '|\(?\b0(?:~{0,2}\d){7,}'
        || '|\(?\b(?:\d~{1,2}\d(?:~{0,2}\d){6,}|\d{2}~{1,2}\d(?:~{0,2}\d){5,}|\d{3}~{1,2}\d(?:~{0,2}\d){4,}'
            || '|\d{4}~{1,2}\d(?:~{0,2}\d){3,}|\d{5,}~{1,2}\d(?:~{0,2}\d){2,}|\d{3}-\d{4}\b|\d{9,})',
        '~', '[\s\x{a0}\x{202f}()./\x{2010}-\x{2013}-]'
    ),
    '\2' || chr(57344) || '\1' || chr(57345), 'g'), chr(57344) || chr(57345), '[phone]'), '[\x{e000}\x{e001}]', '', 'g');

-- A refused value as it may be shown to everybody: letters as x, long numbers as #. A day and its time stay, since an
-- operator must see them to mend them; they come out between the same two signs.
CREATE OR REPLACE TEMP MACRO masked_value(text) AS left(regexp_replace(replace(regexp_replace(
    regexp_replace(text, '\p{L}', 'x', 'g'),
    '(\b(?:(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d)(?:[ x]+\d{1,2}:\d\d)?\b)'
        || '|\d(?:[ ()/\-]{0,2}\d){6,}',
    chr(57344) || '\1' || chr(57345), 'g'), chr(57344) || chr(57345), '#'), '[\x{e000}\x{e001}]', '', 'g'), 80);

-- The rate of a day: 1 for the reporting currency (session: reporting_currency, NULL when it cannot be told), else the
-- last known one, if its day is at most 7 days earlier.
CREATE OR REPLACE TEMP MACRO rate_of(currency, day, rate_day, rate) AS CASE
    WHEN getvariable('reporting_currency') IS NULL THEN NULL
    WHEN coalesce(currency, getvariable('reporting_currency')) = getvariable('reporting_currency') THEN 1
    WHEN day - rate_day <= 7 THEN rate
END;

-- Money of the order's currency in the reporting one; a rate is units of that currency for one of the reporting one.
-- Money that does not fit is money that cannot be told: one absurd rate must not stop a night.
CREATE OR REPLACE TEMP MACRO converted(amount, rate) AS
    CASE WHEN rate = 1 THEN CAST(amount AS DECIMAL(18, 2))
        ELSE TRY_CAST(round(CAST(amount AS DOUBLE) / CAST(rate AS DOUBLE), 2) AS DECIMAL(18, 2)) END;
