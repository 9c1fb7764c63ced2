"""What a report is asked for: which facility, policy, plan and year; and where the answer goes."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.cli.output import console, emit, status

if TYPE_CHECKING:
    from reports.declarations.capacity_plan import CapacityPlan
    from reports.declarations.facility import Facility
    from reports.declarations.policy import Policy
    from reports.performance.machine import MachineAnalysis
    from reports.report import Report

FILES = {"html": "report.html", "markdown": "report.md", "json": "report.json", "csv": "report.csv"}


@dataclass(frozen=True, slots=True)
class Question:
    """The declared side of a report, read and found sound before anything is measured."""

    facility: "Facility | None"
    policy: "Policy"
    plan: "CapacityPlan"
    year: int

    @classmethod
    def from_options(
        cls, facility: Path | None, policy: str | None, plan: str | None, year: int | None
    ) -> Self:
        """Read what the options name. Raises UsageError for what cannot be used."""
        from bench.errors import UsageError
        from reports.declarations import capacity_plan
        from reports.declarations import facility as facilities
        from reports.declarations import policy as policies

        wanted = capacity_plan.load(plan or capacity_plan.DEFAULT)
        asked = wanted.years[-1] if year is None else year
        if asked not in wanted.years:
            raise UsageError(
                f"Plan {wanted.id} has no targets for {asked}.",
                f"Give --year {' or '.join(map(str, wanted.years))}.",
            )
        return cls(
            facilities.load(facility) if facility is not None else None,
            policies.load(policy or policies.DEFAULT),
            wanted,
            asked,
        )

    def answer(
        self,
        machines: "tuple[MachineAnalysis, ...]",
        shown: "tuple[MachineAnalysis, ...] | None" = None,
        left_out: tuple[str, ...] = (),
    ) -> "Report":
        """The report on these machines."""
        from reports.report import build

        return build(machines, self.facility, self.policy, self.plan, self.year, shown, left_out)


def show(report: "Report", as_json: bool) -> None:
    """The report on standard output."""
    from reports.render import render
    from reports.render.terminal import print_report

    if as_json:
        emit(render(report, "json"))
    else:
        print_report(report, console())


def write_all(report: "Report", folder: Path) -> Path:
    """Every format into the folder; one whose library is missing costs one line, no more.

    Returns the page for people, or the folder where that could not be written.
    """
    from bench.evidence.bundle_writer import write_atomically
    from reports.render import OutputUnavailable, render

    for format_, name in FILES.items():
        try:
            write_atomically(folder / name, render(report, format_).encode())
        except OutputUnavailable as error:
            status(f"{name} is not written: {error}")
    page = folder / FILES["html"]
    return page if page.exists() else folder
