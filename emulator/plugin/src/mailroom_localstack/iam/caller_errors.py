"""Each service's errors for access keys and signatures that are not valid.

https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
https://docs.aws.amazon.com/secretsmanager/latest/apireference/CommonErrors.html
https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
"""

from mailroom_rules.actions import Refusal

# Services whose first protocol is JSON, by botocore's names. The others have the error codes of the
# Query protocol, also if they use JSON today (SQS).
JSON_SERVICES = {"kms", "logs", "secretsmanager", "stepfunctions", "events", "dynamodb", "ssm"}
REST_SERVICES = {"lambda", "apigateway", "scheduler", "pipes"}
TOKEN_INVALID = "The security token included in the request is invalid."
KEYS_HERE = (
    " Here the access key is 000000000000 or test, with any secret key: mailroom env prints it."
)
MISMATCH = (
    "The request signature we calculated does not match the signature you provided."
    " Check your AWS Secret Access Key and signing method."
    " Consult the service documentation for details."
)


def unknown_key(service: str) -> Refusal:
    """The access key doesn't exist; after AWS's sentence the message says which one to use."""
    refusal = wrong_token(service)
    return Refusal(refusal.code, refusal.status, f"{refusal.message}{KEYS_HERE}")


def wrong_token(service: str) -> Refusal:
    """The session token is not the access key's own."""
    if service == "s3":
        message = "The AWS Access Key Id you provided does not exist in our records."
        return Refusal("InvalidAccessKeyId", 403, message)
    if service in JSON_SERVICES or service in REST_SERVICES:
        return Refusal("UnrecognizedClientException", _status(service), TOKEN_INVALID)
    return Refusal("InvalidClientTokenId", 403, TOKEN_INVALID)


def wrong_signature(service: str) -> Refusal:
    """The secret key is wrong, or the request was changed after it was signed."""
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
    """The request isn't signed, and the service serves no anonymous callers."""
    code = "MissingAuthenticationToken"
    if service in JSON_SERVICES or service in REST_SERVICES:
        return Refusal(f"{code}Exception", _status(service), "Missing Authentication Token")
    return Refusal(code, 403, "Request is missing Authentication Token")


def _status(service: str) -> int:
    return 403 if service in REST_SERVICES else 400
