"""A real headless Chromium, spoken to over its DevTools pipe: opens pages, measures them, takes their picture.

No script of ours runs in the page; what is measured is asked by the debugger, which a page's policy does not bind.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
)
# What sticks out of the window, and what its own box cuts off.
FAULTS = """(() => {
  const wide = document.documentElement.clientWidth, all = document.documentElement.scrollWidth;
  const out = all > wide ? ['the page is ' + all + ' wide'] : [];
  for (const e of document.querySelectorAll('body *')) {
    if (e.closest('.skip, thead, svg')) continue;
    const r = e.getBoundingClientRect(), told = e.tagName + '.' + e.className + ' ' + e.textContent.trim().slice(0, 40);
    if (r.width && r.right > wide + 1 && !e.closest('.tree-room')) out.push('sticks out: ' + told);
    const cuts = getComputedStyle(e).overflowX !== 'visible';
    if (cuts && e.clientWidth && e.scrollWidth > e.clientWidth + 1) out.push('cut off: ' + told);
  }
  return out.slice(0, 8);
})()"""


class Browser:
    """One Chromium with one page; scripts run in it only for a test of those."""

    def __init__(self, profile: Path, *, scripts: bool = False) -> None:
        program = shutil.which("chromium") or shutil.which("google-chrome")
        assert program, "the page tests need Chromium: apt-get install chromium"
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        # Chromium reads 3 and writes 4; the shell moves the pipes there, so they must not be there already.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (theirs_in, theirs_out)]
        shell = f'exec "$@" 3<&{high[0]} 4>&{high[1]}'
        command = ["bash", "-c", shell, "bash", program, *FLAGS, f"--user-data-dir={profile}", "about:blank"]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, pass_fds=high)
        for end in (theirs_in, theirs_out, *high):
            os.close(end)
        self._out, self._in = os.fdopen(ours_out, "wb", 0), os.fdopen(ours_in, "rb", 0)
        self._rest, self._id, self._session = b"", 0, ""
        self.requested: list[str] = []
        self._begin(scripts)

    def _begin(self, scripts: bool) -> None:
        target = next(t for t in self._ask("Target.getTargets")["targetInfos"] if t["type"] == "page")
        self._session = self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "DOM", "CSS"):
            self._ask(f"{domain}.enable")
        self._ask("Emulation.setScriptExecutionDisabled", value=not scripts)

    def open(self, url: str, width: int = 1440, height: int = 1000, language: str = "zh-CN") -> Browser:
        """Show a page in a window of this size; returns when it is loaded."""
        mobile = width < 600
        self._ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
        self._ask("Network.setExtraHTTPHeaders", headers={"Accept-Language": language})
        self._ask("Page.navigate", url=url)
        while self._next().get("method") != "Page.loadEventFired":
            pass
        return self

    def dark(self, on: bool = True) -> None:
        """Let pages think that people want dark ones."""
        wanted = {"name": "prefers-color-scheme", "value": "dark" if on else "light"}
        self._ask("Emulation.setEmulatedMedia", features=[wanted])

    def value(self, expression: str) -> Any:
        """What a JavaScript expression gives, asked by the debugger."""
        said = self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def fill(self, selector: str, text: str) -> Browser:
        """Type into a field."""
        self.value(f"document.querySelector({json.dumps(selector)}).focus()")
        self._ask("Input.insertText", text=text)
        return self

    def press(self, selector: str) -> Browser:
        """Press a button that leads to another page; returns when that is loaded."""
        self.value(f"document.querySelector({json.dumps(selector)}).click()")
        while self._next().get("method") != "Page.loadEventFired":
            pass
        return self

    def comes_true(self, expression: str) -> bool:
        """Whether it is true within a second: the focus is set when the page is drawn, which is after it is loaded."""
        for _ in range(50):
            if self.value(expression):
                return True
            time.sleep(0.02)
        return False

    def texts(self, selector: str) -> list[str]:
        """The visible text of every element that matches, white space made one."""
        found = self.value(f"[...document.querySelectorAll({json.dumps(selector)})].map(e => e.innerText)")
        return [" ".join(str(text).split()) for text in found]

    def text(self, selector: str = "body") -> str:
        """The visible text of the first that matches."""
        return self.texts(selector)[0]

    def faults(self) -> list[str]:
        """What sticks out of the window or is cut off."""
        return list(self.value(FAULTS))

    def fonts(self, selector: str) -> list[str]:
        """The fonts whose glyphs an element is really drawn with."""
        root = self._ask("DOM.getDocument")["root"]["nodeId"]
        node = self._ask("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        return [font["familyName"] for font in self._ask("CSS.getPlatformFontsForNode", nodeId=node)["fonts"]]

    def picture(self, path: Path, *, whole: bool = True) -> Path:
        """A PNG of the page."""
        path.parent.mkdir(parents=True, exist_ok=True)
        shot = self._ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))
        return path

    def close(self) -> None:
        """End it."""
        self._session = ""
        self._ask("Browser.close")
        self._process.wait(10)
        self._out.close()
        self._in.close()

    def _ask(self, method: str, **params: object) -> dict[str, Any]:
        self._id += 1
        message: dict[str, object] = {"id": self._id, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == self._id:
                assert "error" not in said, said
                return dict(said["result"])

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            more = self._in.read(1 << 20)
            assert more, "Chromium went away"
            self._rest += more
        raw, _, self._rest = self._rest.partition(b"\0")
        said: dict[str, Any] = json.loads(raw)
        if said.get("method") == "Network.requestWillBeSent":
            self.requested.append(said["params"]["request"]["url"])
        return said
