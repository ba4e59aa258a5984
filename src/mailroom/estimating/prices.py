"""AWS's prices: a dated table in the repository, renewed from AWS's price list files."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mailroom.errors import Refused

TABLE = Path(__file__).with_name("prices.json")

# Of each price the file of AWS's price list (offer code) and the usage type in it, which begins
# with a code of the region: `EUC1-Requests-Tier1`.
# https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/price-changes.html
PRODUCTS = {
    "sns requests": ("AmazonSNS", "Requests-Tier1"),
    "sqs requests": ("AWSQueueService", "Requests-Tier1"),
    "s3 writes": ("AmazonS3", "Requests-Tier1"),
    "s3 reads": ("AmazonS3", "Requests-Tier2"),
    "s3 GB-months": ("AmazonS3", "TimedStorage-ByteHrs"),
    "transitions": ("AmazonStates", "StateTransition"),
    "lambda requests": ("AWSLambda", "Request"),
    "lambda requests arm64": ("AWSLambda", "Request-ARM"),
    "lambda GB-seconds": ("AWSLambda", "Lambda-GB-Second"),
    "lambda GB-seconds arm64": ("AWSLambda", "Lambda-GB-Second-ARM"),
    "log GB": ("AmazonCloudWatch", "DataProcessing-Bytes"),
    "alarms": ("AmazonCloudWatch", "CW:AlarmMonitorUsage"),
    "metrics": ("AmazonCloudWatch", "CW:MetricMonitorUsage"),
    "secrets": ("AWSSecretsManager", "AWSSecretsManager-Secrets"),
    "secret requests": ("AWSSecretsManager", "AWSSecretsManagerAPIRequest"),
    "endpoint hours": ("AmazonVPC", "VpcEndpoint-Hours"),
    "endpoint GB": ("AmazonVPC", "VpcEndpoint-Bytes"),
    "ACU-hours": ("AmazonRDS", "Aurora:ServerlessV2Usage"),
    "database GB-months": ("AmazonRDS", "Aurora:StorageUsage"),
    "database I/O": ("AmazonRDS", "Aurora:StorageIOUsage"),
}
_REGION = r"(?:[A-Z]+\d*-)?"
_ENGINES = ("Any", "Aurora PostgreSQL")

# From which quantity on, and dollars for each.
Tiers = list[tuple[float, float]]


@dataclass(frozen=True)
class Prices:
    """The prices of one region, in dollars.

    Attributes:
        region: The region that they are of.
        date: The day on which the table was made or renewed.
        source: Where they come from.
        tiers: By the names of `PRODUCTS`.
    """

    region: str
    date: str
    source: str
    tiers: dict[str, Tiers]

    def cost(self, name: str, quantity: float) -> float:
        """Dollars for a quantity in one month; each part of it has the price of its tier."""
        tiers = self.tiers[name]
        ends = [begin for begin, _ in tiers[1:]] + [float("inf")]
        return sum(
            (min(quantity, end) - begin) * price
            for (begin, price), end in zip(tiers, ends, strict=True)
            if quantity > begin
        )


def load_prices(region: str, table: Path = TABLE) -> Prices:
    """The prices of a region; those of the table's first region if it has none of this one."""
    document = json.loads(table.read_text())
    regions = document["regions"]
    found = region if region in regions else next(iter(regions))
    one = regions[found]
    tiers = {
        name: [(float(begin), float(price)) for begin, price in tiers]
        for name, tiers in one["prices"].items()
    }
    return Prices(found, one["date"], one["source"], tiers)


def renew_prices(files: Iterable[Path], table: Path = TABLE) -> dict[str, int]:
    """Put the prices of AWS's price list files (JSON) into the table.

    A region that was not in the table gets there when the files have all of its prices.

    Args:
        files: Files of any services, as AWS publishes them at
            https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/SERVICE/current/REGION/index.json
        table: The table's file.

    Returns:
        How many prices each region got.

    Raises:
        Refused: A file is not a price list, has none of these prices, or has two for one of them;
            or they are not all prices of a new region. The table stays as it was.
    """
    document = json.loads(table.read_text())
    found: dict[str, dict[str, Tiers]] = {}
    published = []
    for file in files:
        offers = _read(file)
        published.append(f"{offers['offerCode']} of {offers.get('publicationDate', 'no date')}")
        for name, region, tiers in _prices(offers, file):
            known = found.setdefault(region, {}).setdefault(name, tiers)
            if known != tiers:
                raise Refused(f"{file}: it has two prices for {name} in {region}")
    for region, prices in found.items():
        before = document["regions"].get(region, {"prices": {}})
        after = before["prices"] | prices
        if missing := PRODUCTS.keys() - after.keys():
            files_of = ", ".join(sorted({PRODUCTS[name][0] for name in missing}))
            raise Refused(f"{region} is new, and prices are missing", f"give also: {files_of}")
        document["regions"][region] = {
            "date": f"{datetime.now(UTC):%Y-%m-%d}",
            "source": f"AWS's price list: {', '.join(published)}",
            "prices": after,
        }
    table.write_text(f"{json.dumps(document, indent=1)}\n")
    return {region: len(prices) for region, prices in found.items()}


def _read(file: Path) -> dict[str, Any]:
    try:
        offers = json.loads(file.read_text())
        if {"offerCode", "products", "terms"} <= offers.keys():
            return dict(offers)
    except (OSError, ValueError, AttributeError) as error:
        raise Refused(f"{file}: {error}") from error
    raise Refused(f"{file} is not a price list of AWS", "it has offerCode, products and terms")


def _prices(offers: dict[str, Any], file: Path) -> Iterator[tuple[str, str, Tiers]]:
    """Name, region and tiers of each price that is needed."""
    wanted = {
        usage: name for name, (offer, usage) in PRODUCTS.items() if offer == offers["offerCode"]
    }
    pattern = re.compile(f"{_REGION}({'|'.join(map(re.escape, wanted))})")
    count = 0
    for sku, product in offers["products"].items():
        attributes = product["attributes"]
        usage = pattern.fullmatch(attributes.get("usagetype", "")) if wanted else None
        terms = offers["terms"].get("OnDemand", {}).get(sku)
        if usage and terms and attributes.get("databaseEngine", "Any") in _ENGINES:
            count += 1
            yield wanted[usage[1]], attributes["regionCode"], _tiers(terms)
    if not count:
        raise Refused(f"{file}: it has none of the prices that are needed")


def _tiers(terms: dict[str, Any]) -> Tiers:
    dimensions = next(iter(terms.values()))["priceDimensions"].values()
    return sorted(
        (float(one["beginRange"]), float(one["pricePerUnit"]["USD"])) for one in dimensions
    )
