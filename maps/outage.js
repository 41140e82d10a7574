// Lets somebody draw the area without power: each press on the map, or Enter at its
// centre, sets a corner. The corners stand in a field of the form, one a line; without
// this script they are typed there, or municipalities and places are chosen instead.
import * as maplibregl from "./maplibre-gl.mjs";
import { locale } from "./locale.js";

const place = document.getElementById("outage-map");
if (place) {
  try {
    draw(place);
  } catch {
    place.textContent = place.dataset.noWebgl;
  }
}

function draw(place) {
  const ground = JSON.parse(document.getElementById(place.dataset.ground).textContent);
  const field = document.getElementById("drawn");
  const [count, undo, clear] = ["draw-count", "draw-undo", "draw-clear"].map((id) => document.getElementById(id));
  const tiles = place.dataset.tiles;
  const lines = () => field.value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
  const corners = () => lines().map((line) => line.split(/[,\s、]+/).map(Number)).filter(([lat, lon]) => lat >= 20 && lat <= 46 && lon >= 122 && lon <= 154).map(([lat, lon]) => [lon, lat]);
  const features = (list) => ({ type: "FeatureCollection", features: list.map((geometry) => ({ type: "Feature", properties: {}, geometry })) });
  const drawn = () => {
    const points = corners();
    const dots = points.map((coordinates) => ({ type: "Point", coordinates }));
    if (points.length > 2) return features([...dots, { type: "Polygon", coordinates: [[...points, points[0]]] }]);
    return features(points.length > 1 ? [...dots, { type: "LineString", coordinates: points }] : dots);
  };
  const map = new maplibregl.Map({
    container: place,
    ...(ground.bounds ? { bounds: ground.bounds, fitBoundsOptions: { padding: 20 } } : { center: [137, 37], zoom: 4 }),
    attributionControl: false,
    locale,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: {
        ...(tiles ? { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 18 } } : {}),
        outline: { type: "geojson", data: features(ground.outline) },
        sites: { type: "geojson", data: features(ground.sites.map(([, x, y]) => ({ type: "Point", coordinates: [x, y] }))) },
        drawn: { type: "geojson", data: drawn() },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#eef1ec" } },
        ...(tiles ? [{ id: "tiles", type: "raster", source: "tiles" }] : []),
        { id: "outline", type: "line", source: "outline", paint: { "line-color": "#55514a", "line-width": 1.5, "line-dasharray": [4, 2] } },
        { id: "sites", type: "circle", source: "sites", paint: { "circle-radius": 3, "circle-color": "#1b4f8a", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1 } },
        { id: "area", type: "fill", source: "drawn", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": "#7a3e00", "fill-opacity": 0.25 } },
        { id: "edge", type: "line", source: "drawn", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": "#7a3e00", "line-width": 3 } },
        { id: "corners", type: "circle", source: "drawn", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": "#ffffff", "circle-stroke-color": "#7a3e00", "circle-stroke-width": 3 } },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.addControl(new maplibregl.ScaleControl());
  const show = () => {
    const points = corners().length;
    map.getSource("drawn")?.setData(drawn());
    count.textContent = points === 0 ? "" : document.documentElement.lang === "ja" ? `${points}${count.dataset.points}` : `${points} ${count.dataset.points}`;
    undo.hidden = clear.hidden = points === 0;
  };
  const set = ({ lng, lat }) => {
    field.value = [...lines(), `${lat.toFixed(5)},${lng.toFixed(5)}`].join("\n");
    show();
  };
  map.on("click", (event) => set(event.lngLat));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    set(map.getCenter());
  });
  undo.addEventListener("click", () => { field.value = lines().slice(0, -1).join("\n"); show(); });
  clear.addEventListener("click", () => { field.value = ""; show(); });
  field.addEventListener("input", show);
  map.once("idle", () => { show(); document.documentElement.dataset.map = "idle"; });
}
