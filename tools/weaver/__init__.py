"""What is done to the chapters' pages before Doxygen reads them.

pages.py finds the pages and expands their commands; the other files are what the commands mean.
HACKING.md, "Adding a chapter", lists them.
"""
