"""What an author runs: bring notebooks into one form, lint, release, check and run them.

The commands are in ``tools.notebooks``: ``python -m tools.notebooks --help`` lists them.
"""
