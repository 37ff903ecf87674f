"""Data that the course ships: tables of results, authored texts, and seeded generators.

A table that takes too long to compute in a notebook is a small CSV file, read by
``helpers.load_table(name)``; the module of the same name made it, here or in ``tools/tables/``.
``reviews.csv`` was written by hand. The other modules generate sentences and dates from a seed.
"""
