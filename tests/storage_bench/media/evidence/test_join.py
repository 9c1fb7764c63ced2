"""Synthesised answers of several tools about one drive, and made-up machines that have it."""

import json
from pathlib import Path

from storage_bench.media.classes import EvidenceLevel, MediaClass
from storage_bench.media.classify import classify
from storage_bench.media.evidence import join
from storage_bench.media.evidence.collection import Collection
from storage_bench.media.evidence.report import Answer

NUMBER, SERIAL = "500a0751e2086c5d", "1923E2086C5D"
LSBLK = {
    "blockdevices": [
        {"name": "sdb", "type": "disk", "rota": False, "wwn": f"0x{NUMBER}", "serial": SERIAL}
    ]
}
SMARTCTL = {"device": {"name": "/dev/sdb", "type": "sat"}, "rotation_rate": 0}


def answer(source: str, table: object, status: int | None = 0) -> Answer:
    return Answer(source, (source, "/dev/nvme0n1"), status, json.dumps(table))


def collected(*answers: Answer, host: str = "n1") -> Collection:
    return Collection(host, "2026-01-01T00:00:00+00:00", True, answers)


def redfish(kind: str, serial: str = SERIAL) -> Answer:
    drive = {"@odata.type": "#Drive.v1_0_0.Drive", "MediaType": kind, "SerialNumber": serial}
    return answer("redfish", drive, None)


def only(*collections: Collection) -> join.Known:
    (known,), _ = join.read(collections)
    return known


def test_answers_about_one_device_of_one_host_are_about_one_drive():
    known = only(collected(answer("lsblk", LSBLK), answer("smartctl", SMARTCTL)))
    assert known.names == {NUMBER, f"serial {SERIAL}"}
    assert (known.claim.media, known.claim.level) == (MediaClass.FLASH, EvidenceLevel.IDENTIFY)


def test_the_same_device_name_on_two_hosts_is_two_drives():
    here, there = collected(answer("lsblk", LSBLK)), collected(answer("smartctl", SMARTCTL))
    known, remarks = join.read([here, there])
    assert [one.names for one in known] == [{NUMBER, f"serial {SERIAL}"}]
    assert known[0].claim.level is EvidenceLevel.SYSFS
    assert remarks[0].startswith("1 drives have neither a world-wide number nor a serial number")


def test_a_drive_that_two_collections_name_is_one():
    known = only(collected(answer("lsblk", LSBLK)), collected(redfish("SSD"), host="bmc"))
    assert (known.claim.media, known.claim.level) == (MediaClass.FLASH, EvidenceLevel.CONTROLLER)


def test_a_controller_and_a_drive_that_contradict_each_other_are_a_dispute():
    numbered = SMARTCTL | {"serial_number": SERIAL}
    known = only(collected(answer("smartctl", numbered), redfish("HDD")))
    assert known.claim.media is MediaClass.DISPUTED
    assert known.claim.reason == (
        "the drive says 0 rpm (flash), but Redfish says MediaType HDD (disk)"
    )


def test_the_three_answers_of_nvme_are_one_drive():
    identity, number = {"sn": "S7BFNG0W600310", "tnvmcap": "7,521"}, "0025385c71b0f0b5"
    known = only(
        collected(
            answer("nvme", identity),
            answer("nvme", {"nsze": 1, "eui64": number}),
            answer("nvme", {"nsfeat": 0}),
        )
    )
    assert known.names == {"serial S7BFNG0W600310", number}
    assert known.claim.media is MediaClass.FLASH


def test_a_remark_names_its_host_where_there_are_several():
    failed = collected(answer("smartctl", {}, status=2), host="n2")
    assert join.read([failed])[1][0].startswith("smartctl")
    assert join.read([collected(), failed])[1][0].startswith("n2: smartctl")


def classified(machine, number: str, *answers: Answer):
    machine.mount("/data", number, "ext4", "/dev/whatever")
    known, _ = join.read([collected(*answers)])
    return classify(Path("/data/x"), machine.root, (join.evidence(known),))


def test_collected_evidence_stands_above_sysfs_for_the_drive_below_a_path(machine):
    machine.ssd(device__wwid=f"naa.{NUMBER}")
    media = classified(machine, "8:16", answer("lsblk", LSBLK), answer("smartctl", SMARTCTL))
    assert (media.media, media.level) == (MediaClass.FLASH, EvidenceLevel.IDENTIFY)
    disputed = classified(machine, "8:16", answer("lsblk", LSBLK), redfish("HDD"))
    assert disputed.media is MediaClass.DISPUTED


def test_a_drive_without_a_number_is_found_by_its_serial_number(machine):
    machine.ssd(
        device__wwid="t10.ATA CT500MX 1923E2086C5D", device__vpd_pg80=f"\0\x80\0\x14{SERIAL}  "
    )
    media = classified(machine, "8:16", redfish("SSD"))
    assert media.level is EvidenceLevel.CONTROLLER


def test_evidence_of_another_drive_changes_nothing(machine):
    machine.ssd(device__wwid=f"naa.{NUMBER}")
    media = classified(machine, "8:16", redfish("HDD", serial="ZAD2JFJ5"))
    assert (media.media, media.level) == (MediaClass.FLASH, EvidenceLevel.SYSFS)
    assert "the collected evidence knows no such drive" in media.reason


def storcli(*kinds: str) -> Answer:
    data = {
        "PDs for VD 0": [{"EID:Slt": f"8:{i}", "Med": kind} for i, kind in enumerate(kinds)],
        "VD0 Properties": {"SCSI NAA Id": "600605b010e943702a3372bf4d29f6a7"},
    }
    return answer(
        "storcli",
        {"Controllers": [{"Command Status": {"Status": "Success"}, "Response Data": data}]},
    )


def test_a_raid_volume_is_known_by_what_its_card_says(machine):
    machine.disk(
        device__model="PERC H740P Mini", device__wwid="naa.600605b010e943702a3372bf4d29f6a7"
    )
    media = classified(machine, "8:0", storcli("SSD", "SSD"))
    assert (media.media, media.level) == (MediaClass.FLASH, EvidenceLevel.CONTROLLER)
    assert "rotational flag (1) discounted" in media.reason
    assert classified(machine, "8:0", storcli("SSD", "HDD")).media is MediaClass.HYBRID


def test_a_virtual_disk_is_no_drive_of_the_same_serial_number(machine):
    machine.device(
        "pci0000:00/0000:00:02.0/virtio1/block/vda", "254:0", queue__rotational="1", serial=SERIAL
    )
    media = classified(machine, "254:0", redfish("SSD"))
    assert media.media is MediaClass.UNKNOWN
