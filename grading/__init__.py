"""What an instructor runs: nbgrader's grading, in sandboxes, and pages that are safe to open.

nbgrader_config.py names what nbgrader calls: `exporter` (intake), `execute` (sandboxes and judge),
`feedback`, `sanitise`. `course` and `answers` are for scripts and tests, and ``python -m grading``
lists the commands. Nothing is imported here: nbgrader is slow to.
"""
