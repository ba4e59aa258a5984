"""Takes out of LocalStack what nobody needs: half of a first deployment's time, and of a state's.

Each was found with a sampling profiler; docs/localstack.md says what it costs.
"""

import gc
import importlib
import importlib.util
import sys
import threading
from types import ModuleType

from localstack.runtime.hooks import on_infra_start

from mailroom_localstack.services.cloudformation import optimizations as stacks
from mailroom_localstack.services.cloudwatch import alarms
from mailroom_localstack.services.iam import managed_policies as policies
from mailroom_localstack.services.stepfunctions import optimizations as state_machines
from mailroom_localstack.startup import service_models as models
from mailroom_localstack.startup import url_rules as web
from mailroom_localstack.startup.lazy_imports import postpone, postpone_call

# A first deployment takes three or so.
SECONDS_WITHOUT_GARBAGE = 10


@on_infra_start()
def quick_start() -> None:
    """Mend all of it before the first service is loaded."""
    collect_garbage_later()
    import_without_package("moto.batch", "utils")
    postpone("localstack.aws.api.ec2", "AvailabilityZoneList", "DescribeAvailabilityZonesResult")
    postpone("localstack.aws.api.dynamodb", "CreateTableOutput", "DescribeTableOutput")
    for resource in ("capacity_provider", "function", "graphqlapi"):
        postpone(f"samtranslator.internal.schema_source.aws_serverless_{resource}")
    postpone_call("localstack.services.apigateway.legacy.helpers", "extract_query_string_params")
    take_all()


def collect_garbage_later() -> None:
    """Look for garbage when the services are there: what is imported is none."""
    gc.disable()
    timer = threading.Timer(SECONDS_WITHOUT_GARBAGE, collect_garbage_seldom)
    timer.daemon = True
    timer.start()


def collect_garbage_seldom() -> None:
    """Spare the collector what was imported until now, and most of its runs while more is."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(100_000, 20, 20)


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


def take_all() -> None:
    """Take every one of them, before the first service is loaded."""
    models.read_service_models_once()
    models.list_services_once()
    models.share_session_for_regions()
    models.unpickle_in_c()
    web.build_no_urls()
    policies.load_managed_policies_when_asked()
    policies.leave_authorization_to_others()
    stacks.parse_templates_in_c()
    stacks.look_often_at_resources()
    stacks.make_functions_first()
    alarms.judge_after_their_period()
    state_machines.remember_paths()
    state_machines.remember_definitions()
    state_machines.look_words_up()
    state_machines.count_nothing()
