"""Scenes of items, files, tasks and tokens for the pictures of the docs."""

from typing import Any

from tests.browser.chromium import Page
from tests.browser.words import Words
from tests.running import Server

WONDERS = (
    ("Lighthouse of Alexandria", "亚历山大灯塔", 103, "2026-11-21", "towers", "塔"),
    ("Hanging gardens of Babylon", "巴比伦空中花园", None, None, "gardens", "花园"),
    ("Statue of Zeus at Olympia", "奥林匹亚宙斯神像", 12.4, "2026-10-03", "statues", "雕像"),
    ("Temple of Artemis at Ephesus", "以弗所阿尔忒弥斯神庙", 18, "2026-09-30", "temples", "神庙"),
    ("Mausoleum at Halicarnassus", "摩索拉斯王陵墓", 45, "2026-08-12", "tombs", "陵墓"),
    ("Colossus of Rhodes", "罗德岛太阳神巨像", 33, "2026-07-19", "statues", "雕像"),
    ("Great pyramid of Giza", "吉萨大金字塔", 146.6, "2026-06-01", "tombs", "陵墓"),
)
NOTE, NOTE_CHINESE = "Its height in metres, and the day I read of it.", "高度以米为单位，日期是读到它的那一天。"
ROWS = "title,number,date\nPharos,103,2026-11-21\nColossus,tall,2026-07-19\n,12,\nPyramid,146.6,21.6.2026\n"
# Files as the pointer brings them; a picture of that many colours, and texts.
BRING = """
const [names, done] = arguments, carried = new DataTransfer(), canvas = document.createElement('canvas');
const bring = (picture) => {
  for (const name of names)
    carried.items.add(name.endsWith('.png') ? new File([picture], name, {type: 'image/png'})
      : new File(['Notes on towers.\\n'.repeat(400)], name));
  document.querySelector('main').dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer: carried}));
  done();
};
Object.assign(canvas, {width: 640, height: 400});
const brush = canvas.getContext('2d'), fade = brush.createLinearGradient(0, 0, 640, 400);
fade.addColorStop(0, '#f2cf86');
fade.addColorStop(1, '#1f6f66');
brush.fillStyle = fade;
brush.fillRect(0, 0, 640, 400);
canvas.toBlob(bring);
"""
NAMES = ("A lighthouse.png", "Heights of the seven wonders.csv", "Notes on towers.md", "Letter to the museum.pdf")
NAMES_CHINESE = ("灯塔.png", "七大奇迹的高度.csv", "关于塔的笔记.md", "致博物馆的信.pdf")
MESSAGE = ("Say hello to the museum.", "向博物馆问好。")
ASKED = (
    ("Shall the letter go to the museum now, with its three pictures?", "send", ["Yes, send it", "Not yet"]),
    ("现在就把这封信和三张图片一起寄给博物馆吗？", "send", ["是，寄出", "暂不"]),
)
CHOOSE = """
const [text] = arguments, carried = new DataTransfer();
carried.items.add(new File([text], 'wonders.csv'));
const place = document.querySelector('[role=dialog] input[type=file]').parentElement;
place.dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer: carried}));
"""


def no_items(_server: Server, page: Page, said: Words) -> None:
    """Items, before there is one."""
    page.go("#/items")
    page.wait(lambda: said("items.empty.title") in page.text, "the empty list")


def items(_server: Server, page: Page, said: Words) -> None:
    """A table of items, or their cards."""
    add_wonders(page, said)
    page.go("#/items")
    page.wait(lambda: page.all(f'[aria-label="{said("items.list")}"]'), "the list")


def filtered(server: Server, page: Page, said: Words) -> None:
    """The table with its filter open."""
    items(server, page, said)
    page.button(said("items.filter")).click()
    page.field(said("items.from", name=said("items.column.number"))).send_keys("15")
    page.wait(lambda: said("items.count", num="5") in page.text, "what is found")


def form(_server: Server, page: Page, said: Words) -> None:
    """The form of an item, with an error in its JSON."""
    page.go(f"#/items/{add_wonders(page, said)['id']}")
    page.write(said("items.column.attributes"), '{"place": Pharos}')
    page.button(said("ui.save")).click()
    page.wait(lambda: page.all('[aria-invalid="true"]'), "the error")


def conflict(_server: Server, page: Page, said: Words) -> None:
    """Two versions of one item."""
    item = add_wonders(page, said)
    page.go(f"#/items/{item['id']}")
    page.write(said("items.column.title"), f"{item['title']} (Pharos)")
    page.write(said("items.column.number"), "100")
    page.call("update_item", item["id"], {"number": 103.5, "tags": [*item["tags"], "Pharos"]})
    page.button(said("ui.save")).click()
    page.wait(lambda: said("items.conflict.title") in page.text, "both versions")


