"""Where the objects of buckets are stored."""

from pathlib import Path

from mailroom_localstack.patches import replacement


@replacement("localstack.services.s3.provider:DEFAULT_S3_TMP_DIR")
def store_objects_in_own_folder(original: str) -> str:
    """Store objects in a folder of the environment's own.

    LocalStack: stores them in one folder under /tmp, which all users and environments share.

    Why: a second user can't write there, and one environment could read another's objects.

    Test: tests/integration/test_environment.py::test_down_leaves_no_process_no_port_and_no_folder
    """
    from localstack import config

    return str(Path(config.dirs.tmp) / "s3")
