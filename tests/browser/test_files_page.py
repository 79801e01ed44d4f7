"""The area of files in a real browser: uploads that go on, previews, names, undo, dropped and pasted files."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import requests
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.browser.chromium import Page
from tests.browser.conftest import Browsers
from tests.browser.cutting_proxy import CuttingProxy
from tests.browser.phone import as_phone, overflowing, small_targets, tap
from tests.browser.words import Words, words
from tests.running import Server, wait_until

HTML = "<script>window.hit = 1</script><b>bold</b>"
PDF = b"""%PDF-1.1
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]>>endobj
trailer<</Root 1 0 R>>
%%EOF"""
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
FAST = {**SLOW, "uploadThroughput": -1}
SIZE = 2_000_000
LONG_NAME = "a name " * 20 + ".txt"

# A file as the pointer or the clipboard brings it: made in the page.
CARRIED = """
const [kind, name, text] = arguments, carried = new DataTransfer();
carried.items.add(new File([text], name, {type: 'text/plain'}));
const facts = {bubbles: true, cancelable: true};
const event = kind === 'paste' ? new ClipboardEvent(kind, {...facts, clipboardData: carried})
  : new DragEvent(kind, {...facts, dataTransfer: carried});
document.querySelector('main').dispatchEvent(event);
"""

NUM_BEGUN = """
return performance.getEntriesByType('resource').filter(({name}) => name.includes('/files/uploads/')).length;
"""

pytestmark = pytest.mark.timeout(120)


def test_files_are_uploaded_and_looked_at(browsers: Browsers, chat_server: Server, tmp_path: Path) -> None:
    page, said = opened(browsers, chat_server.url)
    page.wait(lambda: said("files.empty.title") in page.text, "the empty area")
    (tmp_path / "page.html").write_text(HTML, encoding="utf-8")
    (tmp_path / "dot.png").write_bytes(
        requests.get(f"{chat_server.url}/static/icons/apple-touch.png", timeout=5).content
    )
    (tmp_path / "long.txt").write_text("é" * 150_000, encoding="utf-8")
    (tmp_path / "paper.pdf").write_bytes(PDF)
    for name in ("page.html", "dot.png", "long.txt", "paper.pdf"):
        chooser(page, said).send_keys(str(tmp_path / name))
    page.wait(lambda: sorted(names(page, said)) == ["dot.png", "long.txt", "page.html", "paper.pdf"], "the files")
    look_at(page, "page.html")
    page.wait(lambda: page.one('[role="dialog"] pre').text == HTML, "the page as the text it is")
    assert page.driver.execute_script("return window.hit") is None
    page.press(Keys.ESCAPE)
    look_at(page, "dot.png")
    picture = page.one('[role="dialog"] img')
    page.wait(lambda: page.driver.execute_script("return arguments[0].naturalWidth", picture) > 1, "the picture")
    page.press(Keys.ESCAPE)
    look_at(page, "long.txt")
    page.wait(lambda: said("files.cut", most="200 kB") in page.text, "that it goes on")
    page.wait(lambda: len(page.one('[role="dialog"] pre').text) == 100_000, "its first 200 kB, no letter halved")
    page.press(Keys.ESCAPE)
    look_at(page, "paper.pdf")
    page.wait(lambda: page.all('[role="dialog"] iframe[title="paper.pdf"]'), "the PDF in the page")
    assert page.one('[role="dialog"] a[target="_blank"]').text == said("files.openPdf")
    assert page.problems == []


def test_an_upload_is_paused_goes_on_and_can_be_cancelled(
    browsers: Browsers, chat_server: Server, tmp_path: Path
) -> None:
    page, said = opened(browsers, chat_server.url)
    film, other = made(tmp_path / "film.bin", SIZE), made(tmp_path / "other.bin", SIZE)
    throttle(page, SLOW)
    chooser(page, said).send_keys(f"{film}\n{other}")
    page.wait(lambda: states(page) == ["sending", "sending"], "both on their way")
    page.labelled(said("files.pause", name="film.bin")).click()
    page.labelled(said("files.cancel", name="other.bin")).click()
    page.wait(lambda: states(page) == ["paused"], "one of them, paused")
    throttle(page, FAST)
    page.labelled(said("files.resume", name="film.bin")).click()
    page.wait(lambda: names(page, said) == ["film.bin"], "the file")
    assert stored_bytes(page, chat_server, "film.bin") == film.read_bytes()


def test_an_upload_outlives_a_lost_connection(browsers: Browsers, chat_server: Server, tmp_path: Path) -> None:
    film = made(tmp_path / "film.bin", SIZE)
    with CuttingProxy(chat_server.url) as proxy:
        page, said = opened(browsers, proxy.url)
        throttle(page, SLOW)
        with proxy.cutting(every_s=1.2):
            chooser(page, said).send_keys(str(film))
            wait_until(lambda: page.driver.execute_script(NUM_BEGUN) >= 3, 20, "some new beginnings")
        throttle(page, FAST)
        page.wait(lambda: names(page, said) == ["film.bin"], "the file")
        assert stored_bytes(page, chat_server, "film.bin") == film.read_bytes()


def test_an_upload_goes_on_after_a_reload_with_the_same_file(
    browsers: Browsers, chat_server: Server, tmp_path: Path
) -> None:
    page, said = opened(browsers, chat_server.url)
    film = made(tmp_path / "film.bin", SIZE)
    throttle(page, SLOW)
    chooser(page, said).send_keys(str(film))
    page.wait(lambda: int(page.one('[role="progressbar"]').get_attribute("aria-valuenow") or 0) > 10, "a part of it")
    page.driver.refresh()
    page.wait(lambda: said("files.state.left") in page.text, "that it is not finished")
    throttle(page, FAST)
    upload = page.driver.execute_script("return JSON.parse(sessionStorage[`studiolo:uploads:${SESSION_UUID}`])[0].id")
    chooser(page, said).send_keys(str(film))
    page.wait(lambda: names(page, said) == ["film.bin"], "the file")
    assert page.call("list_files")["items"][0]["id"] == upload
    assert stored_bytes(page, chat_server, "film.bin") == film.read_bytes()


def test_what_has_no_room_says_so(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server.url)
    # The size is only told to the server, which refuses it before a byte is sent.
    page.driver.execute_script("Object.defineProperty(File.prototype, 'size', {get: () => 3 * 2 ** 30})")
    page.driver.execute_script(CARRIED, "drop", "huge.bin", "x")
    page.wait(lambda: states(page) == ["failed"], "the refusal")
    assert "GB" in page.one('li[data-state="failed"]').text or "bytes" in page.one('li[data-state="failed"]').text
    page.labelled(said("files.cancel", name="huge.bin")).click()
    page.wait(lambda: states(page) == [], "the empty list")


def test_dropped_and_pasted_files_are_uploaded(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server.url)
    page.driver.execute_script(CARRIED, "dragenter", "dropped.txt", "d")
    page.wait(lambda: said("files.drop") in page.text, "the place to drop")
    page.driver.execute_script(CARRIED, "drop", "dropped.txt", "d")
    page.wait(lambda: names(page, said) == ["dropped.txt"] and said("files.drop") not in page.text, "the dropped file")
    page.driver.execute_script(CARRIED, "paste", "pasted.txt", "p")
    page.wait(lambda: names(page, said) == ["pasted.txt", "dropped.txt"], "the pasted file")
    assert page.problems == []


def test_a_file_is_renamed_saved_deleted_and_brought_back(
    browsers: Browsers, chat_server: Server, tmp_path: Path
) -> None:
    page, said = opened(browsers, chat_server.url)
    page.driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    page.driver.execute_script(CARRIED, "drop", "notes.txt", "Hello")
    choose(page, said, "notes.txt", "files.rename")
    field = page.field(said("files.name"))
    page.wait(lambda: page.driver.switch_to.active_element == field, "the focus")
    field.send_keys(Keys.CONTROL, "a", Keys.NULL, "letters.txt", Keys.ENTER)
    page.wait(lambda: names(page, said) == ["letters.txt"], "the new name")
    choose(page, said, "letters.txt", "files.save")
    wait_until(lambda: (tmp_path / "letters.txt").is_file(), 10, "the saved file")
    assert (tmp_path / "letters.txt").read_text(encoding="utf-8") == "Hello"
    choose(page, said, "letters.txt", "files.delete")
    page.wait(lambda: names(page, said) == [], "the empty list")
    page.button(said("ui.undo")).click()
    page.wait(lambda: names(page, said) == ["letters.txt"], "the file again")
    page.write(said("files.search"), "nothing")
    page.wait(lambda: said("files.notFound") in page.text, "that nothing is found")
    assert page.problems == []


def test_what_another_tab_uploads_appears(browsers: Browsers, chat_server: Server) -> None:
    page, said = opened(browsers, chat_server.url)
    first = page.driver.current_window_handle
    page.new_tab(page.driver.current_url)
    page.wait(lambda: said("files.empty.title") in page.text, "the other tab")
    page.driver.execute_script(CARRIED, "drop", "notes.txt", "Hello")
    page.wait(lambda: names(page, said) == ["notes.txt"], "the file in this tab")
    page.driver.switch_to.window(first)
    page.wait(lambda: names(page, said) == ["notes.txt"], "the file in the first tab")


@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_on_a_phone_nothing_overflows(browsers: Browsers, chat_server: Server, language: str) -> None:
    page, said = as_phone(browsers(language=language, has_mouse=False)), words(language)
    page.open(chat_server.url)
    page.wait(lambda: said("chat.empty.title") in page.text, "the first visit")
    page.go("#/files")
    page.wait(lambda: said("files.empty.title") in page.text, "the empty area")
    wrong = {"empty": overflowing(page) + small_targets(page)}
    page.driver.execute_script(CARRIED, "drop", LONG_NAME, "Hello")
    page.wait(lambda: names(page, said) == [LONG_NAME], "the file")
    wrong["files"] = overflowing(page) + small_targets(page)
    tap(page, page.one('a[href^="#/files/"][title]'))
    page.wait(lambda: page.all('[role="dialog"] pre'), "the file's text")
    wrong["preview"] = overflowing(page) + small_targets(page)
    assert {state: found for state, found in wrong.items() if found} == {}
    assert page.problems == []


def opened(browsers: Browsers, url: str) -> tuple[Page, Words]:
    page, said = browsers().open(url), words("en")
    page.labelled(said("chat.message"))
    page.go("#/files")
    page.wait(lambda: page.all('input[type="file"]'), "the area")
    return page, said


def chooser(page: Page, said: Words) -> WebElement:
    """Return the field that files are chosen with; it is behind a button."""
    return page.wait(lambda: page.all(f'input[aria-label="{said("files.choose")}"]'), "the chooser")[0]


def names(page: Page, said: Words) -> list[str]:
    """Return the names of the files in the list."""
    links = page.all(f'ul[aria-label="{said("files.list")}"] a')
    return [str(link.get_attribute("title")) for link in links]


def states(page: Page) -> list[str]:
    """Return where the uploads stand."""
    return [str(line.get_attribute("data-state")) for line in page.all("li[data-state]")]


def look_at(page: Page, name: str) -> None:
    page.wait(lambda: not page.all('[role="dialog"]'), "the closed window")
    page.one(f'a[title="{name}"]').click()
    page.wait(lambda: page.all('[role="dialog"]'), "the window")


def choose(page: Page, said: Words, name: str, act: str) -> None:
    """Take a line of a file's menu."""
    page.labelled(said("files.moreFor", name=name)).click()
    page.item(said(act)).click()


def made(path: Path, size: int) -> Path:
    path.write_bytes(bytes(range(256)) * (size // 256))
    return path


def throttle(page: Page, conditions: Mapping[str, object]) -> None:
    page.driver.execute_cdp_cmd("Network.enable", {})
    page.driver.execute_cdp_cmd("Network.emulateNetworkConditions", dict(conditions))


def stored_bytes(page: Page, server: Server, name: str) -> bytes:
    """Return a file's bytes as the server gives them to this browser."""
    (file,) = [one for one in page.call("list_files")["items"] if one["name"] == name]
    cookies = {one["name"]: one["value"] for one in page.driver.get_cookies()}
    return requests.get(server.url + file["url"], cookies=cookies, timeout=10).content
