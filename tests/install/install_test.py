"""Installs the library into a staged folder and uses it from there, as somebody else's program.

usage: install_test.py HOW SOURCE_FOLDER BUILD_FOLDER COMPILER...

HOW is pkg-config, cmake, meson or subproject. What README.md says under "Link" is run as it stands
there, and the program holds what it shows in C++. The exit code 77 says that the tool is
missing.
"""
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def run(*command, cwd=None, **environment):
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, cwd=cwd,
                   env={**os.environ, **environment})


def output(*command, cwd=None, **environment):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          text=True, cwd=cwd, env={**os.environ, **environment}).stdout


def require(tool):
    if shutil.which(tool) is None:
        print(f"skipped: {tool} is not installed")
        sys.exit(SKIPPED)


class Readme:
    """The lines of README.md that a user copies."""

    def __init__(self, path):
        text = path.read_text()
        self.model, self.graph, self.loop = self.blocks(text, "cpp")
        (link,) = re.findall(r"^\*\*Link\.\*\*.*?(?=^\*\*)", text, re.S | re.M)
        self.install, self.compile = self.blocks(link, "sh")
        (self.cmake,) = self.blocks(link, "cmake")
        (self.meson,) = self.blocks(link, "meson")

    @staticmethod
    def blocks(text, language):
        return re.findall(rf"^```{language}\n(.*?)^```$", text, re.S | re.M)


class User:
    """A folder with a program in it, and commands that go elsewhere than to the system's folders."""

    def __init__(self, folder, source, build, compiler):
        self.folder, self.source, self.build, self.compiler = folder, source, build, compiler
        self.readme = Readme(source / "README.md")
        self.commands = folder / "commands"
        self.commands.mkdir()
        self.pretend("sudo", f'PATH={self.commands}:$PATH\nexec "$@"')
        self.pretend("ldconfig", "exit")  # LD_LIBRARY_PATH does what it would
        # Everything is built; what a developer is about to change meanwhile is no business of ours.
        self.pretend("meson", "case $1 in setup | compile) exit ;; esac\n"
                              f'exec {shutil.which("meson")} "$@" --no-rebuild --quiet')
        self.pretend("g++", f'exec {shlex.join(compiler)} "$@"')
        self.home = folder / "program"
        self.home.mkdir()
        shutil.copy(source / "tests/install/consumer.cpp", self.home / "main.cpp")
        for name in ("model", "graph", "loop"):
            (self.home / f"readme_{name}.inc").write_text(getattr(self.readme, name))

    def pretend(self, command, script):
        path = self.commands / command
        # Without these commands in its own PATH: ccache looks for the compiler there.
        path.write_text(f"#!/bin/sh\nPATH={shlex.quote(os.environ['PATH'])}\n{script}\n")
        path.chmod(0o755)

    def shell(self, lines, cwd, **environment):
        run("bash", "-ec", lines, cwd=cwd, PATH=f"{self.commands}:{os.environ['PATH']}",
            **environment)

    def install(self):
        """Installs, moves what was installed, and returns the folder of the libraries in it."""
        checkout, stage, moved = (self.folder / name for name in ("checkout", "stage", "moved"))
        checkout.mkdir()
        (checkout / "build-link").symlink_to(self.build)
        self.shell(self.readme.install, checkout, DESTDIR=str(stage))
        stage.rename(moved)
        (pc_file,) = moved.rglob("lanewise.pc")
        return pc_file.parent.parent


def through_pkg_config(user):
    require("pkg-config")
    libdir = user.install()
    where = {"PKG_CONFIG_PATH": str(libdir / "pkgconfig")}
    moved = str(user.folder / "moved")
    installed = f"/{(libdir / 'pkgconfig').relative_to(moved)}"
    looks = output("pkg-config", "--variable=pc_path", "pkg-config").strip().split(":")
    if installed.startswith("/usr/local") and any("/usr/local/lib" in folder for folder in looks):
        assert installed in looks, f"{installed} is not where pkg-config looks: {looks}"
    for extra in ({}, {"PKG_CONFIG_SYSROOT_DIR": moved}):
        for option in ([], ["--define-prefix"], ["--static"]):
            flags = output("pkg-config", *option, "--cflags", "--libs", "lanewise", **where, **extra)
            print(*option, *extra, flags, end="")
            headers = [flag[2:] for flag in flags.split() if flag.startswith("-I")]
            assert len(headers) == 1 and (pathlib.Path(headers[0]) / "lanewise/lanewise.hpp").exists()
            (libraries,) = [flag[2:] for flag in flags.split() if flag.startswith("-L")]
            assert (pathlib.Path(libraries) / "liblanewise.a").exists()

    user.shell(user.readme.compile, user.home, **where)
    run("./app", cwd=user.home, LD_LIBRARY_PATH=str(libdir))
    for library in libdir.glob("liblanewise.so*"):
        library.unlink()  # or the linker would prefer it
    user.shell(user.readme.compile.replace("pkg-config", "pkg-config --static"), user.home, **where)
    run("./app", cwd=user.home)


