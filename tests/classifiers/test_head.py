import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from classifiers.anchors import Anchors
from classifiers.head import LinearHead, kernel_sums, landmark_rows, signs
from classifiers.held_out import LANDMARKS, span_of


@parametrize_with_checks([LinearHead()])
def test_the_head_keeps_the_contract_of_scikit_learn(estimator, check) -> None:  # type: ignore[no-untyped-def]
    check(estimator)


def clouds(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three labels; the second lies on both sides of the first, where no plane parts them."""
    rng = np.random.default_rng(seed)
    centers, labels = [[0, 0], [-3, 0], [3, 0], [0, 4]], ["inner", "outer", "outer", "top"]
    points = np.concatenate([rng.normal(center, 0.4, (40, 2)) for center in centers])
    return points.astype(np.float32), np.repeat(labels, 40)


def kernel_says(points: np.ndarray, labels: np.ndarray, fresh: np.ndarray) -> np.ndarray:
    """What a kernel head over these points, no anchors beside them, says of fresh ones."""
    classes, codes = np.unique(labels, return_inverse=True)
    nothing = Anchors(np.zeros((0, 2), np.float32), np.zeros(0, dtype=np.int64), np.zeros(0), len(classes))
    head = span_of(points, codes, anchors=nothing, seed=0).head(0.1)
    return classes[head.margins(fresh).argmax(axis=1)]


def test_the_kernel_head_parts_what_no_plane_can() -> None:
    points, labels = clouds()
    fresh, truth = clouds(1)
    assert (LinearHead().fit(points, labels).predict(fresh) == truth).mean() < 0.9
    assert (kernel_says(points, labels, fresh) == truth).mean() > 0.97


def test_fewer_landmarks_stay_close_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    points, labels = clouds()
    fresh, _ = clouds(1)
    every = kernel_says(points, labels, fresh)
    assert len(points) < LANDMARKS
    monkeypatch.setattr("classifiers.held_out.LANDMARKS", 60)
    assert (kernel_says(points, labels, fresh) == every).mean() > 0.97


def test_sums_of_folds_add_up_to_the_whole() -> None:
    points, labels = clouds()
    targets, landmarks = signs(labels, np.unique(labels)), points[landmark_rows(len(points), limit=10, seed=0)]
    whole = kernel_sums(points, targets, landmarks, gamma=1.0)
    parts = [kernel_sums(points[part], targets[part], landmarks, gamma=1.0) for part in (slice(70), slice(70, None))]
    for place in range(2):
        assert parts[0][place] + parts[1][place] == pytest.approx(whole[place], rel=1e-6)


def test_two_labels_have_two_margins() -> None:
    points, labels = clouds()
    two = labels != "top"
    fitted = LinearHead().fit(points[two], labels[two])
    assert fitted.margins(points[two]).shape == (120, 2)
    assert fitted.decision_function(points[two]).shape == (120,)


def test_equal_weights_change_nothing() -> None:
    points, labels = clouds()
    plain = LinearHead().fit(points, labels).margins(points)
    weighed = LinearHead().fit(points, labels, weights=np.ones(len(labels))).margins(points)
    assert weighed == pytest.approx(plain, abs=1e-3)
    targets, landmarks = signs(labels, np.unique(labels)), points[:10]
    sums = kernel_sums(points, targets, landmarks, gamma=1.0)
    weighed_sums = kernel_sums(points, targets, landmarks, gamma=1.0, weights=np.ones(len(labels)))
    assert all(one == pytest.approx(other) for one, other in zip(sums, weighed_sums, strict=True))


def test_a_row_that_weighs_two_is_two_rows() -> None:
    points, labels = clouds()
    targets, landmarks = signs(labels, np.unique(labels)), points[:10]
    twice = np.concatenate([points, points[:5]]), np.concatenate([targets, targets[:5]])
    weights = np.ones(len(labels))
    weights[:5] = 2
    weighed = kernel_sums(points, targets, landmarks, gamma=1.0, weights=weights)
    doubled = kernel_sums(*twice, landmarks, gamma=1.0)
    assert all(one == pytest.approx(other) for one, other in zip(weighed, doubled, strict=True))
