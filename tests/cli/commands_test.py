"""Checks how the commands of tools/ answer where nothing is built or installed.

usage: commands_test.py SOURCE_FOLDER

They run in a copy of the sources, in a folder whose name has a blank, on a system that is made up:
it has the commands that are linked or written into one folder, and no other. What these are asked
to do is noted, so that the order of things can be seen.
"""
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

SOURCES = pathlib.Path(sys.argv[1])
BASIC = ("bash", "env", "basename", "cat", "chmod", "cp", "dirname", "find", "grep", "head", "mkdir", "sed",
         "sleep", "tail", "touch")
BUILDERS = ("c++", "meson", "ninja", "pkg-config", "gnuplot", "doxygen", "python3")
NOBODY = 65534


class System:
    """A user without root's rights, in a copy of the sources; `commands` do nothing and succeed."""

    def __init__(self, folder, commands=(), texts=None):
        self.folder = pathlib.Path(folder, "a folder")
        self.root, self.bin, self.home = (self.folder / name for name in ("lanewise", "bin", "home"))
        self.log = self.folder / "log"
        for path in (self.root, self.bin, self.home):
            path.mkdir(parents=True)
        for name in ("tools", "tutorial"):
            shutil.copytree(SOURCES / name, self.root / name)
        lib = self.root / "tools/lib.sh"  # this machine may have the package
        lib.write_text(lib.read_text().replace("/usr/share/datasets", "/usr/share/no-datasets"))
        for name in BASIC:
            (self.bin / name).symlink_to(shutil.which(name))
        for name in commands:
            self.command(name)
        self.command("id", "echo 1000")
        self.command("../lanewise/tools/fetch_data", "echo 'no mirror can be reached' >&2; exit 1")
        for name, text in (texts or {}).items():
            self.command(name, text)
        self.environment = {"PATH": str(self.bin), "HOME": str(self.home)}

    def command(self, name, text=""):
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(f'#!/bin/bash\necho "{path.name} $*" >>"{self.log}"\n{text}\n')
        path.chmod(0o755)

    def run(self, name, *arguments, folder=None, **environment):
        return subprocess.run([self.root / "tools" / name, *map(str, arguments)], text=True,
                              capture_output=True, stdin=subprocess.DEVNULL,
                              cwd=folder or self.root, env=self.environment | environment)

    def noted(self):
        """What the made-up commands were asked since the last time."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [line for line in lines if not line.startswith(("id ", "pkg-config "))]

    def give_data(self, name):
        folder = self.home / ".cache/lanewise" / name
        folder.mkdir(parents=True)
        for file in ("train-images-idx3-ubyte.gz", "train-labels.idx1-ubyte.gz",
                     "t10k-images-idx3-ubyte", "t10k-labels.idx1-ubyte"):
            (folder / file).touch()
        return folder


@contextlib.contextmanager
def system(*arguments, **options):
    with tempfile.TemporaryDirectory() as folder:
        yield System(folder, *arguments, **options)


# The build, made up: a program that says how it was called.
NINJA = """case "$*" in *query*) exit 1 ;; *build*tutorial*)
  for program in "${@: -1}"; do
    mkdir -p "build/$(dirname "$program")"
    echo 'echo "program $*"; exit 3' >"build/$program"
    chmod +x "build/$program"
  done
esac"""
# The folder that is built in is the second argument: ninja -C FOLDER TARGET.
NINJA = NINJA.replace('"build/', '"$2/')


def check_usage():
    with system() as here:
        for name in ("run", "test", "book"):
            for option in ("--help", "-h"):
                done = here.run(name, option)
                assert done.returncode == 0 and done.stdout.startswith(f"usage: tools/{name}"), done
            done = here.run(name, *(["--nonsense"] if name != "run" else []))
            assert done.returncode == 2 and "usage:" in done.stderr, done


def check_chapters():
    with system() as here:
        listed = here.run("run", "list")
        chapters = along_the_track()
        lines = listed.stdout.splitlines()[2:]
        numbers = [line.split()[0] for line in lines]
        assert listed.returncode == 0 and numbers == [name[:2] for name in chapters], listed
        build = (SOURCES / "tutorial/meson.build").read_text()
        assert [name for name in chapters if f"'{name}':" not in build] == [], build
        for line in lines:
            assert re.fullmatch(r"  \d\d  \S.* +\d+ +[\d-]+ +[\d-]+  (MNIST|nothing)", line), line
        for nonsense in ("99", "4x", "mnist"):
            done = here.run("run", nonsense)
            assert done.returncode != 0 and f"no chapter '{nonsense}'" in done.stderr, done


def along_the_track():
    """The chapters' folders, in the order of tutorial/course.json."""
    course = json.loads((SOURCES / "tutorial/course.json").read_text())
    return [main.parent.name for part in course["track"] for number in part
            for main in SOURCES.glob(f"tutorial/{number}_*/main.cpp")]


