"""Draws lines over a common x as an SVG that needs nothing to be looked at."""
from xml.sax.saxutils import escape

WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 640, 320, 70, 60, 50
COLOURS = ("#2f6fde", "#d9622b", "#2c9c5f", "#8a5cd0")


class Panel:
    """One pair of axes: `lines` maps a name to a list of (x, y)."""

    def __init__(self, title, x, y, lines, logarithmic=False):
        self.title, self.x, self.y, self.lines, self.logarithmic = title, x, y, lines, logarithmic

    def _scaled(self, value, top):
        if not self.logarithmic:
            return value / top if top else 0
        import math

        return math.log10(max(value, 1)) / math.log10(max(top, 10))

    def svg(self, down):
        points = [p for line in self.lines.values() for p in line]
        right, top = max(p[0] for p in points), max(p[1] for p in points)
        across, high = WIDTH - LEFT - 20, HEIGHT - TOP - BOTTOM
        place = lambda p: (LEFT + p[0] / right * across, down + TOP + high * (1 - self._scaled(p[1], top)))
        parts = [f'<text x="{LEFT}" y="{down + 22}" font-weight="bold">{escape(self.title)}</text>']
        ticks = [10**n for n in range(0, 9) if 10**n <= top] if self.logarithmic else [top * n / 4 for n in range(5)]
        for tick in ticks:
            y = place((0, tick))[1]
            parts.append(f'<line x1="{LEFT}" x2="{WIDTH - 20}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
            parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick:,.0f}</text>')
        for x in sorted({p[0] for p in points}):
            at = place((x, 0))[0]
            parts.append(f'<text x="{at:.1f}" y="{down + HEIGHT - BOTTOM + 18}" text-anchor="middle">{x:g}</text>')
        parts.append(f'<text x="{LEFT + across / 2:.0f}" y="{down + HEIGHT - 12}" text-anchor="middle">{escape(self.x)}</text>')
        for number, (name, line) in enumerate(self.lines.items()):
            colour = COLOURS[number % len(COLOURS)]
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in map(place, line))
            parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
            parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in map(place, line)]
            parts.append(f'<text x="{WIDTH - 20}" y="{down + 22 + 16 * number}" text-anchor="end" fill="{colour}">{escape(name)}</text>')
        return "\n".join(parts)


def write(path, panels):
    body = "\n".join(panel.svg(number * HEIGHT) for number, panel in enumerate(panels))
    height = HEIGHT * len(panels)
    path.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="12">\n'
        f'<rect width="{WIDTH}" height="{height}" fill="white"/>\n{body}\n</svg>\n')
