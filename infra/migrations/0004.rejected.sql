-- depends: 0003.dead-letters
-- The reason of messages that a type's action has rejected.

ALTER TABLE dead_letters DROP CONSTRAINT IF EXISTS dead_letters_reason_check;

ALTER TABLE dead_letters ADD CONSTRAINT dead_letters_reason_check CHECK (reason IN (
    'invalid_json', 'invalid_message', 'wrong_type',
    'conflicting_duplicate', 'unstorable', 'rejected'));
