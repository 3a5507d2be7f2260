"""Turn a Python wheel and its lock into what an operating system installs."""
