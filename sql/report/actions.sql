-- What would move the score most, with what it is worth.
SELECT rank, dimension, segment, responses, score_effect, score_effect_low, score_effect_high, value_effect, value_effect_low,
    value_effect_high, is_certain, example
FROM loop.latest_actions
ORDER BY rank;
