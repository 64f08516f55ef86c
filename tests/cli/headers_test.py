"""Checks that every public header compiles alone, without a warning, on the standard library only,
and says so where it is compiled as an older C++ than it needs.

usage: headers_test.py INCLUDE_FOLDER COMPILER...
"""
import concurrent.futures
import pathlib
import subprocess
import sys

# What the library is made with is not its users' business.
PRIVATE = ("xsimd/", "/omp.h", "immintrin.h", "fmt/", "nlohmann/", "/zlib.h")


def errors_of(header, folder, compiler):
    command = [*compiler, "-std=c++20", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion",
               "-Wshadow", "-Werror", f"-I{folder}", "-x", "c++"]
    source = f'#include "{header.relative_to(folder)}"\n'
    # What it includes, on standard output, comes from the same run.
    done = subprocess.run([*command, "-fsyntax-only", "-MD", "-MF", "/dev/stdout", "-"],
                          input=source, capture_output=True, text=True)
    if done.returncode != 0:
        return [f"{header} does not compile alone:\n{done.stderr}"]
    errors = [f"{header} includes {file}" for file in done.stdout.split()
              if any(p in file for p in PRIVATE)]
    if "lanewise/export.hpp" not in done.stdout:
        errors.append(f"{header} does not include export.hpp, which asks for C++20")
    return errors


def errors_of_old_standard(folder, compiler):
    done = subprocess.run([*compiler, "-std=c++17", f"-I{folder}", "-fsyntax-only", "-x", "c++", "-"],
                          input="#include <lanewise/lanewise.hpp>\n", capture_output=True, text=True)
    first = next((line for line in done.stderr.splitlines() if "error" in line), "no error")
    return [] if "lanewise needs C++20" in first else [f"compiled as C++17, it begins with: {first}"]


def main():
    folder, compiler = pathlib.Path(sys.argv[1]), sys.argv[2:]
    headers = sorted(folder.rglob("*.hpp"))
    assert headers, f"no headers in {folder}"
    with concurrent.futures.ThreadPoolExecutor() as pool:
        results = pool.map(lambda header: errors_of(header, folder, compiler), headers)
        errors = [error for result in results for error in result]
    errors += errors_of_old_standard(folder, compiler)
    # A header that nothing includes would be missing for whoever includes the whole library.
    whole = (folder / "lanewise/lanewise.hpp").read_text()
    for header in headers:
        name = str(header.relative_to(folder))
        if name not in ("lanewise/lanewise.hpp", "lanewise/export.hpp") and name not in whole:
            errors.append(f"lanewise.hpp does not include {name}")
    print(*errors, sep="\n")
    sys.exit(1 if errors else 0)


main()