def check_next():
    """The first chapter of the track that has not run; when all have, it says so."""
    with system(BUILDERS, texts={"ninja": NINJA}) as here:
        here.give_data("mnist")
        names = along_the_track()
        for name in names[:3]:
            (here.root / "build/results" / name).mkdir(parents=True)
            (here.root / "build/results" / name / "results.json").touch()
        (here.root / "build/results" / names[1] / "results.json").unlink()  # was interrupted
        for name in (names[1], names[3]):
            done = here.run("run", "next", "--quick")
            assert done.returncode == 3 and f"Building {name}" in done.stdout, (name, done)
            assert "program --out build/results --quick" in done.stdout, done
            (here.root / "build/results" / name).mkdir(exist_ok=True)
            (here.root / "build/results" / name / "results.json").touch()
        assert here.run("run", "list").stdout.count("(has run)") == 4
        for name in names:
            (here.root / "build/results" / name).mkdir(exist_ok=True)
            (here.root / "build/results" / name / "results.json").touch()
        done = here.run("run", "next")
        assert done.returncode == 1 and done.stderr.startswith("Every chapter has run."), done


def check_all():
    """A chapter that fails, or cannot be built, is named and does not hide the next."""
    ninja = NINJA.replace("exit 3", "case $0 in *_04) exit 3 ;; esac").replace(
        "*build*tutorial*)", "*chapter_06*) echo nonsense >&2; exit 1 ;; *build*tutorial*)")
    with system(BUILDERS, texts={"ninja": ninja}) as here:
        here.give_data("mnist")
        names = along_the_track()
        done = here.run("run", "all", "--quick")
        assert done.returncode == 1, done
        assert [line[3:] for line in done.stdout.splitlines() if line.startswith("== ")][:-1] == names
        assert done.stdout.count("program --out build/results --quick") == len(names) - 1, done
        end = done.stdout.splitlines()[-1]
        assert f"{len(names) - 2} passed, 2 failed: 06_xor 04_mnist_mlp" in end, end
        here.command("ninja", NINJA.replace("exit 3", "exit 0"))
        done = here.run("run", "all")
        assert done.returncode == 0 and f"{len(names)} passed, 0 failed" in done.stdout, done
        for wrong in (["--epochs", "x"], ["--exercise"]):
            done = here.run("run", "all", *wrong)
            assert done.returncode == 2 and "==" not in done.stdout, done


def check_options():
    """As the program does, but with nothing installed; help without a build, too."""
    with system(["python3"]) as here:
        for line in (SOURCES / "tutorial/support/option_cases.txt").read_text().splitlines():
            if line.startswith("#"):
                continue
            verdict, *arguments = line.split()
            done = here.run("run", "04", *arguments)
            refused = done.returncode == 2 and "The options: tools/run NN --help" in done.stderr
            assert refused == (verdict == "wrong"), (line, done)
            if refused:
                assert here.noted() == [] and not (here.root / "build").exists(), line
            here.noted()
            shutil.rmtree(here.root / "build", ignore_errors=True)
        done = here.run("run", "04", "--epochs", "-3")
        assert done.stderr.startswith(
            "--epochs: '-3' is not a whole number from 1 to 2147483647\n"), done
        for arguments in (["4", "--help"], ["04", "--quick", "-h"]):
            done = here.run("run", *arguments)
            assert done.returncode == 0 and "usage: tools/run 04" in done.stdout, done
            for line in (SOURCES / "tutorial/support/option_cases.txt").read_text().splitlines():
                for word in line.split() if line.startswith("ok") else []:
                    assert not word.startswith("-") or word.split("=")[0] in done.stdout, word
        assert here.noted() == []


