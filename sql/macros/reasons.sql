-- Why a format refuses a row, in words for its column reject_allowed. Nothing of a row is repeated but words that are
-- known here: the text is shown as it is.

-- Of a row whose column names another metric than NPS.
CREATE OR REPLACE TEMP MACRO not_this_metric(column_name, metric) AS concat(
    '"', column_name, '" says NPS; this row''s says ', CASE
        WHEN clean(metric) IS NULL THEN 'nothing'
        WHEN lower(clean(metric)) IN ('csat', 'ces', 'star', 'stars', 'star5', '5star', 'smiley', 'smileys', 'thumbs', 'pmf',
            'enps', 'custom', 'text', 'cx', 'product', 'rating', 'five_star', 'five stars', 'customer satisfaction',
            'customer effort', 'customer effort score', 'product market fit')
            THEN upper(clean(metric)) || ', which is no NPS'
        ELSE 'another metric' END);

-- Of a survey none of whose questions makes an NPS.
CREATE OR REPLACE TEMP MACRO no_recommendation() AS
    'a question how likely somebody is to recommend, with numbers from 0 to 10 for most answers: no column of this file is '
        || 'one (yes or no, words and other scales make no NPS)';
