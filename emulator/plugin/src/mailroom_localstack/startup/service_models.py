"""Service models, regions and URL rules: read and made once, or when they are used."""

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from mailroom_localstack.patches import patch, replacement

LOADERS = "botocore.loaders"


@patch(f"{LOADERS}:JSONFileLoader.load_file")
def read_service_models_once(original: Any, loader: Any, path: str) -> Any:
    """Read each of botocore's files once.

    LocalStack: makes many loaders, each of which reads megabytes of JSON again. What botocore and
    LocalStack change in a model, they change to the same.

    Saves: about 3 % of a first `up`.

    Test: tests/unit/executor/test_optimizations.py
    test_a_service_s_model_is_the_same_when_others_have_read_it_before
    """
    if path not in _files:
        _files[path] = original(loader, path)
    return _files[path]


@read_service_models_once.also(f"{LOADERS}:Loader.list_available_services")
def list_services_once(original: Any, loader: Any, type_name: str) -> Any:
    """Go through botocore's folders once, not with every loader."""
    key = (type_name, *loader.search_paths)
    if key not in _services:
        _services[key] = original(loader, type_name)
    return _services[key]


@replacement("localstack.utils.aws.aws_stack:boto3")
def share_session_for_regions(original: Any) -> Any:
    """Look regions up in the session of LocalStack's own clients.

    LocalStack: makes a session for each service, which reads botocore's endpoints again.

    Saves: 3 % of a first `up` (0.016 s for each service).

    Test: tests/unit/executor/test_optimizations.py
    test_a_service_s_model_is_the_same_when_others_have_read_it_before
    """
    from localstack.aws.connect import connect_to

    return SimpleNamespace(Session=lambda: connect_to._session, session=original.session)


@patch("werkzeug.routing:Rule._compile_builder")
def build_no_urls(original: Any, rule: Any, append_unknown: bool = True) -> Callable[..., Any]:
    """Compile the function that builds the URLs of a rule when it is called.

    LocalStack: has thousands of rules and matches requests to them, but builds no URL.

    Saves: 2 % of a first `up` (0.4 ms for each rule).

    Test: tests/unit/executor/test_optimizations.py::test_a_rule_builds_its_url_when_it_is_called
    """
    builder = functools.cache(lambda: original(rule, append_unknown))
    return lambda self, **values: builder()(self, **values)


_files: dict[str, Any] = {}
_services: dict[tuple[str, ...], Any] = {}
