"""The fuzzer is a program of its own: its tests run it."""

collect_ignore = ["fuzzing"]
