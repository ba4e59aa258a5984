"""The functions' logger: JSON on standard output."""

from aws_lambda_powertools import Logger

logger = Logger()
