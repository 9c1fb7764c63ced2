from bench.evidence.shape_search import ShapeTrial, best
from bench.execution.shapes.trials import try_shapes
from bench.testing.scripted import ScriptedWatch, SimulatedLaunch
from kernels.kernel import Kernel, Launch, Place, Request, Shape, Work
from kernels.precision import PRECISIONS

SMALL, LARGE, HUGE, REFUSED = (1, 1, 1), (2, 2, 2), (4, 4, 4), (8, 8, 8)
ASKED = Request("torch", PRECISIONS["bf16"], SMALL, 7, Place("cuda:0", (0,)))


class Card:
    """A device on which a launch of any shape takes a tenth of a second."""

    def __init__(self) -> None:
        self.launches: list[SimulatedLaunch] = []
        self.kernel = Kernel(
            name="gemm",
            measures="ops",
            implementations=("torch",),
            precisions=("bf16",),
            refuses=lambda r: "not divisible by 16" if r.shape == REFUSED else None,
            prepare=self.prepare,
        )

    def prepare(self, request: Request) -> Launch:
        if request.shape == HUGE:
            raise MemoryError
        launch = SimulatedLaunch(Work(ops=10 * request.shape[0], bytes_moved=0))
        self.launches.append(launch)
        return launch

    def trials(self, *shapes: Shape) -> tuple[ShapeTrial, ...]:
        return tuple(try_shapes(self.kernel, ASKED, shapes, ScriptedWatch([0.1]), try_s=0.3))


def test_the_shape_of_the_highest_rate_is_the_best() -> None:
    trials = Card().trials(SMALL, LARGE)

    assert [round(trial.rate or 0) for trial in trials] == [100, 200]
    assert best(trials) == LARGE


def test_every_shape_is_timed_for_a_while_and_given_back() -> None:
    card = Card()
    card.trials(SMALL, LARGE)

    # One launch to see how long it takes, three to warm up, three that count.
    assert [(launch.runs, launch.closed) for launch in card.launches] == [(7, True), (7, True)]


def test_a_shape_that_cannot_be_tried_keeps_its_reason() -> None:
    trials = Card().trials(REFUSED, HUGE, SMALL)

    assert [trial.reason for trial in trials] == [
        "not divisible by 16", "the memory that the shape needs cannot be had", None,
    ]  # fmt: skip
    assert best(trials) == SMALL


def test_equal_shapes_keep_their_order_and_nothing_tried_has_no_best() -> None:
    assert best([ShapeTrial(LARGE, 5.0), ShapeTrial(SMALL, 5.0)]) == LARGE
    assert best(Card().trials(REFUSED)) is None
    assert best([]) is None


def test_what_a_cold_card_does_at_first_does_not_favour_the_first_shape() -> None:
    cold = ScriptedWatch([0.1, 0.05, 0.05, 0.05, 0.1, 0.1, 0.1])

    (trial,) = try_shapes(Card().kernel, ASKED, [SMALL], cold, try_s=0.3)

    assert round(trial.rate or 0) == 100
