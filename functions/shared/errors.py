"""The one tree of errors; a class name is the errorType that the state machine catches."""


class MailroomError(Exception):
    """Raised never itself: the root of every error that a function means to raise."""


class TransientError(MailroomError):
    """Raised never itself: what may succeed when it is tried again, unchanged."""


class PermanentError(MailroomError):
    """Raised never itself: what will fail the same way however often it is tried."""


class ConfigurationError(MailroomError):
    """Raised never itself: what somebody must mend before anything can succeed."""


class PublishFailed(TransientError):
    """Raised when entries still fail to be published after all retries."""


class DatabaseUnavailable(TransientError):
    """Raised when Postgres can't be reached, or can't work, for longer than a function waits."""


class QueueUnavailable(TransientError):
    """Raised when SQS fails in a way that botocore's own retries did not cure."""


class SecretUnavailable(TransientError):
    """Raised when Secrets Manager fails in a way that botocore's own retries did not cure."""


class MigrationLocked(TransientError):
    """Raised when another migration holds the lock for longer than a function may wait."""


class InvalidMessages(PermanentError):
    """Raised when messages of a batch are invalid; nothing of the batch was published."""


class InvalidInput(PermanentError):
    """Raised when an input has none of its shapes, or names an object that can't be read."""


class MissingSetting(ConfigurationError):
    """Raised when an environment variable of the function is missing or malformed."""


class InvalidSecret(ConfigurationError):
    """Raised when a secret is missing, forbidden, or lacks what a connection needs."""


class CredentialsRefused(ConfigurationError):
    """Raised when Postgres refuses the newest secret's login for longer than a function waits."""


class DatabaseMisconfigured(ConfigurationError):
    """Raised when the database lacks a table or permission: it isn't migrated, or the wrong one."""


class MigrationFailed(ConfigurationError):
    """Raised when a migration's SQL fails; it names the migration."""


class MigrationDrift(ConfigurationError):
    """Raised when migrations that were applied have been edited or removed; it names each."""


class AccessRefused(ConfigurationError):
    """Raised when AWS refuses a call for good: no permission, or no such topic or queue."""
