"""`mailroom publish`."""

from mailroom.cli.options import Env, Yes, require
from mailroom.cli.output import errors
from mailroom.progress import Progress
from mailroom.project import Project


def publish(env: Env, yes: Yes = False) -> None:
    """Publish to the AWS Serverless Application Repository, with the template's metadata."""
    from mailroom.cli.connection import opened
    from mailroom.packaging.contents import require_platform
    from mailroom.promotion.publishing import (
        offer_code,
        publish_application,
        read_application,
        require_newer,
    )
    from mailroom.promotion.release import build_release

    project = Project.find_workflow()
    account = opened(project, env, parameters=False)
    with Progress(errors).waiting_for("Packaging"):
        release = build_release(project, account.architecture)
    require_platform(release.archive, release.architecture)
    application = read_application(
        release.template, project.template.parent, account.bucket, release.code_key
    )
    published = require_newer(account, application)
    name = f"{application.metadata['Name']} {application.version}"
    require(f"Publish {name} from account {account.id}?", yes)
    with Progress(errors).waiting_for("Upload of the release"):
        offer_code(account, release)
    errors.print(
        f"published: {publish_application(account, application, new=not published)}", markup=False
    )
