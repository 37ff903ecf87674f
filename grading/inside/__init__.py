"""What runs inside a sandbox: the only files of the grader that are visible in there.

They are mounted as /course/inside and imported as ``inside``: they import each other relatively,
and nothing else of the grader. Students' code can read them, so they hold no secret.
"""
