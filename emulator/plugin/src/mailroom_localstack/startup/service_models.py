"""Service models, sessions and regions: read once, not by each loader and for each client."""

import functools
import pickle
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import boto3
import botocore.loaders


def read_service_models_once() -> None:
    """Megabytes of JSON are read, by every loader anew; and botocore asks for ordered dicts, which
    plain ones are too. What botocore and LocalStack change in a model, they change to the same."""
    botocore.loaders.OrderedDict = None
    loader = botocore.loaders.JSONFileLoader
    load = functools.cache(functools.partial(loader.load_file, loader()))
    loader.load_file = lambda self, path: load(path)


def list_services_once() -> None:
    """Every loader goes through all of botocore's folders to learn which services there are."""
    loaders = botocore.loaders.Loader
    list_services = loaders.list_available_services
    known: dict[tuple[str, ...], list[str]] = {}

    def list_once(loader: botocore.loaders.Loader, type_name: str) -> list[str]:
        key = (type_name, *loader.search_paths)
        if key not in known:
            known[key] = list_services(loader, type_name)
        return known[key]

    loaders.list_available_services = list_once


def share_session_for_regions() -> None:
    """Look regions up in the session of LocalStack's own clients: it makes one for each service,
    and each of them reads all of botocore's endpoints, and the service's model, anew."""
    from localstack.aws.connect import connect_to
    from localstack.utils.aws import aws_stack

    aws_stack.boto3 = SimpleNamespace(Session=lambda: connect_to._session, session=boto3.session)


def unpickle_in_c() -> None:
    """LocalStack's index of all operations is written so that `pickle` can read it, in less than
    half of the time that `dill` takes to be imported and to read."""
    from localstack.aws import spec

    def load(file: str) -> Any:
        return pickle.loads(Path(file).read_bytes())

    spec.load_service_index_cache = load
