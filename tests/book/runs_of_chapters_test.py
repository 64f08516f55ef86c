"""Checks what judges the output and the plots of a chapter's run: tutorial/expected.py, plots.py.

usage: runs_of_chapters_test.py SOURCE_FOLDER
"""
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1)).resolve()
sys.path.insert(0, str(ROOT / "tutorial"))
import expected  # noqa: E402
import plots  # noqa: E402

RUN = """
Chapter 98: A test
==================
Kernels: avx512, threads: 2
Epoch 1/2 - 0.4s - loss: 0.2836
Epoch 2/2 - 0.4s - loss: 0.1205

1 Speed
=======
what          GFLOP/s  times
plain loops       1.0      1
ours            229.4    240
Check: 118,282 parameters: ok

2 Words
=======
it fell
"""
AGAIN = RUN.replace("229.4    240", "230.1    241")
OTHER_ISA = (RUN.replace("avx512", "sse4").replace("0.2836", "0.2835").replace("229.4    240", "40.2   40")
             .replace("it fell", "it rose"))
EXPECTED = """
Chapter 98: A test
==================
Kernels: ‹machine›, threads: 2
Epoch 1/2 - ‹time›s - loss: ‹machine›
Epoch 2/2 - ‹time›s - loss: ‹machine›

1 Speed
=======
what GFLOP/s times
plain loops 1.0 1
ours ‹time› ‹time›
Check: 118,282 parameters: ok

2 Words
=======
‹machine›
"""


class ExpectedTest(unittest.TestCase):
    def test_times_and_machines_are_masked_and_nothing_else(self):
        made = expected.expectation([RUN, AGAIN, RUN, OTHER_ISA])
        self.assertEqual([line for line in made.splitlines() if line],
                         [line for line in EXPECTED.splitlines() if line])

    def test_another_machine_is_no_difference(self):
        made = expected.expectation([RUN, AGAIN, RUN, OTHER_ISA])
        other = RUN.replace("229.4    240", "7.25      7").replace("0.4s", "12.0s")
        self.assertEqual(list(expected.differences(made, other)), [])

    def test_differences_are_found(self):
        made = expected.expectation([RUN, AGAIN, RUN, OTHER_ISA])
        for wrong in (RUN.replace("118,282", "118,283"), RUN.replace("1/2", "1/3"),
                      RUN.replace("threads: 2", "threads:"), RUN.replace("ok", "FAILED"),
                      RUN.replace("229.4", "fast"), RUN.replace("plain loops       1.0      1\n", ""),
                      RUN.replace("\n1 Speed\n=======\n", "")):
            self.assertNotEqual(list(expected.differences(made, wrong)), [], wrong)

    def test_as_many_lines_as_it_takes(self):
        longer = RUN.replace("it fell\n", "it fell\nand fell\n")
        made = expected.expectation([RUN, RUN, RUN, longer])
        self.assertIn(expected.LINES, made)
        self.assertEqual(list(expected.differences(made, longer)), [])

    def test_other_data_are_not_compared(self):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "expected.txt").write_text("# mnist\n" + RUN)
            self.assertTrue(expected.check(folder, RUN, "mnist"))
            self.assertFalse(expected.check(folder, AGAIN, "fashion_mnist"))
            with self.assertRaises(AssertionError):
                expected.check(folder, AGAIN, "mnist")


LOSS = "series,x,y\ntraining,1,3\ntraining,2,2\ntraining,3,1\nvalidation,1,3\nvalidation,2,1\nvalidation,3,2\n"
CLAIM = """from plots import falls, within

def loss(plot):
    assert plot.names == ["training", "validation"]
    assert within(plot["training"].y, 0, 3)
    assert falls(plot["training"].y)

def step_(plot):
    assert plot.images[0][0] == [0, 255]
"""
STEP = "image,row,column,grey\n0,0,0,0\n0,0,1,255\n"


class PlotsTest(unittest.TestCase):
    def found(self, claims=CLAIM, **files):
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            (folder / "plots.py").write_text(claims)
            for file, text in {"loss": LOSS, "step_1": STEP, "step_2": STEP, **files}.items():
                if text:
                    (folder / f"{file}.csv").write_text(text)
            return list(plots.problems(folder / "plots.py", folder, True))

    def assert_found(self, words, **options):
        found = self.found(**options)
        self.assertEqual(len(found), 1, found)
        self.assertIn(words, found[0])

    def test_what_holds(self):
        self.assertEqual(self.found(), [])

    def test_what_does_not_hold(self):
        self.assert_found("plots.py:6: does not hold in the plot loss", loss=LOSS.replace(",2,2", ",2,3"))
        self.assert_found("does not hold in the plot step_2", step_2=STEP.replace("255", "254"))

    def test_every_plot_has_a_claim_and_every_claim_a_plot(self):
        self.assert_found("nothing is claimed of the plot other", other=LOSS)
        self.assert_found("there is no plot loss", loss="")

    def test_a_claim_has_to_be_able_to_fail(self):
        self.assert_found("holds with numbers turned round", claims=CLAIM.replace(
            CLAIM[CLAIM.index("    assert within"):CLAIM.index("\ndef step_")], ""))

    def test_kinds_of_plots(self):
        claims = ("def bars(plot):\n    assert plot['a'] > plot['b']\n"
                  "def cells(plot):\n    assert plot['a'] == [9, 1]\n"
                  "def layers(plot):\n    assert plot['1 Dense, relu'] == ['128', '100480']\n"
                  "def colours(plot):\n    assert plot.images[0][0][1] == (4, 5, 6)\n"
                  "def band(plot):\n    assert plot[''].low[0] < plot[''].high[0]\n"
                  "    assert plot[''].at(2) == 7\n")
        self.assertEqual(self.found(
            claims, loss="", step_1="", step_2="", bars="name,value\na,2\nb,1\n",
            cells="row,column,count,row_name,column_name\n0,0,9,a,a\n0,1,1,a,b\n",
            layers='layer,output,parameters\n"Dense, relu",128,100480\nDense,10,1290\n',
            colours="image,row,column,red,green,blue\n0,0,0,1,2,3\n0,0,1,4,5,6\n",
            band="series,x,y,low,high\n,1,5,4,6\n,2,7,,\n"), [])


unittest.main()
