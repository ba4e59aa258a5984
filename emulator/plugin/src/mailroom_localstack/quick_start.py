"""Takes out of LocalStack what nobody needs: half of a first deployment's time, and of a state's.

Each was found with a sampling profiler; docs/localstack.md says what it costs.
"""

import functools
import gc
import importlib
import importlib.util
import sys
from types import ModuleType, SimpleNamespace

import boto3
import botocore.loaders
import jsonpath_ng
import jsonpath_ng.ext
from localstack.runtime.hooks import on_infra_start

# Seconds between two looks at a resource that CloudFormation is creating. LocalStack's is 1.
INTERVAL = 0.05


@on_infra_start()
def quick_start() -> None:
    """Mend all of it before the first service is loaded."""
    collect_garbage_seldom()
    read_service_models_into_plain_dicts()
    share_session_for_regions()
    import_without_package("moto.batch", "utils")
    postpone("localstack.aws.api.ec2", "AvailabilityZoneList", "DescribeAvailabilityZonesResult")
    postpone("localstack.aws.api.dynamodb", "CreateTableOutput", "DescribeTableOutput")
    look_often_at_resources()
    remember_paths()


def collect_garbage_seldom() -> None:
    """Spare the collector what was imported until now, and most of its runs while more is."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def read_service_models_into_plain_dicts() -> None:
    """Megabytes of JSON are read; botocore asks for ordered dicts, which plain ones are too."""
    botocore.loaders.OrderedDict = None


def share_session_for_regions() -> None:
    """Look regions up in the session of LocalStack's own clients: it makes one for each service,
    and each of them reads all of botocore's endpoints, and the service's model, anew."""
    from localstack.aws.connect import connect_to
    from localstack.utils.aws import aws_stack

    aws_stack.boto3 = SimpleNamespace(Session=lambda: connect_to._session, session=boto3.session)


def import_without_package(package: str, module: str) -> None:
    """Import a module, but not the package around it, which is imported when somebody asks for it.

    Step Functions imports `moto.batch.utils` for the sake of one enumeration, and with the
    package comes all of EC2.
    """
    spec = importlib.util.find_spec(package)
    placeholder = ModuleType(package)
    placeholder.__path__ = spec.submodule_search_locations
    sys.modules[package] = placeholder
    try:
        importlib.import_module(f"{package}.{module}")
    finally:
        del sys.modules[package]


def postpone(module: str, *annotations: str) -> None:
    """Import a module of types when somebody asks for more of it than names for annotations.

    CloudFormation annotates one function with types of EC2, which has thousands of them.
    """
    placeholder = Postponed(module)
    placeholder.__dict__.update(dict.fromkeys(annotations, dict))
    sys.modules[module] = placeholder


class Postponed(ModuleType):
    """Stands for a module until an attribute is asked for that it doesn't have."""

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)


def look_often_at_resources() -> None:
    """Every function has several states to look at, with a second's pause between."""
    from localstack.services.cloudformation.resource_provider import ResourceProviderExecutor

    loop = ResourceProviderExecutor.deploy_loop
    timeout, _ = loop.__defaults__
    loop.__defaults__ = (timeout, INTERVAL)


def remember_paths() -> None:
    """Parse each JSONPath once. Step Functions parses a path whenever it is read, and for each
    time the parser itself is built anew, which takes longer than the state does."""
    jsonpath_ng.parse = functools.cache(jsonpath_ng.parse)
    jsonpath_ng.ext.parse = functools.cache(jsonpath_ng.ext.parse)
