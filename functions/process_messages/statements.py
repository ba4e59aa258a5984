"""The SQL of ingestion. Each statement takes a batch of messages, as an array for each column."""

from functools import cache

from messages.columns import Column
from messages.types import MessageType

_INSERT = """
WITH incoming AS (
    SELECT * FROM unnest(
        %(source)s::text[], %(id)s::text[], %(batch_id)s::text[], %(digest)s::text[],
        %(time)s::timestamptz[], %(event)s::text[]
    ) AS t (source, id, batch_id, digest, "time", event)
), inserted AS (
    INSERT INTO messages (source, id, type, batch_id, digest, subject, "time", event)
    SELECT source, id, %(type)s, batch_id, digest, event::json ->> 'subject', "time", event::json
    FROM incoming
    ORDER BY source, id  -- the same order in every transaction, so that they can't deadlock
    ON CONFLICT (source, id) DO NOTHING
    RETURNING source, id, event
), typed AS (
    {typed}
)
SELECT source, id FROM inserted
"""

_TYPED = """
    INSERT INTO {table} (source, id{columns})
    SELECT source, id{values}
    FROM inserted, LATERAL (SELECT coalesce(
        event -> 'data', convert_from(decode(event ->> 'data_base64', 'base64'), 'UTF8')::json
    ) AS data)
"""

EXISTING = """
SELECT source, id, digest FROM messages
WHERE (source, id) IN (SELECT * FROM unnest(%(source)s::text[], %(id)s::text[]))
"""

# A redriven message that succeeds turns from dead_lettered to ingested; no outcome turns back.
# What has become of the rows is added to batch_progress by the same transaction, so that both
# always say the same. Its rows are locked last, and in one order: transactions can't deadlock.
SETTLE = """
WITH settled AS (
    INSERT INTO settlements (batch_id, type, source, id, digest, outcome)
    SELECT batch_id, %(type)s, source, id, digest, outcome
    FROM unnest(
        %(batch_id)s::text[], %(source)s::text[], %(id)s::text[], %(digest)s::text[],
        %(outcome)s::text[]
    ) AS t (batch_id, source, id, digest, outcome)
    ORDER BY batch_id, source, id, digest
    ON CONFLICT (batch_id, type, source, id, digest)
    DO UPDATE SET outcome = 'ingested', settled_at = now()
    WHERE settlements.outcome = 'dead_lettered' AND excluded.outcome <> 'dead_lettered'
    RETURNING new.batch_id, new.outcome, old.outcome AS before
), resolved AS (
    UPDATE dead_letters SET resolved_at = now()
    WHERE body_digest = ANY (%(resolved)s::text[]) AND resolved_at IS NULL
), counted AS (
    INSERT INTO batch_progress AS known
    SELECT batch_id, %(type)s, pg_backend_pid() %% 32,
           count(*) FILTER (WHERE outcome = 'ingested'),
           count(*) FILTER (WHERE outcome = 'already_there'),
           count(*) FILTER (WHERE outcome = 'dead_lettered') - count(before)
    FROM settled GROUP BY batch_id ORDER BY batch_id
    ON CONFLICT (batch_id, type, shard) DO UPDATE SET
        ingested = known.ingested + excluded.ingested,
        already_there = known.already_there + excluded.already_there,
        dead_lettered = known.dead_lettered + excluded.dead_lettered,
        changed_at = now()
)
SELECT batch_id FROM settled WHERE before IS NULL
"""

RECORD_DEAD_LETTERS = """
INSERT INTO dead_letters (
    queue, message_id, batch_id, type, source, event_id, reason, detail, body, body_digest,
    attributes)
SELECT %(queue)s, t.* FROM unnest(
    %(message_id)s::text[], %(batch_id)s::text[], %(type)s::text[], %(source)s::text[],
    %(event_id)s::text[], %(reason)s::text[], %(detail)s::text[], %(body)s::bytea[],
    %(body_digest)s::text[], %(attributes)s::jsonb[]
) AS t
ON CONFLICT (queue, message_id) DO NOTHING
"""

# A lock of the session, not of a transaction, which would be open while SQS is called. Leaves out
# the dead letters that another consumer is sending now.
CLAIM = """
SELECT message_id FROM unnest(%(message_id)s::text[]) AS t (message_id)
WHERE pg_try_advisory_lock(hashtextextended(%(queue)s || ' ' || message_id, 0))
"""

SENT = """
SELECT message_id FROM dead_letters
WHERE queue = %(queue)s AND message_id = ANY (%(message_id)s::text[]) AND sent_at IS NOT NULL
"""

RELEASE = "SELECT pg_advisory_unlock_all()"

MARK_SENT = """
UPDATE dead_letters SET sent_at = now()
WHERE queue = %(queue)s AND message_id = ANY (%(message_id)s::text[])
"""

PROGRESS = """
SELECT coalesce(sum(ingested), 0)::bigint, coalesce(sum(dead_lettered), 0)::bigint,
       coalesce(sum(already_there), 0)::bigint,
       extract(epoch FROM now() - %(started_at)s::timestamptz)::float8
FROM batch_progress WHERE batch_id = %(batch_id)s AND type = %(type)s
"""

# What PROGRESS says, from the rows themselves: as slow as the batch is large.
COUNT = """
SELECT count(*) FILTER (WHERE outcome = 'ingested'),
       count(*) FILTER (WHERE outcome = 'dead_lettered'),
       count(*) FILTER (WHERE outcome = 'already_there'),
       extract(epoch FROM now() - %(started_at)s::timestamptz)::float8
FROM settlements WHERE batch_id = %(batch_id)s AND type = %(type)s
"""


@cache
def insert(message_type: MessageType) -> str:
    """Return the statement that inserts events into `messages` and the type's table.

    Its rows are the source and id of each event that it has inserted.
    """
    typed = _TYPED.format(
        table=message_type.settings.table,
        columns="".join(f", {_quoted(column.name)}" for column in message_type.columns),
        values="".join(f", {_value(column)}" for column in message_type.columns),
    )
    return _INSERT.format(typed=typed)


def _value(column: Column) -> str:
    key = column.key.replace("'", "''").replace("%", "%%")
    text = f"data ->> '{key}'"
    return text if column.sql == "text" else f"({text})::{column.sql}"


def _quoted(name: str) -> str:
    return f'"{name.replace("%", "%%")}"'
