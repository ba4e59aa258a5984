"""The functions' errors. The state machine catches them by their class names (errorType)."""


class MailroomError(Exception):
    """Base class of all errors that a function raises on purpose."""


class TransientError(MailroomError):
    """Base class of errors after which the same call may succeed."""


class PermanentError(MailroomError):
    """Base class of errors after which the same call fails again."""


class ConfigurationError(MailroomError):
    """Base class of errors after which all calls fail until the configuration is corrected."""


class PublishFailed(TransientError):
    """Raised when entries still fail to be published after all retries."""


class DatabaseUnavailable(TransientError):
    """Raised when Postgres can't be reached, or fails, for longer than a function waits."""


class QueueUnavailable(TransientError):
    """Raised when a call of SQS still fails after botocore's retries."""


class SecretUnavailable(TransientError):
    """Raised when a call of Secrets Manager still fails after botocore's retries."""


class MigrationLocked(TransientError):
    """Raised when another migration holds the lock for longer than a function may wait."""


class InvalidMessages(PermanentError):
    """Raised when messages of a batch are invalid; the function published none of the batch."""


class InvalidInput(PermanentError):
    """Raised when the input has none of its shapes, or names an object that can't be read."""


class MissingSetting(ConfigurationError):
    """Raised when an environment variable of the function is missing or malformed."""


class MissingAuthority(ConfigurationError):
    """Raised when the package lacks the certificates of RDS's authorities in a region."""


class InvalidSecret(ConfigurationError):
    """Raised when a secret is missing, forbidden, or lacks what a connection needs."""


class CredentialsRefused(ConfigurationError):
    """Raised when Postgres refuses the current secret's login for longer than a function waits."""


class DatabaseMisconfigured(ConfigurationError):
    """Raised when the database lacks a table or permission, or a role has too many."""


class ActionEndedTransaction(ConfigurationError):
    """Raised when a type's action commits or rolls back the transaction that it is given."""


class ActionOverTime(ConfigurationError):
    """Raised when a type's action takes longer than its statements or its transaction may."""


class MigrationFailed(ConfigurationError):
    """Raised when a migration's SQL fails; it names the migration."""


class MigrationDrift(ConfigurationError):
    """Raised when migrations that were applied have been edited or removed; it names each."""


class AccessRefused(ConfigurationError):
    """Raised when AWS refuses a call: a permission, the topic or the queue is missing."""
