"""Checks that headers of src/simd/isa, which are compiled once per instruction set, are included by
kernels alone, and that intrinsics stand where they are listed.

usage: kernel_headers_test.py SOURCE_FOLDER
       kernel_headers_test.py selftest

The headers in src/simd itself are contracts: the rest of the library includes them, compiled for
every processor, and finds types and pointers there but no code of an instruction set.
"""
import re

from source_check import errors_of_cases, main

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
PER_ISA = re.compile(r"^namespace lanewise::simd::LANEWISE_ISA\b", re.MULTILINE)
INTRINSIC = re.compile(r"\b(?:_mm\d*_\w+|__m(?:128|256|512|mask)\w*|v[a-z]+q?_[usf]\d+\w*)\b")
# Each with code for every instruction set beside the plain code of `scalar`: what kernels are
# written in, so that kernels have none themselves.
WITH_INTRINSICS = {"registers.hpp", "tails.hpp", "compare.hpp", "bits.hpp", "widen.hpp"}
FOLDERS = ("src", "include", "tests", "bench", "tutorial")


def errors_in(root):
    simd = root / "src/simd"
    per_isa = {f"simd/isa/{file.name}" for file in (simd / "isa").iterdir()} | {
        "xsimd/xsimd.hpp", "immintrin.h"}
    errors = []
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.[ch]pp")):
            text = file.read_text()
            is_kernel = file.parent == simd / "isa" or (file.parent == simd and file.suffix == ".cpp")
            if is_kernel and not PER_ISA.search(text):
                errors.append(f"{file}: not in namespace lanewise::simd::LANEWISE_ISA")
            has_intrinsics = is_kernel and INTRINSIC.search(text)
            if has_intrinsics and file.name not in WITH_INTRINSICS:
                errors.append(f"{file}: {has_intrinsics[0]} belongs into one of "
                              + ", ".join(sorted(WITH_INTRINSICS)))
            if is_kernel and not has_intrinsics and file.name in WITH_INTRINSICS:
                errors.append(f"{file}: listed for its intrinsics, has none")
            if not is_kernel:
                errors += [f"{file} includes {name}, which is compiled once per instruction set"
                           for name in INCLUDE.findall(text) if name in per_isa or "isa/" in name]
    return errors if len(per_isa) > 2 else [f"{simd}/isa has no headers"]


def selftest():
    inside = "namespace lanewise::simd::LANEWISE_ISA {\n"
    clean = {"src/simd/isa/bits.hpp": "#include <xsimd/xsimd.hpp>\n" + inside + "__m256i x;",
             "src/simd/gemm.cpp": '#include "simd/isa/bits.hpp"\n' + inside,
             "src/simd/gemm.hpp": '#include "simd/family.hpp"\n',
             "src/ops/gemm.cpp": '#include "simd/gemm.hpp"\n'}
    cases = [({}, 0),
             ({"src/simd/gemm.hpp": '#include "simd/isa/bits.hpp"\n'}, 1),  # a contract
             ({"src/ops/gemm.cpp": '# include "simd/isa/bits.hpp"\n'}, 1),
             ({"tests/a/gemm_test.cpp": '#include "../src/simd/isa/bits.hpp"\n'}, 1),
             ({"src/cpu/cpu.cpp": "#include <immintrin.h>\n"}, 1),
             ({"src/simd/isa/bits.hpp": "namespace lanewise::simd {\n__m128 x;"}, 1),
             ({"src/simd/gemm.cpp": inside + "_mm256_add_ps(a, b);"}, 1),
             ({"src/simd/isa/bits.hpp": inside + "_mm(x) int bits;"}, 1)]  # none any more
    return errors_of_cases(errors_in, [({**clean, **changed}, expected)
                                       for changed, expected in cases])


main(errors_in, selftest)
