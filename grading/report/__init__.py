"""The class report: one page of an assignment, for its instructor.

`command` is ``python -m grading report``. `collect` reads a course, `measures` and `failures` make
the numbers, `page` writes them.
"""
