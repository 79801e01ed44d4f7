"""Items as JSON: an array of objects, or objects one after the other; read and written one by one."""

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from pydantic_core import to_json

from api.item_csv import COLUMNS, Found, Refusal
from api.item_errors import NotJson
from api.item_text import as_text
from store.item_rows import ItemRow

CHUNK = 262_144  # letters
MAX_VALUE = 1_048_576  # letters of one item
_BLANK = " \t\r\n"


def read_json_items(file: BinaryIO) -> Iterator[Found]:
    """Yield each item's number and fields, or why it is refused. Raises NotJson."""
    text = _Text(file)
    first = text.peek()
    if first not in ("[", "{", ""):
        raise NotJson(reason="it begins with neither [ nor {")
    yield from _array(text) if first == "[" else _sequence(text)


def as_json_item(row: ItemRow) -> bytes:
    """Return an item as one line of JSON."""
    return to_json({name: getattr(row, name) for name in COLUMNS})


def _array(text: "_Text") -> Iterator[Found]:
    text.skip(1)
    number = 0
    while (following := text.peek()) not in ("", "]"):
        number += 1
        if following == "," and number > 1:
            text.skip(1)
        try:
            yield _read_item(number, text.value())
        except ValueError as error:
            yield Refusal(number, None, f"from here on the file is not JSON ({error}); nothing after it was read")
            return
    if not following:
        yield Refusal(number + 1, None, "the file ends before its last ]; is it whole?")


def _sequence(text: "_Text") -> Iterator[Found]:
    number = 0
    while text.peek():
        number += 1
        try:
            yield _read_item(number, text.value())
        except ValueError as error:
            yield Refusal(number, None, f"it is not JSON ({error})")
            text.skip_line()


class _Text:
    """A file's letters, as far as the next value needs them."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = as_text(file)
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)
        self._text = ""
        self._at = 0
        self._has_ended = False

    def peek(self) -> str:
        """Return the next letter that is no blank; an empty text at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _BLANK:
                self._at += 1
            if self._at < len(self._text) or not self._read():
                return self._text[self._at : self._at + 1]

    def skip(self, num: int) -> None:
        """Go over letters."""
        self._at += num

    def skip_line(self) -> None:
        """Go over the rest of the line."""
        while (end := self._text.find("\n", self._at)) < 0:
            self._at = len(self._text)
            if not self._read():
                return
        self._at = end + 1

    def value(self) -> Any:
        """Return the next value. Raises ValueError."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise ValueError("it is too deep") from None
            except json.JSONDecodeError as error:
                # The rest of the value may be in what was not read yet.
                if len(self._text) - self._at > MAX_VALUE or not self._read():
                    raise ValueError(error.msg) from None
                continue
            if end < len(self._text) or not self._read():
                self._at = end
                return value

    def _read(self) -> bool:
        if self._has_ended:
            return False
        more = self._file.read(CHUNK)
        self._has_ended = not more
        self._text, self._at = self._text[self._at :] + more, 0
        return bool(more)


def _refuse_constant(word: str) -> None:
    raise json.JSONDecodeError(f"{word} is no JSON", word, 0)


def _read_item(number: int, value: Any) -> Found:
    if not isinstance(value, dict):
        return Refusal(number, None, "it is no object")
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return Refusal(number, None, "its letters are not UTF-8; save the file as UTF-8")
    found = {name: value[name] for name in COLUMNS if value.get(name) is not None}
    others = {name: inner for name, inner in value.items() if name not in COLUMNS}
    if others and isinstance(found.get("attributes", {}), dict):
        found["attributes"] = {**found.get("attributes", {}), **others}
    return number, found
