"""What a class run would take with more students and more workers: ``python -m grading simulate``.

``times.py`` reads measured times, ``model.py`` simulates a run, ``command.py`` prints the tables.
"""
