"""The limits that docs/grading.md names exist, have these defaults, and none is left out."""

import re
from pathlib import Path

import pytest
from nbgrader.converters import Autograde
from traitlets import Integer
from traitlets.config import PyFileConfigLoader

from grading.execute import HardenedExecute
from grading.exporter import SubmissionExporter
from grading.sandbox.manager import SandboxedKernelClient
from grading.sandbox.provisioner import SandboxProvisioner

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "grading.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| (\d[^|]*) \| `(\w+)\.(\w+)` \|$", PAGE, re.MULTILINE)
OWN = {
    kind.__name__: kind
    for kind in (HardenedExecute, SandboxProvisioner, SandboxedKernelClient, SubmissionExporter)
}
# No limits: who the kernels run as; a submission's files are limited by the intake already.
OTHER = {"uid", "submission_size"}


def own_limits(kind):
    traits = kind.class_own_traits(config=True)
    return {name for name, trait in traits.items() if isinstance(trait, Integer)} - OTHER


@pytest.mark.parametrize("name", sorted(OWN))
def test_every_limit_has_a_row(name):
    assert {trait for _, _, kind, trait in ROWS if kind == name} == own_limits(OWN[name])


@pytest.mark.parametrize(("default", "kind", "trait"), [row[1:] for row in ROWS])
def test_defaults_are_as_the_page_says(default, kind, trait):
    number = int(re.match(r"[\d,]+", default)[0].replace(",", ""))
    if kind == "Execute":
        config = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        assert f"c.Execute.timeout = {number}\n" in config
    elif trait == "processes":
        assert OWN[kind].class_traits()[trait].default_value >= number
    else:
        assert OWN[kind].class_traits()[trait].default_value == number


def test_the_steps_of_autograde_are_nbgraders_own_but_for_one():
    config = PyFileConfigLoader("nbgrader_config.py", str(ROOT)).load_config()
    named = [name.rpartition(".")[2] for name in config.Autograde.autograde_preprocessors]
    own = [kind.__name__ for kind in Autograde.autograde_preprocessors.default_args[0]]
    assert named == ["HardenedExecute" if name == "Execute" else name for name in own]
