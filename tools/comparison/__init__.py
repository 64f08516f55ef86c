"""What tools/compare is made of: Student's t (student.py), the test and its margins (equivalence.py),
Keras's runs (references.py), the runs here (runs.py), and the table (record.py, pages.py)."""
