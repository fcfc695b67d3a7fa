"""The parameters of the simulated shop, each with its unit: what is planted for the warehouse to find.

Here: every number that shapes the shop, its countries, product categories, surveys and stages. Not here: drawing from
them (world), and what they amount to (planted_effects, expected_scores, customer_value).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, get_type_hints

COUNTRIES = ("BE", "DE", "ES", "FR", "GB", "IT", "NL", "PT")
CATEGORIES = ("Beauty", "Electronics", "Fashion", "Garden", "Home", "Toys")
SKU_PREFIXES = {"BEA": "Beauty", "ELE": "Electronics", "FAS": "Fashion", "GAR": "Garden", "HOM": "Home", "TOY": "Toys"}
SURVEYS = ("thank_you_page", "after_delivery", "relationship")
STAGES = ("prospect", "pre_delivery", "post_delivery", "post_order", "relational")
REPORTING_CURRENCY = "EUR"
SURVEY_NAMES = {"thank_you_page": "Thank-you page", "after_delivery": "After delivery", "relationship": "Relationship"}
SURVEY_SOURCES = {"thank_you_page": "qualtrics", "after_delivery": "retently", "relationship": "retently"}
CATEGORY_SHARES = (0.16, 0.18, 0.22, 0.16, 0.18, 0.1)
VAT = (0.21, 0.19, 0.21, 0.2, 0.2, 0.22, 0.21, 0.23)  # by country


@dataclass(frozen=True)
class Parameters:
    """Parameters of the shop; satisfaction is a standard normal trait of a person that does not change.

    A score is clip(round(score_mean + score_per_satisfaction * satisfaction + shifts + noise), 0, 10).
    """

    score_mean: Annotated[float, "score points"] = 7.65
    score_per_satisfaction: Annotated[float, "score points per standard deviation of satisfaction"] = 2.2
    score_noise: Annotated[float, "score points, standard deviation, independent for every answer"] = 0.8
    shift_late: Annotated[float, "score points, answers after a delivery later than the promised day"] = -1.6
    shift_guest: Annotated[float, "score points, answers about an order by a person without an account"] = -0.5
    shift_before_delivery: Annotated[float, "score points, answers on the thank-you page"] = 0.3
    shift_country: Annotated[dict[str, float], "score points, by country of the person"] = field(
        default_factory=lambda: {"DE": -0.5, "GB": 0.4}
    )
    shift_category: Annotated[dict[str, float], "score points, by the category with most value in the order"] = field(
        default_factory=lambda: {"Electronics": -0.8, "Garden": 0.5}
    )

    rate_shape: Annotated[float, "shape of the gamma distribution of purchase rates"] = 4.0
    rate_mean: Annotated[float, "repeat purchases a year while a customer, at satisfaction 0"] = 3.0
    rate_per_satisfaction: Annotated[float, "log of the purchase rate per standard deviation of satisfaction"] = 0.8
    dropout: Annotated[float, "probability to leave after any purchase, at satisfaction 0"] = 0.33
    dropout_per_satisfaction: Annotated[float, "log odds of leaving per standard deviation of satisfaction"] = -1.5
    growth: Annotated[float, "growth of new customers a month"] = 0.015
    prospect_share: Annotated[float, "share of the people who have an account and never order"] = 0.04
    guest_share: Annotated[float, "share of the buyers who have no account"] = 0.3
    taste: Annotated[float, "share of the variance of a product's price rank that belongs to the customer"] = 0.3
    discount_share: Annotated[float, "share of orders with a code for a tenth off"] = 0.15

    referred_share: Annotated[float, "share of the buyers who came through a recommendation"] = 0.18
    referral_per_satisfaction: Annotated[
        float, "log of the rate of recommending per standard deviation of satisfaction"
    ] = 1.2
    referral_delay: Annotated[float, "mean days from first order to recommendation, cut at the end"] = 120.0
    pending_referrals: Annotated[float, "recommendations without a purchase per recommendation with one"] = 0.3
    reward: Annotated[float, "EUR paid for a recommendation that led to an order"] = 10.0

    cancelled: Annotated[float, "probability that an order is cancelled within a day"] = 0.02
    refunded: Annotated[float, "probability that an order is refunded in full after 15 to 40 days"] = 0.03
    partly_refunded: Annotated[float, "probability that a tenth to six tenths of an order are refunded"] = 0.03
    late: Annotated[float, "probability of delivery after the promised day"] = 0.16
    untracked: Annotated[float, "probability that delivery is never recorded; such orders are on time"] = 0.03

    shown: Annotated[dict[str, float], "probability that a person is asked"] = field(
        default_factory=lambda: {"thank_you_page": 0.8, "after_delivery": 0.9, "relationship": 0.7}
    )
    response: Annotated[dict[str, float], "probability to answer at satisfaction 0 with an account"] = field(
        default_factory=lambda: {"thank_you_page": 0.42, "after_delivery": 0.5, "relationship": 0.35}
    )
    response_guest: Annotated[float, "log odds of an answer by a person without an account"] = -0.7
    response_per_satisfaction: Annotated[float, "log odds of an answer per standard deviation of satisfaction"] = 0.2
    delay_per_satisfaction: Annotated[
        float, "log of the wait from invitation to answer per standard deviation of satisfaction"
    ] = 0.0
    bounced: Annotated[float, "probability that an invitation by e-mail bounces"] = 0.02
    anonymous: Annotated[float, "probability that an answer names neither person nor order"] = 0.03
    declared: Annotated[dict[str, float], "probability that an answer names its order"] = field(
        default_factory=lambda: {"thank_you_page": 0.85, "after_delivery": 0.7}
    )
    commented: Annotated[float, "probability that an answer has a comment"] = 0.45
    second_topic: Annotated[float, "probability that a comment with a topic has another one"] = 0.25
    late_delivery_topic: Annotated[float, "times the weight of the topic delivery after a late delivery"] = 6.0
    contact_in_comment: Annotated[float, "probability that a comment has an e-mail address or a phone number"] = 0.03
    follow_up: Annotated[float, "probability that a detractor known by e-mail in Retently is contacted"] = 0.6
    follow_up_effect: Annotated[
        float, "greatest probability that a contact turns the next answer of somebody who would stay a detractor"
    ] = 0.0
    holdout: Annotated[float, "probability that a person is held out from contacts"] = 0.0

    csat: Annotated[float, "CSAT objects per answer in Retently's files; to be refused"] = 0.03
    bogus: Annotated[float, "bogus objects per answer in Retently's files; to be refused"] = 0.01
    preview: Annotated[float, "survey previews per answer in Qualtrics's file; to be refused"] = 0.01
    unfinished: Annotated[float, "unfinished rows per answer in Qualtrics's file; to be refused"] = 0.03

    def described(self) -> dict[str, dict[str, Any]]:
        """Every parameter with its value and unit."""
        hints = get_type_hints(type(self), include_extras=True)
        return {name: {"value": getattr(self, name), "unit": hint.__metadata__[0]} for name, hint in hints.items()}
