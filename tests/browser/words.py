"""What the page calls its things, in each of its languages."""

import json
import re
from functools import cache
from typing import Any

from tests.running import ROOT

FOLDER = ROOT / "page" / "src" / "i18n"
LANGUAGES = ("en", "zh-CN")


class Words:
    """The words of one language: `Words("en")("chat.moreFor", title="Tea")`."""

    def __init__(self, language: str) -> None:
        self.language = language
        files = [FOLDER / f"{language}.json", *sorted((FOLDER / language).iterdir())]
        self._texts = {
            name: text for file in files for name, text in _flat(json.loads(file.read_text(encoding="utf-8"))).items()
        }

    def __call__(self, key: str, **facts: str) -> str:
        """Return a text with its facts put in. Raises KeyError where the page has no such text."""
        return re.sub(r"{{(\w+)}}", lambda found: facts[found[1]], self._texts[key])


@cache
def words(language: str) -> Words:
    """Return the words of a language."""
    return Words(language)


def _flat(texts: dict[str, Any], before: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in texts.items():
        found |= _flat(value, f"{before}{name}.") if isinstance(value, dict) else {f"{before}{name}": value}
    return found
