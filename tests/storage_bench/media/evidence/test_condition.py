import json

import pytest

from storage_bench.media.evidence import join
from storage_bench.media.evidence.collect import collect
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.condition import Condition, findings, joined
from storage_bench.media.evidence.report import Answer
from storage_bench.media.evidence.sources import pcie, redfish, smartctl, storcli

SATA = {
    "device": {"name": "/dev/sda", "type": "sat", "protocol": "ATA"},
    "model_family": "Seagate Exos X18",
    "serial_number": "ZVT00001",
    "rotation_rate": 7200,
    "smartctl": {"version": [7, 4], "exit_status": 0},
    "interface_speed": {
        "max": {"string": "6.0 Gb/s", "units_per_second": 60, "bits_per_unit": 100000000},
        "current": {"string": "3.0 Gb/s", "units_per_second": 30, "bits_per_unit": 100000000},
    },
}
LOGS = {
    "device": SATA["device"],
    "power_on_time": {"hours": 12},
    "seagate_farm_log": {"page_1_drive_information": {"poh": 21000}},
}


def answer(source: str, *tables: object) -> list[Answer]:
    return [Answer(source, ("x", "/dev/sda"), 0, json.dumps(table)) for table in tables]


def test_a_drive_whose_own_log_has_more_hours_than_smart_was_used_before():
    about = Condition(power_on_hours=12, farm_hours=21000)
    assert findings([("A", about)]) == [
        "drive A: used before: 21000 hours by FARM, 12 by SMART, which was set back"
    ]
    assert findings([("A", Condition(power_on_hours=21000, farm_hours=21010))]) == []
    assert findings([("A", Condition(power_on_hours=12))]) == []


@pytest.mark.parametrize(("hours", "odd"), [(30000, True), (2300, True), (900, False)])
def test_a_used_drive_in_a_new_system_is_told(hours, odd):
    others = [(name, Condition(power_on_hours=100)) for name in "BCD"]
    assert bool(findings([("A", Condition(power_on_hours=hours)), *others])) is odd


def test_in_a_system_in_use_old_drives_are_no_finding():
    others = [(name, Condition(power_on_hours=20000)) for name in "BCD"]
    assert findings([("A", Condition(power_on_hours=40000)), *others]) == []


@pytest.mark.parametrize(
    ("about", "said"),
    [(Condition(link_gbps=3, link_max_gbps=6), "link slower than the drive: 3 of 6 Gb/s"),
     (Condition(link_gbps=6, link_max_gbps=6), ""), (Condition(link_gbps=3), ""),
     (Condition(lanes=2, lanes_max=4), "link narrower than the drive: 2 of 4 lanes"),
     (Condition(lanes=4, lanes_max=4), "")],
)  # fmt: skip
def test_a_link_below_what_the_drive_can_do_is_told(about, said):
    assert findings([("A", about)]) == ([f"drive A: {said}"] if said else [])


def test_answers_complete_each_other():
    whole = joined([Condition(power_on_hours=1), Condition(power_on_hours=2, lanes=4)])
    assert whole == Condition(power_on_hours=1, lanes=4)
    assert not joined([])


def test_smartctl_tells_hours_and_link_in_two_answers_about_one_device():
    collected = Collection("h", "2026", True, tuple(answer("smartctl", SATA, LOGS)))
    (known,), remarks = join.read([collected])
    assert known.condition == Condition(12, 21000, 3.0, 6.0)
    assert [remark.partition(": ")[0] for remark in remarks] == ["drive ZVT00001"] * 2


def test_a_sas_drive_has_its_hours_below_another_name():
    log = {"seagate_farm_log": {"drive_information": {"power_on_hour": 7}}}
    (report,) = smartctl.read(answer("smartctl", SATA | log)[0]).reports
    assert report.condition.farm_hours == 7


@pytest.mark.parametrize(
    ("changed", "asked"),
    [({}, ("-A", "-l", "farm")), ({"smartctl": {"version": [7, 3]}}, ("-A",)),
     ({"model_family": "Toshiba MG08"}, ("-A",)), ({"serial_number": ""}, ())],
)  # fmt: skip
def test_only_seagate_drives_are_asked_for_their_own_log_and_only_where_smartctl_knows_it(
    changed, asked
):
    assert smartctl.logs(json.dumps(SATA | changed)) == asked


def test_a_drive_that_answered_is_asked_for_its_hours():
    questions = []

    def by(command):
        questions.append(tuple(command))
        scanned = {"devices": [{"name": "/dev/sda", "type": "scsi"}]}
        return 0, json.dumps(scanned if "--scan" in command else SATA)

    collect(by=by)
    assert ("smartctl", "--json", "-i", "/dev/sda") in questions
    assert ("smartctl", "--json", "-A", "-l", "farm", "/dev/sda") in questions


def test_redfish_and_storcli_tell_the_link():
    drive = {
        "@odata.id": "/d/1", "@odata.type": "#Drive.v1_0_0.Drive", "SerialNumber": "ZVT00001",
        "CapableSpeedGbs": 12, "NegotiatedSpeedGbs": 6,
    }  # fmt: skip
    metrics = {
        "@odata.id": "/d/1/Metrics", "@odata.type": "#DriveMetrics.v1_0_0.DriveMetrics",
        "PowerOnHours": 5,
    }  # fmt: skip
    (report,) = redfish.read(*answer("redfish", drive, metrics)).reports
    assert report.condition == Condition(5, None, 6.0, 12.0)
    key = "Drive /c0/e8/s1"
    about = {"SN": "ZVT00001", "Device Speed": "12.0Gb/s", "Link Speed": "6.0Gb/s"}
    data = {key: [{"Med": "HDD"}],
            f"{key} - Detailed Information": {f"{key} Device attributes": about}}  # fmt: skip
    told = {"Controllers": [{"Command Status": {"Status": "Success"}, "Response Data": data}]}
    (report,) = storcli.read(*answer("storcli", told)).reports
    assert report.condition == Condition(link_gbps=6.0, link_max_gbps=12.0)


def test_sysfs_tells_generation_and_width_of_the_link_of_an_nvme_drive(tmp_path):
    device = tmp_path / "sys/class/nvme/nvme0/device"
    device.mkdir(parents=True)
    (device.parent / "serial").write_text("NV3T8A000001\n")
    told = zip(pcie.FIELDS, ("8.0 GT/s PCIe", "16.0 GT/s PCIe", "4", "4"), strict=True)
    for name, text in told:
        (device / name).write_text(text)
    (found,) = pcie.ask(tmp_path)
    (report,) = pcie.read(found).reports
    assert (report.place, report.names) == ("/dev/nvme0", {"serial NV3T8A000001"})
    assert report.condition == Condition(None, None, 8.0, 16.0, 4, 4)
    assert pcie.ask(tmp_path / "none") == []
