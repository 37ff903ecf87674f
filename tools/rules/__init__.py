"""The rules of ``lint``, by subject; each is a function from a notebook to its problems.

A rule's name is the function's, and the first line of its docstring says what it is for.
"""
