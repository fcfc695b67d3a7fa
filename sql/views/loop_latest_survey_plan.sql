-- loop.latest_survey_plan: the newest month.
-- columns: loop.survey_plan
CREATE OR REPLACE VIEW loop.latest_survey_plan AS
FROM loop.survey_plan
WHERE month = (SELECT max(month) FROM loop.survey_plan);
COMMENT ON VIEW loop.latest_survey_plan IS 'loop.survey_plan of the newest month, as of the clock. One row per customer and stage.';
