"""Watches a page from its first moment: violations of its policy, errors, dialogs, scripts that should not run, and
addresses it reached for."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from tests.browser.chromium import Page

# A hostile text runs `hit()`, or opens a dialog.
EYES = """
const seen = window.__seen = {violations: [], errors: [], hits: []};
performance.setResourceTimingBufferSize(10000);
addEventListener('securitypolicyviolation', (e) => seen.violations.push(
  `${e.effectiveDirective} ${e.blockedURI} ${e.sourceFile}:${e.lineNumber} ${e.sample}`));
addEventListener('error', (e) => seen.errors.push(String(e.message || e.target?.outerHTML)), true);
addEventListener('unhandledrejection', (e) => seen.errors.push(String(e.reason)));
window.hit = (...said) => seen.hits.push(`hit ${said}`);
for (const name of ['alert', 'confirm', 'prompt', 'print']) window[name] = () => seen.hits.push(name);
"""
ALL = """
const own = [...document.querySelectorAll('iframe, frame, object, embed, base, meta[http-equiv], form[action]')];
return {...window.__seen, asked: performance.getEntriesByType('resource').map((entry) => entry.name),
        framed: own.map((e) => e.outerHTML)};
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen in the document that is open."""

    violations: list[str]
    errors: list[str]
    hits: list[str]
    asked: list[str]
    framed: list[str]

    def strangers(self, address: str) -> list[str]:
        """Return what the page asked of other servers than that of `address`."""
        own = urlsplit(address).netloc
        return [one for one in self.asked if urlsplit(one).netloc not in ("", own)]


def watch(page: Page) -> Page:
    """Watch every document that a browser opens from now on."""
    page.before_each_document(EYES)
    return page


def seen(page: Page) -> Seen:
    """Return what was seen since the document was opened."""
    found: dict[str, Any] = page.driver.execute_script(ALL)
    return Seen(**found)
