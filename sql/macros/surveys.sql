-- Exports of survey tools: how they write times, objects whose names are data, questions recognised by their text.
-- Formats call these; the loader itself does not.

-- Times as tools write them, to text that parse_time reads; any other text passes unchanged and is refused there.
-- Seconds (or milliseconds) since 1970; 0 stands for "never".
CREATE OR REPLACE TEMP MACRO unix_time(value) AS
    CASE
        WHEN regexp_full_match(clean(value), '0+') THEN NULL
        WHEN regexp_full_match(clean(value), '\d{9,10}(\.\d{1,6})?') THEN to_timestamp(clean(value)::DOUBLE)::VARCHAR
        WHEN regexp_full_match(clean(value), '\d{12,13}') THEN to_timestamp(clean(value)::BIGINT / 1000.0)::VARCHAR
        ELSE clean(value)
    END;

-- '2020/10/30 3:08:44 PM GMT+1', '10/30/2020 15:08', '30.10.2020 15:08:44': the year or the month comes first (the day
-- if day_first, or between dots). Without GMT the time is naive.
CREATE OR REPLACE TEMP MACRO written_parts(value) AS
    regexp_extract(
        regexp_replace(clean(value), '[\s\x{00A0}\x{202F}]+', ' ', 'g'),
        '^(\d{1,4})([/.-])(\d{1,2})[/.-](\d{1,4})'
            || '(?:,? (\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)? ?(?:([AaPp])\.? ?[Mm]\.?)?'
            || '(?: ?(GMT|UTC)(?:([+-])(\d{1,2})(?::?(\d{2}))?)?)?)?$',
        ['a', 'mark', 'b', 'c', 'hour', 'minute', 'second', 'half', 'zone', 'sign', 'off', 'off_minute']
    );
CREATE OR REPLACE TEMP MACRO written_time(value, day_first) AS
    list_transform([written_parts(value)], lambda p: CASE
        WHEN p.a = '' OR p.a IS NULL THEN clean(value)
        WHEN length(p.a) <> 4 AND length(p.c) <> 4 THEN clean(value)
        WHEN p.half <> '' AND NOT p.hour::INTEGER BETWEEN 1 AND 12 THEN clean(value)
        ELSE concat(
            CASE
                WHEN length(p.a) = 4 THEN concat_ws('-', p.a, lpad(p.b, 2, '0'), lpad(p.c, 2, '0'))
                WHEN day_first OR p.mark = '.' THEN concat_ws('-', p.c, lpad(p.b, 2, '0'), lpad(p.a, 2, '0'))
                ELSE concat_ws('-', p.c, lpad(p.a, 2, '0'), lpad(p.b, 2, '0'))
            END,
            CASE WHEN p.hour <> '' THEN concat(
                ' ',
                lpad((CASE WHEN p.half = '' THEN p.hour::INTEGER
                    ELSE p.hour::INTEGER % 12 + CASE WHEN lower(p.half) = 'p' THEN 12 ELSE 0 END END)::VARCHAR, 2, '0'),
                ':', p.minute, ':', coalesce(nullif(p.second, ''), '00'),
                CASE WHEN p.zone <> '' THEN concat(coalesce(nullif(p.sign, ''), '+'), lpad(p.off, 2, '0'), ':',
                    coalesce(nullif(p.off_minute, ''), '00')) END
            ) END
        )
    END)[1];
-- Whether a written time shows that its day comes first, by a number above 12. For bool_or over a file.
CREATE OR REPLACE TEMP MACRO tells_day_first(value) AS
    coalesce(TRY_CAST(regexp_extract(clean(value), '^(\d{1,2})[/-]', 1) AS INTEGER) > 12, false);

-- Rows and objects whose column names are data.
-- All columns of a row (the alias of a table) with their values, in the order of the file.
CREATE OR REPLACE TEMP MACRO cells(record) AS CAST(record AS MAP(VARCHAR, VARCHAR));
-- Text that is JSON and begins with the sign, else NULL: the JSON functions fail on anything else even behind a CASE.
CREATE OR REPLACE TEMP MACRO json_if(value, sign) AS
    CASE WHEN json_valid(value) AND starts_with(ltrim(value), sign) THEN value END;
-- A JSON object's members; NULL for anything else.
CREATE OR REPLACE TEMP MACRO members(object) AS from_json(json_if(object, '{'), '"MAP(VARCHAR, VARCHAR)"');
-- A JSON value as text: the items of a list are joined; an object gives its text, label or name.
CREATE OR REPLACE TEMP MACRO item_text(item) AS
    CASE WHEN json_if(item, '{') IS NULL THEN item
        ELSE coalesce(json_if(item, '{')->>'$.text', json_if(item, '{')->>'$.label', json_if(item, '{')->>'$.name') END;
