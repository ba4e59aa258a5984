"""Prices: tiers, and renewing them from AWS's price list files."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from mailroom.errors import Refused
from mailroom.estimating.prices import PRODUCTS, TABLE, Prices, load_prices, renew_prices


def product(sku: str, usage: str, region: str = "us-east-1", **attributes: str) -> dict[str, Any]:
    return {
        "sku": sku,
        "productFamily": "API Request",
        "attributes": {"usagetype": usage, "regionCode": region, **attributes},
    }


def term(sku: str, *tiers: tuple[str, str, str]) -> dict[str, Any]:
    """The terms of a product, as AWS has them: its code, then a dimension for each tier."""
    dimensions = {
        f"{sku}.JRTCKXETXF.{number}": {
            "rateCode": f"{sku}.JRTCKXETXF.{number}",
            "beginRange": begin,
            "endRange": end,
            "unit": "Requests",
            "pricePerUnit": {"USD": dollars},
            "appliesTo": [],
        }
        for number, (begin, end, dollars) in enumerate(tiers)
    }
    code = f"{sku}.JRTCKXETXF"
    return {code: {"offerTermCode": "JRTCKXETXF", "sku": sku, "priceDimensions": dimensions}}


def offers(code: str, products: list[dict[str, Any]], terms: dict[str, Any]) -> dict[str, Any]:
    return {
        "formatVersion": "v1.0",
        "offerCode": code,
        "publicationDate": "2026-11-20T18:00:00Z",
        "products": {one["sku"]: one for one in products},
        "terms": {"OnDemand": terms},
    }


SQS = offers(
    "AWSQueueService",
    [
        product("AAA", "USE1-Requests-Tier1", queueType="Standard"),
        product("BBB", "USE1-Requests-FIFO-Tier1", queueType="FIFO (first-in, first-out)"),
    ],
    {
        "AAA": term("AAA", ("100", "Inf", "0.0000002"), ("0", "100", "0.0000009")),
        "BBB": term("BBB", ("0", "Inf", "0.5")),
    },
)


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A copy of the table of prices."""
    return Path(shutil.copy(TABLE, tmp_path / "prices.json"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "index.json"


def test_the_table_has_every_price_of_its_regions_with_date_and_source() -> None:
    for region, one in json.loads(TABLE.read_text())["regions"].items():
        prices = load_prices(region)

        assert prices.tiers.keys() == PRODUCTS.keys()
        assert one["date"].startswith("20")
        assert len(one["source"]) > 20
        assert all(tiers[0][0] == 0 and tiers == sorted(tiers) for tiers in prices.tiers.values())


def test_each_part_of_a_quantity_has_the_price_of_its_tier() -> None:
    prices = Prices("here", "", "", {"log GB": [(0, 0), (10, 2), (30, 1)]})

    costs = [prices.cost("log GB", quantity) for quantity in (0, 10, 11, 30, 35)]

    assert costs == [0, 0, 2, 40, 45]


def test_a_region_without_prices_has_those_of_the_first_one() -> None:
    assert load_prices("mars-north-1").region == "us-east-1"


def test_renewing_takes_the_price_of_the_usage_type_alone_and_keeps_the_others(
    table: Path, file: Path
) -> None:
    before = load_prices("us-east-1", table)
    file.write_text(json.dumps(SQS))

    counts = renew_prices([file], table)

    after = load_prices("us-east-1", table)
    assert counts == {"us-east-1": 1}
    assert after.tiers["sqs requests"] == [(0, 9e-7), (100, 2e-7)]
    assert after.tiers | {"sqs requests": before.tiers["sqs requests"]} == before.tiers
    assert "AWSQueueService of 2026-11-20" in after.source


def test_of_aurora_the_price_of_its_own_engine_is_taken(table: Path, file: Path) -> None:
    usage = "Aurora:ServerlessV2Usage"
    products = [
        product("AAA", usage, databaseEngine="Aurora MySQL"),
        product("BBB", usage, databaseEngine="Aurora PostgreSQL"),
    ]
    terms = {
        "AAA": term("AAA", ("0", "Inf", "7")),
        "BBB": term("BBB", ("0", "Inf", "0.13")),
    }
    file.write_text(json.dumps(offers("AmazonRDS", products, terms)))

    renew_prices([file], table)

    assert load_prices("us-east-1", table).tiers["ACU-hours"] == [(0, 0.13)]


def test_a_new_region_needs_all_prices(table: Path, file: Path) -> None:
    text = json.dumps(SQS).replace("us-east-1", "eu-central-1").replace("USE1", "EUC1")
    file.write_text(text)
    before = table.read_text()

    with pytest.raises(Refused, match="eu-central-1 is new, and prices are missing") as refused:
        renew_prices([file], table)

    assert "AmazonSNS" in refused.value.hint
    assert table.read_text() == before


def test_a_new_region_with_all_prices_gets_into_the_table(table: Path, tmp_path: Path) -> None:
    files = []
    for code in {offer for offer, _ in PRODUCTS.values()}:
        usages = [usage for offer, usage in PRODUCTS.values() if offer == code]
        products = [product(usage, f"EUC1-{usage}", "eu-central-1") for usage in usages]
        terms = {usage: term(usage, ("0", "Inf", "0.25")) for usage in usages}
        files.append(tmp_path / f"{code}.json")
        files[-1].write_text(json.dumps(offers(code, products, terms)))

    renew_prices(files, table)

    found = load_prices("eu-central-1", table)
    assert (found.region, set(map(tuple, found.tiers.values()))) == ("eu-central-1", {((0, 0.25),)})


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "Expecting"),
        ("{}", "is not a price list of AWS"),
        (json.dumps(offers("AmazonSNS", [], {})), "has none of the prices"),
        (json.dumps(offers("AmazonEC2", [], {})), "has none of the prices"),
    ],
)
def test_a_file_without_prices_is_refused(table: Path, file: Path, text: str, reason: str) -> None:
    file.write_text(text)
    before = table.read_text()

    with pytest.raises(Refused, match=reason):
        renew_prices([file], table)

    assert table.read_text() == before


def test_two_prices_for_one_thing_are_refused(table: Path, file: Path) -> None:
    products = [product("AAA", "Requests-Tier1"), product("BBB", "USE1-Requests-Tier1")]
    terms = {"AAA": term("AAA", ("0", "Inf", "1")), "BBB": term("BBB", ("0", "Inf", "2"))}
    file.write_text(json.dumps(offers("AmazonSNS", products, terms)))

    with pytest.raises(Refused, match="two prices for sns requests in us-east-1"):
        renew_prices([file], table)
