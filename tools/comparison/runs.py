"""The runs: each chapter over many seeds with --numbers-only, several processes at a time.

What a run says is kept in FOLDER/NN_name/seed_S.json, with what identifies it: the program and the
library, the options, and the processor. So an interrupted comparison goes on where it was, and runs of
different builds never come into one record.
"""
import hashlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path


def seeds(count):
    """Far apart: a chapter that trains many networks takes the numbers that follow its seed for them, and
    would train most of them again with the next one."""
    return range(100_000, 100_000 * (count + 1), 100_000)


class Mixed(Exception):
    """There are runs of another build, other data or other options."""


@dataclass(frozen=True)
class Chapter:
    name: str  # 04_mnist_mlp
    program: Path
    identity: dict = field(hash=False)
    options: tuple = ()


def digest(*files):
    found = hashlib.sha256()
    for file in files:
        found.update(file.read_bytes())
    return found.hexdigest()[:16]


def chapter(name, build, options, processor):
    """A chapter as it is built now. The library is in its program, or beside it."""
    program = build / f"tutorial/chapter_{name[:2]}"
    library = sorted((build / "src").glob("liblanewise.so"))
    identity = {"program": digest(program, *library), "options": list(options), "processor": processor,
                "isa": os.environ.get("LANEWISE_ISA", "")}
    return Chapter(name, program, identity, options)


class Kept:
    """The runs on disk."""

    def __init__(self, folder, say):
        self.folder, self.say = folder, say

    def file(self, name, seed):
        return self.folder / name / f"seed_{seed}.json"

    def read(self, name, seed):
        """What is kept of a run, or None. A damaged file counts as none."""
        file = self.file(name, seed)
        try:
            content = json.loads(file.read_text())
            if all(isinstance(content[key], kind) for key, kind in
                   (("identity", dict), ("results", dict), ("seconds", float))):
                return content
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError):
            pass
        self.say(f"{file} is damaged: seed {seed} of {name} runs again")
        file.unlink()
        return None

    def write(self, name, seed, content):
        """There whole, or not at all."""
        file = self.file(name, seed)
        file.parent.mkdir(parents=True, exist_ok=True)
        new = file.with_suffix(".tmp")
        new.write_text(json.dumps(content, indent=1) + "\n")
        new.replace(file)

    def of(self, one, seeds, fresh):
        """{seed: content} of a chapter's runs; with `fresh`, those of other builds go."""
        found = {}
        for seed in seeds:
            content = self.read(one.name, seed)
            if content is None:
                continue
            other = [key for key in one.identity if content["identity"].get(key) != one.identity[key]]
            if not other:
                found[seed] = content
            elif fresh:
                self.file(one.name, seed).unlink()
            else:
                raise Mixed(f"{self.file(one.name, seed)} is of another {' and '.join(other)}: "
                            f"{', '.join(str(content['identity'].get(key)) for key in other)}; now it is "
                            f"{', '.join(str(one.identity[key]) for key in other)}. Such runs are not "
                            "mixed; --fresh throws the old ones away")
        return found


class Running:
    """A process that trains a chapter once."""

    def __init__(self, one, seed):
        self.one, self.seed, self.begun = one, seed, time.monotonic()
        self.out = tempfile.TemporaryDirectory()
        self.error = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [one.program, "--numbers-only", "--seed", str(seed), "--out", self.out.name, *one.options],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.error)

    def content(self):
        """What is kept of the finished run. Raises ValueError with what went wrong. One whose figures
        are out of the chapter's own bounds, which ends with 1, is a run like the others."""
        status = self.process.returncode
        if status not in (0, 1):
            self.error.seek(0)
            told = self.error.read().strip().splitlines()
            ended = f"died of {signal.Signals(-status).name}" if status < 0 else f"exit status {status}"
            raise ValueError(ended + (f": {told[-1]}" if told else ""))
        file = Path(self.out.name) / self.one.name / "results.json"
        try:
            results = json.loads(file.read_text())
            values = {entry["quantity"]: entry["value"] for entry in results["comparisons"]}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ValueError(f"its results.json is missing or damaged ({error!r})") from None
        for quantity, value in values.items():
            if not isinstance(value, (int, float)):
                raise ValueError(f"'{quantity}' is not a finite number")
        kept = {key: results.get(key) for key in ("data", "isa", "threads", "comparisons", "verdict")}
        return {"identity": self.one.identity, "seconds": time.monotonic() - self.begun, "results": kept}

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()
        self.error.close()
        self.out.cleanup()


def time_left(todo, seconds, jobs):
    """By the mean of each chapter's runs so far; "" as long as there is none."""
    known = [value for values in seconds.values() for value in values]
    if not known:
        return ""

    def mean(values):
        return sum(values) / len(values)

    left = sum(mean(seconds.get(one.name) or known) for one, _ in todo) / jobs
    return f", about {left / 60:.0f} min left" if left >= 60 else f", about {left:.0f} s left"


def run_all(chapters, wanted, kept, jobs, fresh, show):
    """Runs what is missing. Returns ({chapter: {seed: content}}, {chapter: what failed})."""
    done = {one.name: kept.of(one, wanted, fresh) for one in chapters}
    todo = [(one, seed) for seed in wanted for one in chapters if seed not in done[one.name]]
    seconds = {name: [content["seconds"] for content in found.values()] for name, found in done.items()}
    all_runs, failed, running = len(wanted) * len(chapters), {}, []
    try:
        while todo or running:
            while todo and len(running) < jobs:
                running.append(Running(*todo.pop(0)))
            time.sleep(0.02)
            for process in [each for each in running if each.process.poll() is not None]:
                running.remove(process)
                name, seed = process.one.name, process.seed
                try:
                    content = process.content()
                    kept.write(name, seed, content)
                    done[name][seed] = content
                    seconds[name].append(content["seconds"])
                except ValueError as error:
                    failed.setdefault(name, f"seed {seed}: {error}")
                    todo = [(one, other) for one, other in todo if one.name != name]
                finally:
                    process.end()
                count = sum(map(len, done.values()))
                show(f"{count} of {all_runs} runs, {name[:2]} with seed {seed} done"
                     + time_left(todo + [(each.one, 0) for each in running], seconds, jobs))
    finally:  # also of an interrupt
        for process in running:
            process.end()
        show("")
    return done, failed


def progress(text):
    """A line on a terminal that takes the place of the last one."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()
