"""What `nbgrader export` writes for this course: plugins to name after ``--exporter``.

`CourseCsv` has a row for each student and assignment, `ExercisesCsv` a column for each exercise;
`MoodleCsv` and `CanvasCsv` are files that these systems import.
"""

from grading.exports.canvas import CanvasCsv
from grading.exports.course import CourseCsv
from grading.exports.exercises import ExercisesCsv
from grading.exports.moodle import MoodleCsv

__all__ = ["CanvasCsv", "CourseCsv", "ExercisesCsv", "MoodleCsv"]
