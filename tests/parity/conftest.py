import importlib.util
import sys
from pathlib import Path

# tests are no package: the generators are loaded by their file
for name, file in (
    ("random_registers", Path(__file__).with_name("random_registers.py")),
    ("random_worlds", Path(__file__).with_name("random_worlds.py")),
    ("registries", Path(__file__).with_name("registries.py")),
    ("small_and_large", Path(__file__).with_name("small_and_large.py")),
    ("hard_networks", Path(__file__).with_name("hard_networks.py")),
    ("filled", Path(__file__).with_name("filled.py")),
    ("both_engines", Path(__file__).with_name("both_engines.py")),
):
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
