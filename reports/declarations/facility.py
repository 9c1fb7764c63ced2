"""The facility file: groups of nodes, storage, links, and what nothing here measures."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reports.declarations.loader import read
from reports.declarations.policy import ComputeClass, Pipe, Rated

Medium = Literal["flash", "disk", "hybrid", "tape", "memory", "network", "unknown", "disputed"]

MOST = 10**9
"""Nodes, places or applications: no city has more, and a slip of the keyboard shows."""
MAX_BYTES = 10**24
"""A yottabyte; the whole country planned 1800 EB for 2025."""

EXAMPLE = "reports/declarations/examples/example-city.toml shows the form."


@dataclass(frozen=True, slots=True)
class DeclaredRate:
    """An operator's claim for one kind of device, all devices of that kind in one node together."""

    device: Literal["cpu", "accelerator"]
    pipe: Pipe
    precision: Rated | Literal["unstated"]
    """`unstated` is kept as it was said, and converts to nothing."""
    flop_per_s: float
    source: str
    dense: bool = True
    """False for a figure with structured sparsity: kept, and never counted."""

    def __post_init__(self) -> None:
        _positive(flop_per_s=self.flop_per_s)


@dataclass(frozen=True, slots=True)
class NodeGroup:
    """Nodes of one kind in one place."""

    name: str
    nodes: int
    compute_class: ComputeClass
    """`intelligent`: the accelerators are, the host CPUs are general. `hpc`: all of it is."""
    device: str
    """Name of the accelerator, or of the CPU where there is none: evidence is matched by it."""
    site: str | None = None
    """The data centre it stands in; None for the facility itself."""
    hosts: tuple[str, ...] = ()
    """Host names whose evidence stands for the group; empty to match by `device`."""
    declared: tuple[DeclaredRate, ...] = ()
    """Claims for what no evidence covers."""

    def __post_init__(self) -> None:
        if not 1 <= self.nodes <= MOST:
            raise ValueError(f"nodes is {self.nodes}; wanted 1 to {MOST}")
        if len(self.hosts) > self.nodes:
            raise ValueError(f"{len(self.hosts)} hosts are named for {self.nodes} nodes")
        _once("host", self.hosts)


@dataclass(frozen=True, slots=True)
class StoragePool:
    """Storage that is offered as one, in decimal bytes."""

    name: str
    media: Medium
    source: str
    usable_bytes: int | None = None
    """After redundancy, before data reduction."""
    raw_bytes: int | None = None
    flash_usable_bytes: int | None = None
    """Flash tier of a hybrid pool."""
    flash_raw_bytes: int | None = None
    shared: bool = True
    """Drives inside one server count only where they are offered as shared storage."""

    def __post_init__(self) -> None:
        for tier, whole in (
            (self.flash_usable_bytes, self.usable_bytes),
            (self.flash_raw_bytes, self.raw_bytes),
        ):
            if (whole is not None and whole < 0) or (tier is not None and tier < 0):
                raise ValueError("a capacity is below 0")
            if whole is not None and whole > MAX_BYTES:
                raise ValueError(f"a capacity is above {MAX_BYTES:g} bytes")
            if tier is not None and (whole is None or tier > whole):
                raise ValueError("the flash tier is larger than the pool")

    def capacity_bytes(self, basis: Literal["usable", "raw"]) -> int | None:
        return self.usable_bytes if basis == "usable" else self.raw_bytes

    def flash_bytes(self, basis: Literal["usable", "raw"]) -> int | None:
        """Capacity on flash; None where it is not known, 0 where the medium is another."""
        match self.media:
            case "flash":
                return self.capacity_bytes(basis)
            case "hybrid":
                return self.flash_usable_bytes if basis == "usable" else self.flash_raw_bytes
            case "disk" | "tape":
                return 0
            case _:
                return None


