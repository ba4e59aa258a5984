"""The one logger of the functions: structured, on standard output."""

from aws_lambda_powertools import Logger

logger = Logger()
