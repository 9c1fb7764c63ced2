"""Ten thousand nodes verified and reported at a desk.

`python -m pytest tests/benchmarks/test_facility.py --benchmark-enable -s`

Makes the bundles of so many simulated nodes of profile ci (their making is not timed), as if they
had been measured, so that every audit rule looks at them. Then `capbench verify` and
`capbench report --format all` run on them with an empty cache, and the report once more with what
was kept. Prints times, the peak memory of all processes together, and the size of the page.
CAPBENCH_NODES gives another number of nodes; the bounds hold for ten thousand on two cores.
"""

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
from pytest_benchmark.fixture import BenchmarkFixture

from bench.evidence import bundle_writer
from bench.evidence.bundle_writer import BundleWriter
from bench.evidence.codec import replace
from bench.testing.complete_run import simulated_run

ROOT = Path(__file__).parents[2]
NODES = int(os.environ.get("CAPBENCH_NODES", "10000"))
COLD_S, KEPT_S = 60.0, 5.0
MAX_MEMORY_BYTES = 1e9
MAX_PAGE_BYTES = 5e6
FACILITY = f"""
name = "{NODES} nodes"
scope = "facility"
operator = "other"
storage_basis = "raw"

[[groups]]
name = "servers"
site = "here"
nodes = {NODES}
compute_class = "general"
device = "Simulated CPU"
"""


def test_a_facility_is_verified_and_reported(benchmark: BenchmarkFixture, tmp_path: Path) -> None:
    nodes, out = tmp_path / "nodes", tmp_path / "out"
    with ProcessPoolExecutor() as pool:
        list(pool.map(make, range(NODES), [nodes] * NODES, chunksize=50))
    (tmp_path / "facility.toml").write_text(FACILITY)
    reported = ("report", nodes, "--facility", tmp_path / "facility.toml", "--format", "all",
                "--output", out)  # fmt: skip
    verify_s, verify_bytes = timed(tmp_path, "verify", nodes)
    report_s, report_bytes = timed(tmp_path, *reported)
    again_s, _ = timed(tmp_path, *reported)
    page_bytes = (out / "report.html").stat().st_size
    memory_bytes = max(verify_bytes, report_bytes)
    sys.stdout.write(
        f"\n{NODES} nodes: verify {verify_s:.1f} s, report in four formats {report_s:.1f} s, "
        f"again {again_s:.1f} s; at most {memory_bytes / 1e6:.0f} MB; "
        f"page {page_bytes / 1e6:.1f} MB\n"
    )
    benchmark.pedantic(lambda: None, rounds=1)
    assert verify_s + report_s <= COLD_S
    assert again_s <= KEPT_S
    assert memory_bytes < MAX_MEMORY_BYTES
    assert page_bytes < MAX_PAGE_BYTES


def make(node: int, folder: Path) -> None:
    """Write the bundle of one node, without waiting for the drive after each file."""
    bundle_writer.write_atomically = lambda path, data: path.write_bytes(data) and None
    evidence = simulated_run(f"node{node:05d}")
    evidence = replace(evidence, inventory=replace(evidence.inventory, simulated=False))
    place = folder / f"rack{node // 100:03d}" / f"node{node:05d}" / "evidence"
    place.parent.mkdir(parents=True, exist_ok=True)
    writer = BundleWriter(place, evidence.inventory, evidence.plan)
    for outcome in evidence.outcomes:
        writer.add(outcome)
    writer.finish(evidence)


def timed(home: Path, *arguments: object) -> tuple[float, int]:
    """Seconds of a command, and the most memory that it and its workers held at one moment."""
    environment = os.environ | {"PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(home / "cache")}
    begun_s = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "bench", *map(str, arguments)], env=environment,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    most = [0]
    watcher = threading.Thread(target=watch, args=(process, most), daemon=True)
    watcher.start()
    assert process.wait() in (0, 1)
    took_s = time.monotonic() - begun_s
    watcher.join()
    return took_s, most[0]


def watch(process: "subprocess.Popen[bytes]", most: list[int]) -> None:
    """Unique memory of the whole tree, looked at ten times a second."""
    while process.poll() is None:
        total = 0
        try:
            parent = psutil.Process(process.pid)
            for each in (parent, *parent.children(recursive=True)):
                total += each.memory_full_info().uss
        except psutil.Error:
            pass
        most[0] = max(most[0], total)
        time.sleep(0.1)
