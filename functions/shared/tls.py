"""TLS to the database: which certificates are verified.

https://www.postgresql.org/docs/current/libpq-ssl.html
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/UsingWithRDS.SSL.html
"""

import os
from importlib.util import find_spec
from pathlib import Path

from shared.environment_variables import EnvironmentVariables

RDS_BUNDLE = Path(__file__).with_name("rds-ca-bundle.pem")
_RDS = (".rds.amazonaws.com", ".rds.amazonaws.com.cn")
_VARIABLE = "DATABASE_SSL_MODE"


def tls_options(host: str) -> dict[str, str]:
    """Return the arguments of `psycopg.connect` that secure a connection to a host.

    A host of RDS has to prove its name, by a certificate of RDS's authorities. What another one
    has to do says DATABASE_SSL_MODE; for `verify-full` public authorities count.

    Raises:
        MissingSetting: when the variable is missing or malformed.
    """
    if host.lower().rstrip(".").endswith(_RDS):
        return {"sslmode": "verify-full", "sslrootcert": str(RDS_BUNDLE)}
    mode = EnvironmentVariables(os.environ).choice(_VARIABLE, "prefer", "require", "verify-full")
    return {"sslmode": mode} | ({"sslrootcert": _public()} if mode == "verify-full" else {})


def _public() -> str:
    # botocore ships Mozilla's authorities; Lambda's image has none where libpq looks.
    spec = find_spec("botocore")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).with_name("cacert.pem"))
