"""What benchmarks were measured on and with."""
import json
import os
import platform
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# Variables that change how fast something is, by the beginnings of their names.
VARIABLES = re.compile(r"(OMP|GOMP|KMP|OPENBLAS|ONEDNN|DNNL|LIBXSMM|LANEWISE|MALLOC)_")
GOVERNOR = Path("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor")


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, cwd=ROOT,
                              check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"


def cpu_name():
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"


def best_isa():
    """The most that the processor has, in the library's words; None if it is not known."""
    try:
        flags = set(re.findall(r"\S+", Path("/proc/cpuinfo").read_text()))
    except OSError:
        return None
    known = {"avx512vl": "avx512", "avx2": "avx2", "sse4_2": "sse4", "asimd": "neon"}
    return next((isa for flag, isa in known.items() if flag in flags), None)


def compiler_of(build):
    try:
        log = (build / "meson-logs" / "meson-log.txt").read_text(errors="replace")
    except OSError:
        return "unknown"
    found = re.search(r"C\+\+ compiler for the host machine: .*?\((.*?)\)?$", log, re.MULTILINE)
    return found.group(1).split('"')[0].strip() if found else "unknown"


def build_type(build):
    try:
        options = json.loads((build / "meson-info/intro-buildoptions.json").read_text())
    except (OSError, ValueError):
        return "unknown"
    return next((option["value"] for option in options if option["name"] == "buildtype"), "unknown")


def commit():
    modified = "" if output_of("git", "status", "--porcelain") == "" else ", modified"
    return output_of("git", "rev-parse", "--short", "HEAD") + modified


def described(build):
    """What every run of a record has in common."""
    try:
        governor = GOVERNOR.read_text().strip()
    except OSError:
        governor = "unknown"
    return {"processor": cpu_name(), "cores": os.cpu_count(), "best_isa": best_isa(),
            "system": f"{platform.system()} {platform.release()}", "governor": governor,
            "compiler": compiler_of(build), "build": build_type(build), "commit": commit(),
            "environment": {name: value for name, value in sorted(os.environ.items())
                            if VARIABLES.match(name)}}