@dataclass(frozen=True, slots=True)
class BusinessSystem:
    """A key business system, and the volume that bears it: evidence is matched by that."""

    name: str
    host: str
    """Host name of the machine that the volume is tested from."""
    mount_point: str
    """Of the volume on that machine."""
    source: str
    run_id: str | None = None
    """The one bundle that is meant; None: all bundles of that volume, of which the worst counts."""

    @property
    def volume(self) -> str:
        return f"{self.host}:{self.mount_point}"


@dataclass(frozen=True, slots=True)
class Link:
    """A network link between two important facilities."""

    name: str
    area: Literal["main_urban", "city"]
    """`main_urban`: both ends lie in the main urban area (主城都市区)."""
    latency_s: float | None
    """One-way median over at least 24 h; left out where nobody measured it."""
    method: Literal["one-way", "half of round trip"]
    source: str

    def __post_init__(self) -> None:
        if self.latency_s is not None:
            _positive(latency_s=self.latency_s)


@dataclass(frozen=True, slots=True)
class Coverage:
    """So many of so many."""

    covered: int
    total: int
    source: str

    def __post_init__(self) -> None:
        if not 1 <= self.total <= MOST or not 0 <= self.covered <= self.total:
            raise ValueError(f"{self.covered} of {self.total}; wanted 0 or more, of 1 or more")


@dataclass(frozen=True, slots=True)
class Count:
    """So many."""

    count: int
    source: str

    def __post_init__(self) -> None:
        if not 0 <= self.count <= MOST:
            raise ValueError(f"count is {self.count}; wanted 0 or more")


@dataclass(frozen=True, slots=True)
class Facility:
    """Everything that is declared. What is left out is not measured, and never 0."""

    name: str
    scope: Literal["machine", "facility", "city"]
    """`city` states that the file covers the whole city: only that is held against its targets."""
    operator: Literal["telecom", "other"] = "other"
    switches: tuple[Literal["amx"], ...] = ()
    """`amx`: CPUs that have AMX are intelligent compute, no longer general."""
    storage_basis: Literal["usable", "raw"] = "usable"
    groups: tuple[NodeGroup, ...] = ()
    pools: tuple[StoragePool, ...] = ()
    links: tuple[Link, ...] = ()
    business_systems: tuple[BusinessSystem, ...] = ()
    edge_coverage: Coverage | None = None
    optical_nodes: Coverage | None = None
    srv6_share: Coverage | None = None
    otn_coverage: Coverage | None = None
    osu_share: Coverage | None = None
    applications: Count | None = None
    disaster_recovery: Coverage | None = None
    """Core and important data sets whose recovery was tested, of all such data sets."""

    def __post_init__(self) -> None:
        _once("group", (group.name for group in self.groups))
        _once("pool", (pool.name for pool in self.pools))
        _once("link", (link.name for link in self.links))
        _once("business system", (system.name for system in self.business_systems))
        _once("host", (host for group in self.groups for host in group.hosts))

    @property
    def telecom(self) -> bool:
        return self.operator == "telecom"

    def site(self, group: NodeGroup) -> str:
        return group.site or self.name

    @property
    def sites(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.site(group) for group in self.groups))


@dataclass(frozen=True, slots=True)
class _FacilityFile(Facility):
    """A facility that somebody declares: a lone machine needs no file."""

    def __post_init__(self) -> None:
        # Not super(): a slotted dataclass is a new class, which the empty form does not find.
        Facility.__post_init__(self)
        if self.scope == "machine":
            raise ValueError('scope is "machine"; wanted "facility" or "city"')


def load(path: str | Path) -> Facility:
    """A facility from its TOML file. Raises UsageError."""
    return read(_FacilityFile, Path(path), "a facility", EXAMPLE)


def _positive(**amounts: float) -> None:
    for name, amount in amounts.items():
        if not amount > 0:
            raise ValueError(f"{name} is {amount:g}; wanted above 0")


def _once(what: str, names: Iterable[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise ValueError(f'{what} "{twice[0]}" is named twice')


NOWHERE = Facility(name="nowhere", scope="machine")
"""A place with nothing in it: enough to find out whether a plan and a policy can be used."""
