"""One module a bench: its docstring's first line is the question, `run(runs)` returns the figures."""
