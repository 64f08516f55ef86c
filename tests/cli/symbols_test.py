"""Checks the symbols of the libraries.

usage: symbols_test.py kernels ISA ARCHIVE
       symbols_test.py shared LIBRARY
       symbols_test.py static LIBRARY
       symbols_test.py selftest COMPILER...

kernels: nothing in an instruction set's archive may be picked up by the rest of a program. The
linker keeps one copy of each weak definition (an inline function, a template) for everybody; if
that copy was compiled for AVX-512, an older processor dies in code that has nothing to do with
kernels. So every weak definition must carry the instruction set in its name, and the only other
globals of an object are its two tables, <family>_f32 and <family>_f64.

shared: nothing outside namespace lanewise is exported.

static: every strong definition is in namespace lanewise, so that none can clash with a user's.
(Weak ones, of the standard library's templates, are compiled for the baseline and harmless.)

selftest: the first check fails where it must.
"""
import collections
import pathlib
import re
import subprocess
import sys
import tempfile

WEAK = "WwVvu"  # u: unique to the process, the same sharing by other means
ALLOWED_WEAK = {"DW.ref.__gxx_personality_v0"}  # a pointer, no code


def defined_globals(file, *options):
    """(member, name, type) of each global definition in an archive or an object."""
    output = subprocess.run(
        ["nm", "--defined-only", "--extern-only", "--format=posix", "--print-file-name",
         *options, file], check=True, capture_output=True, text=True).stdout
    for line in output.splitlines():
        where, rest = line.split(": ", 1)
        name, kind = rest.split()[:2]
        yield where, name, kind


def kernel_errors(isa, archive):
    mangled_isa = f"{len(isa)}{isa}"
    table = re.compile(rf"_ZN8lanewise4simd{mangled_isa}\d+([a-z]\w*)_(f32|f64)E")
    errors = []
    tables = collections.defaultdict(list)
    objects = set()
    for where, name, kind in defined_globals(archive):
        objects.add(where)
        if kind in WEAK:
            if name not in ALLOWED_WEAK and mangled_isa not in name:
                errors.append(f"{where}: weak symbol without '{isa}' in its name: {name}")
        elif match := table.fullmatch(name):
            tables[where].append(match.groups())
        else:
            errors.append(f"{where}: a global that is not a table: {name}")
    for where in objects:
        family = tables[where][0][0] if tables[where] else "<family>"
        if sorted(tables[where]) != [(family, "f32"), (family, "f64")]:
            errors.append(f"{where}: expected the tables {family}_f32 and {family}_f64, "
                          f"got {tables[where]}")
    return errors if objects else [f"{archive}: no symbols at all"]


def shared_errors(library):
    own = re.compile(r"_Z(N|NK|NKR|TIN|TSN|TVN)8lanewise\w+")
    names = [name for _, name, _ in defined_globals(library, "--dynamic")]
    errors = [f"{library}: exports {name}" for name in names if not own.fullmatch(name)]
    return errors if names else [f"{library}: exports nothing"]


def static_errors(library):
    return [f"{where}: defines {name}" for where, name, kind in defined_globals(library)
            if kind not in WEAK and "8lanewise" not in name]


def selftest(compiler):
    """Compiles objects with and without a leak and checks that exactly the leaks are found."""
    tables = ("namespace lanewise::simd::avx2 { extern const int gemm_f32, gemm_f64; "
              "constinit const int gemm_f32 = 1, gemm_f64 = 2; }\n")
    inline = "inline __attribute__((noinline)) int twice(int x) { return 2 * x; }"
    use = "[[gnu::used]] auto* const volatile keep = &{}twice; "
    cases = {
        "clean": (tables, 0),
        "internal": (tables + f"namespace {{ {inline} {use.format('')} }}", 0),
        "named": (tables + f"namespace lanewise::simd::avx2 {{ {inline} }}"
                  f"namespace {{ {use.format('lanewise::simd::avx2::')} }}", 0),
        "weak leak": (tables + f"{inline} namespace {{ {use.format('::')} }}", 1),
        "strong leak": (tables + "int twice(int x) { return 2 * x; }", 1),
        "missing table": (tables.replace(", gemm_f64 = 2", "").replace(", gemm_f64", ""), 1),
    }
    errors = []
    with tempfile.TemporaryDirectory() as folder:
        for name, (source, expected) in cases.items():
            file = pathlib.Path(folder, "case.cpp")
            file.write_text(source)
            subprocess.run([*compiler, "-std=c++20", "-O2", "-c", file, "-o", f"{folder}/case.o"],
                           check=True)
            found = kernel_errors("avx2", f"{folder}/case.o")
            if len(found) != expected:
                errors.append(f"selftest '{name}': expected {expected} errors, found {found}")
    return errors


def main():
    checks = {"kernels": kernel_errors, "shared": shared_errors, "static": static_errors,
              "selftest": lambda *compiler: selftest(compiler)}
    errors = checks[sys.argv[1]](*sys.argv[2:])
    print(*errors, sep="\n")
    sys.exit(1 if errors else 0)


main()
