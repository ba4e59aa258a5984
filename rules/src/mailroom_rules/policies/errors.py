"""What can be wrong with a policy itself."""


class MalformedPolicyError(ValueError):
    """A document is no IAM policy: AWS refuses it as `MalformedPolicyDocument`."""

    code = "MalformedPolicyDocument"
