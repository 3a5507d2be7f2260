"""The harness of the benchmarks: what it makes of figures, and that it makes real applications."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from benchmarks import generated, report, scaling, targets
from benchmarks.corpora import Corpus, changed
from benchmarks.jobs import Job, jobs
from benchmarks.measuring import Command, Failed, Round, Sample, Side, measure
from benchmarks.results import Missing, Result, Results, from_json, median_of, to_json
from benchmarks.rounds import Bench, rounds_of
from benchmarks.targets import Above, Growth, Peak, Ratio, peak_of

from repackage.lock import read_lock
from repackage.wheel import read_wheel

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _result(side: str, *, wall: float = 1.0, corpus: str = "M", **figures: int) -> Result:
    rest = {"peak": 100, "size": 1000, **figures}
    return Result(corpus=corpus, job="job", side=side, wall=wall, cpu=wall, rounds=1, **rest)


def _results(*found: Result) -> Results:
    return Results(machine={"machine": "x86_64, 2 processors"}, results=found)


def _side(name: str, script: str, *, needs: tuple[str, ...] = ()) -> Side:
    def steps(where: Round) -> Iterator[Command]:
        yield sys.executable, "-c", script, str(where.out / "made.txt")

    return Side(name=name, steps=steps, pattern="*.txt", needs=needs, warms=True)


_WRITES = "import sys; open(sys.argv[1], 'w').write('x' * 10)"


@pytest.fixture
def corpus(tmp_path: Path) -> Corpus:
    return generated.make(tmp_path, distributions=3, size=60_000)


def test_a_median_is_not_moved_by_one_slow_round() -> None:
    samples = [Sample(wall=wall, cpu=wall / 2, peak=10, size=5) for wall in (1.0, 9.0, 2.0)]

    found = median_of(samples, corpus="S", job="job", side="side")

    assert (found.wall, found.cpu, found.rounds) == (2.0, 1.0, 3)


def test_times_of_commands_add_up_and_what_they_say_is_told_when_they_fail() -> None:
    assert measure([(sys.executable, "-c", "pass")] * 2).wall > 0
    with pytest.raises(Failed, match=r"status 3: .*: no such thing"):
        measure(
            [
                (
                    sys.executable,
                    "-c",
                    "import sys; print('no such thing', file=sys.stderr); sys.exit(3)",
                )
            ]
        )


def test_a_side_whose_program_is_absent_or_fails_does_not_stop_the_others(
    corpus: Corpus, tmp_path: Path
) -> None:
    job = Job(
        name="job",
        sides=(
            _side("ours", _WRITES),
            _side("absent", _WRITES, needs=("no-such-program",)),
            _side("broken", "raise SystemExit('no')"),
        ),
        peer="ours",
    )

    ours, absent, broken = Bench(directory=tmp_path, rounds=1).job(job, corpus)

    assert isinstance(ours, Result)
    assert ours.size == 10
    assert isinstance(absent, Missing)
    assert absent.why == "not installed: no-such-program"
    assert isinstance(broken, Missing)
    assert broken.why.startswith("status 1")


def test_slow_jobs_have_a_third_of_the_rounds() -> None:
    slow = Job(name="job", sides=(), peer="", slow=True)

    assert [rounds_of(slow, rounds) for rounds in (1, 5, 9)] == [1, 1, 3]


@pytest.mark.parametrize(("wall", "met"), [(0.2, True), (0.3, True), (0.31, False)])
def test_a_ratio_is_met_up_to_its_limit(wall: float, met: bool) -> None:  # noqa: FBT001 - a parameter
    target = Ratio(job="job", side="ours", peer="peer", limit=0.3)

    verdict = target.judge(_results(_result("ours", wall=wall), _result("peer")))

    assert (verdict.met, verdict.measured) == (met, f"{wall:.3f}")


def test_a_size_may_be_neither_above_nor_below() -> None:
    target = Ratio(job="job", side="ours", peer="peer", limit=1.01, least=0.99, of="size")

    judged = [
        target.judge(_results(_result("ours", size=size), _result("peer"))).met
        for size in (980, 1000, 1020)
    ]

    assert judged == [False, True, False]


def test_what_was_not_measured_is_neither_met_nor_missed() -> None:
    assert {verdict.met for verdict in targets.verdicts(_results())} == {None}


def test_memory_is_judged_by_the_worst_job_of_repackage_alone() -> None:
    results = _results(
        _result("repackage, first", peak=150),
        _result("uv + nfpm", peak=900),
        _result("repackage, first", peak=180, corpus="L"),
    )

    assert peak_of(results, "M") == results.find("M", "job", "repackage, first")
    assert Growth(smaller="M", larger="L").judge(results).measured == "1.20 (job)"
    assert Growth(smaller="M", larger="L").judge(results).met is False


def test_a_peak_is_judged_when_every_job_of_the_corpus_was_done() -> None:
    every = [
        replace(_result(side.name, peak=150, corpus="L"), job=job.name)
        for job in jobs()
        if "L" in job.corpora
        for side in job.sides
    ]

    some = _results(*(each for each in every if each.job != "deb zst"))

    assert Peak(corpus="L", limit=200).judge(_results(*every)).met is True
    assert Peak(corpus="L", limit=149).judge(_results(*every)).met is False
    assert Peak(corpus="L", limit=200).judge(some).met is None
    assert Peak(corpus="L", limit=200).judge(some).measured == "not measured: deb zst"


def test_a_report_says_how_many_rounds_there_were() -> None:
    job, other = (Job(name=name, sides=(), peer="ours") for name in ("job", "slow"))
    one = _results(_result("ours"))
    both = _results(
        replace(_result("ours"), rounds=5), replace(_result("ours"), job="slow", rounds=1)
    )

    told = report.to_markdown(both, [job, other])

    assert "Medians of 1 round, interleaved; x86_64, 2 processors." in (
        report.to_markdown(one, [job])
    )
    assert "Medians of 1 to 5 rounds, interleaved; x86_64" in told
    assert "### Corpus M, job (5 rounds)" in told
    assert "### Corpus M, slow (1 round)" in told


def test_start_up_is_judged_by_a_difference() -> None:
    target = Above(job="job", side="ours", peer="bare", milliseconds=40)

    verdict = target.judge(_results(_result("ours", wall=0.07), _result("bare", wall=0.02)))

    assert (verdict.measured, verdict.met) == ("+50.0 ms", False)


def test_every_peer_and_every_target_names_a_side_of_a_job() -> None:
    sides = {job.name: {side.name for side in job.sides} for job in jobs()}

    assert all(job.peer in sides[job.name] for job in jobs())
    assert all(
        {target.side, target.peer} <= sides[target.job]
        for target in targets.TARGETS
        if isinstance(target, Ratio | Above)
    )


def test_a_report_has_every_target_and_every_figure() -> None:
    job = Job(name="job", sides=(), peer="peer")
    results = _results(_result("ours", wall=0.5), _result("peer", wall=2.0)).plus(
        Missing(corpus="M", job="job", side="third", why="not installed: third")
    )

    text, markdown = report.to_text(results, [job]), report.to_markdown(results, [job])

    assert "| ours | 0.500 | 0.500 | 100 | 0.0 | 0.250 | 0.250 |" in markdown
    assert "- third, corpus M, job: not installed: third" in markdown
    assert markdown.count("not measured") == len(targets.TARGETS)
    assert "ours" in text


def test_results_survive_being_written() -> None:
    results = _results(_result("ours")).plus(Missing(corpus="M", job="j", side="s", why="w"))

    assert from_json(to_json(results)) == results


def test_a_changed_wheel_has_a_true_record_and_other_content(
    corpus: Corpus, tmp_path: Path
) -> None:
    copy = changed(corpus.wheel, tmp_path / "changed", "1")

    assert copy.name == corpus.wheel.name
    assert copy.read_bytes() != corpus.wheel.read_bytes()
    read_wheel(copy)


def test_a_generated_application_has_the_size_and_the_lock_asked_for(corpus: Corpus) -> None:
    lock = read_lock(corpus.lock)
    wheels = sorted((corpus.project / "dist").glob("part_*.whl"))

    assert len(wheels) == 3
    assert len(lock.packages) == 4
    assert [read_wheel(wheel).name for wheel in wheels] == ["part-0", "part-1", "part-2"]


def test_points_are_laid_out_by_size() -> None:
    point = scaling.Point(
        axis="megabytes", at=1024, side=scaling.SIDES[0], wall=2.5, cpu=3.0, peak=99, size=1
    )

    assert "| 1,024 MB | 2.50 | 99 |" in scaling.to_markdown([point])


def test_a_scale_leaves_neither_applications_nor_caches_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    def unpacked(*_: object) -> None:
        told.append(os.environ["UV_CACHE_DIR"])

    def noted(bench: Bench, *_: object) -> Iterator[Missing]:
        told.append(os.environ["UV_CACHE_DIR"])
        (bench.directory / "uv").mkdir()
        yield Missing(corpus="", job="", side="", why="")

    monkeypatch.setenv("UV_CACHE_DIR", "before")
    monkeypatch.setattr(Bench, "job", noted)
    monkeypatch.setattr(scaling, "find", lambda name: name)
    monkeypatch.setattr(scaling, "unpack", unpacked)

    found = list(scaling.scale(Bench(directory=tmp_path, rounds=1), most=10, largest=1))

    assert len(found) == 2
    assert [str(tmp_path) in each for each in told] == [True] * 4
    assert os.environ["UV_CACHE_DIR"] == "before"
    assert not list(tmp_path.iterdir())


def test_a_scale_goes_from_ten_to_two_thousand_and_from_one_megabyte_to_two_gigabytes() -> None:
    ends = [(axis[0], axis[-1]) for axis in (scaling.DISTRIBUTIONS, scaling.MEGABYTES)]

    assert ends == [(10, 2000), (1, 2048)]
