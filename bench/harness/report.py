"""Figures: values of several runs, what they are compared with, as a table and as JSON."""
import dataclasses
import json
import statistics


@dataclasses.dataclass
class Figure:
    name: str
    unit: str
    values: list
    compared_with: "str | None" = None
    against: "Figure | None" = None  # what the ratio is taken from
    goal: str = ""  # shown in the table only

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def ratio(self):
        if self.against is None:
            return None
        return self.median / self.against.median

    def compare(self, other, name, goal=""):
        """The same figure, read against another one of the same run."""
        return dataclasses.replace(self, compared_with=name, against=other, goal=goal)


def number(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def table(figures):
    head = ["figure", "unit", "median", "min", "max", "compared with", "ratio", "goal"]
    rows = [
        [f.name, f.unit, number(f.median), number(min(f.values)), number(max(f.values)), f.compared_with or "", number(f.ratio), f.goal]
        for f in figures
    ]
    widths = [max(len(r[i]) for r in [head, *rows]) for i in range(len(head))]
    right = {2, 3, 4, 6}
    for row in [head, *rows]:
        print("  " + "  ".join(c.rjust(w) if i in right else c.ljust(w) for i, (c, w) in enumerate(zip(row, widths))).rstrip())


def write(path, figures, command):
    path.parent.mkdir(exist_ok=True)
    rows = [
        {
            "figure": f.name, "unit": f.unit, "median": f.median, "min": min(f.values), "max": max(f.values),
            "runs": len(f.values), "compared_with": f.compared_with,
            "ratio": None if f.ratio is None else round(f.ratio, 4), "command": command,
        }
        for f in figures
    ]
    path.write_text(json.dumps(rows, indent=2) + "\n")
