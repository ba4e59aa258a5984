"""Service models, regions and URL rules: read and made once, or when they are used."""

import functools
import pickle
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from mailroom_localstack.patches import patch, replacement

LOADERS = "botocore.loaders"


@patch(f"{LOADERS}:JSONFileLoader.load_file")
def read_service_models_once(original: Any, loader: Any, path: str) -> Any:
    """Read each of botocore's files once.

    LocalStack: makes many loaders, each of which reads megabytes of JSON again. What botocore and
    LocalStack change in a model, they change to the same.

    Saves: @@models@@

    Test: tests/unit/shortcuts/test_shortcuts.py
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


@replacement(f"{LOADERS}:OrderedDict")
def read_service_models_into_dicts(original: Any) -> None:
    """Read JSON into plain dictionaries, which keep their order.

    LocalStack: reads it into OrderedDict, as botocore did before Python 3.7.

    Saves: @@dicts@@

    Test: tests/unit/shortcuts/test_shortcuts.py
    test_a_service_s_model_is_the_same_when_others_have_read_it_before
    """


@replacement("localstack.utils.aws.aws_stack:boto3")
def share_session_for_regions(original: Any) -> Any:
    """Look regions up in the session of LocalStack's own clients.

    LocalStack: makes a session for each service, which reads botocore's endpoints again.

    Saves: @@regions@@

    Test: tests/unit/shortcuts/test_shortcuts.py
    test_a_service_s_model_is_the_same_when_others_have_read_it_before
    """
    from localstack.aws.connect import connect_to

    return SimpleNamespace(Session=lambda: connect_to._session, session=original.session)


@patch("localstack.aws.spec:load_service_index_cache")
def unpickle_in_c(original: Any, file: str) -> Any:
    """Read the index of all operations by `pickle`.

    LocalStack: reads it by `dill`, in Python, though it is written so that `pickle` can read it.

    Saves: @@pickle@@

    Test: tests/unit/shortcuts/test_shortcuts.py
    test_the_index_of_operations_is_read_as_it_was_written
    """
    return pickle.loads(Path(file).read_bytes())


@patch("werkzeug.routing:Rule._compile_builder")
def build_no_urls(original: Any, rule: Any, append_unknown: bool = True) -> Callable[..., Any]:
    """Compile the function that builds the URLs of a rule when it is called.

    LocalStack: has thousands of rules and matches requests to them, but builds no URL.

    Saves: @@urls@@

    Test: tests/unit/shortcuts/test_shortcuts.py::test_a_rule_builds_its_url_when_it_is_called
    """
    builder = functools.cache(lambda: original(rule, append_unknown))
    return lambda self, **values: builder()(self, **values)


_files: dict[str, Any] = {}
_services: dict[tuple[str, ...], Any] = {}
