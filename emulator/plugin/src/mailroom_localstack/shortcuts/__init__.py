"""Spares LocalStack work that it does over and over, too early, or for nobody."""

from mailroom_localstack.shortcuts import alarms, models, policies, stacks, state_machines, web


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
