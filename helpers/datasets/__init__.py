"""Tables of results that take too long to compute in a notebook, as small CSV files.

Beside each file stands the module of the same name that made it: run it to make the file anew.
``helpers.load_table(name)`` reads a table.
"""
