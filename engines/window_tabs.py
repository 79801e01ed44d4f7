"""All windows of the helper, by their pages' names: what is commanded is done on Qt's thread."""

import gc
import sys
import traceback
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engines.window_page import KEEPER
from engines.window_tab import Run, Tab, Tell

ACTS: dict[str, Callable[..., None]] = {
    "navigate": Tab.navigate,
    "read": Tab.read,
    "run": lambda tab, number, **words: tab.run(Run(number=number, **words)),
    "settle": Tab.settle,
}


class Tabs(QObject):
    """`told` takes a command from any thread."""

    told = Signal(object)

    def __init__(self, tell: Tell) -> None:
        super().__init__()
        self._tell = tell
        self._tabs: dict[str, Tab] = {}
        self.told.connect(self._do)

    def adopt(self, window: Any, page: str, number: int) -> None:
        """Take a window that has just been made, before it shows anything."""
        tab = self._tabs[page] = Tab(window, page, number, self._tell)
        tab.page.destroyed.connect(lambda: QTimer.singleShot(0, lambda: self._drop(page)))

    @Slot(object)
    def _do(self, command: dict[str, Any]) -> None:
        number, act, page = command.pop("id"), command.pop("act"), command.pop("page")
        tab = self._open_tab(page)
        try:
            if act == "count":
                self._tell({"id": number, "value": self._count()})
            elif act == "close":
                if tab is not None:
                    tab.close()
                self._tell({"id": number, "value": ""})
            elif tab is None:
                self._tell({"id": number, "refused": "gone", "message": "the page is gone"})
            else:
                ACTS[act](tab, number, **command)
        except Exception:  # noqa: BLE001 - an edge: one command must not end the others
            traceback.print_exc(file=sys.stderr)
            self._tell({"id": number, "refused": "broke", "message": "the helper broke at it"})

    def _open_tab(self, page: str) -> Tab | None:
        tab = self._tabs.get(page)
        return tab if tab is not None and tab.is_open else None

    def _count(self) -> dict[str, int]:
        tabs = [tab for tab in self._tabs.values() if tab.is_open]
        windows = [tab.window for tab in tabs]
        return {
            "windows": len(windows),
            "callbacks": sum(len(window._callbacks) for window in windows),
            "results": sum(len(window.native._js_results) for window in windows),
            "scripts": sum(tab.page.scripts().count() for tab in tabs),
            "objects": len(gc.get_objects()),
        }

    def _drop(self, page: str) -> None:
        tab = self._tabs.pop(page, None)
        if tab is None or page == KEEPER:
            return
        # The window may be let go on another thread, what Qt made may not.
        tab.window.native = None
        del tab
        gc.collect()
