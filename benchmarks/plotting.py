"""Draw time and memory against size, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.scaling import SIDES, Point

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_AXES = {"distributions": "distributions (50 kB each)", "megabytes": "MB (10 distributions)"}
_FIGURES = {"wall": "seconds", "peak": "MiB, largest process"}
#: What an SVG would say of who made it, and when.
_NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
_COLOURS = ("#1b6ca8", "#4fb286", "#b3541e")


def plot(points: Sequence[Point], path: Path) -> None:
    """Write four panels: time and memory, by number and by size; the suffix says what file."""
    import matplotlib as mpl

    mpl.use("Agg")
    mpl.rcParams.update(
        {"svg.hashsalt": "repackage", "svg.fonttype": "none", "font.family": "sans-serif"}
    )
    from matplotlib import pyplot as plt

    figure, panels = plt.subplots(2, 2, figsize=(9, 6.5), sharex="col", layout="constrained")
    for row, (figures, unit) in enumerate(_FIGURES.items()):
        for column, (axis, label) in enumerate(_AXES.items()):
            panel = panels[row][column]
            for side, colour in zip(SIDES, _COLOURS, strict=True):
                at, values = _line(points, axis, side, figures)
                panel.plot(at, values, marker="o", markersize=4, color=colour, label=side)
            panel.set_xscale("log")
            panel.set_yscale("log")
            panel.grid(visible=True, which="major", alpha=0.3)
            panel.xaxis.set_major_formatter("{x:g}")
            panel.yaxis.set_major_formatter("{x:g}")
            panel.yaxis.set_minor_formatter("")
            panel.set_ylabel(unit)
            if row:
                panel.set_xlabel(label)
    panels[0][0].legend(frameon=False)
    figure.savefig(path, metadata=_NO_METADATA if path.suffix == ".svg" else None, dpi=110)
    plt.close(figure)


def _line(
    points: Sequence[Point], axis: str, side: str, figure: str
) -> tuple[list[int], list[float]]:
    found = sorted(
        (point.at, float(getattr(point, figure)))
        for point in points
        if (point.axis, point.side) == (axis, side)
    )
    return [at for at, _ in found], [value for _, value in found]
