"""nbgrader's own settings, mapped onto the course's folders: what ours are compared with."""

STOCK_CONFIG = """\
c = get_config()
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
"""
