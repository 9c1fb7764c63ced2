from bench.evidence import Evidence
from bench.evidence.codec import replace
from bench.evidence.shape_search import ShapeTrial
from reports.performance.accelerators.chosen_shapes import chosen_shapes
from reports.performance.subject import Subject
from reports.render import text


def test_what_was_tried_is_shown_with_what_was_chosen(node: Evidence) -> None:
    (chosen,) = chosen_shapes(Subject(node))

    assert (chosen.model, chosen.kernel, chosen.precision) == ("Simulated GPU", "gemm", "bf16")
    assert text.dimensions(chosen.shape) == "4096 × 4096 × 8320"
    assert text.trials(chosen) == (
        "8192 × 8192 × 8192: 973 TFLOP/s; 4096 × 4096 × 8320: 1.08 PFLOP/s; "
        "16384 × 8192 × 4224: 1.08 PFLOP/s; 2816 × 1536 × 13312: 1.08 PFLOP/s; "
        "3072 × 2816 × 8320: 1.08 PFLOP/s; 4224 × 4096 × 4224: 1.08 PFLOP/s"
    )


def test_a_shape_that_could_not_be_tried_shows_its_reason(node: Evidence) -> None:
    (chosen,) = chosen_shapes(Subject(node))
    refused = replace(chosen, trials=(ShapeTrial((64, 64, 64), None, "no fp8 matrix unit"),))

    assert text.trials(refused) == "64 × 64 × 64: no fp8 matrix unit"
