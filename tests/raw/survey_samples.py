"""What each survey tool's sample file must become: data only, read by test_survey_formats.py."""
# ruff: noqa: E501 (texts as they are stored)

from __future__ import annotations

from typing import Any

# Sample, business zone, rows by table; a column that is not named is NULL. Times are shown in the business zone.
SAMPLES: dict[str, tuple[str, dict[str, Any]]] = {
    "retently.json": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "5d3d1",
                    "responded_at": "2019-07-28 04:33:13.217+00",
                    "score": "0",
                    "survey": "After delivery",
                    "customer_email": "Ana@Example.com",
                    "customer_id": "5c1",
                    "order_id": "#1001",
                    "comment": "Late,\nand broken",
                    "channel": "email",
                    "answers": "{Why?=price}",
                    "row_number": "1",
                    "identity": "e:ana@example.com",
                },
                {
                    "response_id": "5d3d4",
                    "responded_at": "2019-07-28 07:00:00+00",
                    "score": "9",
                    "survey": "Web",
                    "customer_id": "5c4",
                    "channel": "web",
                    "row_number": "4",
                    "identity": "i:retently:5c4",
                },
            ],
            "rejected": [("2", "responses", "not_nps", "score", "5"), ("3", "responses", "bogus", None, None)],
        },
    ),
    "retently_outbox.json": (
        "UTC",
        {
            "invitations": [
                {
                    "invitation_id": "c9-5c1-2019-07-27T04:00:00.000Z",
                    "invited_at": "2019-07-27 04:00:00+00",
                    "customer_email": "Ana@shop.example",
                    "customer_id": "5c1",
                    "survey": "After delivery",
                    "channel": "email",
                    "delivered": "true",
                    "opened": "true",
                    "unsubscribed": "false",
                    "bounced": "false",
                    "updated_at": "2019-07-28 04:33:13.217+00",
                    "row_number": "1",
                    "identity": "e:ana@shop.example",
                },
                {
                    "invitation_id": "c9-5c2-2019-07-27T04:00:01.000Z",
                    "invited_at": "2019-07-27 04:00:01+00",
                    "customer_email": "ben@shop.example",
                    "customer_id": "5c2",
                    "survey": "After delivery",
                    "channel": "email",
                    "delivered": "false",
                    "opened": "false",
                    "unsubscribed": "false",
                    "bounced": "true",
                    "updated_at": "2019-07-27 04:00:01+00",
                    "row_number": "2",
                    "identity": "e:ben@shop.example",
                },
                {
                    "invitation_id": "c9-5c3-2019-07-27T04:00:02.000Z",
                    "invited_at": "2019-07-27 04:00:02+00",
                    "customer_email": "cy@shop.example",
                    "customer_id": "5c3",
                    "survey": "After delivery",
                    "channel": "email",
                    "delivered": "true",
                    "opened": "true",
                    "unsubscribed": "true",
                    "bounced": "false",
                    "updated_at": "2019-07-29 10:00:00+00",
                    "row_number": "3",
                    "identity": "e:cy@shop.example",
                },
            ],
            "rejected": [("4", "invitations", "not_sent", None, None)],
        },
    ),
    "delighted.json": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "1",
                    "responded_at": "2024-04-18 05:34:20+00",
                    "score": "0",
                    "customer_id": "10",
                    "order_id": "1001",
                    "answers": "{Again?=Yes, How easy?=4, What do you like?='Convenience, Price', Who else?='A shop, \"near\" me'}",
                    "row_number": "1",
                    "identity": "i:delighted:10",
                    "extra": '{"person_properties":{"purchase_experience":"Retail Store","country":"USA","Order ID":"1001"}}',
                },
                {
                    "response_id": "2",
                    "responded_at": "2024-04-18 05:35:00+00",
                    "score": "9",
                    "customer_email": "Eve@shop.example",
                    "customer_id": "11",
                    "comment": "Good\nand quick",
                    "row_number": "2",
                    "identity": "e:eve@shop.example",
                },
                {
                    "response_id": "2",
                    "responded_at": "2024-04-18 05:35:00+00",
                    "score": "10",
                    "customer_email": "Eve@shop.example",
                    "customer_id": "11",
                    "comment": "Good\nand quick",
                    "updated_at": "2024-04-19 05:35:00+00",
                    "row_number": "3",
                    "identity": "e:eve@shop.example",
                },
            ],
            "rejected": [("4", "responses", "not_nps", "score", "4")],
        },
    ),
    "asknicely.json": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "54120",
                    "responded_at": "2021-02-24 18:43:20+00",
                    "score": "0",
                    "customer_email": "Fay@shop.example",
                    "customer_id": "54121",
                    "order_id": "1001",
                    "invited_at": "2021-02-24 18:41:59+00",
                    "row_number": "1",
                    "identity": "e:fay@shop.example",
                    "extra": '{"custom":{"order_id_c":"1001","store_c":"Lyon"}}',
                },
                {
                    "response_id": "54124",
                    "responded_at": "2021-02-24 18:45:00+00",
                    "score": "10",
                    "customer_email": "jo@shop.example",
                    "customer_id": "54125",
                    "comment": "Love it",
                    "row_number": "5",
                    "identity": "e:jo@shop.example",
                },
            ],
            "invitations": [
                {
                    "invitation_id": "54120",
                    "invited_at": "2021-02-24 18:41:59+00",
                    "customer_email": "Fay@shop.example",
                    "customer_id": "54121",
                    "opened": "true",
                    "unsubscribed": "false",
                    "updated_at": "2021-02-24 18:43:20+00",
                    "row_number": "1",
                    "identity": "e:fay@shop.example",
                },
                {
                    "invitation_id": "54121",
                    "invited_at": "2021-02-24 18:42:00+00",
                    "customer_email": "gus@shop.example",
                    "customer_id": "54122",
                    "opened": "false",
                    "unsubscribed": "true",
                    "updated_at": "2021-02-24 18:42:00+00",
                    "row_number": "2",
                    "identity": "e:gus@shop.example",
                },
            ],
            "rejected": [("3", "responses", "not_nps", "score", "5"), ("4", "responses", "not_nps", "score", None)],
        },
    ),
    "wootric.json": (
        "Europe/Paris",
        {
            "responses": [
                {
                    "response_id": "1122334",
                    "responded_at": "2024-06-13 02:00:00+02",
                    "score": "9",
                    "customer_email": "Kim@shop.example",
                    "customer_id": "usr_12345",
                    "order_id": "1001",
                    "comment": "Nice,\nreally",
                    "updated_at": "2024-06-13 02:01:00+02",
                    "row_number": "1",
                    "identity": "e:kim@shop.example",
                    "extra": '{"origin_url":"https://shop.example/thanks"}',
                },
                {
                    "response_id": "1122335",
                    "responded_at": "2013-12-07 02:26:21+01",
                    "score": "0",
                    "customer_email": "lou@shop.example",
                    "customer_id": "987655",
                    "updated_at": "2013-12-07 02:26:21+01",
                    "row_number": "2",
                    "identity": "e:lou@shop.example",
                },
                {
                    "response_id": "1122338",
                    "responded_at": "2024-06-13 02:00:03+02",
                    "score": "6",
                    "survey": "s1",
                    "customer_id": "987658",
                    "updated_at": "2024-06-13 02:00:03+02",
                    "row_number": "5",
                    "identity": "i:wootric:987658",
                },
            ],
            "rejected": [("3", "responses", "excluded", None, None), ("4", "responses", "partial", None, None)],
        },
    ),
    "surveymonkey.csv": (
        "America/New_York",
        {
            "responses": [
                {
                    "response_id": "11530000001",
                    "responded_at": "2024-05-13 14:05:09-04",
                    "score": "10",
                    "customer_email": "Oda@shop.example",
                    "comment": 'Great,\n"really"',
                    "answers": "{How satisfied are you with - Delivery=Very, How satisfied are you with - Price=Somewhat, What did you buy?='Cream, Candle'}",
                    "row_number": "1",
                    "identity": "e:oda@shop.example",
                    "extra": '{"custom_data":{"Custom Data 1":"1001"}}',
                },
                {
                    "response_id": "11530000002",
                    "responded_at": "2024-05-14 09:01:00-04",
                    "score": "0",
                    "answers": "{'What did you buy? - Other (please specify)'=Soap}",
                    "row_number": "2",
                },
            ],
            "invitations": [
                {
                    "invitation_id": "11530000003",
                    "invited_at": "2024-05-15 09:00:00-04",
                    "customer_email": "per@shop.example",
                    "opened": "true",
                    "row_number": "3",
                    "identity": "e:per@shop.example",
                }
            ],
            "rejected": [("4", "responses", "partial", None, None), ("5", "responses", "partial", None, None)],
        },
    ),
    "surveymonkey_2012.csv": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "1153000001",
                    "responded_at": "2012-05-03 13:05:09+00",
                    "score": "9",
                    "customer_email": "quin@shop.example",
                    "answers": "{'Why do you recommend us, or not?'=cheap}",
                    "row_number": "1",
                    "identity": "e:quin@shop.example",
                },
                {
                    "response_id": "1153000002",
                    "responded_at": "2012-11-04 00:31:00+00",
                    "score": "8",
                    "row_number": "2",
                },
            ]
        },
    ),
    "typeform.csv": (
        "Asia/Tokyo",
        {
            "responses": [
                {
                    "response_id": "a68127e3d5e9ca5f5fac8e04fa692a9e",
                    "responded_at": "2024-04-03 18:05:40+09",
                    "score": "9",
                    "customer_email": "sam@shop.example",
                    "customer_id": "77",
                    "comment": "Nice",
                    "answers": "{Would you buy again?=Yes}",
                    "row_number": "1",
                    "identity": "e:sam@shop.example",
                    "extra": '{"hidden":{"customer_id":"77","utm_source":"mail"}}',
                }
            ],
            "invitations": [
                {
                    "invitation_id": "c68127e3d5e9ca5f5fac8e04fa692a9e",
                    "invited_at": "2024-04-03 20:05:14+09",
                    "customer_email": "tom@shop.example",
                    "customer_id": "78",
                    "opened": "true",
                    "row_number": "3",
                    "identity": "e:tom@shop.example",
                }
            ],
            "rejected": [("2", "responses", "partial", None, None), ("4", "responses", "partial", None, None)],
        },
    ),
    "typeform_2018.csv": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "068127e3d5e9ca5f5fac8e04fa692a9e",
                    "responded_at": "2018-04-03 09:05:40+00",
                    "score": "10",
                    "customer_email": "Ria@shop.example",
                    "order_id": "1001",
                    "comment": "Quick,\nfriendly",
                    "answers": "{Which of these do you use?=Candles}",
                    "row_number": "1",
                    "identity": "e:ria@shop.example",
                    "extra": '{"hidden":{"order_id":"1001"}}',
                },
                {
                    "response_id": "168127e3d5e9ca5f5fac8e04fa692a9e",
                    "responded_at": "2018-04-03 10:05:40+00",
                    "score": "0",
                    "row_number": "2",
                },
            ]
        },
    ),
    "typeform_api.json": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "21085286190ffad1248d17c4135ee56f",
                    "responded_at": "2024-04-03 09:05:40+00",
                    "score": "0",
                    "customer_email": "Xia@shop.example",
                    "customer_id": "79",
                    "order_id": "1001",
                    "comment": 'Late,\n"broken"',
                    "answers": "{again=Yes, bought='Cream, Candle', stars=4}",
                    "row_number": "1",
                    "identity": "e:xia@shop.example",
                    "extra": '{"hidden":{"order_id":"1001","customer_id":"79"}}',
                }
            ],
            "invitations": [
                {
                    "invitation_id": "c1",
                    "invited_at": "2024-04-03 11:05:14+00",
                    "customer_email": "yan@shop.example",
                    "opened": "true",
                    "row_number": "3",
                    "identity": "e:yan@shop.example",
                }
            ],
            "rejected": [("2", "responses", "partial", None, None), ("4", "responses", "partial", None, None)],
        },
    ),
    "google_forms.csv": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "20201024T215958Z-10-1",
                    "responded_at": "2020-10-24 21:59:58+00",
                    "score": "10",
                    "customer_email": "Uma@shop.example",
                    "comment": 'nothing,\n"really"',
                    "answers": "{What did you buy?=Cream;Candle}",
                    "row_number": "1",
                    "identity": "e:uma@shop.example",
                },
                {
                    "response_id": "20201024T230844Z-0-1",
                    "responded_at": "2020-10-24 23:08:44+00",
                    "score": "0",
                    "row_number": "2",
                },
                {
                    "response_id": "20201024T230844Z-7-1",
                    "responded_at": "2020-10-24 23:08:44+00",
                    "score": "7",
                    "row_number": "3",
                },
                {
                    "response_id": "20201024T230844Z-7-2",
                    "responded_at": "2020-10-24 23:08:44+00",
                    "score": "7",
                    "row_number": "4",
                },
            ],
            "invitations": [
                {
                    "invitation_id": "20201030T140844Z-x-1",
                    "invited_at": "2020-10-30 14:08:44+00",
                    "customer_email": "vic@shop.example",
                    "opened": "true",
                    "row_number": "5",
                    "identity": "e:vic@shop.example",
                }
            ],
            "rejected": [("6", "responses", "partial", None, None)],
        },
    ),
    "google_sheet.csv": (
        "Europe/Paris",
        {
            "responses": [
                {
                    "response_id": "20201030T140844Z-9-1",
                    "responded_at": "2020-10-30 15:08:44+01",
                    "score": "9",
                    "customer_email": "wil@shop.example",
                    "comment": "Preis",
                    "row_number": "1",
                    "identity": "e:wil@shop.example",
                },
                {
                    "response_id": "20201101T080000Z-2-1",
                    "responded_at": "2020-11-01 09:00:00+01",
                    "score": "2",
                    "row_number": "2",
                },
            ]
        },
    ),
    "qualtrics.csv": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "R_1",
                    "responded_at": "2024-05-01 16:02:00+00",
                    "score": "10",
                    "customer_email": "dora@example.com",
                    "customer_id": "77",
                    "order_id": "#1001",
                    "comment": "Quick,\nand friendly",
                    "language": "EN",
                    "channel": "email",
                    "row_number": "1",
                    "identity": "e:dora@example.com",
                }
            ],
            "rejected": [
                ("2", "responses", "preview", None, None),
                ("3", "responses", "partial", None, None),
                ("4", "responses", "partial", None, None),
            ],
        },
    ),
    "qualtrics_numeric.tsv": (
        "Europe/Paris",
        {
            "responses": [
                {
                    "response_id": "R_10",
                    "responded_at": "2024-05-01 12:02:00+02",
                    "score": "0",
                    "customer_email": "Zoe@shop.example",
                    "customer_id": "77",
                    "comment": "be faster",
                    "language": "EN",
                    "channel": "email",
                    "answers": "{Please rate - Delivery=4, Please rate - Price=5, What did you buy? - Other - Text=soap, What did you buy? - Selected Choice=3}",
                    "row_number": "1",
                    "identity": "e:zoe@shop.example",
                },
                {
                    "response_id": "R_17",
                    "responded_at": "2024-05-03 01:30:00+02",
                    "score": "7",
                    "language": "EN",
                    "channel": "anonymous",
                    "row_number": "8",
                },
            ],
            "invitations": [
                {
                    "invitation_id": "R_15",
                    "invited_at": "2024-05-01 12:00:00+02",
                    "customer_email": "bea@shop.example",
                    "channel": "email",
                    "opened": "true",
                    "row_number": "6",
                    "identity": "e:bea@shop.example",
                }
            ],
            "rejected": [
                ("2", "responses", "preview", None, None),
                ("3", "responses", "test", None, None),
                ("4", "responses", "bogus", None, None),
                ("5", "responses", "partial", None, None),
                ("7", "responses", "partial", None, None),
            ],
        },
    ),
    "thanx.csv": (
        "UTC",
        {
            "responses": [
                {
                    "response_id": "u1",
                    "responded_at": "2024-05-01 11:00:00+00",
                    "score": "0",
                    "customer_id": "c1",
                    "order_id": "p1",
                    "invited_at": "2024-05-01 10:00:00+00",
                    "comment": "Cold,\nlate",
                    "row_number": "1",
                    "identity": "i:thanx:c1",
                },
                {
                    "response_id": "u3",
                    "responded_at": "2024-05-01 11:00:02+00",
                    "score": "9",
                    "customer_id": "c3",
                    "order_id": "p3",
                    "invited_at": "2024-05-01 10:00:02+00",
                    "row_number": "3",
                    "identity": "i:thanx:c3",
                },
            ],
            "invitations": [
                {
                    "invitation_id": "u1",
                    "invited_at": "2024-05-01 10:00:00+00",
                    "customer_id": "c1",
                    "opened": "true",
                    "updated_at": "2024-05-01 11:00:00+00",
                    "row_number": "1",
                    "identity": "i:thanx:c1",
                },
                {
                    "invitation_id": "u2",
                    "invited_at": "2024-05-01 10:00:01+00",
                    "customer_id": "c2",
                    "opened": "false",
                    "updated_at": "2024-05-01 10:00:01+00",
                    "row_number": "2",
                    "identity": "i:thanx:c2",
                },
                {
                    "invitation_id": "u3",
                    "invited_at": "2024-05-01 10:00:02+00",
                    "customer_id": "c3",
                    "opened": "true",
                    "updated_at": "2024-05-01 11:00:02+00",
                    "row_number": "3",
                    "identity": "i:thanx:c3",
                },
            ],
            "follow_ups": [
                {
                    "response_id": "u1",
                    "contacted_at": "2024-05-02 09:00:00+00",
                    "owner": "Amy",
                    "note": "Sorry!",
                    "row_number": "1",
                }
            ],
        },
    ),
    "microsoft_forms.csv": ("UTC", {"rejected": [("1", "responses", "wrong_scale", "score", "9")]}),
}
