"""How each service says that it doesn't know a caller, or doesn't believe them.

https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from mailroom_rules.actions import Refusal

# The services that speak JSON from the start, by botocore's names; the others have the Query
# protocol's codes, those that came to speak JSON later (SQS) too.
JSON_SERVICES = {"kms", "logs", "secretsmanager", "stepfunctions", "events", "dynamodb", "ssm"}
REST_SERVICES = {"lambda", "apigateway", "scheduler", "pipes"}
TOKEN_INVALID = "The security token included in the request is invalid."
MISMATCH = (
    "The request signature we calculated does not match the signature you provided."
    " Check your AWS Secret Access Key and signing method."
    " Consult the service documentation for details."
)


def unknown_key(service: str) -> Refusal:
    """The access key doesn't exist, or its session token isn't its own."""
    if service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return Refusal("InvalidAccessKeyId", 403, message)
    if service in JSON_SERVICES or service in REST_SERVICES:
        return Refusal("UnrecognizedClientException", _status(service), TOKEN_INVALID)
    return Refusal("InvalidClientTokenId", 403, TOKEN_INVALID)


def wrong_signature(service: str) -> Refusal:
    """The secret key is another one, or the request was changed after it was signed."""
    if service == "s3":
        message = (
            "The request signature we calculated does not match the signature you provided."
            " Check your key and signing method."
        )
        return Refusal("SignatureDoesNotMatch", 403, message)
    if service in JSON_SERVICES or service in REST_SERVICES:
        return Refusal("InvalidSignatureException", _status(service), MISMATCH)
    return Refusal("SignatureDoesNotMatch", 403, MISMATCH)


def no_signature(service: str) -> Refusal:
    """Nothing is signed, and the service has nothing for everyone."""
    code = "MissingAuthenticationToken"
    if service in JSON_SERVICES or service in REST_SERVICES:
        return Refusal(f"{code}Exception", _status(service), "Missing Authentication Token")
    return Refusal(code, 403, "Request is missing Authentication Token")


def _status(service: str) -> int:
    return 403 if service in REST_SERVICES else 400
