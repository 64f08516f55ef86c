"""Headless Chromium, for what looks at the book as a reader would."""
import fcntl
import itertools
import json
import os
import select
import shutil
import subprocess

PATIENCE = 300  # seconds: the machine may have much else to do
# MathJax and the theme are at work after a page is there.
SETTLED = """
new Promise(done => {
  const settle = () => requestAnimationFrame(done);
  const wait = () => {
    if (!window.MathJax || !MathJax.Hub) settle();
    else if (MathJax.isReady) MathJax.Hub.Queue(settle);
    else setTimeout(wait, 10);  // it has not asked for the formulas yet
  };
  wait();
})
"""


def program():
    """Where Chromium is, or None."""
    return shutil.which("chromium")


class Browser:
    """Chromium with one page, spoken to through two pipes: a JSON text and a zero byte a message."""

    def __init__(self, program, folder):
        (from_us, to_it), (from_it, to_us) = os.pipe(), os.pipe()
        # Out of the way of what they become in the child: 3 to read from, 4 to write to.
        ends = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in (from_us, to_us)]

        def as_descriptors():
            os.dup2(ends[0], 3), os.dup2(ends[1], 4)
        self.process = subprocess.Popen(
            [program, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--remote-debugging-pipe", "--no-first-run", "--disable-extensions",
             "--allow-file-access-from-files", f"--user-data-dir={folder}", "about:blank"],
            preexec_fn=as_descriptors, close_fds=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for one in (from_us, to_us, *ends):
            os.close(one)
        self.to, self.from_it = os.fdopen(to_it, "wb"), os.fdopen(from_it, "rb")
        self.numbers, self.events, self.rest, self.session = itertools.count(1), [], b"", None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(f"{domain}.enable")

    def receive(self):
        while b"\0" not in self.rest:
            if not select.select([self.from_it], [], [], PATIENCE)[0]:
                raise RuntimeError(f"Chromium has said nothing for {PATIENCE} seconds")
            more = os.read(self.from_it.fileno(), 1 << 16)
            if not more:
                raise RuntimeError("Chromium has ended")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **parameters):
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        self.to.flush()
        while (answer := self.receive()).get("id") != number:
            self.events.append(answer)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer["result"]

    def wait_for(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())
        self.events = [event for event in self.events if event.get("method") != method]

    def run(self, script):
        result = self.ask("Runtime.evaluate", expression=script, returnByValue=True,
                          awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(json.dumps(result["exceptionDetails"])[:500])
        return result["result"].get("value")

    def open(self, address):
        self.events = [event for event in self.events if event["method"] != "Page.loadEventFired"]
        self.ask("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")

    def show(self, size, scheme):
        self.ask("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
                 deviceScaleFactor=1, mobile=False)
        self.ask("Emulation.setEmulatedMedia",
                 features=[{"name": "prefers-color-scheme", "value": scheme}])

    def complaints(self):
        """What pages have told their console since the last time: errors."""
        events, self.events = self.events, []
        for event in events:
            method, what = event.get("method"), event.get("params", {})
            if method == "Log.entryAdded" and what["entry"]["level"] == "error":
                yield f"{what['entry']['text']} {what['entry'].get('url', '')}"
            elif method == "Runtime.exceptionThrown":
                details = what["exceptionDetails"]
                yield details.get("exception", {}).get("description", details["text"])
            elif method == "Runtime.consoleAPICalled" and what["type"] == "error":
                yield " ".join(str(one.get("value")) for one in what["args"])

    def press(self, key, text=""):
        """A key of the keyboard, by its name, and what it writes."""
        for kind in ("keyDown", "keyUp"):
            self.ask("Input.dispatchKeyEvent", type=kind, key=key,
                     **({"text": text} if text and kind == "keyDown" else {}))

    def close(self):
        self.to.close()
        self.process.terminate()
        self.process.wait()
