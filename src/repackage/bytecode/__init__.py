"""Bytecode of modules, made by an interpreter of the target's minor version, and kept.

Modules are compiled, never run. What comes of it is by hash and unchecked (PEP 552), names the
place where the module will lie, and is the same in every run.
"""

from repackage.bytecode._compiler import Compiler
from repackage.bytecode._interpreter import compiling

__all__ = ["Compiler", "compiling"]
