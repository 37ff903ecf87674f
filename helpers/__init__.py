"""The small module that every notebook of the course imports.

It holds data sets, made-up series, windows, plots, checks, and the set-up of a notebook.
It never holds what a notebook asks you to write, and it loads TensorFlow only when you use it.
"""

from helpers.checks import (
    CheckFailed,
    check_close,
    check_defined,
    check_equal,
    check_finite,
    check_raises,
    check_shape,
    check_true,
    check_type,
    check_unchanged,
)
from helpers.data import (
    load_co2_monthly,
    load_descriptions,
    load_elnino,
    load_macro,
    load_nile,
    load_stocks,
    load_sunspots,
    load_table,
)
from helpers.plots import PALETTE, plot_acf_bars, plot_series, use_course_style
from helpers.series import create_sequences, generate_time_series
from helpers.setup import set_seeds, setup_notebook
from helpers.stationarity import adf, kpss
from helpers.training import count_parameters, quiet_fit

__all__ = [
    "PALETTE",
    "CheckFailed",
    "adf",
    "check_close",
    "check_defined",
    "check_equal",
    "check_finite",
    "check_raises",
    "check_shape",
    "check_true",
    "check_type",
    "check_unchanged",
    "count_parameters",
    "create_sequences",
    "generate_time_series",
    "kpss",
    "load_co2_monthly",
    "load_descriptions",
    "load_elnino",
    "load_macro",
    "load_nile",
    "load_stocks",
    "load_sunspots",
    "load_table",
    "plot_acf_bars",
    "plot_series",
    "quiet_fit",
    "set_seeds",
    "setup_notebook",
    "use_course_style",
]
