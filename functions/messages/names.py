"""Names that a message type, a table or a field can't have, and why."""

import keyword
import re

LONGEST_TYPE = 20
_LONGEST_IDENTIFIER = 63
_NAME = re.compile(r"[a-z](_?[a-z0-9])*", re.ASCII)
INBOX_TABLES = frozenset(
    {"messages", "settlements", "batch_progress", "dead_letters", "migration_digests"}
)
INBOX_COLUMNS = frozenset(
    {"source", "id", "type", "batch_id", "digest", "subject", "time", "event", "ingested_at"}
)
# Keys beside the types' names in the outputs of PublishMessagesFunction and the state machine.
_OUTPUTS = frozenset({"published", "duplicates", "rejected"})
# pg_get_keywords() of Postgres 18: reserved, also those that a function or type may have.
_RESERVED = """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check
    collate collation column concurrently constraint create cross current_catalog current_date
    current_role current_schema current_time current_timestamp current_user default deferrable desc
    distinct do else end except false fetch for foreign freeze from full grant group having ilike in
    initially inner intersect into is isnull join lateral leading left like limit localtime
    localtimestamp natural not notnull null offset on only or order outer overlaps placing primary
    references returning right select session_user similar some symmetric system_user table
    tablesample then to trailing true union unique user using variadic verbose when where window
    with
"""
RESERVED = frozenset(_RESERVED.split())


def wrong_type_name(name: str) -> str | None:
    """Return why a message type can't have a name; None if it can."""
    if len(name) > LONGEST_TYPE:
        return f"a type's name has at most {LONGEST_TYPE} letters"
    if not _NAME.fullmatch(name):
        return "a type's name is of the letters a to z, digits and single underscores"
    if keyword.iskeyword(name):
        return "it is a word of Python's own"
    if name in INBOX_COLUMNS | INBOX_TABLES:
        return "the inbox has a column or table of this name"
    if name in _OUTPUTS:
        return "the state machine's output has a key of this name"
    return _reserved(name)


def wrong_table_name(name: str) -> str | None:
    """Return why a type's table can't have a name; None if it can."""
    if len(name) > _LONGEST_IDENTIFIER or not _NAME.fullmatch(name):
        return "a table's name is of the letters a to z, digits and single underscores"
    if name in INBOX_TABLES or name.startswith("pg_"):
        return "the inbox or Postgres has a table of this name"
    return _reserved(name)


def wrong_field_name(name: str) -> str | None:
    """Return why a field of a type's data can't have a name; None if it can."""
    if len(name.encode()) > _LONGEST_IDENTIFIER:
        return f"Postgres takes at most {_LONGEST_IDENTIFIER} bytes of a column's name"
    if name in INBOX_COLUMNS:
        return "it hides the inbox's column of this name"
    return None


def _reserved(name: str) -> str | None:
    return "it is a reserved word of Postgres" if name in RESERVED else None
