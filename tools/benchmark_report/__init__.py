"""What tools/bench_report is made of: what it measures on (machine.py), the measurement (measure.py), the
record of it as JSON (record.py), and how that is shown: a table of text (table.py), plots (plots.py) and
a page (page.py), which is also one of the book's (tools/weaver/benchmarks.py)."""
