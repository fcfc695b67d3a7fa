"""The planted truth is in the answers: expected scores, effects, value by category, comments by topic."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import numpy as np
import polars as pl
import pytest

from pipelines.simulate import Parameters, comments
from pipelines.simulate.truth.customer_value import by_latest_category
from pipelines.simulate.truth.document import truth_of
from pipelines.simulate.world import build

END = date(2026, 1, 1)
ZONE = "Europe/Paris"

# Stems of driver_lexicon.json for two languages (the whole list is checked where the lexicon lives).
STEMS = {
    "en": {
        "delivery": "deliver shipping shipment shipped courier late delay arriv tracking",
        "packaging": "packag packing box wrapped",
        "product_quality": "quality broke defect faulty damaged size fake",
        "price": "price expensive cheap cost value discount",
        "site_navigation": "website site search navigat hard",
        "checkout_payment": "checkout payment paying card refund invoice cart",
        "support": "support staff helpful respond response reply rude contact",
        "pictures": "picture photo image description misleading",
    },
    "fr": {
        "delivery": "livr delai retard expedi colis transporteur attente arriv",
        "packaging": "emballag carton abime paquet",
        "product_quality": "qualite defaut defectu casse taille produit",
        "price": "prix cher tarif promo",
        "site_navigation": "site naviga recherche appli page internet",
        "checkout_payment": "caisse paiement payer carte rembours facture panier",
        "support": "service sav accueil personnel conseil aimable renseign",
        "pictures": "photo image descri",
    },
}


def shop(seed, customers=400, months=12, **parameters):
    return build(customers=customers, months=months, seed=seed, end=END, zone=ZONE, parameters=Parameters(**parameters))


@pytest.mark.slow
def test_observed_scores_lie_around_the_expected_ones_as_their_noise_says():
    off = {"nps_expected_all": [], "nps_expected_latest": []}
    for seed in range(60):
        truth = truth_of(shop(seed))
        for name, distances in off.items():
            score = truth[name]["all"]
            distances.append((score["observed"] - score["nps"]) / score["noise_standard_error"])
    for distances in off.values():
        assert abs(np.mean(distances)) < 0.5  # 4 standard errors
        assert 0.75 < np.std(distances) < 1.3
        assert np.mean(np.abs(distances) < 1.96) > 0.85


@pytest.mark.slow
def test_promoters_are_worth_more_than_passives_and_these_more_than_detractors():
    for seed in range(1, 41):
        value = {row["category"]: row["total_value"] for row in by_latest_category(shop(seed)).to_dicts()}
        assert value["promoter"] > value["passive"] > value["detractor"], seed


def test_the_shop_is_a_sensible_one():
    truth = truth_of(shop(1, customers=20_000, months=24))
    facts = truth["facts"]
    assert 2.5 < facts["orders"] / facts["buyers"] < 3.1
    assert 25 < truth["nps_expected_all"]["all"]["nps"] < 42
    assert truth["nps_expected_all"]["all"]["nps"] == pytest.approx(truth["nps_expected_all"]["all"]["observed"], abs=2)


def test_planted_shifts_show_in_points():
    world = shop(2, customers=20_000, months=12)
    effects = truth_of(world)["effects"]
    planted = {"late": -1, "guest": -1, "before_delivery": 1, "country DE": -1, "country GB": 1,
               "category Electronics": -1, "category Garden": 1}  # fmt: skip
    assert {name: np.sign(effect["nps_points"]) for name, effect in effects.items()} == planted
    flat = truth_of(shop(2, customers=20_000, months=12, shift_late=0.0))
    assert flat["effects"]["late"]["responses"] == 0
    # The same shop without the shift: the overall difference is the effect the truth claims.
    moved = truth_of(world)["nps_expected_all"]["all"]["nps"] - flat["nps_expected_all"]["all"]["nps"]
    assert moved == pytest.approx(effects["late"]["nps_points_overall"], abs=1e-5)


def test_expected_orders_of_the_first_year_are_what_happens():
    world = shop(5, customers=30_000, months=30)
    buyers = world.people.filter(~pl.col("is_prospect") & (pl.col("arrival") < world.calendar.days - 366))
    ordered = world.orders.join(buyers.select("person", "first_order_at"), on="person").filter(
        pl.col("ordered_at") < pl.col("first_order_at") + 365.25 * 24 * 3600
    )
    rate, leave = buyers["rate"].to_numpy(), buyers["dropout"].to_numpy()
    expected = 1 + (1 - leave) / leave * -np.expm1(-rate * leave)
    assert len(ordered) / len(buyers) == pytest.approx(expected.mean(), rel=0.03)
    terciles = truth_of(world)["value"]["expected_first_12_months_by_satisfaction"]
    assert [row["tercile"] for row in terciles] == ["low", "middle", "high"]
    assert terciles[0]["revenue_12m"] < terciles[1]["revenue_12m"] < terciles[2]["revenue_12m"]


def test_guests_and_the_unhappy_answer_less_often():
    world = shop(3, customers=20_000, months=12)
    asked = world.invitations.filter(pl.col("survey") == 1).join(
        world.people.select("person", "is_guest", "satisfaction"), on="person"
    )
    share = asked.group_by("is_guest", pl.col("satisfaction") > 0).agg(pl.col("answered").mean())
    rates = {(row["is_guest"], row["satisfaction"]): row["answered"] for row in share.to_dicts()}
    assert rates[(True, True)] < rates[(False, True)] - 0.05
    assert rates[(True, False)] < rates[(False, False)] - 0.05
    assert rates[(False, False)] < rates[(False, True)]


def test_windows_of_the_truth_partition_the_answers():
    truth = truth_of(shop(4, months=14))
    windows = pl.DataFrame(truth["nps_expected_by_window"], infer_schema_length=None)
    assert windows.select("grain", "period_start", "stage").is_unique().all()
    for grain in ("month", "quarter", "year"):
        one = windows.filter(pl.col("grain") == grain)
        for stage in ("all", "stages"):
            rows = one.filter((pl.col("stage") == "all") == (stage == "all"))
            assert rows["responses_all"].sum() == truth["facts"]["responses"]
    assert (windows["responses_latest"] <= windows["responses_all"]).all()
    assert windows["period_end"].max() == END.isoformat()
    latest = {
        row["stage"]: row["responses_latest"] for row in windows.filter(pl.col("grain") == "trailing_365d").to_dicts()
    }
    assert latest.pop("all") == sum(latest.values())


def test_late_deliveries_are_written_about():
    world = shop(6, customers=20_000, months=12)
    written = world.answers.filter(pl.col("commented") & (pl.col("survey") == 1))
    about = written.with_columns(delivery=(pl.col("topic_1") == 0) | (pl.col("topic_2") == 0))
    share = dict(about.group_by("felt_late").agg(pl.col("delivery").mean()).iter_rows())
    assert share[True] > 2 * share[False]
    assert world.answers["commented"].mean() == pytest.approx(0.45, abs=0.02)


def plain(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFKD", text.lower()) if not unicodedata.combining(sign))


@pytest.mark.parametrize("language", sorted(STEMS))
def test_a_sentence_is_about_its_own_topic_only(language):
    sentences = [(topic, text) for topic, texts in zip(comments.TOPICS, comments.SENTENCES[language], strict=True)
            for text in texts]  # fmt: skip
    sentences += [(None, text) for text in (*comments.OPENINGS[language], *comments.PLEAS[language])]
    for own, text in sentences:
        words = re.findall(r"\w+", plain(text))
        topics = {
            topic
            for topic, stems in STEMS[language].items()
            if any(word.startswith(stem) for word in words for stem in stems.split())
        }
        assert topics == ({own} if own else set()), text


def test_every_language_has_every_sentence():
    assert set(comments.SENTENCES) == set(comments.OPENINGS) == set(comments.PLEAS) == set(comments.LANGUAGES)
    for texts in comments.SENTENCES.values():
        assert len(texts) == len(comments.TOPICS)
    every = [text for texts in comments.SENTENCES.values() for four in texts for text in four]
    assert len(every) == len(comments.LANGUAGES) * len(comments.TOPICS) * 4


def test_the_truth_of_all_buyers_is_that_of_each_buyers_last_order_in_the_window():
    planted = shop(3, score_noise=1e-9)
    truth = truth_of(planted)
    assert truth["buyers_trailing_365d"]["buyers"] > truth["buyers_quarter"]["buyers"] > 0
    start = (date(2025, 10, 1) - planted.calendar.start).days
    last: dict[int, dict] = {}
    for order in planted.orders.filter(pl.col("counts") & (pl.col("day") >= start)).sort("ordered_at").to_dicts():
        last[order["person"]] = order
    people = planted.people.to_dicts()
    signs = []
    for order in last.values():
        person = people[order["person"]]
        mean = 7.65 + 2.2 * person["satisfaction"] - 1.6 * order["is_late"] - 0.5 * order["is_guest"]
        mean += {1: -0.5, 4: 0.4}.get(person["country"], 0) + {1: -0.8, 3: 0.5}.get(order["category"], 0)
        signs.append((mean > 8.5) - (mean < 6.5))
    assert truth["buyers_quarter"]["nps"] == pytest.approx(100 * np.mean(signs), abs=0.01)
