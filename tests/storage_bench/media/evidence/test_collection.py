import json

import pytest

from storage_bench.errors import StorageError
from storage_bench.media.evidence import collection
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.report import Answer

FOUND = Collection(
    host="n1",
    collected="2026-01-01T00:00:00+00:00",
    as_root=True,
    answers=(
        Answer("smartctl", ("smartctl", "-i"), 4, '{"é": 1}'),
        Answer("ceph", ("f",), None, ""),
    ),
    remarks=("nvme is not installed",),
)


def test_what_is_written_is_read_again(tmp_path):
    path = tmp_path / "e.json"
    collection.write(path, FOUND)
    assert collection.load(path) == FOUND
    assert json.loads(path.read_text())["format"] == "capbench-media-evidence@1"


def test_evidence_is_never_overwritten(tmp_path):
    path = tmp_path / "e.json"
    path.write_text("precious")
    with pytest.raises(StorageError, match="File exists"):
        collection.write(path, FOUND)
    assert path.read_text() == "precious"


@pytest.mark.parametrize(
    ("change", "said"),
    [({"format": "capbench-media-evidence@2"}, "format is 'capbench-media-evidence@2'"),
     ({"format": None}, "format is None"),
     ({"host": 1}, "host 1"),
     ({"answers": 3}, "of another kind"),
     ({"answers": [{"source": "smartctl"}]}, "status"),
     ({"answers": [{"source": "oracle", "command": [], "status": 0, "output": ""}]},
      "source 'oracle'"),
     ({"answers": [{"source": "ceph", "command": [], "status": "0", "output": ""}]}, "status '0'"),
     ({"answers": [{"source": "ceph", "command": [], "status": 0, "output": {}}]}, "output")],
)  # fmt: skip
def test_a_file_of_another_kind_is_refused(tmp_path, change, said):
    path = tmp_path / "e.json"
    collection.write(path, FOUND)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(StorageError, match=said):
        collection.load(path)


@pytest.mark.parametrize("text", ["", "[]", "{", '"x"'])
def test_a_file_that_is_no_object_is_refused(tmp_path, text):
    path = tmp_path / "e.json"
    path.write_text(text)
    with pytest.raises(StorageError, match=r"is no JSON|format is None"):
        collection.load(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(StorageError, match="No such file"):
        collection.load(tmp_path / "absent")
