// The map beside a list. It draws what the list says (data-at, data-others), follows it and leads back to it; it is never the
// only way to know something.
(() => {
  const BANDS = [30, 20, 10]; // km around the place of execution, widest first
  const APART = 24; // px between two discs
  let outlines = null; // the départements, asked for once

  const point = (text) => text.split(",").map(Number);

  function disc(row) {
    const element = document.createElement("span");
    element.className = "credible" in row.dataset ? "map-disc" : row.dataset.band === "indice" ? "map-disc half" : "map-disc hollow";
    element.textContent = row.dataset.rank;
    return L.divIcon({ html: element, className: "map-marker", iconSize: [26, 26] });
  }

  function pane(map, name, index) {
    const made = map.createPane(name);
    made.style.zIndex = index;
    return name;
  }

  function drawPlaces(map, places, areas) {
    const bounds = L.latLngBounds([]);
    BANDS.forEach((km, i) => pane(map, `bande-${km}`, 320 + i));
    BANDS.forEach((km) => map.getPane(`bande-${km}`).classList.add("map-band"));
    pane(map, "lieu", 340);
    map.getPane("lieu").classList.add("map-where");
    const around = (at) => BANDS.forEach((km) => L.circle(at, { radius: km * 1000, pane: `bande-${km}`, stroke: false, className: "map-band-shape", interactive: false }).addTo(map));
    const say = (at, text) => {
      const name = document.createElement("span");
      name.textContent = text;
      L.marker(at, { icon: L.divIcon({ html: name, className: "map-where-name", iconSize: [160, 18], iconAnchor: [80, -6] }), interactive: false, keyboard: false }).addTo(map);
    };
    for (const place of places) {
      if (place.point) {
        say(place.point, place.nom);
        around(place.point);
        L.circleMarker(place.point, { pane: "lieu", radius: 6, className: "map-place-shape", interactive: false }).addTo(map);
        bounds.extend(L.latLng(place.point).toBounds(24000));
      }
      for (const at of place.communes || []) {
        around(at);
        L.circle(at, { radius: 2600, pane: "lieu", stroke: false, className: "map-area-shape", interactive: false }).addTo(map);
        bounds.extend(at);
      }
      for (const code of place.departements || []) {
        const area = areas.get(code);
        if (!area) continue;
        area.setStyle({ className: "map-land here" });
        const path = area.getElement && area.getElement();
        if (path) path.classList.add("here");
        bounds.extend(area.getBounds());
      }
    }
    return bounds;
  }

  function spread(map, markers) {
    const taken = [];
    for (const { marker, at } of markers) {
      const home = map.latLngToLayerPoint(at);
      let spot = home;
      for (let turn = 0; turn < 40 && taken.some((other) => other.distanceTo(spot) < APART); turn += 1) {
        const angle = turn * 2.4, far = 10 + 5 * Math.sqrt(turn) * 2.2;
        spot = home.add([Math.cos(angle) * far, Math.sin(angle) * far]);
      }
      taken.push(spot);
      marker.setLatLng(map.layerPointToLatLng(spot));
    }
  }

  function labels(map, data) {
    for (const feature of data.features) {
      const rings = feature.geometry.type === "MultiPolygon" ? feature.geometry.coordinates.map((part) => part[0]) : [feature.geometry.coordinates[0]];
      const ring = rings.reduce((most, one) => (one.length > most.length ? one : most));
      const bounds = L.latLngBounds(ring.map(([lon, lat]) => [lat, lon]));
      const name = document.createElement("span");
      name.textContent = feature.properties.nom;
      L.marker(bounds.getCenter(), { icon: L.divIcon({ html: name, className: "map-name", iconSize: [140, 16] }), interactive: false, keyboard: false, pane: "noms" }).addTo(map);
    }
  }

  function draw(box, data) {
    const map = L.map(box, { zoomSnap: 0.25, minZoom: 5, maxZoom: 13, attributionControl: Boolean(box.dataset.tiles), zoomAnimation: false, fadeAnimation: false, scrollWheelZoom: false });
    map.setView([46.6, 2.4], 5.5);
    L.control.scale({ imperial: false }).addTo(map);
    pane(map, "noms", 450);
    if (box.dataset.tiles) L.tileLayer(box.dataset.tiles, { maxZoom: 18 }).addTo(map);
    const areas = new Map();
    L.geoJSON(data, {
      interactive: false,
      pane: pane(map, "terre", 250),
      style: { className: box.dataset.tiles ? "map-land bare" : "map-land", weight: 1 },
      onEachFeature: (feature, layer) => areas.set(feature.properties.code, layer),
    }).addTo(map);
    labels(map, data);
    const bounds = drawPlaces(map, JSON.parse(box.dataset.places || "[]"), areas);

    const rows = [...document.querySelectorAll("[data-rank][data-at]")];
    const sites = L.layerGroup().addTo(map);
    const markers = rows.map((row) => {
      const at = point(row.dataset.at);
      const title = `${row.dataset.rank}. ${row.dataset.name}`;
      const marker = L.marker(at, { icon: disc(row), title, alt: title, riseOnHover: true, zIndexOffset: 1000 - Number(row.dataset.rank) }).addTo(map);
      bounds.extend(at);
      const shine = (on) => {
        document.querySelectorAll(".lit").forEach((other) => other.classList.remove("lit"));
        row.classList.toggle("lit", on);
        marker.getElement()?.classList.toggle("lit", on);
        sites.clearLayers();
        if (on) for (const other of (row.dataset.others || "").split(" ").filter(Boolean)) L.marker(point(other), { icon: L.divIcon({ className: "map-square", iconSize: [9, 9] }), interactive: false, keyboard: false }).addTo(sites);
      };
      for (const [name, on] of [["mouseenter", true], ["mouseleave", false], ["focusin", true], ["focusout", false]]) row.addEventListener(name, () => shine(on));
      marker.on("mouseover", () => shine(true)).on("mouseout", () => shine(false));
      const element = marker.getElement();
      const lead = () => row.querySelector("a")?.focus();
      marker.on("click", lead);
      element.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        lead();
      });
      element.addEventListener("focus", () => shine(true));
      element.addEventListener("blur", () => shine(false));
      return { marker, at: L.latLng(at) };
    });
    if (bounds.isValid()) map.fitBounds(bounds.pad(0.08), { maxZoom: Number(box.dataset.zoom) || 11 });
    map.on("zoomend", () => spread(map, markers));
    spread(map, markers);
    names(map);
    map.on("zoomend", () => names(map));
  }

  // Names of départements are read from nearer only.
  function names(map) { map.getPane("noms").classList.toggle("far", map.getZoom() < 7); }

  async function start() {
    const box = document.querySelector("[data-map]");
    if (!box || box.dataset.drawn || !window.L) return;
    if (box.closest("[hidden]")) return; // a map is drawn at the size that is seen
    box.dataset.drawn = "oui";
    try {
      outlines ??= fetch(box.dataset.map).then((answer) => { if (!answer.ok) throw new Error(answer.status); return answer.json(); });
      draw(box, await outlines);
    } catch (error) {
      outlines = null;
      box.textContent = "La carte n’a pas pu être dessinée ; la liste dit les mêmes lieux et distances.";
      box.classList.add("map-failed");
      console.warn(error);
    }
  }
  // Whether the map is folded is remembered on this machine.
  const left = () => { try { return localStorage.getItem("carte") === "ouverte"; } catch { return false; } };
  function fold(open) {
    const button = document.querySelector("[data-map-fold]");
    if (!button) return;
    document.getElementById(button.getAttribute("aria-controls")).hidden = !open;
    button.setAttribute("aria-expanded", open);
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-map-fold]");
    if (!button) return;
    const open = button.getAttribute("aria-expanded") === "false";
    try { localStorage.setItem("carte", open ? "ouverte" : "pliée"); } catch { /* private mode: the choice lasts for this page */ }
    fold(open);
    start();
  });
  const again = () => fold(left());
  document.addEventListener("htmx:afterSwap", again);
  document.addEventListener("DOMContentLoaded", again);
  document.addEventListener("DOMContentLoaded", start);
  document.addEventListener("htmx:afterSettle", start);
})();