def through_cmake(user):
    require("cmake")
    libdir = user.install()
    (user.home / "CMakeLists.txt").write_text(
        user.readme.cmake + "add_executable(app_static $<TARGET_OBJECTS:app>)\n"
        "target_link_libraries(app_static lanewise::lanewise_static)\n")
    prefix = os.path.commonpath([libdir, *libdir.parents[2].rglob("lanewise.hpp")])
    run("cmake", "-G", "Ninja", "-S", user.home, "-B", user.folder / "build",
        f"-DCMAKE_PREFIX_PATH={prefix}", f"-DCMAKE_LIBRARY_ARCHITECTURE={libdir.name}",
        f"-DCMAKE_CXX_COMPILER={user.compiler[-1]}")
    run("ninja", "-C", user.folder / "build")
    run(user.folder / "build/app", cwd=user.home)
    run(user.folder / "build/app_static", cwd=user.home)


def set_up_meson(user, *options, **environment):
    (user.home / "meson.build").write_text(user.readme.meson)
    run("meson", "setup", user.folder / "build", user.home, *options,
        CXX=shlex.join(user.compiler), **environment)
    return user.folder / "build"


def through_meson(user):
    require("pkg-config")
    libdir = user.install()
    build = set_up_meson(user, PKG_CONFIG_PATH=str(libdir / "pkgconfig"))
    run("ninja", "-C", build)
    run(build / "app", cwd=user.home, LD_LIBRARY_PATH=str(libdir))


def compilations(build, source):
    """How each object of the library is made: its flags, but for the build type and the warnings."""
    def place(flag):
        folder = (build / flag[2:]).resolve()
        if folder.is_relative_to(build):
            return str(folder.relative_to(build)).replace("subprojects/lanewise/", "")
        return str(folder.relative_to(source)) if folder.is_relative_to(source) else str(folder)

    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        made = entry["output"].replace("subprojects/lanewise/", "")
        if made.startswith("src/"):
            flags = re.findall(r"-(?:D(?!NDEBUG|_GLIBCXX)|I|isystem|m|f(?!diagnostics)|std)\S*",
                               entry["command"])
            found[made] = sorted(place(f) if f.startswith("-I") else f for f in flags)
    assert found
    return found


def as_subproject(user):
    """Builds no library a second time: that its objects would be made as those of the build that is
    tested, and nothing else with them, is read from the build files. The program is compiled, and
    linked, by the command of the subproject's build, with the library that is there already."""
    (user.home / "subprojects").mkdir()
    (user.home / "subprojects/lanewise").symlink_to(user.source)
    options = json.loads((user.build / "meson-info/intro-buildoptions.json").read_text())
    value = {option["name"]: option["value"] for option in options}
    build = set_up_meson(user, "--force-fallback-for=lanewise",
                         f"-Dlanewise:openmp={value['openmp']}",
                         f"-Dlanewise:kernels={','.join(value['kernels'])}")
    targets = json.loads(output("meson", "introspect", "--targets", build))
    by_default = {target["name"] for target in targets if target["build_by_default"]}
    assert {name for name in by_default if not name.startswith("lanewise_kernels_")} == {
        "app", "lanewise", "lanewise_parallel"}, by_default
    assert compilations(build, user.source) == compilations(user.build, user.source)
    output("ninja", "-C", build, "-n")  # and whatever that needs is there, or has a rule

    (linked,) = [pathlib.Path(name) for target in targets for name in target["filename"]
                 if target["name"] == "lanewise" and target["type"] == "shared library"]
    linked.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(user.build / "src" / linked.name, linked)
    run("ninja", "-C", build, "app.p/main.cpp.o")
    link = output("ninja", "-C", build, "-t", "commands", "app").splitlines()[-1]
    run("sh", "-c", link, cwd=build)
    run(build / "app", cwd=user.home)


def main():
    how, source, build, *compiler = sys.argv[1:]
    use = {"pkg-config": through_pkg_config, "cmake": through_cmake, "meson": through_meson,
           "subproject": as_subproject}[how]
    with tempfile.TemporaryDirectory() as folder:
        use(User(pathlib.Path(folder).resolve(), pathlib.Path(source).resolve(),
                 pathlib.Path(build).resolve(), compiler))


main()