def check_order():
    """Options, --out and data are looked at first, then packages, then the download; the build last."""
    with system(BUILDERS, texts={"ninja": NINJA}) as here:
        (here.folder / "file").touch()
        for out in (here.folder / "file", here.folder / "file/deeper", "/proc/nobody"):
            done = here.run("run", "04", "--out", out)
            assert done.returncode == 1 and f"--out: {out}/04_mnist_mlp cannot be" in done.stderr, done
        done = here.run("run", "04", "--data", here.folder)
        assert done.returncode == 1, done
        assert f"neither {here.folder} nor {here.folder}/mnist has MNIST's" in done.stderr, done
        assert here.noted() == [], "something was done before the options were all right"

        done = here.run("run", "04")
        assert done.returncode == 1 and here.noted() == ["fetch_data "], (done, here.noted())
        assert "no apt-get" in done.stderr and "dataset-fashion-mnist" in done.stderr, done
        assert "takes MNIST's place" not in done.stdout, done
        done = here.run("run", "04")  # the next try is tomorrow's
        assert done.returncode == 1 and here.noted() == [], done
        assert "not be downloaded within the last day" in done.stdout, done
        os.utime(here.root / "build/tried/mnist", (time.time() - 90000,) * 2)
        here.run("run", "04")
        assert here.noted() == ["fetch_data "]

        here.give_data("fashion_mnist")
        done = here.run("run", "04", "--epochs", "3")
        assert done.stdout.count("\n") <= 7 and "takes MNIST's place" in done.stdout, done
        assert "program --out build/results --epochs 3\n" in done.stdout, done
        assert done.returncode == 3, done
        assert [line.split()[0] for line in here.noted()] == ["ninja", "meson", "ninja"]
        mnist = here.give_data("mnist")
        for options in ({}, {"LANEWISE_DATA": str(mnist.parent), "HOME": "/"}):
            done = here.run("run", "04", folder="/", **options)
            assert "place" not in done.stdout and "downloaded" not in done.stdout, done
            assert f"program --out {here.root}/build/results\n" in done.stdout, done
        done = here.run("run", "04", "--numbers-only")  # the book's results stay
        assert "program --out build/numbers --numbers-only\n" in done.stdout, done


def check_exercises():
    """The reader's files are made once, and only they are built; a chapter tells of them."""
    with system(BUILDERS, texts={"ninja": NINJA}) as here:
        here.give_data("mnist")
        folder = here.root / "tutorial/04_mnist_mlp/exercises"
        stubs = {file.name: file.read_text() for file in folder.glob("stub/*.hpp")}
        assert len(stubs) >= 3, stubs
        assert "--exercise" in here.run("run", "04", "--help").stdout
        done = here.run("run", "04")
        assert done.returncode == 3 and "Exercises: not written yet (" in done.stderr, done
        assert "./tools/run 04 --exercise" in done.stderr and not (folder / "mine").exists(), done
        here.noted()

        done = here.run("run", "4", "--exercise")
        assert done.returncode == 3, done
        assert "tutorial/04_mnist_mlp/exercises/mine" in done.stdout, done
        assert "program \n" in done.stdout and "minutes the first time" in done.stdout, done
        assert {file.name: file.read_text() for file in folder.glob("mine/*")} == stubs
        built = [line.split()[-1] for line in here.noted() if line.startswith("ninja")]
        assert set(built) == {"tutorial/exercises_04"}, built
        mine, other = sorted(folder.glob("mine/*"))[:2]
        mine.write_text("mine\n")
        other.unlink()
        done = here.run("run", "04", "--exercise")
        assert "minutes" not in done.stdout, done
        assert mine.read_text() == "mine\n" and other.read_text() == stubs[other.name]
        done = here.run("run", "04", "--quick")
        assert done.returncode == 3 and "program brief\n" in done.stderr, done

        for wrong in (["--exercise", "--quick"], ["--seed", "1", "--exercise"]):
            done = here.run("run", "04", *wrong)
            assert done.returncode == 2 and "--exercise goes with no other" in done.stderr, done


# What ninja prints when the reader's file is wrong, after Meson has been run again.
COMPILER = """case "$*" in *query*) exit 0 ;; esac
cat <<END
Found ninja-1.11.1 at /usr/bin/ninja
FAILED: tutorial/exercises_04.p/04_mnist_mlp_exercises_main.cpp.o
ccache g++ -Itutorial -c ../tutorial/04_mnist_mlp/exercises/main.cpp
In file included from ../tutorial/04_mnist_mlp/exercises/descend.hpp:21,
                 from ../tutorial/04_mnist_mlp/exercises/main.cpp:3:
$PWD/tutorial/04_mnist_mlp/exercises/mine/descend.hpp:12:5: error: expected ';'
   12 |   x
ninja: build stopped: subcommand failed.
END
exit 1"""


def check_compile_errors():
    """Only what the compiler says about the reader's file is shown; a chapter runs nevertheless."""
    with system(BUILDERS, texts={"ninja": COMPILER}) as here:
        here.give_data("mnist")
        done = here.run("run", "04", "--exercise")
        assert done.returncode == 1, done
        assert done.stderr == ("tutorial/04_mnist_mlp/exercises/mine/descend.hpp:12:5: error: "
                               "expected ';'\n   12 |   x\n"), done.stderr
        here.command("ninja", NINJA.replace("*build*tutorial*", "*exercises_04*) exit 1 ;; *build*tutorial*"))
        done = here.run("run", "04")
        assert done.returncode == 3 and "cannot be compiled (./tools/run 04 --ex" in done.stderr, done


