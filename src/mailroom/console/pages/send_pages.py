"""Page Send: paste or drop JSON Lines; problems by line and field; then the batch's page."""

from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from mailroom.console.page import Change, Document, Page, Shown, Visit
from mailroom.errors import Refused
from mailroom.project import Project
from mailroom.temporary import temporary_folder
from mailroom.workflow.batch import gather_batch, start_execution

_NAME = "pasted"


def sending(visit: Visit) -> Document:
    """The form, and a sample of each type."""
    samples = _samples(visit.console.project)
    chosen = visit.query.get("sample", "")
    return {"samples": list(samples), "text": samples.get(chosen, ""), "problems": [], "said": ""}


def send(visit: Visit) -> Response | Shown:
    """Start the execution of a batch, or show what is wrong with its lines."""
    text = _given(visit)
    with temporary_folder(visit.console.project.state) as folder:
        file = folder / _NAME
        file.write_bytes(text)
        try:
            batch = gather_batch(visit.console.project, [str(file)], folder)
        except Refused as refused:
            problems = refused.hint.replace(f"{file}:", "").splitlines()
            document = {
                "samples": list(_samples(visit.console.project)),
                "text": text.decode(errors="replace"),
                "problems": [_parted(one) for one in problems],
                "said": str(refused).replace(str(file), "what was sent"),
            }
            return Shown("send.html", document, 422)
        start_execution(visit.environment, batch)
    return RedirectResponse(f"/batches/{quote(batch.id)}", status_code=303)


def _given(visit: Visit) -> bytes:
    """The file's bytes, if one was chosen, else the field's text."""
    chosen = visit.form.get("file")
    if isinstance(chosen, UploadFile) and chosen.filename:
        return chosen.file.read()
    # A browser sends line ends as CRLF.
    return visit.text("text").replace("\r\n", "\n").encode(errors="surrogatepass")


def _parted(problem: str) -> dict[str, str]:
    """Line, field and reason of a problem, as `gather_batch` lists it."""
    line, _, rest = problem.partition(": ")
    field, found, reason = rest.partition(": ")
    if line.isdecimal() and found:
        return {"line": line, "field": field, "reason": reason}
    return {"line": "", "field": "", "reason": problem}


def _samples(project: Project) -> dict[str, str]:
    """The samples that come with each type, by the type's name."""
    files = sorted((project.functions / "message_types").glob("*/samples.jsonl"))
    return {file.parent.name: file.read_text() for file in files}


PAGES = [Page("/send", "send.html", sending)]
CHANGES = [Change("/send", send)]
