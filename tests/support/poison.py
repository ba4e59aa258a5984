"""Messages that can never be ingested."""

import json
import uuid

from tests.support.events import alert, notification


def poison_for_notifications() -> dict[str, str]:
    """A body for each reason that a body alone can give, for the queue of notifications."""
    return {
        "invalid_json": f'{{"id": "{uuid.uuid4()}", "title": "cut öff',
        "invalid_message": json.dumps(notification(title=7), ensure_ascii=False, indent=1),
        "wrong_type": json.dumps(alert()),
        "unstorable": json.dumps(notification(body="nul: \0")),
    }
