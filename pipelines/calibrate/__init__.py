"""How often published intervals hold the truth, over simulated shops: `northstar calibrate`.

Here: a shop's core tables without files (shop), the list of all intervals (intervals), the true figures (truth),
drawing shops and counting (measure), and the table of pipelines/statistics/README.md (page). Not here: the formulas
(pipelines/statistics) and what each figure is (pipelines/nps, pipelines/value).
"""
