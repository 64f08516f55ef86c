"""Puts together what Doxygen reads: the chapters' pages, expanded, and what they quote."""
from weaver import (boxes, checks, exercises, figures, frames, mutations, pages, questions, quoted,
                    runs, speed, terms)


def expander_of(root, course, results, output, term):
    """The commands, and a list that what is wrong with the pages goes to."""
    problems = []
    numbers = {"course": course.expand, "result": figures.Results(root, results).expand,
               "compute": figures.compute}
    aside, fold = boxes.aside(course), boxes.fold()
    words = {**numbers, "term": term.define, "gloss": term.explain}
    return pages.Expander({
        **words,
        "show": output.expand,
        "frames": frames.Frames(output.folder).show,
        "aside": aside.begin,
        "endaside": aside.end,
        "fold": fold.begin,
        "endfold": fold.end,
        "exercise": exercises.Exercises(pages.Expander(words, problems)).show,
        "exercises": exercises.how_to,
        "mutations": mutations.Mutations(root).show,
        "speed": speed.Speed(root).show,
        "questions": questions.Questions(pages.Expander(numbers, problems)).show,
    }, problems)


def stage(root, results, folder, kinds=tuple(checks.CHECKS)):
    """Fills folder/pages and folder/output. Returns the copies, and what is wrong with the pages."""
    course = figures.Course(root)
    chapters = course.in_order(pages.chapter_folders(root))
    results = runs.copy(results, chapters, folder / "results")
    old = list(runs.stale(results, chapters))
    output = quoted.Output(results, folder / "output")
    for chapter in chapters:
        output.stage(chapter)
    term = terms.Terms(root, course)
    expander = expander_of(root, course, results, output, term)
    copies = pages.Copies(folder / "pages")
    for chapter in chapters:
        copies.add(expander, chapter)
    if old:
        return copies, old
    if expander.problems:  # first of all; what comes next takes the pages to be right
        return copies, expander.problems
    return copies, [*term.problems(), *checks.problems(root, course, results, kinds)]
