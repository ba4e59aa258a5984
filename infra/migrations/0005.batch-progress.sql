-- depends: 0004.rejected
-- How many messages of a batch and type have which outcome: the rows of settlements, counted by the
-- transactions that write them. Whether a batch is settled is a sum of 32 rows, however large it is.
-- Each session adds to its own shard, so that transactions don't wait for each other's commits. A
-- shard may be below zero: a revived dead letter is subtracted where it was revived.

CREATE TABLE IF NOT EXISTS batch_progress (
    batch_id      text        NOT NULL,
    type          text        NOT NULL,
    shard         smallint    NOT NULL CHECK (shard BETWEEN 0 AND 31),
    ingested      bigint      NOT NULL,
    already_there bigint      NOT NULL,
    dead_lettered bigint      NOT NULL,
    changed_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (batch_id, type, shard)
) WITH (fillfactor = 50);  -- room for a row's next version on its own page

-- Functions that settle meanwhile wait, and their rows are counted once.
LOCK TABLE settlements IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO batch_progress
SELECT batch_id, type, 0,
       count(*) FILTER (WHERE outcome = 'ingested'),
       count(*) FILTER (WHERE outcome = 'already_there'),
       count(*) FILTER (WHERE outcome = 'dead_lettered'),
       max(settled_at)
FROM settlements
WHERE NOT EXISTS (SELECT FROM batch_progress)
GROUP BY batch_id, type;
