-- table: loop.effect
-- blocking: yes
-- each: month
-- An effect lies in its interval and in its bound, both are given or a reason, and only what was drawn has a bound.
SELECT month, category, outcome, kind, hours_to_contact FROM loop.effect
WHERE effect NOT BETWEEN effect_low AND effect_high OR effect NOT BETWEEN anytime_low AND anytime_high
    OR isnan(effect) OR isnan(effect_low) OR isnan(effect_high) OR isnan(anytime_low) OR isnan(anytime_high)
    OR (effect_low IS NULL) <> (reason IS NOT NULL) OR (effect_low IS NULL) <> (effect_high IS NULL)
    OR (kind = 'association' AND anytime_low IS NOT NULL)
