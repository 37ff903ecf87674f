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

# What follows makes grading safe; docs/grading.md says how, and which limits there are. Classes are
# named, not imported, since every nbgrader command reads this.

# Each submission is rebuilt on top of the release before nbgrader reads it.
c.Autograde.exporter_class = "grading.exporter.SubmissionExporter"
c.OverwriteCells.add_missing_cells = True

# nbgrader's own list, with our Execute in the place of its: cells run in two sandboxes.
c.Autograde.autograde_preprocessors = [
    "grading.execute.HardenedExecute",
    "nbgrader.preprocessors.IgnorePattern",
    "nbconvert.preprocessors.ClearMetadataPreprocessor",
    "nbgrader.preprocessors.LimitOutput",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# nbgrader's own list of scores quotes nothing, and shows 0 for what nobody has graded.
c.ExportApp.plugin_class = "grading.exports.CourseCsv"

# Feedback shows neither hidden tests nor tracebacks that quote them: ours stands between
# nbgrader's own two preprocessors.
c.GenerateFeedback.preprocessors = [
    "nbgrader.preprocessors.GetGrades",
    "grading.feedback.HideHiddenTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
]

# Formgrader and feedback show what a student handed in and let nothing of it act: the preprocessor
# keeps what a page shows, the filters take the place of nbconvert's own.
c.HTMLExporter.preprocessors = ["grading.sanitise.KeepWhatPagesShow"]
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "grading.safe_html.clean_html",
    "highlight_code": "grading.safe_html.highlight_code",
    "markdown2html": "grading.safe_html.markdown_to_html",
    "strip_files_prefix": "grading.safe_html.leave",
}
