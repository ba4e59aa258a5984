"""Splits files into the chunks of a batch, in a process with the functions' code."""

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Thread
from typing import IO, Any

from mailroom.errors import MailroomError
from mailroom.packaging.code import live_code
from mailroom.packaging.dependencies import RUNTIME
from mailroom.project import Project
from mailroom.workflow.validation import Report, parse_report

Split = tuple[dict[str, Any], bytes]


class Splitting:
    """One batch's files on their way into chunks.

    Memory and the time of a message are the same for every size.

    Args:
        project: The checkout.
        shown: The files' names in problems.
        streams: Each file's parts.
        folder: A temporary folder.
    """

    def __init__(
        self,
        project: Project,
        shown: Sequence[str],
        streams: Iterable[Iterable[bytes]],
        folder: Path,
    ) -> None:
        self.reports: list[Report] = []
        self._project = project
        self._shown = shown
        self._streams = streams
        self._folder = folder
        self._failures: list[Exception] = []

    def chunks(self) -> Iterator[Split]:
        """Each chunk: what a manifest says of it, but for its key, and its bytes.

        After an invalid line there is none. At the end `reports` has a report of each file.

        Raises:
            Refused: A file can't be read.
            MailroomError: The splitter itself failed.
        """
        seen = str(self._folder / "seen")
        command = [str(self._project.interpreter(RUNTIME)), "-m", "publish_messages.split", seen]
        said = self._folder / "stderr"
        with (
            said.open("wb") as stderr,
            subprocess.Popen(
                command,
                cwd=live_code(self._project).key,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stderr,
            ) as process,
        ):
            assert process.stdin
            assert process.stdout
            feeding = Thread(target=self._feed, args=[process.stdin], daemon=True)
            feeding.start()
            try:
                yield from self._read(process.stdout)
                process.wait()
            finally:
                process.kill()  # Of a process that has ended this is nothing.
        if process.returncode:
            raise MailroomError("the splitter failed", said.read_text().strip())
        feeding.join()
        if self._failures:
            raise self._failures[0]

    def _feed(self, target: IO[bytes]) -> None:
        try:
            with target:
                for stream in self._streams:
                    for part in stream:
                        target.write(len(part).to_bytes(4) + part)
                    target.write(bytes(4))
        except BrokenPipeError:
            pass  # What ended it is said by the process, or by the one who ended it.
        except Exception as error:
            self._failures.append(error)

    def _read(self, source: IO[bytes]) -> Iterator[Split]:
        for line in iter(source.readline, b""):
            told = json.loads(line)
            if "report" in told:
                name = self._shown[len(self.reports)]
                self.reports.append(parse_report(told["report"], name))
            else:
                yield told, source.read(told["bytes"])
