"""Draw time and memory against size, as SVG."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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

    figure, panels = plt.subplots(
        2, 2, figsize=(9, 6.5), sharex="col", sharey="row", layout="constrained"
    )
    for row, (figures, unit) in enumerate(_FIGURES.items()):
        for column, (axis, label) in enumerate(_AXES.items()):
            panel = panels[row][column]
            for side, colour in zip(SIDES, _COLOURS, strict=True):
                at, values = _line(points, axis, side, figures)
                panel.plot(at, values, marker="o", markersize=4, color=colour, label=side)
            _scale(panel, at=sorted({point.at for point in points if point.axis == axis}))
            if column == 0:
                panel.set_ylabel(unit)
            if row:
                panel.set_xlabel(label)
    panels[0][0].legend(frameon=False)
    figure.savefig(path, metadata=_NO_METADATA if path.suffix == ".svg" else None, dpi=110)
    plt.close(figure)


def _scale(panel: Any, *, at: Sequence[int]) -> None:
    """Name every point that was measured, and ones, twos and fives of what they cost."""
    from matplotlib.ticker import LogLocator

    panel.set_xscale("log")
    panel.set_yscale("log")
    panel.set_xticks(at, [f"{each}" for each in at], fontsize=8)  # two gigabytes beside one
    panel.minorticks_off()
    panel.yaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
    panel.yaxis.set_major_formatter("{x:g}")
    panel.grid(visible=True, alpha=0.3)


def _line(
    points: Sequence[Point], axis: str, side: str, figure: str
) -> tuple[list[int], list[float]]:
    found = sorted(
        (point.at, float(getattr(point, figure)))
        for point in points
        if (point.axis, point.side) == (axis, side)
    )
    return [at for at, _ in found], [value for _, value in found]
