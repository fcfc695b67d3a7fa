-- Exports of survey tools: objects whose names are data, questions recognised by their text.
-- Formats call these; the loader itself does not.

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
-- Whether NORTHSTAR_QUESTION names the question: its text or a part of it, or the name of its column.
CREATE OR REPLACE TEMP MACRO is_chosen_question(question) AS
    coalesce(contains(plain_text(question), plain_text(getvariable('question'))), false);
-- Columns that a format without them must leave to others: an id of the answer, whether the survey was finished, the
-- metric of the row.
CREATE OR REPLACE TEMP MACRO names_response_id(name) AS
    regexp_full_match(plain_name(name), '(response|answer|submission|respondent|record|entry)_(id|token|number|no|#)(_\d+)?|no\.');
CREATE OR REPLACE TEMP MACRO names_completion(name) AS
    regexp_full_match(plain_name(name), 'finished|completed?|is_complete|completion_status|status|response_(status|type)|submitted|partial');
CREATE OR REPLACE TEMP MACRO names_metric(name) AS
    regexp_full_match(plain_name(name), '(survey|question|metrics?|feedback)_?types?|metrics?|type_of_survey|kpi');
-- Whether a column's name speaks of answers, orders or money, in the seven languages: a file that has one is no list of
-- customers.
CREATE OR REPLACE TEMP MACRO names_business(name) AS
    is_recommendation(name) OR regexp_matches(plain_name(strip_accents(name)),
        'score|rating|\bnps\b|nps_|_nps|survey|answer|response|question|comment|feedback|complaint|review|sentiment'
        || '|order|purchase|transaction|invoice|total|amount|price|revenue|sales|spend|spent|payment|paid|currency|refund'
        || '|quantity|product|bewertung|umfrage|antwort|beschwerde|bestell|auftrag|rechnung|betrag|summe|umsatz|preis|zahlung'
        || '|^note$|avis|reponse|commande|facture|montant|prix|achat|encuesta|respuesta|puntuacion|pedido|factura|importe'
        || '|precio|compra|punteggio|risposta|ordine|fattura|importo|prezzo|acquist|pontuacao|resposta|encomenda|valor'
        || '|preco|beoordeling|antwoord|bestelling|factuur|bedrag|prijs|aankoop');
-- The column in which Qualtrics keeps the category of the column of the same name without the ending.
CREATE OR REPLACE TEMP MACRO is_nps_group(name) AS regexp_full_match(lower(name), '.+_nps_group');
-- Whether the question states a scale other than 0 to 10: '(1-10)', 'from 1 to 5'.
CREATE OR REPLACE TEMP MACRO is_other_scale(question) AS
    regexp_matches(plain_text(question), '\b[01] ?([-–—/]|to|bis|a|al|au|tot|e|and|und) ?[3457]\b'
        || '|\b1 ?([-–—/]|to|bis|a|al|au|tot|e|and|und) ?10\b')
    AND NOT regexp_matches(plain_text(question), '\b0 ?([-–—/]|to|bis|a|al|au|tot|e|and|und) ?10\b');

-- The recommendation question of each file in a table (its name as text; the files share a header), by name and values.
-- A column whose cells are mostly not scores is another question. Among several, the one that NORTHSTAR_QUESTION names
-- (variable question) is taken, else the first with scores; others are the rest of those with scores.
-- place counts the columns from 1, as in cells().
CREATE OR REPLACE TEMP MACRO recommendation_columns(source) AS TABLE
    SELECT file_id, asked[1].question AS question, asked[1].place AS place,
        list_transform(list_filter(asked[2:], lambda q: q.scores > 0), lambda q: q.question) AS others
    FROM (
        SELECT file_id, list({'question': question, 'place': place, 'scores': scores}
            ORDER BY is_chosen_question(question) DESC, scores > 0 DESC, place) AS asked
        FROM (
            SELECT t.file_id, c.question, c.place, count(clean(cells(t)[c.question])) AS given,
                count(parse_score(clean(cells(t)[c.question]))) AS scores
            FROM query_table(source) AS t, (
                SELECT question, place FROM (
                    SELECT unnest(map_keys(cells(t))) AS question, generate_subscripts(map_keys(cells(t)), 1) AS place
                    FROM (SELECT * FROM query_table(source) LIMIT 1) AS t
                ) WHERE is_recommendation(question)
            ) AS c
            GROUP BY ALL
        ) WHERE scores * 2 >= given GROUP BY file_id
    );
-- The first of some questions that a row answers.
CREATE OR REPLACE TEMP MACRO answered_in(values, questions) AS
    list_filter(questions, lambda q: clean(values[q]) IS NOT NULL)[1];

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

-- The id of an answer whose tool gives none, the same in every export and locale: what was written as its time
-- (unordered_time), a digest of the respondent, the score, and a place among the file's equal rows.
CREATE OR REPLACE TEMP MACRO answer_id(file, row, moment, address, score) AS
    concat_ws('-', moment, left(pseudonym(address), 8), coalesce(score::VARCHAR, 'x'),
        row_number() OVER (PARTITION BY file, moment, address, score ORDER BY row));
-- The name of the column in which Microsoft Forms says when an answer was last changed.
CREATE OR REPLACE TEMP MACRO names_change(name) AS
    regexp_matches(plain_text(name), 'modified|geandert|modific|modification|alterac|gewijzigd');
-- The recommendation questions of each Qualtrics file: those with a sibling column <name>_NPS_GROUP. The one that
-- NORTHSTAR_QUESTION names by its column or its text comes first, else the first of the file.
CREATE OR REPLACE TEMP MACRO qualtrics_questions(source, headed) AS TABLE
    SELECT h.file_id, list({'name': h.column_name, 'place': n.place, 'question': coalesce(clean(h.value), h.column_name)}
        ORDER BY lower(h.column_name) = lower(coalesce(getvariable('question'), '')) OR is_chosen_question(h.value) DESC, n.place) AS asked
    FROM query_table(headed) AS h
    JOIN (
        SELECT unnest(map_keys(cells(i))) AS name, generate_subscripts(map_keys(cells(i)), 1) AS place
        FROM (SELECT * FROM query_table(source) LIMIT 1) AS i
    ) AS n ON n.name = h.column_name
    WHERE h.header_row = 2 AND EXISTS (
        FROM query_table(headed) AS g
        WHERE g.file_id = h.file_id AND lower(g.column_name) = lower(h.column_name) || '_nps_group'
    )
    GROUP BY h.file_id;
