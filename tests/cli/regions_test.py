"""Checks that every marked region of the sources is quoted by a chapter, and exists where it is.

usage: regions_test.py SOURCE_FOLDER
       regions_test.py selftest

A region stands between two lines `// [name]`. Doxygen fails on a quotation without a region; a
region without a quotation is only seen here: it is prose that was cut and left its frame behind.
"""
import collections
import re

from source_check import errors_of_cases, main

MARK = re.compile(r"^\s*// \[([\w .-]+)\]\s*$", re.MULTILINE)
QUOTE = re.compile(r"[\\@](?:snippet|snippetdoc|snippetlineno)(?:\{\w+\})?\s+(\S+)[ \t]+([^\n]+?)\s*$",
                   re.MULTILINE)
EXERCISE = re.compile(r"[\\@]exercise\{(\w+)\}")  # quotes the exercise's region [answer], if any
FOLDERS = ("src", "include", "tutorial", "bench", "tests")


def errors_in(root):
    regions = {}  # file -> names with how often each mark stands there
    for folder in FOLDERS:
        for file in sorted((root / folder).rglob("*.[ch]pp")):
            regions[file] = collections.Counter(MARK.findall(file.read_text()))
    quoted = set()
    errors = []
    for page in [*root.glob("tutorial/**/*.cpp"), *root.glob("docs/*.md"),
                 *root.glob("include/**/*.hpp")]:
        for path, name in QUOTE.findall(page.read_text()):
            files = [page] if path == "this" else [
                file for file in regions if f"/{file}".endswith(f"/{path}")]
            if len(files) != 1:
                errors.append(f"{page}: '{path}' names {len(files)} files")
            elif name not in regions[files[0]]:
                errors.append(f"{page}: {files[0]} has no region [{name}]")
            quoted.update((file, name) for file in files)
        quoted.update((page.parent / f"exercises/{name}.hpp", "answer")
                      for name in EXERCISE.findall(page.read_text()))
    for file, marks in regions.items():
        for name, count in marks.items():
            if count != 2:
                errors.append(f"{file}: [{name}] should stand twice, stands {count} times")
            if (file, name) not in quoted:
                errors.append(f"{file}: no \\snippet quotes [{name}]")
    return errors


def selftest():
    chapter = "/** \\page ch01 One\n\\exercise{x}\n\\snippet this loop\n\\snippet simd/a.cpp sum\n*/\n" \
              "// [loop]\nint loop;\n// [loop]\n"
    exercise = "// [answer]\nint answer;\n// [answer]\n"
    source = "// [sum]\nint sum;  // elements [begin, end)\n// [sum]\n"
    cases = [
        (chapter, source, 0),
        (chapter, source + "// [left]\n// [left]\n", 1),            # quoted nowhere
        (chapter, source.replace("[sum]", "[total]"), 2),           # no such region, and unquoted
        (chapter, source + "// [sum]\n", 1),                        # three times
        (chapter.replace("simd/a.cpp", "b.cpp"), source, 2),        # no such file, and unquoted
        (chapter.replace("{x}", "{y}"), source, 1),                 # an answer that is not shown
    ]
    return errors_of_cases(errors_in, [({"tutorial/01_one/main.cpp": chapter_text,
                                         "tutorial/01_one/exercises/x.hpp": exercise,
                                         "src/simd/a.cpp": source_text}, expected)
                                       for chapter_text, source_text, expected in cases])


main(errors_in, selftest)
