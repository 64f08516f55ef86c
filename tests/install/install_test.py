"""Installs the library into a staged folder and uses it from there, as somebody else's program.

usage: install_test.py HOW SOURCE_FOLDER BUILD_FOLDER PREFIX COMPILER...

HOW is pkg-config, static, cmake or subproject. The exit code 77 says that the tool is missing.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def run(*command, **environment):
    print("+", *command, flush=True)
    subprocess.run([str(part) for part in command], check=True, env={**os.environ, **environment})


def output(*command, **environment):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True,
                          text=True, env={**os.environ, **environment}).stdout


def require(tool):
    if shutil.which(tool) is None:
        print(f"skipped: {tool} is not installed")
        sys.exit(SKIPPED)


def stage(build, prefix, folder):
    """The installed tree under `folder`, and where in it the libraries are."""
    run("meson", "install", "-C", build, "--no-rebuild", "--quiet", DESTDIR=str(folder))
    root = pathlib.Path(f"{folder}{prefix}")
    (pc_file,) = root.rglob("lanewise.pc")
    return root, pc_file.parent.parent


def through_pkg_config(static, build, prefix, folder, consumer, compiler):
    require("pkg-config")
    root, libdir = stage(build, prefix, folder)
    if static:
        for library in libdir.glob("liblanewise.so*"):
            library.unlink()  # or the linker would prefer it
    where = {"PKG_CONFIG_PATH": str(libdir / "pkgconfig"), "PKG_CONFIG_SYSROOT_DIR": str(folder)}
    flags = output("pkg-config", *(["--static"] if static else []), "--cflags", "--libs",
                   "lanewise", **where).split()
    run(*compiler, "-std=c++20", consumer / "main.cpp", *flags, "-o", folder / "program")
    run(folder / "program", LD_LIBRARY_PATH=str(libdir))


def through_cmake(build, prefix, folder, consumer, compiler):
    require("cmake")
    root, libdir = stage(build, prefix, folder)
    moved = folder / "moved"  # the package must not remember where it was installed
    root.rename(moved)
    run("cmake", "-G", "Ninja", "-S", consumer, "-B", folder / "build", f"-DCMAKE_PREFIX_PATH={moved}",
        "-DCMAKE_LIBRARY_ARCHITECTURE=" + libdir.name, f"-DCMAKE_CXX_COMPILER={compiler[-1]}")
    run("cmake", "--build", folder / "build")
    run(folder / "build/consumer")
    run(folder / "build/consumer_static")


def as_subproject(source, folder, consumer, compiler):
    project = folder / "consumer"
    shutil.copytree(consumer, project)
    (project / "subprojects").mkdir()
    (project / "subprojects/lanewise").symlink_to(source)
    # Nothing optimized: this is about the build files.
    run("meson", "setup", "--force-fallback-for=lanewise", "--buildtype=plain",
        "-Dlanewise:kernel_optimization=0", folder / "build", project, CXX=" ".join(compiler))
    run("ninja", "-C", folder / "build", "consumer")
    run(folder / "build/consumer")


def main():
    how, source, build, prefix, *compiler = sys.argv[1:]
    consumer = pathlib.Path(__file__).resolve().parent / "consumer"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        if how == "cmake":
            through_cmake(build, prefix, folder, consumer, compiler)
        elif how == "subproject":
            as_subproject(source, folder, consumer, compiler)
        else:
            through_pkg_config(how == "static", build, prefix, folder, consumer, compiler)


main()
