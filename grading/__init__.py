"""What an instructor runs: a class graded by nbgrader, and feedback that keeps hidden tests hidden.

`feedback` is nbgrader's (nbgrader_config.py names it), `course` and `answers` are for scripts and
tests, and ``python -m grading`` lists the commands. Nothing is imported here: nbgrader is slow to.
"""
