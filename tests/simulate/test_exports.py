"""The exports have the form that the tools write, and the same arguments give the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from pipelines.simulate import Simulated, simulate

FORMATS_2_10 = (
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,"
    "Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,"
    "Lineitem price,Lineitem compare at price,"
    "Lineitem sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,"
    "Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,Billing Zip,"
    "Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,"
    "Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,"
    "Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,"
    "Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,"
    "Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,"
    "Billing Province Name,Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References"
)
CONTINUED = {
    "Name", "Email", "Vendor", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku",
    "Lineitem requires shipping", "Lineitem taxable", "Lineitem fulfillment status", "Lineitem discount",
}  # fmt: skip
CANONICAL = {
    "invitations": "invitation_id,invited_at,customer_email,survey,stage,channel,delivered,opened,unsubscribed,bounced",
    "referrals": "referral_id,referred_at,advocate_email,friend_email,reward_cost,currency,status",
    "follow_ups": "response_id,contacted_at,resolved_at,owner,outcome,note",
    "customers": "customer_email,registered_at,country,birth_year,gender,tier,consent",
    "exchange_rates": "date,currency,rate",
}
SHOP = {"customers": 600, "months": 14, "seed": 3, "end": date(2025, 11, 20)}


@pytest.fixture(scope="module")
def shop(tmp_path_factory) -> Simulated:
    return simulate(tmp_path_factory.mktemp("shop") / "landing", **SHOP)


@pytest.fixture(scope="module")
def shopify(shop) -> list[dict[str, str]]:
    rows = []
    for path in shop.files:
        if path.parent.name == "shopify":
            with path.open(encoding="utf-8", newline="") as file:
                rows += list(csv.DictReader(file))
    return rows


@pytest.fixture(scope="module")
def feedback(shop) -> list[dict]:
    pages = [json.loads(path.read_text("utf-8")) for path in shop.files if path.parent.name == "retently"]
    assert all(page["message"] == "Success." and page["data"]["pages"] == len(pages) for page in pages)
    objects = [one for page in pages for one in page["data"]["responses"]]
    assert pages[0]["data"]["total"] == len(objects)
    return objects


@pytest.fixture(scope="module")
def qualtrics(shop) -> list[dict[str, str]]:
    (path,) = (path for path in shop.files if path.parent.name == "qualtrics")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def canonical(shop, name: str) -> pl.DataFrame:
    (path,) = (path for path in shop.files if path.name == f"{name}.csv")
    return pl.read_csv(path)


def digest(shop) -> dict[str, str]:
    paths = [*shop.files, shop.truth_path]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}


def answered(feedback) -> list[dict]:
    return [one for one in feedback if one["metricsType"] == "NPS" and not one["isBogus"]]


def finished(qualtrics) -> list[dict[str, str]]:
    return [row for row in qualtrics[2:] if row["Status"] == "IP Address" and row["Finished"] == "True"]


def test_same_arguments_give_the_same_bytes_and_another_seed_does_not(shop, tmp_path):
    again = simulate(tmp_path / "landing", **SHOP)
    assert digest(again) == digest(shop)
    other = digest(simulate(tmp_path / "other", **SHOP | {"seed": 4}))
    assert not {name for name, value in digest(shop).items() if other.get(name) == value}


def test_every_file_lies_in_the_landing_folder_and_the_truth_outside(shop, tmp_path):
    landing = shop.truth_path.parent / "landing"
    assert {path for path in landing.rglob("*") if path.is_file()} == set(shop.files)
    assert json.loads(shop.truth_path.read_text("utf-8")) == shop.truth
    with pytest.raises(ValueError, match="lies in the landing folder"):
        simulate(tmp_path, **SHOP, truth=tmp_path / "deep" / "truth.json")


@pytest.mark.parametrize("wrong", [{"customers": 0}, {"months": 0}, {"seed": -1}])
def test_nothing_to_simulate_is_refused(tmp_path, wrong):
    with pytest.raises(ValueError, match="customers and months must be 1 or more"):
        simulate(tmp_path / "landing", **SHOP | wrong)


@pytest.mark.parametrize("customers", [1, 2, 7])
def test_a_tiny_shop_is_a_shop(tmp_path, customers):
    shop = simulate(tmp_path / "landing", customers=customers, months=1, seed=1, end=date(2025, 3, 2))
    assert shop.customers == customers
    assert shop.truth["first_day"] == "2025-03-01"


def test_the_history_is_whole_calendar_months_up_to_the_end(shop, shopify):
    days = sorted({row["Created at"][:10] for row in shopify if row["Id"]})
    assert shop.truth["first_day"] == "2024-10-01"
    assert days[0] >= "2024-10-01"
    assert days[-1] <= "2025-11-19"


def test_shopify_has_the_header_of_2_10(shop):
    headers = {path.read_text("utf-8").split("\n", 1)[0] for path in shop.files if path.parent.name == "shopify"}
    assert headers == {FORMATS_2_10}
    assert sum(path.parent.name == "shopify" for path in shop.files) == 5  # five calendar quarters


def test_shopify_shows_an_order_on_its_first_row_only(shop, shopify):
    seen: set[str] = set()
    for row in shopify:
        filled = {name for name, value in row.items() if value}
        if row["Name"] in seen:
            assert filled <= CONTINUED
            assert {"Name", "Email", "Lineitem sku", "Vendor"} <= filled
        else:
            assert {"Id", "Total", "Currency", "Created at", "Financial Status", "Note Attributes"} <= filled
        seen.add(row["Name"])
    facts = shop.truth["facts"]
    assert len(seen) == shop.orders == facts["orders"]
    assert len(shopify) == facts["order_lines"]


@pytest.mark.parametrize("zone", ["Europe/Paris", "America/New_York", "Asia/Kolkata", "UTC"])
def test_shopify_times_carry_the_offset_of_the_zone_on_that_day(tmp_path, zone):
    shop = simulate(tmp_path / "landing", customers=150, months=12, seed=1, end=date(2025, 12, 31), zone=zone)
    offsets = set()
    for path in shop.files:
        if path.parent.name != "shopify":
            continue
        text = path.read_text("utf-8")
        for text_of_time in re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d{4}", text):
            moment = datetime.strptime(text_of_time, "%Y-%m-%d %H:%M:%S %z")
            assert moment.utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()
            offsets.add(text_of_time[-5:])
    year = {datetime(2025, month, 1, 12, tzinfo=ZoneInfo(zone)).strftime("%z") for month in (1, 7)}
    assert offsets == year


def test_money_of_an_order_adds_up(shopify):
    lines: dict[str, float] = {}
    for row in shopify:
        lines[row["Name"]] = lines.get(row["Name"], 0) + float(row["Lineitem price"]) * int(row["Lineitem quantity"])
    for row in shopify:
        if not row["Id"]:
            continue
        goods = lines[row["Name"]] - float(row["Discount Amount"])
        assert float(row["Subtotal"]) == pytest.approx(goods, abs=0.006)
        assert float(row["Total"]) == pytest.approx(goods + float(row["Shipping"]), abs=0.006)
        assert 0 <= float(row["Refunded Amount"]) <= float(row["Total"])
        assert (row["Financial Status"] == "refunded") == (row["Refunded Amount"] == row["Total"])
        assert (row["Currency"] == "GBP") == (row["Shipping Country"] == "GB")
        assert re.fullmatch(r"\d{13}", row["Id"])
        assert re.fullmatch(r"'\d{5}", row["Shipping Zip"])


def test_orders_are_counted_as_the_truth_says(shop, shopify):
    orders = [row for row in shopify if row["Id"]]
    facts = shop.truth["facts"]
    cancelled = [row for row in orders if row["Cancelled at"]]
    assert len(cancelled) == facts["cancelled"] > 0
    assert sum(row["Financial Status"] == "partially_refunded" for row in orders) == facts["partly_refunded"] > 0
    refunded = sum(row["Financial Status"] == "refunded" and not row["Cancelled at"] for row in orders)
    assert refunded == facts["refunded_in_full_not_cancelled"] > 0
    assert facts["orders_that_count"] == len(orders) - len(cancelled) - refunded
    assert sum(row["Currency"] == "GBP" for row in orders) == facts["in_pounds"] > 0
    registered = set(canonical(shop, "customers")["customer_email"])
    assert sum(row["Email"] not in registered for row in orders) == facts["orders_by_guests"] > 0
    assert len({row["Email"] for row in orders}) == facts["buyers"]
    assert len({row["Email"] for row in orders} | registered) == facts["customers"] == 600


def test_note_attributes_hold_promise_and_delivery(shop, shopify):
    promised, delivered, late = 0, 0, 0
    for row in shopify:
        if not row["Id"]:
            continue
        note = re.fullmatch(
            r"Promised delivery: (\d{4}-\d\d-\d\d)(?:\nDelivered: (\S+) \d\d:\d\d:\d\d [+-]\d{4})?",
            row["Note Attributes"],
        )
        assert note
        promised += 1
        delivered += note[2] is not None
        late += (note[2] or "") > note[1]
    facts = shop.truth["facts"]
    assert (promised, delivered, late) == (facts["orders"], facts["delivered"], facts["delivered_late"])


def test_revenue_by_month_is_what_the_files_hold(shop, shopify):
    rates = canonical(shop, "exchange_rates")
    by_day = dict(zip(rates["date"], rates["rate"], strict=True))
    assert all(date.fromisoformat(day).weekday() < 5 for day in by_day)
    days = sorted(by_day)
    net: dict[str, float] = {}
    for row in shopify:
        if not row["Id"]:
            continue
        day = row["Created at"][:10]
        rate = by_day[max(quoted for quoted in days if quoted <= day)] if row["Currency"] == "GBP" else 1.0
        net_amount = round(float(row["Total"]) / rate, 2) - round(float(row["Refunded Amount"]) / rate, 2)
        net[day[:7]] = net.get(day[:7], 0.0) + (0.0 if row["Cancelled at"] else net_amount)
    truth = {row["month"]: row["net"] for row in shop.truth["facts"]["by_month"]}
    assert truth.keys() == net.keys()
    assert all(abs(truth[month] - net[month]) < 0.03 for month in net)
    assert shop.truth["facts"]["net_revenue"] == pytest.approx(sum(truth.values()), abs=0.01)


def test_feedback_objects_have_the_keys_and_types_of_the_api(feedback):
    keys = [
        "id",
        "customerId",
        "email",
        "firstName",
        "lastName",
        "companyName",
        "jobTitle",
        "country",
        "state",
        "city",
        "tags",
        "customProps",
        "campaignId",
        "campaignName",
        "createdDate",
        "score",
        "comment",
        "checkbox",
        "additionalQuestions",
        "feedbackTags",
        "notes",
        "status",
        "assigned",
        "ratingCategory",
        "resolved",
        "channel",
        "metricsType",
        "isBogus",
    ]
    for one in feedback:
        assert list(one) == keys
        assert re.fullmatch(r"[0-9a-f]{24}", one["id"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", one["createdDate"])
        assert isinstance(one["score"], int)
        assert isinstance(one["tags"], list)
        assert all(set(prop) == {"label", "name", "type", "value"} for prop in one["customProps"])
        assert all(set(asked) == {"question", "answer"} for asked in one["additionalQuestions"])
    assert len({one["id"] for one in feedback}) == len(feedback)
    assert [one["createdDate"] for one in feedback] == sorted(one["createdDate"] for one in feedback)


def test_some_feedback_names_its_order_and_some_does_not(shopify, feedback):
    orders = {row["Name"]: row for row in shopify if row["Id"]}
    asked = [one for one in answered(feedback) if one["campaignName"] == "After delivery"]
    named = {one["id"]: prop["value"] for one in asked for prop in one["customProps"] if prop["name"] == "order_id"}
    assert 0.5 < len(named) / len(asked) < 0.9
    for one in asked:
        if one["id"] in named:
            order = orders[named[one["id"]]]
            assert order["Email"] == one["email"].lower()
            assert not order["Cancelled at"]


def test_qualtrics_has_three_header_rows_and_the_zone_in_the_third(qualtrics):
    text, imports = qualtrics[0], qualtrics[1]
    assert text["StartDate"] == "Start Date"
    ids = {name: json.loads(value) for name, value in imports.items()}
    zoned = {name for name, value in ids.items() if value.get("timeZone") == "America/Denver"}
    assert zoned == {"StartDate", "EndDate", "RecordedDate"}
    assert ids["ResponseId"] == {"ImportId": "_recordId"}
    assert list(text)[-5:] == ["UserLanguage", "Q1_NPS_GROUP", "Q1", "Q2", "order_id"]


def test_thank_you_answers_come_minutes_after_their_order(shopify, qualtrics):
    created = {
        row["Id"]: (datetime.strptime(row["Created at"], "%Y-%m-%d %H:%M:%S %z"), row["Email"])
        for row in shopify
        if row["Id"]
    }
    named = [row for row in finished(qualtrics) if row["order_id"]]
    assert len(named) > 50
    for row in named:
        ordered_at, email = created[row["order_id"]]
        answered_at = datetime.fromisoformat(row["EndDate"]).replace(tzinfo=ZoneInfo("America/Denver"))
        assert 0 < (answered_at - ordered_at).total_seconds() < 1000
        assert email == row["RecipientEmail"]


def test_qualtrics_shows_labels_at_the_ends_of_the_scale(qualtrics):
    shown = {row["Q1"] for row in finished(qualtrics)}
    assert shown <= {*map(str, range(11)), "10 - Extremely likely", "0 - Not at all likely"}
    assert {"10", "10 - Extremely likely"} <= shown
    for row in finished(qualtrics):
        score = int(row["Q1"].split(" ")[0])
        assert row["Q1_NPS_GROUP"] == ("Promoter" if score >= 9 else "Passive" if score >= 7 else "Detractor")


def test_answers_and_refused_rows_are_counted_as_the_truth_says(shop, feedback, qualtrics):
    facts, refused = shop.truth["facts"], shop.truth["refused"]
    good = answered(feedback)
    assert len(good) == facts["responses_by_source"]["retently"]
    assert len(finished(qualtrics)) == facts["responses_by_source"]["qualtrics"]
    assert shop.responses == facts["responses"] == len(good) + len(finished(qualtrics))
    assert sum(one["metricsType"] == "CSAT" for one in feedback) == refused["csat"]["rows"] > 0
    assert sum(one["isBogus"] for one in feedback) == refused["bogus"]["rows"] > 0
    assert sum(row["Status"] == "Survey Preview" for row in qualtrics[2:]) == refused["preview"]["rows"] > 0
    assert sum(row["Finished"] == "False" for row in qualtrics[2:]) == refused["unfinished"]["rows"] > 0
    for name in ("After delivery", "Relationship"):
        survey = {"After delivery": "after_delivery", "Relationship": "relationship"}[name]
        assert sum(one["campaignName"] == name for one in good) == facts["responses_by_survey"][survey] > 0
    nobody = sum(one["email"] is None for one in good) + sum(not row["RecipientEmail"] for row in finished(qualtrics))
    assert nobody == facts["responses_anonymous"] > 0
    texts = [one["comment"] for one in good] + [row["Q2"] for row in finished(qualtrics)]
    assert sum(bool(text) for text in texts) == facts["comments"]
    assert any("\n" in (text or "") for text in texts)
    given = sum(bool(re.search(r"@example|\+33", text or "")) for text in texts)
    assert given == facts["comments_with_address_or_phone"] > 0


def test_observed_score_of_the_truth_is_the_score_of_the_files(shop, feedback, qualtrics):
    scores = [one["score"] for one in answered(feedback)] + [
        int(row["Q1"].split(" ")[0]) for row in finished(qualtrics)
    ]
    promoters, detractors = sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    facts = shop.truth["facts"]["responses_by_category"]
    assert (promoters, detractors) == (facts["promoter"], facts["detractor"])
    observed = shop.truth["nps_expected_all"]["all"]["observed"]
    assert observed == pytest.approx(100 * (promoters - detractors) / len(scores), abs=1e-5)


@pytest.mark.parametrize("name", CANONICAL)
def test_canonical_files_have_the_columns_of_the_canonical_formats(shop, name):
    assert ",".join(canonical(shop, name).columns) == CANONICAL[name]


def test_canonical_files_are_counted_as_the_truth_says(shop, shopify, feedback):
    facts = shop.truth["facts"]
    invitations = canonical(shop, "invitations")
    assert len(invitations) == sum(facts["invitations"].values())
    assert int(invitations["bounced"].sum()) == facts["invitations_bounced"]
    referrals = canonical(shop, "referrals")
    assert len(referrals) == facts["referrals"]["rows"]
    assert facts["referrals"]["void"] + facts["referrals"]["completed"] + facts["referrals"]["pending"] == len(
        referrals
    )
    buyers = {row["Email"] for row in shopify if row["Id"]}
    came = set(referrals.filter(pl.col("status") != "pending")["friend_email"])
    assert came <= buyers
    assert not set(referrals.filter(pl.col("status") == "pending")["friend_email"]) & buyers
    assert set(referrals["advocate_email"]) <= buyers
    follow_ups = canonical(shop, "follow_ups")
    unhappy = {f"retently:{one['id']}" for one in answered(feedback) if one["score"] <= 6 and one["email"]}
    assert set(follow_ups["response_id"]) <= unhappy
    assert len(follow_ups) == facts["follow_ups"] > 0
    assert canonical(shop, "customers")["customer_email"].n_unique() == facts["registered_in_file"]


def test_recommendations_come_after_the_advocates_first_order_and_before_the_friends(shop, shopify):
    first: dict[str, str] = {}
    for row in shopify:
        if row["Id"]:
            first.setdefault(row["Email"], row["Created at"][:10])
    for row in canonical(shop, "referrals").to_dicts():
        assert first[row["advocate_email"]] < row["referred_at"][:10]
        if row["status"] != "pending":
            assert row["referred_at"][:10] < first[row["friend_email"]]


def test_addresses_and_numbers_belong_to_nobody(shop):
    for path in shop.files:
        text = path.read_text("utf-8").lower()
        assert not [domain for domain in re.findall(r"[\w.+-]+@([\w.-]*\w)", text) if domain not in
                    {"example.com", "example.org", "example.net"}]  # fmt: skip
        numbers = set(re.findall(r"\+\d[\d ]{7,}", text))
        assert all(n.replace(" ", "").startswith(("+331990", "+44770090", "+4930231250")) for n in numbers)
