"""The page's types follow the declarations."""

import pytest

import web_mode  # noqa: F401 — registers the areas
from api.method import METHODS, Methods, method
from doors import completions
from doors.generated import ROOT, artifacts, main
from doors.typescript import generate


class Extra:
    """A class with one more method."""

    @method
    def get_extra(self, ids: list[int], note: str | None = None) -> dict[str, list[str]]:
        """Return something more."""
        return {str(one): [note or ""] for one in ids}

    @method(doors=frozenset({"rpc"}))
    def get_rest(self) -> int:
        """Return what is no page script's."""
        return 0


def test_all_that_is_generated_is_fresh() -> None:
    for name, text in artifacts(METHODS).items():
        assert (ROOT / name).read_text(encoding="utf-8") == text, name


def test_a_new_method_appears_with_its_types_and_help() -> None:
    text = generate(METHODS.including(Extra))
    assert "  /** Return something more. */\n" in text
    assert "  get_extra(ids: number[], note?: string | null): Promise<{ [key: string]: string[] }>;\n" in text
    assert '  "get_extra",\n' in text


def test_what_may_be_left_out_of_an_argument_is_optional() -> None:
    text = generate(METHODS)
    shape = text[text.index("export interface ItemIn {") :].partition("}\n")[0]
    assert "  title: string;\n  text?: string;\n  number?: number | null;\n" in shape


def test_the_editor_completes_what_page_scripts_may_call_and_no_more() -> None:
    text = completions.generate(METHODS.including(Extra))
    assert 'signature: "(ids: number[], note?: string | null): Promise<{ [key: string]: string[] }>"' in text
    assert '{ name: "note", type: "string | null", isRequired: false }' in text
    assert "get_rest" in generate(METHODS.including(Extra))
    assert "get_rest" not in text


def test_the_editor_completes_the_shapes_that_methods_take_and_not_those_they_answer() -> None:
    text = completions.generate(METHODS)
    assert '  ItemIn: [\n    { name: "title", type: "string", isRequired: true },\n' in text
    assert "  ItemFacts: [" not in text


def test_stale_types_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--check"], METHODS) == 0
    assert main(["--check"], Methods().including(Extra)) == 1
    assert (
        "Stale: page/src/api.generated.ts, page/src/scripts/methods.generated.ts, studiolo_client.py"
        in capsys.readouterr().err
    )
