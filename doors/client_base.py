"""What every generated client begins with; see doors/python_client.py. Needs only `requests`."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any, Literal, TypedDict

import requests

PAUSES_S = (0.1, 0.5, 1.0, 2.0, 5.0)


class StudioloError(Exception):
    """A call was refused, or the server could not be reached: `code` as docs/reference/errors.md lists them."""

    def __init__(self, status: int, error: Mapping[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.status = status
        self.code = str(error["code"])
        self.message = str(error["message"])
        self.details: dict[str, Any] = dict(error.get("details", {}))


class Event(TypedDict):
    """One numbered entry of a task's stream; the last one has the kind `end`."""

    number: int
    kind: str
    data: dict[str, Any]


class Connection:
    """Calls one workspace of a Studiolo server with a token that `create_token` made."""

    def __init__(self, url: str, token: str, *, language: str = "en", timeout_s: float = 60) -> None:
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._http = requests.Session()
        self._http.headers.update({"Authorization": f"Bearer {token}", "X-Language": language})

    def call(self, name: str, arguments: Any = None, key: str | None = None) -> Any:
        """Call a method by name with a dict or list of plain JSON values; `key` is the idempotency key.

        Raises StudioloError.
        """
        headers = {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
        body = json.dumps({} if arguments is None else arguments).encode()
        try:
            response = self._http.post(
                f"{self._url}/api/{name}", data=body, headers=headers, timeout=self._timeout_s, allow_redirects=False
            )
        except requests.RequestException as error:
            raise _unreachable(self._url, error) from error
        return _data_of(response)

    def events(self, task_id: str, after: int = 0) -> Iterator[Event]:
        """Yield a task's events after a number until its end; a connection that breaks is opened again.

        An event of the kind `snapshot` takes the place of all that came before it: its data's `events` say the same.
        """
        failures = 0
        while True:
            try:
                for event in self._events_once(task_id, after):
                    after, failures = event["number"], 0
                    yield event
                    if event["kind"] == "end":
                        return
            except requests.RequestException as error:
                if failures >= len(PAUSES_S):
                    raise _unreachable(self._url, error) from error
            time.sleep(PAUSES_S[min(failures, len(PAUSES_S) - 1)])
            failures += 1

    def wait(self, task_id: str) -> Any:
        """Wait for a task's end and return the Task as it is then."""
        for _event in self.events(task_id):
            pass
        return self.call("get_task", {"task_id": task_id})

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _events_once(self, task_id: str, after: int) -> Iterator[Event]:
        address = f"{self._url}/api/v1/task/{task_id}/events"
        headers = {"Accept": "text/event-stream", "Last-Event-ID": str(after)}
        with self._http.get(address, headers=headers, stream=True, timeout=self._timeout_s) as response:
            if response.status_code != 200:
                _data_of(response)
            yield from _parse(response.iter_lines())


def _parse(lines: Iterator[bytes]) -> Iterator[Event]:
    # Source: server-sent events in the WHATWG's HTML standard. Events without a number (`task`, `gap`) are skipped.
    number, kind, data = 0, "", ""
    for line in lines:
        word, _, rest = line.decode().partition(": ")
        if word == "id":
            number = int(rest)
        elif word == "event":
            kind = rest
        elif word == "data":
            data = rest
        elif not line and kind:
            if number:
                yield {"number": number, "kind": kind, "data": json.loads(data)}
            number, kind, data = 0, "", ""


def _data_of(response: requests.Response) -> Any:
    try:
        envelope = response.json()
        if envelope["status"] == "success":
            return envelope["data"]
        error = envelope["error"]
    except (ValueError, KeyError, TypeError):
        sentence = f"{response.url} answers, but not as Studiolo does. Check the address."
        error = {"code": "not_studiolo", "message": sentence}
    raise StudioloError(response.status_code, error)


def _unreachable(url: str, error: Exception) -> StudioloError:
    sentence = f"{url} cannot be reached ({type(error).__name__}). Is the server running there?"
    return StudioloError(0, {"code": "unreachable", "message": sentence})


__all__ = ["Connection", "Event", "Literal", "StudioloError"]
