"""A profile in AWS's own configuration file, for tools that read no environment variables."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from botocore.configloader import raw_config_parse
from botocore.session import Session

from mailroom.environments.environment import Environment
from mailroom.errors import NoAwsCli, Refused

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_HEADER = re.compile(r"\s*\[([^]]+)\]")


def config_file() -> Path:
    """AWS's configuration file: what AWS_CONFIG_FILE names, else ~/.aws/config."""
    return Path(Session().get_config_variable("config_file")).expanduser()


def write_profile(path: Path, name: str, environment: Environment) -> None:
    """Add a profile with endpoint, region and credentials, or bring Mailroom's own up to date.

    Everything else in the file stays as it is.

    Raises:
        Refused: The profile is not Mailroom's, or the name can't be used.
        NoAwsCli: The AWS CLI is not installed.
    """
    try:
        from awscli.customizations.configure.writer import ConfigFileWriter
    except ImportError:
        raise NoAwsCli from None

    require_own(path, name)
    credentials = environment.session.get_credentials()
    assert credentials
    values = {
        "__section__": _section(name),
        "endpoint_url": environment.endpoint,
        "disable_host_prefix_injection": "true",
        "region": environment.session.region_name,
        "aws_access_key_id": credentials.access_key,
        "aws_secret_access_key": credentials.secret_key,
    }
    ConfigFileWriter().update_config(values, str(path))


def remove_profile(path: Path, name: str) -> bool:
    """Remove a profile of Mailroom's; everything else in the file stays, comments too.

    Returns:
        Whether there was one.

    Raises:
        Refused: The profile is not Mailroom's.
    """
    if not require_own(path, name):
        return False
    kept, inside = [], False
    for line in path.read_text().splitlines(keepends=True):
        header = _HEADER.match(line)
        if header:
            inside = header[1].strip() == _section(name)
        if not inside or line.lstrip().startswith(("#", ";")):
            kept.append(line)
    path.write_text("".join(kept))
    return True


def require_own(path: Path, name: str) -> bool:
    """Check that a profile may be written or removed; returns whether there is one.

    A profile is Mailroom's if its `endpoint_url` is on 127.0.0.1.

    Raises:
        Refused: It may not.
    """
    if name == "default" or not _NAME.fullmatch(name):
        raise Refused(f"{name!r} can't be Mailroom's profile", "name another: --name mailroom")
    profile = _sections(path).get(_section(name))
    if profile is None:
        return False
    endpoint = str(profile.get("endpoint_url", ""))
    if urlsplit(endpoint).hostname != "127.0.0.1":
        raise Refused(
            f"the profile {name} in {path} is not Mailroom's: its endpoint_url is"
            f" {endpoint or 'not set'}",
            "name another: --name",
        )
    return True


def _sections(path: Path) -> dict[str, dict[str, object]]:
    if not path.exists():
        return {}
    found: dict[str, dict[str, object]] = raw_config_parse(str(path), parse_subsections=False)
    return found


def _section(name: str) -> str:
    return f"profile {name}"
