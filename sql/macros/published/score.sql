-- What an analyst may write instead of the formula. The interval is adjusted Wald (3,T) at 95 %, as nps.by_period has
-- it at the default NORTHSTAR_CONFIDENCE: pseudo-answers 0.75, 1.5, 0.75 are added (Rocks 2016), and it is widened to hold
-- its score. A macro does not know whose scores they are: where customers answered several times, the table's interval
-- is wider. Each is written out: inside a macro of an attached file, another macro is not found.
CREATE OR REPLACE MACRO category(score) AS
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' WHEN score >= 0 THEN 'detractor' END;

-- Same order of operations as pipelines/statistics/score.py, so that the last digit is equal too.
CREATE OR REPLACE MACRO nps(score) AS
    100 * ((count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / nullif(count(score), 0));

-- No answer, no interval: the pseudo-answers alone say nothing.
CREATE OR REPLACE MACRO nps_low(score) AS CASE WHEN count(score) > 0 THEN greatest(-100, least(
    100 * ((count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / count(score)), 100 * (
    (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3)
    - 1.959963984540054 * sqrt((
        (count(*) FILTER (score >= 9) + count(*) FILTER (score <= 6) + 1.5) / (count(score) + 3)
        - pow((count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3), 2)
    ) / (count(score) + 3))))) END;

CREATE OR REPLACE MACRO nps_high(score) AS CASE WHEN count(score) > 0 THEN least(100, greatest(
    100 * ((count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / count(score)), 100 * (
    (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3)
    + 1.959963984540054 * sqrt((
        (count(*) FILTER (score >= 9) + count(*) FILTER (score <= 6) + 1.5) / (count(score) + 3)
        - pow((count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3), 2)
    ) / (count(score) + 3))))) END;

COMMENT ON MACRO category IS 'Category of a score: promoter 9-10, passive 7-8, detractor 0-6.';
COMMENT ON MACRO nps IS 'Aggregate of scores 0..10: net promoter score, -100..100; scores that are NULL do not count.';
COMMENT ON MACRO nps_low IS 'Aggregate of scores 0..10: lower end of the adjusted Wald (3,T) interval of nps at 95 %, each score as of a customer of its own.';
COMMENT ON MACRO nps_high IS 'Aggregate of scores 0..10: upper end of the adjusted Wald (3,T) interval of nps at 95 %, each score as of a customer of its own.';
