-- depends: 0002.settlements
-- What can never be ingested as it is, with its bytes and its reason.

CREATE TABLE IF NOT EXISTS dead_letters (
    id          bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    queue       text        NOT NULL,
    message_id  text        NOT NULL,
    batch_id    text,
    type        text,
    source      text,
    event_id    text,
    reason      text        NOT NULL CHECK (reason IN (
                    'invalid_json', 'invalid_message', 'wrong_type',
                    'conflicting_duplicate', 'unstorable')),
    detail      text        NOT NULL,
    body        bytea       NOT NULL,
    body_digest text        NOT NULL,
    attributes  jsonb       NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    sent_at     timestamptz,
    resolved_at timestamptz,
    UNIQUE (queue, message_id)
);

CREATE INDEX IF NOT EXISTS dead_letters_open_by_body ON dead_letters (body_digest)
    WHERE resolved_at IS NULL;

CREATE INDEX IF NOT EXISTS dead_letters_by_batch ON dead_letters (batch_id);

CREATE INDEX IF NOT EXISTS dead_letters_by_reason ON dead_letters (reason, received_at);