def check_foreign_system():
    """Neither apt-get nor compilers: the commands name what is missing instead of failing in it."""
    with system() as here:
        for command in (["run", "04"], ["test"], ["book"]):
            done = here.run(*command)
            assert done.returncode == 1, done
            for package in ("g++", "meson", "ninja-build", "libxsimd-dev", "libfmt-dev"):
                assert package in done.stderr.split(), (package, done)
            assert "no apt-get" in done.stderr, done
        assert "half an hour" in here.run("test", "--all-builds").stdout.splitlines()[0]
        assert "8 minutes" in here.run("test").stdout.splitlines()[0]


def check_without_rights():
    """One line says all that whoever has the rights has to do for the whole run."""
    refused = "echo 'sudo: a password is required' >&2; exit 1"
    for texts in ({}, {"sudo": refused}):
        with system(["apt-get"], texts=texts) as here:
            done = here.run("run", "04")
            assert done.returncode == 1 and "Ask root" in done.stderr, done
            line, = (line for line in done.stderr.splitlines() if "apt-get install" in line)
            for package in ("g++", "meson", "libcli11-dev", "gnuplot-nox", "dataset-fashion-mnist"):
                assert package in line.split(), (package, line)
            assert not any(line.startswith("apt-get") for line in here.noted())
            here.give_data("mnist")
            assert "dataset" not in here.run("run", "04").stderr
            assert "doxygen" in here.run("book").stderr
            assert "catch2" in here.run("test").stderr


def check_without_network():
    """As root, where apt-get gets nothing: said once a day for what can be done without."""
    with system([name for name in BUILDERS if name != "gnuplot"],
                texts={"apt-get": "echo E: no network; exit 100", "id": "echo 0",
                       "ninja": NINJA}) as here:
        here.give_data("mnist")
        done = here.run("run", "04")
        assert done.returncode == 3 and "Going on without gnuplot-nox" in done.stdout, done
        assert sum(line.startswith("apt-get") for line in here.noted()) == 2
        done = here.run("run", "04")
        assert not any(line.startswith("apt-get") for line in here.noted()), done
        assert done.stdout.count("\n") <= 6 and "rm -r" in done.stdout, done
        (here.bin / "meson").unlink()
        done = here.run("run", "04")
        assert done.returncode == 1 and "Could not install: meson\nE: no network" in done.stderr, done
        assert "apt-get install -y --no-install-recommends meson" in done.stderr, done


def check_read_only():
    with system(BUILDERS) as here:
        here.give_data("mnist")
        here.folder.parent.chmod(0o755)
        for path in (here.folder, *here.folder.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o555)
        as_nobody = {} if os.getuid() else {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        for name in ("run", "test", "book"):
            done = subprocess.run([here.root / "tools" / name, *(["04"] if name == "run" else [])],
                                  text=True, capture_output=True, stdin=subprocess.DEVNULL,
                                  env=here.environment, cwd="/", **as_nobody)
            assert done.returncode == 1, done
            assert done.stderr.startswith(f"{here.root}/build cannot be written to"), done
            assert done.stderr.count("\n") == 1, done
        for path in (here.folder, *(path for path in here.folder.rglob("*") if path.is_dir())):
            path.chmod(0o755)


def interrupt(command, ready, **options):
    """Ctrl-C, which reaches everything in the foreground; returns what was said to it."""
    # What a shell starts in the background ignores the signal, and hands that on.
    process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               stdin=subprocess.DEVNULL, start_new_session=True,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
                               **options)
    deadline = time.monotonic() + 60
    while not ready():
        assert time.monotonic() < deadline and process.poll() is None, process.communicate()
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGINT)
    _, error = process.communicate(timeout=15)
    assert process.returncode == 130, (process.returncode, error)
    return error


def check_interrupted():
    ninja = "case $* in *query*) exit 1 ;; esac; trap 'exit 2' INT; touch \"$2/begun\"; sleep 20"
    with system(BUILDERS, texts={"ninja": ninja}) as here:
        here.give_data("mnist")
        begun = here.root / "build/begun"
        for command in (["run", "04"], ["book"], ["test"]):
            begun.unlink(missing_ok=True)
            error = interrupt([here.root / "tools" / command[0], *command[1:]], begun.exists,
                              env=here.environment, cwd=here.root)
            assert error == "", error


