-- Ingested messages: one row per event, also when it is delivered more than once.
-- Every statement may run twice, should its run end before yoyo has noted it.

CREATE TABLE IF NOT EXISTS messages (
    source      text        NOT NULL,
    id          text        NOT NULL,
    type        text        NOT NULL,
    batch_id    text,
    digest      text        NOT NULL,
    subject     text,
    "time"      timestamptz,
    -- json, not jsonb: the text as it was sent, with its order of keys and its digits.
    event       json        NOT NULL,
    ingested_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (source, id)
);

CREATE INDEX IF NOT EXISTS messages_by_batch ON messages (batch_id);

CREATE INDEX IF NOT EXISTS messages_by_type_and_ingestion ON messages (type, ingested_at);

CREATE INDEX IF NOT EXISTS messages_by_ingestion ON messages (ingested_at);

CREATE TABLE IF NOT EXISTS notifications (
    source    text NOT NULL,
    id        text NOT NULL,
    recipient text NOT NULL,
    title     text NOT NULL,
    body      text,
    details   json,
    PRIMARY KEY (source, id),
    FOREIGN KEY (source, id) REFERENCES messages ON DELETE CASCADE
);

CREATE TABLE IF NOT EXISTS alerts (
    source   text NOT NULL,
    id       text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('low', 'medium', 'high', 'critical')),
    summary  text NOT NULL,
    details  json,
    PRIMARY KEY (source, id),
    FOREIGN KEY (source, id) REFERENCES messages ON DELETE CASCADE
);
