-- What an analyst may write instead of the formula. The interval is adjusted Wald (3,T) at 95 %, as nps.by_period has
-- it at the default NORTHSTAR_CONFIDENCE: pseudo-answers 0.75, 1.5, 0.75 are added (Rocks 2016).
CREATE OR REPLACE MACRO category(score) AS
    CASE WHEN score >= 9 THEN 'promoter' WHEN score >= 7 THEN 'passive' WHEN score >= 0 THEN 'detractor' END;

CREATE OR REPLACE MACRO nps(score) AS
    100.0 * (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / nullif(count(score), 0);

CREATE OR REPLACE MACRO nps_low(score) AS greatest(-100, 100 * (
    (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3)
    - 1.959963984540054 * sqrt((
        (count(*) FILTER (score >= 9) + count(*) FILTER (score <= 6) + 1.5) / (count(score) + 3)
        - pow((count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3), 2)
    ) / (count(score) + 3))));

CREATE OR REPLACE MACRO nps_high(score) AS least(100, 100 * (
    (count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3)
    + 1.959963984540054 * sqrt((
        (count(*) FILTER (score >= 9) + count(*) FILTER (score <= 6) + 1.5) / (count(score) + 3)
        - pow((count(*) FILTER (score >= 9) - count(*) FILTER (score <= 6)) / (count(score) + 3), 2)
    ) / (count(score) + 3))));
