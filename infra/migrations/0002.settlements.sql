-- depends: 0001.messages
-- How each message of each batch ended. A batch is settled when as many rows as it published
-- are here, which its primary key counts by index alone.

CREATE TABLE IF NOT EXISTS settlements (
    batch_id   text        NOT NULL,
    type       text        NOT NULL,
    source     text        NOT NULL,
    id         text        NOT NULL,
    digest     text        NOT NULL,
    outcome    text        NOT NULL CHECK (outcome IN ('ingested', 'already_there', 'dead_lettered')),
    settled_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, type, source, id, digest)
);