def imported(_server: Server, page: Page, said: Words) -> None:
    """What came of a file of items, with the rows that were refused."""
    page.go("#/items/import")
    page.button(said("items.import.choose"))
    page.driver.execute_script(CHOOSE, ROWS)
    page.wait(lambda: page.all('[role="dialog"] tbody tr'), "the report")


def no_files(_server: Server, page: Page, said: Words) -> None:
    """Files, before there is one."""
    page.go("#/files")
    page.wait(lambda: said("files.empty.title") in page.text, "the empty area")


def files(server: Server, page: Page, said: Words) -> None:
    """Files, and two on their way."""
    no_files(server, page, said)
    names = NAMES if said.language == "en" else NAMES_CHINESE
    page.driver.execute_async_script(BRING, names)
    page.wait(lambda: len(page.all('main a[href^="#/files/"]')) == len(names), "the files")
    page.wait(lambda: not page.all("li[data-state]"), "the end of what was told")
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 200_000}
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    page.driver.execute_script(
        "const carried = new DataTransfer();"
        "for (const name of arguments[0]) carried.items.add(new File([new Uint8Array(4e6)], name));"
        "document.querySelector('main').dispatchEvent(new DragEvent('drop', {bubbles: true, dataTransfer: carried}));",
        ["Alexandria.mov", "Rhodes.mov"],
    )
    page.wait(lambda: len(page.all('[role="progressbar"]')) == 2, "both on their way")
    page.labelled(said("files.pause", name="Rhodes.mov")).click()
    bar = page.all('[role="progressbar"]')[0]
    page.wait(lambda: int(bar.get_attribute("aria-valuenow") or 0) > 15, "a part of it", 30)


def preview(server: Server, page: Page, said: Words) -> None:
    """A picture that was uploaded."""
    no_files(server, page, said)
    page.driver.execute_async_script(BRING, [NAMES[0]])
    page.one('main a[href^="#/files/"]').click()
    picture = page.one('[role="dialog"] img')
    page.wait(lambda: page.driver.execute_script("return arguments[0].naturalWidth", picture) > 1, "the picture")


def no_tasks(_server: Server, page: Page, said: Words) -> None:
    """Tasks, before there is one."""
    page.go("#/tasks")
    page.wait(lambda: said("tasks.empty.title") in page.text, "the empty list")


def tasks(server: Server, page: Page, said: Words) -> dict[str, Any]:
    """Tasks that ask, run, wait and have ended; answers the one that runs."""
    no_tasks(server, page, said)
    place = 0 if said.language == "en" else 1
    page.call("start_failure")
    page.call("send_message", MESSAGE[place])
    page.call("start_export", "csv")
    page.call("start_later", 3600)
    page.call("start_ask", *ASKED[place])
    running: dict[str, Any] = page.call("start_count", 2000, 0.02)
    page.wait(lambda: len(page.all("main li h2")) == 4, "every group")
    bar = f'[data-task="{running["id"]}"] [role="progressbar"]'
    page.wait(lambda: int(page.one(bar).get_attribute("aria-valuenow") or 0) > 14, "a part of it", 60)
    return running


def task(server: Server, page: Page, said: Words) -> None:
    """The window of a task that runs."""
    page.go(f"#/tasks/{tasks(server, page, said)['id']}")
    page.wait(lambda: page.all('[role="dialog"] pre'), "its log")


def question(server: Server, page: Page, said: Words) -> None:
    """A task's question above the items."""
    add_wonders(page, said)
    tasks(server, page, said)
    page.go("#/items")
    page.wait(lambda: page.all(f'[aria-label="{said("items.list")}"]'), "the list")


def tokens(_server: Server, page: Page, said: Words) -> None:
    """A token that was just made."""
    opener = '[aria-haspopup="menu"]'
    if not page.all(f"nav {opener}"):
        page.button(said("shell.openMenu")).click()
    page.one(f'nav {opener}, [role="dialog"] {opener}').click()
    page.item(said("tokens.title")).click()
    page.write(said("tokens.name"), said("tokens.example"))
    page.button(said("tokens.make")).click()
    page.wait(lambda: said("tokens.once", name=said("tokens.example")) in page.text, "the token")


def add_wonders(page: Page, said: Words) -> dict[str, Any]:
    """Make the seven items; answers the first of the list."""
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    place = 0 if said.language == "en" else 1
    made: dict[str, Any] = {}
    for wonder in reversed(WONDERS):
        text = (NOTE, NOTE_CHINESE)[place] if wonder[2] else ""
        tags = [("wonders", "奇迹")[place], wonder[4 + place]]
        facts = {"title": wonder[place], "text": text, "number": wonder[2], "date": wonder[3], "tags": tags}
        made = page.call("create_item", {**facts, "attributes": {"place": "Pharos"}})
    return made
