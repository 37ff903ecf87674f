"""Submissions as they arrive, honest and hostile, and what each must lead to.

``tampered_*.py`` and ``hostile_*.py`` hold the cases, as functions decorated by ``cases.py``;
``fixture.py`` the small assignment that they are made from; ``harness.py`` grades them as a class.
"""
