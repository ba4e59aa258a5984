"""S3 whose objects lie in LocalStack's own folder.

LocalStack's own keeps them in /tmp/localstack-s3-storage, which every LocalStack on the machine
shares: that of a second user can't write there.
"""

from pathlib import Path

from localstack import config
from localstack.services.plugins import Service, aws_provider


@aws_provider(api="s3", name="mailroom")
def s3() -> Service:
    """Gives the service that `PROVIDER_OVERRIDE_S3=mailroom` chooses."""
    from localstack.services.s3.provider import S3Provider
    from localstack.services.s3.storage.ephemeral import EphemeralS3ObjectStore

    objects = Path(config.dirs.tmp) / "s3"
    return Service.for_provider(S3Provider(EphemeralS3ObjectStore(str(objects))))
