"""What is staged, against the lock: a contravention stops the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from repackage.check import Standard, check_staged
from repackage.errors import ContraventionError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from repackage.build._model import Events, Planned
    from repackage.check import Report
    from repackage.tree import Tree
    from repackage.wheel import Wheel


def refuse_stale(planned: Planned) -> None:
    """Refuse a lock that was not made for this wheel, where the policy does not let it pass."""
    name = planned.closure.root.name
    if not planned.closure.stale or planned.rules.severity("stale-lock", name) != "error":
        return
    anew = "run 'uv lock'" if planned.lock.kind == "uv" else "write the lock anew"
    raise ContraventionError(
        *(
            Problem(
                what=f"the lock is stale: {difference}",
                where=str(planned.lock.path),
                advice=f"{anew} and build the wheel again, or use --policy constrain",
            )
            for difference in planned.closure.stale
        )
    )


def judge(planned: Planned, wheels: Sequence[Wheel], tree: Tree, *, events: Events) -> Report:
    """Judge what is staged; report what passes, and raise with what does not."""
    standard = Standard(
        closure=planned.closure,
        lock=planned.lock,
        target=planned.target,
        rules=planned.rules,
        made_here=frozenset(planned.to_build),
    )
    report = check_staged(tree, standard, wheels=wheels)
    for finding in report.findings:
        match finding.severity:
            case "warning":
                events.warn(str(finding))
            case "note":
                events.note(str(finding))
            case "ok" | "error":
                pass
    report.raise_if_contravened()
    return report
