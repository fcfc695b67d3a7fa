-- Free text as it is published: without e-mail addresses and phone numbers.

-- A short text that names a thing (survey, product, status), with e-mail addresses masked.
CREATE OR REPLACE TEMP MACRO label(text) AS CASE
    WHEN strpos(text, '@') > 0 THEN regexp_replace(text, '[^\s(@]+@[^\s@]+', '[e-mail]', 'g') ELSE text END;

-- Whether a question asks who somebody is or where they live, in the languages that surveys are recognised in. Its
-- answer stays in the vault: no mask recognises a name in a one-word answer.
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

-- E-mail addresses and phone numbers in free text. Other numbers (a date, a span of years, an amount of money, #1001)
-- are matched first, so that they are not taken for phone numbers: they come out between two private-use characters,
-- whereas a phone number leaves the two with nothing between. Seven or more digits are a phone number after + or a word
-- such as tel, eight when grouped or after a 0, nine when bare: shorter bare numbers are order numbers. In the pattern
-- ~ is what may stand between the digits of a phone number.
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

-- Whether a cell is nothing but a day, with or without a time: '9/9/25 18:01', '5 juin 2025 14:05', 'Jun-05-25',
-- 'Mon, 23 Sep 2024 14:21:24 CEST'. Month names of the seven languages of the surveys.
CREATE OR REPLACE TEMP MACRO is_written_day(text) AS regexp_full_match(strip_accents(lower(trim(text))), replace(
    '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\.?,? |(?:mo|di|mi|do|fr|sa|so)\.?,? )?'
    || '(?:(?:19|20)\d\d[-./][01]?\d[-./][0-3]?\d|[0-3]?\d[-./][0-3]?\d[-./](?:(?:19|20)\d\d|\d\d)'
        || '|~[-. ]{1,2}[0-3]?\d(?:st|nd|rd|th)?,?[- ](?:(?:19|20)\d\d|\d\d)'
        || '|[0-3]?\d(?:\.|st|nd|rd|th|er)?[- ](?:de )?~\.?,?[- ](?:de )?(?:(?:19|20)\d\d|\d\d))'
    || '(?:(?:,? | ?t| - )\d{1,2}[:.h]\d\d(?:[:.]\d\d(?:[.,]\d{1,6})?)?(?:[ \x{a0}\x{202f}]?[ap]\.? ?m\.?)?'
        || '(?: ?(?:z|[a-z]{2,5}|(?:gmt|utc)?[+-]\d{1,2}(?::?\d\d)?))?)?',
    '~', '(?:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|june|july|august|september'
        || '|october|november|december|januar|februar|marz|mai|juni|juli|oktober|dezember|janvier|fevrier|mars|avril|juin'
        || '|juillet|aout|septembre|octobre|novembre|decembre|enero|febrero|marzo|abril|mayo|junio|julio|agosto'
        || '|septiembre|setiembre|octubre|noviembre|diciembre|gennaio|febbraio|aprile|maggio|giugno|luglio|settembre'
        || '|ottobre|dicembre|janeiro|fevereiro|marco|maio|junho|julho|setembro|outubro|novembro|dezembro|januari'
        || '|februari|maart|mei|augustus)'));
-- Whether a cell is nothing but money with its sign or its decimals ('R$ 1.234,56', '12,999.00', '12.50 TL'), or a
-- number as spreadsheets round it ('5.93530E+12').
CREATE OR REPLACE TEMP MACRO is_written_amount(text) AS regexp_full_match(trim(text), replace(
    '[(]?[-+−]?(?:(?:[A-Z]{1,3}[$/]?|kr\.?|Rs\.?)?[ \x{a0}]?[€$£¥₹]?[ \x{a0}]?[-+−]?~[.,]\d{1,2}'
        || '|(?:[A-Z]{3}|[A-Z]{0,2}[€$£¥₹]|kr\.?|Rs\.?|S/)[ \x{a0}]?[-+−]?~)-?[)]?'
    || '|[-+−]?~(?:[.,]\d{1,2})?[ \x{a0}]?(?:[€$£¥₹]|[A-Z]{2,3}|kr|Kč|zł)|[-+]?\d{1,3}(?:[.,]\d+)?E\+?\d{1,2}',
    '~', '(?:[1-9]\d{0,2}(?:[., ''’\x{a0}\x{202f}]\d{2,3})+|\d{1,6})'));

-- A refused value as anybody may see it: letters as x, long numbers as #. Days, times and amounts of money stay, because
-- an operator must see them to correct them; days within other text come out between the same two characters.
CREATE OR REPLACE TEMP MACRO masked_value(text) AS CASE
    WHEN length(text) <= 60 AND (is_written_day(text) OR is_written_amount(text)) THEN text
    ELSE left(regexp_replace(replace(regexp_replace(
        regexp_replace(text, '\p{L}', 'x', 'g'),
        '(\b(?:(?:19|20)\d\d[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./](?:19|20)\d\d)(?:[ x]+\d{1,2}:\d\d)?\b)'
            || '|\d(?:[ ()./\-]{0,2}\d){6,}',
        chr(57344) || '\1' || chr(57345), 'g'), chr(57344) || chr(57345), '#'), '[\x{e000}\x{e001}]', '', 'g'), 80)
    END;
