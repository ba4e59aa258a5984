"""What presigned URLs are verified with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mailroom_localstack.patches import patch


@patch("localstack.services.s3.presigned_url:get_credentials_from_parameters")
def verify_with_credentials_of_sessions(
    original: Any, parameters: Mapping[str, str], region: str
) -> Any:
    """Verify a presigned URL of a role's session with the session's credentials.

    LocalStack: verifies it with the secret key `test`, and Signature Version 2 without the token.

    AWS: verifies it with the credentials that signed it.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html

    Test: tests/parity/test_presigned_urls.py
    test_a_url_of_a_role_s_session_is_good_until_it_is_changed
    """
    from localstack.aws.accounts import get_account_id_from_access_key_id
    from localstack.utils.aws.arns import get_partition
    from moto.sts.models import sts_backends

    credentials = original(parameters, region)
    account = get_account_id_from_access_key_id(credentials.access_key_id)
    backend = sts_backends[account][get_partition(region)]
    session = backend.get_assumed_role_from_access_key(credentials.access_key_id)
    if session is None:
        return credentials
    token = credentials.security_token or parameters.get("x-amz-security-token")
    return credentials._replace(secret_access_key=session.secret_access_key, security_token=token)
