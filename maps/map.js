// Draws the small map of a plan from its own data: home, destinations, ways
// and zones. It fetches nothing from anywhere else; without this script the
// list beside the map says the same.
import * as maplibregl from "./maplibre-gl.mjs";
import { locale } from "./locale.js";
import { PATTERNS, addPatterns, patternOf } from "./patterns.js";

// Where houses are swept away or the ground goes: an edge and a pattern without
// a ground, so that the depth beneath stays to be seen.
const EDGED = Object.keys(PATTERNS).filter((zone) => !PATTERNS[zone].ground);
// The deeper and the redder lies on top: zones of one map may overlap.
const ON_TOP = Object.keys(PATTERNS);

const place = document.getElementById("map");
if (place) draw(place);

async function draw(place) {
  const answer = await fetch(place.dataset.url);
  if (!answer.ok) { place.textContent = answer.status; return; }
  const data = await answer.json();
  const lang = place.dataset.lang;
  const of = (role) => ({
    type: "FeatureCollection",
    features: data.features.filter((f) => f.role === role).map((f) => ({
      type: "Feature", geometry: f.geometry,
      properties: { class: f.class ?? "", label: f.label[lang], rank: ON_TOP.indexOf(f.class) },
    })),
  });
  // Background tiles, where the operator switched them on.
  const tiled = Boolean(place.dataset.tiles);
  const pattern = patternOf("class");
  const edged = ["in", ["get", "class"], ["literal", EDGED]];
  const edge = ["match", ["get", "class"], ...EDGED.flatMap((zone) => [zone, PATTERNS[zone].ink]), "#4a2500"];
  const map = new maplibregl.Map({
    container: place,
    bounds: around(data) ?? data.bounds,
    attributionControl: false,
    locale,
    fadeDuration: 0,
    // The map is printed too.
    canvasContextAttributes: { preserveDrawingBuffer: true },
    style: {
      version: 8,
      sources: {
        ...(place.dataset.tiles ? { tiles: { type: "raster", tiles: [place.dataset.tiles], tileSize: 256, maxzoom: 18 } } : {}),
        grid: { type: "geojson", data: grid(data.bounds) },
        outline: { type: "geojson", data: of("outline") },
        zone: { type: "geojson", data: of("zone") },
        way: { type: "geojson", data: of("way") },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#eef1ec" } },
        tiled
          ? { id: "tiles", type: "raster", source: "tiles", paint: { "raster-opacity": 0.8 } }
          : { id: "grid", type: "line", source: "grid", paint: { "line-color": "#d5dad2", "line-width": 1 } },
        {
          id: "zone", type: "fill", source: "zone", filter: ["!", edged],
          layout: { "fill-sort-key": ["get", "rank"] },
          paint: { "fill-pattern": pattern, "fill-opacity": tiled ? 0.65 : 1 },
        },
        { id: "zone-edge", type: "line", source: "zone", filter: ["!", edged], paint: { "line-color": "#6b3a3a", "line-width": 0.75 } },
        { id: "collapse", type: "fill", source: "zone", filter: edged, paint: { "fill-pattern": pattern } },
        {
          id: "collapse-edge", type: "line", source: "zone", filter: edged,
          paint: { "line-color": edge, "line-width": 2.5, "line-dasharray": [3, 1] },
        },
        { id: "outline", type: "line", source: "outline", paint: { "line-color": "#55514a", "line-width": 1.5, "line-dasharray": [4, 2] } },
        { id: "way", type: "line", source: "way", paint: { "line-color": "#1b4f8a", "line-width": 2.5, "line-dasharray": [2, 2] } },
      ],
    },
  });
  addPatterns(map);
  // What is printed is the picture as it stands on the screen.
  const remember = () => {
    place.style.setProperty("--map-width", `${place.clientWidth}px`);
    place.style.setProperty("--map-height", `${place.clientHeight}px`);
  };
  remember();
  map.on("resize", remember);
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.addControl(new maplibregl.ScaleControl());
  const pins = [];
  for (const f of data.features) {
    if (f.role !== "home" && f.role !== "destination") continue;
    const pin = document.createElement(f.href ? "a" : "span");
    pin.className = f.role === "home" ? "pin home" : "pin";
    pin.textContent = f.role === "home" ? "⌂" : String(f.label.ja.split(".")[0]);
    pin.title = f.label[lang];
    pin.setAttribute("aria-label", f.label[lang]);
    if (!f.href) pin.setAttribute("role", "img");
    if (f.href) pin.href = f.href;
    pins.push({ pin, at: f.geometry.coordinates });
    new maplibregl.Marker({ element: pin }).setLngLat(f.geometry.coordinates).addTo(map);
  }
  map.on("click", ["zone", "collapse"], (event) => {
    const words = [...new Set(event.features.map((f) => f.properties.label))];
    new maplibregl.Popup().setLngLat(event.lngLat).setText(words.join(" ／ ")).addTo(map);
  });
  for (const button of document.querySelectorAll("button.show")) {
    button.addEventListener("click", () => {
      const at = [Number(button.dataset.lon), Number(button.dataset.lat)];
      document.documentElement.dataset.map = "moving";
      for (const { pin, at: [lon, lat] } of pins) {
        pin.classList.toggle("chosen", Math.abs(lon - at[0]) + Math.abs(lat - at[1]) < 1e-9);
      }
      map.jumpTo({ center: at, zoom: 15 });
      place.scrollIntoView({ block: "nearest" });
      map.once("idle", () => { document.documentElement.dataset.map = "idle"; });
    });
  }
  map.once("idle", () => { document.documentElement.dataset.map = "idle"; });
}

// The box around home and destinations, with some ground about them.
function around(data) {
  const points = data.features.filter((f) => f.role === "home" || f.role === "destination").map((f) => f.geometry.coordinates);
  if (points.length === 0) return null;
  const lon = points.map((p) => p[0]), lat = points.map((p) => p[1]), more = 0.008;
  return [Math.min(...lon) - more, Math.min(...lat) - more, Math.max(...lon) + more, Math.max(...lat) + more];
}

// A plain grid of hundredths of a degree, where there is no other ground.
function grid([west, south, east, north]) {
  const lines = [];
  const step = 0.01, margin = 0.3;
  for (let x = Math.floor((west - margin) / step); x * step < east + margin; x += 1) lines.push([[x * step, south - margin], [x * step, north + margin]]);
  for (let y = Math.floor((south - margin) / step); y * step < north + margin; y += 1) lines.push([[west - margin, y * step], [east + margin, y * step]]);
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: lines } }] };
}
