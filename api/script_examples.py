"""The page scripts that Studiolo ships, to begin with: api/examples/*.js, named and told in the caller's language."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from api.script_shapes import ScriptExample

FOLDER = Path(__file__).parent / "examples"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An example's name and what it does, in each language; how long it may take."""

    en: tuple[str, str]
    zh: tuple[str, str]
    timeout_s: float = 60


_EXAMPLES = {
    "table_to_items": _Told(
        en=(
            "Read a table into items",
            "A row of a page's first table becomes an item; run again, it is kept up to date.",
        ),
        zh=("把表格读入记录", "页面第一个表格的每一行成为一条记录；再次运行会更新它们。"),
    ),
    "tell_changes": _Told(
        en=(
            "Tell when a page changes",
            "Compares a page's text with the last run's, and tells what is new. Give it a schedule.",
        ),
        zh=("页面变化时通知", "将页面文字与上次运行相比，并告知新增内容。请为它设置定时。"),
    ),
    "ask_model": _Told(
        en=(
            "Ask the chat model about a page",
            "Has the model say what a page is about, and writes the answer into an item.",
        ),
        zh=("就页面向聊天模型提问", "让模型说明页面的内容，并把回答写入记录。"),
        timeout_s=300,
    ),
}


def examples(language: str) -> list[ScriptExample]:
    """Return the examples."""
    return [_example(name, told, language) for name, told in _EXAMPLES.items()]


def _example(name: str, told: _Told, language: str) -> ScriptExample:
    title, about = told.zh if language == "zh-CN" else told.en
    return ScriptExample(id=name, name=title, about=about, script=_source(name), url=None, timeout_s=told.timeout_s)


@cache
def _source(name: str) -> str:
    return (FOLDER / f"{name}.js").read_text(encoding="utf-8")