CREATE OR REPLACE TEMP MACRO flat_text(value) AS
    CASE WHEN json_if(value, '[') IS NULL THEN item_text(value)
        ELSE nullif(array_to_string(
            list_transform(from_json(json_if(value, '['), '["VARCHAR"]'), lambda v: item_text(v)), ', '), '') END;
CREATE OR REPLACE TEMP MACRO plain_name(name) AS trim(regexp_replace(lower(name), '[\s_-]+', '_', 'g'), '_');
-- The first value under one of the names (lower case, with underscores).
CREATE OR REPLACE TEMP MACRO named(values, names) AS
    list_filter(
        map_entries(values), lambda e: list_contains(names, plain_name(e.key)) AND clean(e.value) IS NOT NULL
    )[1].value;
CREATE OR REPLACE TEMP MACRO named_order(values) AS
    named(values, ['order', 'order_id', 'orderid', 'order_number', 'order_no', 'order_name', 'order_#']);

-- Questions recognised by their text, in English, German, French, Spanish, Italian, Portuguese and Dutch, without
-- accents. A recommendation question has a verb of recommending and a word of likelihood, a scale or the conditional; or
-- it calls itself NPS. "Why would you recommend us?" asks for a reason, not for a score.
CREATE OR REPLACE TEMP MACRO is_reason(question) AS
    regexp_matches(plain_text(question),
        '\b(why|reasons?|because|explain|comments?|feedback|tell us|improve|anything else|elaborate'
        || '|warum|wieso|weshalb|grunde?|begrund\w*|kommentar\w*|verbesser\w*|anmerkung\w*'
        || '|pourquoi|raisons?|commentaires?|ameliorer|expliquez'
        || '|por ?que|razon|razones|motivos?|motivi|comentarios?|mejorar|explique'
        || '|perche|ragion[ei]|commenti?|commento|migliorare|spiega\w*'
        || '|razao|razoes|melhorar'
        || '|waarom|reden|redenen|opmerking\w*|toelichting|verbeteren)\b');
CREATE OR REPLACE TEMP MACRO recommends(text) AS
    regexp_matches(text,
        '\brecommend(ing)?\b|\b(weiter)?(zu)?empf(ehlen|iehlst|ehle|iehlt)\b'
        || '|\b(recommand|conseill)(er|iez|eriez|erais)\b'
        || '|\b(recomend(ar|e|es|ara|aria|arias|arnos|aran)|recomiend(e|es|en|a|as|an))\b'
        || '|\b(raccomand|consigli)(are|arci|aresti|eresti|erebbe|erebbero|eresta)\b'
        || '|\bindicar(ia|ias|iam)?\b.*\b(amig|coleg|familiar)'
        || '|\b(aanbeve(el|elt|len)|aanra(den|adt|ad)|aan te (bevelen|raden))\b');
CREATE OR REPLACE TEMP MACRO is_recommendation(question) AS
    NOT is_reason(question)
    AND (
        recommends(plain_text(question))
        AND regexp_matches(plain_text(question),
            'likel|probab|wahrscheinlich|vraisembl|waarschijnlijk|\b(scale|skala|echelle|escala|scala|schaal)\b'
            || '|\b0 ?([-–—]|to|bis|a|al|au|tot|e) ?10\b'
            || '|would you|wurde(n|st)|recommanderiez|conseilleriez|recomendaria|indicaria|raccomandere|consigliere'
            || '|\bzou(dt)?\b')
        OR regexp_full_match(plain_text(question), '(your |our )?(nps|net promoter( score)?)( score| rating| question)?[?:]?')
    );
-- The column in which Qualtrics keeps the category of the column of the same name without the ending.
CREATE OR REPLACE TEMP MACRO is_nps_group(name) AS regexp_full_match(lower(name), '.+_nps_group');
-- Whether the question states a scale other than 0 to 10: '(1-10)', 'from 1 to 5'.
CREATE OR REPLACE TEMP MACRO is_other_scale(question) AS
    regexp_matches(plain_text(question), '\b[01] ?([-–—/]|to|bis|a|al|au|tot|e|and|und) ?[3457]\b'
        || '|\b1 ?([-–—/]|to|bis|a|al|au|tot|e|and|und) ?10\b')
    AND NOT regexp_matches(plain_text(question), '\b0 ?([-–—/]|to|bis|a|al|au|tot|e|and|und) ?10\b');

