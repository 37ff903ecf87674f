"""nbgrader's settings for this course: they map its steps onto our folders.

nbgrader's commands, its buttons in JupyterLab and our own tools all read this file.
"""

c = get_config()  # noqa: F821 -- nbgrader gives this function to its configuration files

c.CourseDirectory.course_id = "sequence-models"

# Authors edit solutions/; notebooks/ is made from it and is what students get.
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"

# Seconds a cell may run in autograde and validate. nbgrader's own 30 is too short for training.
c.Execute.timeout = 300

# Feedback shows neither hidden tests nor tracebacks that quote them: ours stands between
# nbgrader's own two preprocessors. Named, not imported, since every nbgrader command reads this.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grading.feedback.HideHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]
