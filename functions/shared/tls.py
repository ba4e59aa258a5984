"""TLS to the database: which certificates are verified.

https://www.postgresql.org/docs/current/libpq-ssl.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html
"""

import os
import re
from importlib.util import find_spec
from pathlib import Path

from shared.environment_variables import EnvironmentVariables
from shared.errors import MissingAuthority

AUTHORITIES = Path(__file__).with_name("rds-ca")
_RDS = re.compile(r".+\.([a-z0-9-]+)\.rds\.amazonaws\.com(\.cn)?\.?")
_VARIABLE = "DATABASE_SSL_MODE"


def tls_options(host: str) -> dict[str, str]:
    """Return the arguments of `psycopg.connect` that secure a connection to a host.

    A host of RDS has to prove its name, by a certificate of RDS's authorities in its region. What
    another one has to do says DATABASE_SSL_MODE; for `verify-full` public authorities count.

    Raises:
        MissingSetting: when the variable is missing or malformed.
        MissingAuthority: when the host's region has no file in shared/rds-ca.
    """
    if found := _RDS.fullmatch(host.lower()):
        file = AUTHORITIES / f"{found[1]}.pem"
        if not file.exists():
            raise MissingAuthority(f"shared/rds-ca has no certificates of RDS in {found[1]}")
        return {"sslmode": "verify-full", "sslrootcert": str(file)}
    mode = EnvironmentVariables(os.environ).choice(_VARIABLE, "prefer", "require", "verify-full")
    return {"sslmode": mode} | ({"sslrootcert": _public()} if mode == "verify-full" else {})


def _public() -> str:
    # botocore ships Mozilla's authorities; Lambda's image has none where libpq looks.
    spec = find_spec("botocore")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).with_name("cacert.pem"))
