"""Kernels that students' code cannot leave: `sandboxed_kernel` starts one.

bubblewrap holds them, or Landlock where Linux grants no user namespaces; without either, nothing
runs. ``python -m grading doctor`` says what a machine has and what it lacks.
"""

from grading.sandbox.errors import SandboxLeaks, SandboxUnavailable
from grading.sandbox.launch import EXCHANGE, SCRATCH
from grading.sandbox.manager import SandboxedKernelManager, sandboxed_kernel, start_nursery
from grading.sandbox.nursery import Nursery

__all__ = [
    "EXCHANGE",
    "SCRATCH",
    "Nursery",
    "SandboxLeaks",
    "SandboxUnavailable",
    "SandboxedKernelManager",
    "sandboxed_kernel",
    "start_nursery",
]
