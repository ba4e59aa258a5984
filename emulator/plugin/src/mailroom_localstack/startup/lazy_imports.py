"""Modules that LocalStack imports for the sake of one name, imported when they are used."""

import importlib
import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from mailroom_localstack.patches import on_load

EC2, DYNAMODB = "localstack.aws.api.ec2", "localstack.aws.api.dynamodb"
API_GATEWAY = "localstack.services.apigateway.legacy.helpers"
VALIDATION = "localstack.aws.handlers.validation"


@on_load()
def import_no_openapi_validation() -> None:
    """Leave out the check of LocalStack's own pages against their OpenAPI specification.

    LocalStack: imports the validators, which do nothing unless OPENAPI_VALIDATE_REQUEST or
    OPENAPI_VALIDATE_RESPONSE is set.

    Saves: @@openapi@@

    Test: tests/unit/shortcuts/test_shortcuts.py::test_modules_that_are_postponed_are_not_imported
    """
    handlers = ("OpenAPIRequestValidator", "OpenAPIResponseValidator")
    postpone(VALIDATION, **dict.fromkeys(handlers, lambda: lambda chain, context, response: None))


@on_load()
def import_no_types_for_annotations() -> None:
    """Import the thousands of types of EC2 and DynamoDB when a name of them is used.

    LocalStack: imports them to annotate one function of each.

    Saves: @@types@@

    Test: tests/unit/shortcuts/test_shortcuts.py::test_modules_that_are_postponed_are_not_imported
    """
    postpone(EC2, AvailabilityZoneList=dict, DescribeAvailabilityZonesResult=dict)
    postpone(DYNAMODB, CreateTableOutput=dict, DescribeTableOutput=dict)


@on_load()
def import_no_api_gateway() -> None:
    """Import API Gateway when Lambda or EventBridge reads a URL's query.

    LocalStack: imports all of API Gateway for one function that EventBridge's targets need.

    Saves: @@apigateway@@

    Test: tests/unit/shortcuts/test_shortcuts.py::test_modules_that_are_postponed_are_not_imported
    """
    function = "extract_query_string_params"
    postpone(API_GATEWAY, **{function: calls(API_GATEWAY, function)})


def postpone(module: str, **members: object) -> None:
    """Import a module when an attribute is used that isn't one of these members.

    Raises:
        ImportError: there is no such module.
    """
    if module in sys.modules:
        return
    _check_exists(module)
    sys.modules[module] = PostponedModule(module)
    sys.modules[module].__dict__.update(members)


def calls(module: str, function: str) -> Callable[..., object]:
    """A function that imports its module when it is called."""

    def call(*arguments: object, **named: object) -> object:
        return getattr(_imported(module), function)(*arguments, **named)

    return call


def import_without_package(package: str, module: str) -> None:
    """Import a module, and the package around it only when something else of it is imported.

    Raises:
        ImportError: there is no such package.
    """
    if package in sys.modules:
        return
    placeholder = ModuleType(package)
    placeholder.__path__ = [str(_check_exists(package))]
    sys.modules[package] = placeholder
    try:
        importlib.import_module(f"{package}.{module}")
    finally:
        del sys.modules[package]


def _check_exists(module: str) -> Path:
    """Look for a module's file, or a package's folder, without importing the packages above it."""
    top, *names = module.split(".")
    spec = importlib.util.find_spec(top)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, *names)
        if path.is_dir() or path.with_suffix(".py").is_file():
            return path
    raise ImportError(f"there is no module {module}")


def _imported(module: str) -> ModuleType:
    """The module itself instead of what stands for it."""
    if isinstance(sys.modules.get(module), PostponedModule):
        del sys.modules[module]
    return importlib.import_module(module)


class PostponedModule(ModuleType):
    """Stands for a module until an attribute is used that it doesn't have."""

    def __getattr__(self, name: str) -> object:
        """Import the module, and get the attribute from it."""
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(_imported(self.__name__), name)
