"""departements.geojson: light outlines for maps, dissolved from the polygons of the communes."""

import json
from collections import defaultdict

import shapely

from data.build.geography import current_communes, former_parts, load
from data.build.packages import REFERENCE
from data.build.polygons import commune_shapes

TOLERANCE = 0.012
STEP = 0.001
SPECK = 0.0005


def build() -> None:
    """Write departements.geojson: WGS84, 3 decimals; neighbours are simplified together, so they still match."""
    shapes = commune_shapes(former_parts())
    grouped = defaultdict(list)
    for entry in current_communes():
        if entry["code"] in shapes:
            grouped[entry["departement"]].append(shapes[entry["code"]])
    codes = sorted(grouped)
    dissolved = [_without_specks(shapely.union_all(grouped[code], grid_size=1e-6)) for code in codes]
    outlines = shapely.set_precision(shapely.coverage_simplify(dissolved, TOLERANCE), STEP)
    names = {entry["code"]: entry["nom"] for entry in load("departements")}
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "nom": names[code]},
            "geometry": _rounded(outline),
        }
        for code, outline in zip(codes, outlines, strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False, separators=(",", ":"))
    (REFERENCE / "departements.geojson").write_text(text + "\n", encoding="utf-8")
    print(f"départements : {len(features)} contours, {len(text.encode()) / 1000:.0f} ko")


def _without_specks(area: shapely.Geometry) -> shapely.Geometry:
    """Drop islets and slivers too small to be seen, in square degrees, and the holes that slivers leave."""
    parts = [
        shapely.Polygon(part.exterior, [h for h in part.interiors if shapely.Polygon(h).area > SPECK])
        for part in shapely.get_parts(area)
    ]
    kept = [part for part in parts if part.area > SPECK] or parts
    return shapely.MultiPolygon(kept)


def _rounded(outline: shapely.Geometry) -> object:
    return json.loads(shapely.to_geojson(outline), parse_float=lambda number: round(float(number), 3))
