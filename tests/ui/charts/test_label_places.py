"""Names beside points: none over another, over a point or out of the room."""

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPointF, QRectF

from vaultdesk.ui.charts.label_places import beside

ROOM = QRectF(0, 0, 300, 200)
AWAY = 8.0
POINTS = st.lists(st.builds(QPointF, st.floats(0, 300), st.floats(0, 200)), max_size=9)
SIZES = st.tuples(st.floats(5, 120), st.floats(8, 20))


@given(POINTS, st.data())
def test_no_name_stands_on_another_on_a_point_or_outside(
    points: list[QPointF], data: st.DataObject
) -> None:
    sizes = [data.draw(SIZES) for _ in points]
    places = beside(points, sizes, ROOM, AWAY)
    shown = [place for place in places if place is not None]
    for number, (point, place) in enumerate(zip(points, places, strict=True)):
        assert place is None or ROOM.contains(place)
        assert place is None or (place.width(), place.height()) == sizes[number]
        assert not any(other.contains(point) for other in shown)
    for number, place in enumerate(shown):
        assert not any(place.intersects(other) for other in shown[number + 1 :])


def test_a_lonely_point_has_its_name_to_the_right_and_at_the_edge_to_the_left() -> None:
    (right,) = beside([QPointF(100, 100)], [(50, 12)], ROOM, AWAY)
    (left,) = beside([QPointF(290, 100)], [(50, 12)], ROOM, AWAY)
    assert right == QRectF(108, 94, 50, 12)
    assert left == QRectF(232, 94, 50, 12)


def test_where_nothing_is_free_there_is_no_name() -> None:
    assert beside([QPointF(100, 100)], [(400, 12)], ROOM, AWAY) == [None]


def test_the_first_point_chooses_first() -> None:
    near = [QPointF(100, 100), QPointF(100, 118)]
    first, second = beside(near, [(50, 12), (50, 12)], ROOM, AWAY)
    assert first == QRectF(108, 94, 50, 12)
    assert second is not None
    assert second.top() > 100