-- The recommendation question of each file in a table (its name as text; the files share a header), by name and values.
-- A column whose cells are mostly not scores is another question; among several, the first with scores is taken.
-- place counts the columns from 1, as in cells().
CREATE OR REPLACE TEMP MACRO recommendation_columns(source) AS TABLE
    SELECT file_id, question, place FROM (
        SELECT t.file_id, c.question, c.place, count(clean(cells(t)[c.question])) AS given,
            count(parse_score(clean(cells(t)[c.question]))) AS scores
        FROM query_table(source) AS t, (
            SELECT question, place FROM (
                SELECT unnest(map_keys(cells(t))) AS question, generate_subscripts(map_keys(cells(t)), 1) AS place
                FROM (SELECT * FROM query_table(source) LIMIT 1) AS t
            ) WHERE is_recommendation(question)
        ) AS c
        GROUP BY ALL
    ) WHERE scores * 2 >= given
    QUALIFY row_number() OVER (PARTITION BY file_id ORDER BY scores > 0 DESC, place) = 1;

-- The first column after a place that asks for a reason or a comment.
CREATE OR REPLACE TEMP MACRO reason_after(values, place) AS
    list_filter(map_keys(values)[place + 1:], lambda name: is_reason(name))[1];
CREATE OR REPLACE TEMP MACRO customer_in(values) AS
    named(values, ['customer_id', 'customerid', 'user_id', 'userid', 'external_id']);
CREATE OR REPLACE TEMP MACRO is_reference(name) AS
    list_contains(['customer_id', 'customerid', 'user_id', 'userid', 'external_id', 'order', 'order_id', 'orderid',
        'order_number', 'order_no', 'order_name'], plain_name(name));
-- The cells of further questions as answers, without the named columns, addresses and references.
CREATE OR REPLACE TEMP MACRO other_answers(values, names) AS
    answers_map(list_transform(
        list_filter(map_entries(values), lambda e: NOT list_contains(names, e.key) AND NOT is_email_question(e.key)
            AND NOT is_reference(e.key)),
        lambda e: {'question': e.key, 'answer': e.value}));
-- The same from a list of STRUCT(question, answer) in which a question with several choices repeats.
CREATE OR REPLACE TEMP MACRO joined_answers(pairs) AS
    answers_map(list_transform(pairs, lambda one: {
        'question': one.question,
        'answer': array_to_string(list_transform(
            list_filter(pairs, lambda p: clean(p.question) = clean(one.question) AND clean(p.answer) IS NOT NULL),
            lambda p: clean(p.answer)), ', ')
    }));

-- Whether a tool's word says that a survey was finished; NULL for a word that is none of these.
CREATE OR REPLACE TEMP MACRO is_finished(word) AS
    CASE
        WHEN plain_text(clean(word)) IN ('true', 'yes', '1', 'complete', 'completed', 'finished', 'wahr', 'ja',
            'abgeschlossen', 'vollstandig', 'vrai', 'oui', 'termine', 'verdadero', 'si', 'completo', 'completado',
            'vero', 'completato', 'verdadeiro', 'sim', 'concluido', 'waar', 'voltooid') THEN true
        WHEN plain_text(clean(word)) IN ('false', 'no', '0', 'partial', 'incomplete', 'started', 'in progress', 'falsch',
            'nein', 'unvollstandig', 'faux', 'non', 'partiel', 'incomplet', 'falso', 'parcial', 'incompleto', 'parziale',
            'nao', 'onwaar', 'nee', 'gedeeltelijk') THEN false
    END;
-- The same of a row of Qualtrics: a word of another language leaves it to Progress, and without that it is not finished.
CREATE OR REPLACE TEMP MACRO qualtrics_is_finished(finished, progress) AS
    coalesce(is_finished(finished), TRY_CAST(clean(progress) AS DOUBLE) >= 100, clean(finished) IS NULL);

-- Why a row of Qualtrics is not a customer's answer. Status is a label, or its number: bits 1 preview, 2 test, 8 spam.
CREATE OR REPLACE TEMP MACRO qualtrics_refusal(status, channel) AS
    CASE
        WHEN lower(clean(status)) LIKE '%preview%' OR clean(status) IN ('1', '9', '17', '25')
            OR lower(clean(channel)) = 'preview' THEN 'preview'
        WHEN lower(clean(status)) LIKE '%test%' OR clean(status) = '2' THEN 'test'
        WHEN lower(clean(status)) LIKE '%spam%' OR clean(status) IN ('8', '12', '24') THEN 'bogus'
    END;
