"""Scenes of page scripts for the pictures of the docs, and the site that the scripts read."""

from tests.browser.chromium import Page
from tests.browser.scenes import WONDERS
from tests.browser.scripts import add_script, run, show_part, wait_for_end, write_code
from tests.browser.words import Words
from tests.loopback import LoopbackServer, QuietHandler
from tests.running import Server

PAGE = """<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{title}</title><style>
body {{ margin: 0; font: 26px/1.5 Georgia, "Noto Serif CJK SC", serif; color: #2b2a27; background: #fbf8f1 }}
h1 {{ margin: 0; padding: 42px 64px; font-size: 54px; color: #fff }}
h1 {{ background: linear-gradient(100deg, #1f6f66, #c99a3f) }}
table {{ margin: 34px 64px; width: calc(100% - 128px); border-collapse: collapse }}
th, td {{ padding: 9px 12px; text-align: left; border-bottom: 2px solid #e3dccb }}
td + td, th + th {{ text-align: right }}
</style><h1>{title}</h1><table><thead><tr><th>{name}</th><th>{height}</th></tr></thead><tbody>{rows}</tbody></table>"""
TITLES = (("The seven wonders", "Wonder", "Height"), ("古代世界七大奇迹", "奇迹", "高度"))
NAMES = ("Heights of the wonders", "七大奇迹的高度")
CODE = """// Every wonder of some height becomes an item.
const api = window.pywebview.api;
const body = document.querySelector("tbody");
let added = 0;

for (const { cells } of body.rows) {
  const title = cells[0].innerText;
  const number = parseFloat(cells[1].innerText);
  if (number < 40) continue;
  await api.create_item({ title, number });
  console.log(title, number);
  added += 1;
}

return added;"""
MINE = CODE.replace("< 40", "< 30")
THEIRS = CODE.replace('"tbody"', '"table.heights tbody"').replace("number });", 'number, tags: ["wonders"] });')
HAS_PICTURE = "return document.querySelector('section img')?.naturalWidth > 1"
TO_RESULT = "document.querySelector('section figure').scrollIntoView({block: 'end'})"


class Museum(LoopbackServer):
    """A page with a table, in both languages: `/en` and `/zh-CN`."""

    def __init__(self) -> None:
        class Handler(QuietHandler):
            def do_GET(self) -> None:  # noqa: N802 — the library's own name
                self.answer(200, _page(self.path.strip("/")))

        super().__init__(Handler)


def script(server: Server, page: Page, said: Words) -> None:
    """A saved script that has run: its console, and the page it worked in."""
    _open_script(server, page, said)
    run(page, said)
    wait_for_end(page, said)
    page.wait(lambda: page.driver.execute_script(HAS_PICTURE), "the picture in the console")
    if page.all("[role=tablist]"):
        return
    show_part(page, said, "picture")
    page.wait(lambda: page.all("[role=application] img"), "the page")
    page.driver.execute_script(TO_RESULT)


def seen(server: Server, page: Page, said: Words) -> None:
    """The page of a script, as a phone shows it."""
    script(server, page, said)
    show_part(page, said, "picture")
    page.wait(lambda: page.all("[role=application] img"), "the page")


def conflict(server: Server, page: Page, said: Words) -> None:
    """Two versions of one script, line by line."""
    script_id = _open_script(server, page, said)
    write_code(page, MINE)
    page.call("update_script", script_id, {"script": THEIRS})
    page.button(said("scripts.saveChanges")).click()
    page.wait(lambda: said("scripts.conflict.title") in page.text, "both versions")


def _open_script(server: Server, page: Page, said: Words) -> str:
    name = NAMES[said.language != "en"]
    url = f"http://{server.settings['egress']}/{said.language}"
    schedule = {"cron": "0 9 * * 1-5", "time_zone": "Europe/Vienna"}
    made = add_script(page, name=name, script=CODE, url=url, schedule=schedule)
    page.go(f"#/scripts/{made['id']}")
    page.wait(lambda: page.all(".cm-line"), "the code")
    return str(made["id"])


def _page(language: str) -> str:
    place = int(language != "en")
    title, name, height = TITLES[place]
    rows = "".join(f"<tr><td>{wonder[place]}</td><td>{wonder[2]} m</td></tr>" for wonder in WONDERS if wonder[2])
    return PAGE.format(language=language, title=title, name=name, height=height, rows=rows)
