"""The variables of docker-compose.yml that carry more than one value."""

from collections.abc import Mapping

from mailroom.errors import Refused


def given_parameters(text: str) -> dict[str, str]:
    """Template parameters out of `NAME=VALUE NAME=VALUE`.

    Raises:
        Refused: A word is not of that form.
    """
    pairs = [word.partition("=") for word in text.split()]
    malformed = [name for name, equals, _ in pairs if not equals]
    if malformed:
        raise Refused(f"not NAME=VALUE in MAILROOM_PARAMETERS: {', '.join(malformed)}")
    return {name: value for name, _, value in pairs}


def as_text(parameters: Mapping[str, str]) -> str:
    """Template parameters as MAILROOM_PARAMETERS takes them.

    Raises:
        Refused: A value holds white space, which would end it.
    """
    broken = [name for name, value in parameters.items() if value != "".join(value.split())]
    if broken:
        raise Refused(f"white space in a parameter's value: {', '.join(broken)}")
    return " ".join(f"{name}={value}" for name, value in parameters.items())
