import pytest

from matcher.cleaning.coordinates import (
    COORDINATES_ABROAD,
    COORDINATES_SWAPPED,
    COORDINATES_UNREADABLE,
    PROJECTION_UNKNOWN,
    Point,
    RawPoint,
    near,
    point_distance_km,
    project,
)


@pytest.mark.parametrize(
    ("x", "y", "projection", "lat", "lon"),
    [
        ("700000", "6600000", "LAMBERT_93", 46.5, 3.0),  # the origin of the projection
        ("652381.8", "6862047.3", "LAMBERT_93", 48.8566, 2.3508),
        ("342002.1", "7645000.0", "UTM_S40", -21.29, 55.477),
        ("2,3508", "48,8566", "WGS84", 48.8566, 2.3508),
        ("2.3508", "48.8566", "", 48.8566, 2.3508),
    ],
)
def test_projections(x: str, y: str, projection: str, lat: float, lon: float) -> None:
    point, flag = project([RawPoint(x, y, projection)])[0]
    assert flag == ""
    assert point is not None
    assert point_distance_km(point, Point(lat, lon)) < 0.5


def test_points_come_back_in_order() -> None:
    raws = [
        RawPoint("2.35", "48.85", "WGS84"),
        RawPoint("", "", ""),
        RawPoint("700000", "6600000", "LAMBERT_93"),
        RawPoint("48.85", "2.35", "WGS84"),
        RawPoint("n", "1", "WGS84"),
        RawPoint("0", "0", "WGS84"),
        RawPoint("-74.0", "40.7", "WGS84"),
        RawPoint("1", "1", "LAMBERT_ZONE_9"),
        RawPoint("inf", "nan", "LAMBERT_93"),
    ]
    results = project(raws)
    assert [result.flag for result in results] == [
        "",
        "",
        "",
        COORDINATES_SWAPPED,
        COORDINATES_UNREADABLE,
        COORDINATES_UNREADABLE,
        COORDINATES_ABROAD,
        PROJECTION_UNKNOWN,
        COORDINATES_UNREADABLE,
    ]
    assert results[0].value == results[3].value == Point(48.85, 2.35)
    assert results[1].value is None


def test_a_point_must_be_within_25_km_of_its_commune_but_in_guyane() -> None:
    lille = Point(50.633, 3.067)
    assert near(Point(50.70, 3.16), lille, "59350")
    assert not near(Point(51.04, 2.37), lille, "59350")
    assert near(Point(51.04, 2.37), None)
    assert near(Point(5.50, -54.03), Point(5.0, -53.8), "97311")
