"""Opens a page of `juxta explore` in headless Chromium three times and drags its map: seconds until it is ready, and the frames that a
trace of the browser counts while the map is dragged, at three zooms.

    python3 benchmarks/panning.py ADDRESS [CHROMIUM]

The address is the one that the command prints. Needs the package websocket-client.
"""

import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

import websocket

SECONDS = 5
X, Y = 500, 450


class Browser:
    def __init__(self, program):
        self.folder = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0",
             "--remote-allow-origins=*", "--user-data-dir=" + self.folder.name, "--window-size=1400,900", "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        told = pathlib.Path(self.folder.name, "DevToolsActivePort")
        while not told.exists() or not told.read_text():
            time.sleep(0.1)
        port = told.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as pages:
            page = next(p for p in json.load(pages) if p["type"] == "page")
        self.socket = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=120)
        self.asked = 0
        self.events = []

    def ask(self, method, **parameters):
        self.asked += 1
        self.socket.send(json.dumps({"id": self.asked, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.asked:
                return answer["result"]
            self.events.append(answer)

    def until(self, state):
        expression = f"Boolean(document.body && document.body.dataset.{state})"
        while not self.ask("Runtime.evaluate", expression=expression)["result"].get("value"):
            time.sleep(0.05)

    def mouse(self, kind, x, y, **more):
        self.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def close(self):
        self.socket.close()
        self.process.terminate()
        self.process.wait()


def dragged(browser):
    """Milliseconds between the frames that were drawn."""
    browser.mouse("mousePressed", X, Y, button="left", clickCount=1)
    browser.events.clear()
    browser.ask("Tracing.start", categories="devtools.timeline,disabled-by-default-devtools.timeline.frame",
                transferMode="ReportEvents")
    began = time.time()
    moves = 0
    while time.time() < began + SECONDS:
        x, y = X + 150 * math.sin(moves / 40), Y + 100 * math.sin(moves / 23)
        browser.mouse("mouseMoved", x, y, button="left", buttons=1)
        moves += 1
        time.sleep(max(0, began + moves / 60 - time.time()))
    browser.ask("Tracing.end")
    while not any(event["method"] == "Tracing.tracingComplete" for event in browser.events):
        browser.events.append(json.loads(browser.socket.recv()))
    browser.mouse("mouseReleased", X, Y, button="left", clickCount=1)
    parts = [event["params"]["value"] for event in browser.events if event["method"] == "Tracing.dataCollected"]
    drawn = sorted(event["ts"] for part in parts for event in part if event["name"] == "DrawFrame")
    return [(after - before) / 1000 for before, after in zip(drawn, drawn[1:])]


def main():
    browser = Browser(sys.argv[2] if len(sys.argv) > 2 else "chromium")
    try:
        for _ in range(3):
            browser.ask("Page.navigate", url="about:blank")
            began = time.time()
            browser.ask("Page.navigate", url=sys.argv[1])
            browser.until("ready")
            print(f"ready after {time.time() - began:.2f} s")
        browser.until("near")
        for wheel in (0, 4, 6):
            for _ in range(wheel):
                browser.mouse("mouseWheel", X, Y, deltaX=0, deltaY=-200)
                time.sleep(0.1)
            time.sleep(1.5)
            gaps = dragged(browser)
            print(f"wheel turned by {wheel} more: {len(gaps) / SECONDS:.1f} frames/s; between two of them median "
                  f"{statistics.median(gaps):.0f} ms, longest {max(gaps):.0f} ms")
    finally:
        browser.close()


if __name__ == "__main__":
    main()