def check_measuring():
    """Arguments are checked before minutes of work; what is missing is named."""
    tools = SOURCES / "tools"
    with system() as here:
        bench = here.folder / "bench/lanewise-bench"
        bench.parent.mkdir()
        bench.write_text(f"#!/bin/sh\ntouch '{here.folder}/begun'\nsleep 20\n")
        bench.chmod(0o755)
        for name in ("bench_report", "compare_training", "compare_convolution",
                     "compare_elementwise"):
            def answer(*arguments):
                return subprocess.run([tools / name, *arguments], text=True, capture_output=True,
                                      stdin=subprocess.DEVNULL, cwd=here.folder)
            assert answer("--help").returncode == 0
            for wrong in ("--nonsense", "--threads=x", "--threads=0", "--json=/no/such/folder/x"):
                done = answer(wrong)
                assert done.returncode == 2 and "Traceback" not in done.stderr, done
            done = answer("--build", "nowhere")
            assert done.returncode == 1 and "there is no nowhere/bench" in done.stderr, done
            if name != "bench_report":
                done = answer("--build", here.folder, "--python", "/no/such/python",
                              "--threads=1")
                assert done.returncode == 1 and "has no PyTorch" in done.stderr, done
                assert "./tools/peers;" in done.stderr, done
                if name == "compare_training":
                    done = answer("--libraries=jax,theano")
                    assert done.returncode == 2 and "unknown libraries theano" in done.stderr, done
        for wrong, status, said in ((["--help"], 0, ""), (["--sizes=0"], 2, "whole number"),
                                    (["--build", "nowhere"], 1, "there is no nowhere/bench")):
            done = subprocess.run([tools / "compare_algorithms", *wrong], text=True,
                                  capture_output=True, cwd=here.folder, check=False)
            assert done.returncode == status and said in done.stderr, done
        program = here.folder / "tutorial/chapter_04"
        program.parent.mkdir()
        program.touch()
        at = ["--build", here.folder, "--python", "/no/such/python", "--threads=1"]
        for wrong, status, said in ((["--help"], 0, ""), (["--rounds=0"], 2, "whole number"),
                                    (["99"], 1, "chapter 99 has no script"),
                                    (["04", "--threads=1000"], 1, "1000 threads on"),
                                    (["04", "--build", "nowhere", "--threads=1"], 1,
                                     "there is no nowhere/tutorial"),
                                    (["04", *at], 1, "has no Keras, JAX, TensorFlow")):
            done = subprocess.run([tools / "compare_keras", *wrong], text=True, capture_output=True,
                                  cwd=here.folder, check=False)
            assert done.returncode == status and said in done.stderr, done
        error = interrupt([tools / "bench_report", "--build", here.folder, "--json",
                           here.folder / "results.json"], (here.folder / "begun").exists)
        assert error == "" and not (here.folder / "results.json").exists(), error


def check_peers():
    """What is complete is left alone, and what is not is not taken for it."""
    with system() as here:
        def peers(*arguments, cache=here.folder):
            return subprocess.run([sys.executable, here.root / "tools/peers", *arguments], text=True,
                                  capture_output=True, stdin=subprocess.DEVNULL, cwd=here.folder,
                                  env=os.environ | {"XDG_CACHE_HOME": str(cache)})
        assert "PyPI" in peers("--help").stdout
        assert peers("--nonsense").returncode == 2
        (here.folder / "file").touch()
        done = peers(cache=here.folder / "file")
        assert done.returncode == 1 and "Traceback" not in done.stderr, done
        folder = here.folder / "lanewise/peers"
        (folder / "bin").mkdir(parents=True)
        (folder / "bin/python").touch()
        asked = "".join((here.root / "tools" / name).read_text()
                        for name in ("peers.txt", "reference/keras.txt")) + sys.version
        (folder / "lanewise-peers").write_text(asked)
        done = peers()
        assert done.returncode == 0 and "has them already" in done.stdout, done
        for half in ("", asked + "another version"):
            (folder / "lanewise-peers").write_text(half)
            (folder / "bin").chmod(0o755)
            done = peers("--check")
            assert done.returncode == 1 and "not complete" in done.stderr, done


for check in (check_usage, check_chapters, check_next, check_all, check_options, check_order, check_exercises,
              check_compile_errors, check_foreign_system,
              check_without_rights, check_without_network, check_read_only, check_interrupted,
              check_measuring, check_peers):
    begin = time.monotonic()
    check()
    print(f"{check.__name__}: {time.monotonic() - begin:.1f} s")
