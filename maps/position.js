// Sets the position of a home: a press on the map, a pin that can be moved, or the
// centre of the map put two numbers into the form. Nothing is saved before the form
// is sent; without this script the numbers are typed.
import * as maplibregl from "./maplibre-gl.mjs";
import { locale } from "./locale.js";
import { PATTERNS, addPatterns, patternOf } from "./patterns.js";

const place = document.getElementById("map");
const form = document.getElementById("position");
if (place && form) draw(place, form);

async function draw(place, form) {
  const answer = await fetch(place.dataset.url);
  if (!answer.ok) { place.textContent = answer.status; return; }
  const data = await answer.json();
  const lang = place.dataset.lang;
  const of = (role) => data.features.filter((f) => f.role === role);
  const collection = (role) => ({
    type: "FeatureCollection",
    features: of(role).map((f) => ({
      type: "Feature", geometry: f.geometry,
      properties: { class: f.class ?? "", label: f.label[lang], rank: rank(f.class) },
    })),
  });
  const tiled = Boolean(place.dataset.tiles);
  const map = new maplibregl.Map({
    container: place,
    bounds: around([...of("home"), ...of("candidate")]) ?? data.bounds,
    attributionControl: false,
    locale,
    fadeDuration: 0,
    canvasContextAttributes: { preserveDrawingBuffer: true },
    style: {
      version: 8,
      sources: {
        ...(tiled ? { tiles: { type: "raster", tiles: [place.dataset.tiles], tileSize: 256, maxzoom: 18 } } : {}),
        outline: { type: "geojson", data: collection("outline") },
        zone: { type: "geojson", data: collection("zone") },
        town: { type: "geojson", data: collection("town") },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#eef1ec" } },
        ...(tiled ? [{ id: "tiles", type: "raster", source: "tiles", paint: { "raster-opacity": 0.9 } }] : []),
        {
          id: "zone", type: "fill", source: "zone",
          layout: { "fill-sort-key": ["get", "rank"] },
          paint: { "fill-pattern": patternOf("class"), "fill-opacity": tiled ? 0.55 : 1 },
        },
        { id: "zone-edge", type: "line", source: "zone", paint: { "line-color": "#6b3a3a", "line-width": 0.75 } },
        { id: "outline", type: "line", source: "outline", paint: { "line-color": "#55514a", "line-width": 1.5, "line-dasharray": [4, 2] } },
        { id: "town", type: "circle", source: "town", paint: { "circle-radius": 3, "circle-color": "#55514a", "circle-stroke-color": "#fff", "circle-stroke-width": 1 } },
      ],
    },
  });
  addPatterns(map);
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.addControl(new maplibregl.ScaleControl());
  legend(place, of("zone"), data.attribution, lang);
  const listed = new Set(of("candidate").map((f) => f.label[lang]));
  names(map, of("town").filter((f) => !listed.has(f.label[lang])), lang);
  of("candidate").forEach((f, place) => {
    const pin = document.createElement("span");
    pin.className = "pin";
    pin.textContent = String(place + 1);
    pin.title = f.label[lang];
    pin.style.zIndex = "1";
    new maplibregl.Marker({ element: pin }).setLngLat(f.geometry.coordinates).addTo(map);
  });

  const lat = form.elements.lat, lon = form.elements.lon;
  const pin = document.createElement("span");
  pin.className = "pin home chosen";
  pin.textContent = "⌂";
  const marker = new maplibregl.Marker({ element: pin, draggable: true });
  let placed = false;
  const put = (at) => {
    marker.setLngLat(at);
    if (!placed) { marker.addTo(map); placed = true; }
  };
  const write = ({ lng, lat: north }) => {
    lat.value = north.toFixed(6);
    lon.value = lng.toFixed(6);
    put([lng, north]);
  };
  const read = () => {
    const at = [Number(lon.value), Number(lat.value)];
    if (lat.value && lon.value && at[1] >= 20 && at[1] <= 46 && at[0] >= 122 && at[0] <= 154) put(at);
  };
  read();
  lat.addEventListener("change", read);
  lon.addEventListener("change", read);
  marker.on("dragend", () => write(marker.getLngLat()));
  map.on("click", (event) => write(event.lngLat));

  // For the keyboard: arrow keys move the map, this takes its centre.
  const centre = document.createElement("button");
  centre.type = "button";
  centre.textContent = place.dataset.centre;
  centre.className = "no-print";
  centre.addEventListener("click", () => write(map.getCenter()));
  place.after(centre);
  for (const button of document.querySelectorAll("button.show")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      map.jumpTo({ center: [Number(button.dataset.lon), Number(button.dataset.lat)], zoom: 15 });
      place.scrollIntoView({ block: "nearest" });
    });
  }
  map.once("idle", () => { document.documentElement.dataset.map = "idle"; });
}

// The deeper and the redder lies on top.
const rank = (name) => Object.keys(PATTERNS).indexOf(name);

// What the patterns mean, and where the zones are published, below the map.
function legend(place, zones, sources, lang) {
  const list = document.createElement("ul");
  list.className = "legend";
  const known = new Map(zones.map((f) => [`${f.class} ${f.label[lang]}`, f]));
  for (const key of [...known.keys()].sort()) {
    const f = known.get(key);
    const item = document.createElement("li"), swatch = document.createElement("span");
    swatch.className = `swatch ${f.class}`;
    item.append(swatch, f.label[lang]);
    list.append(item);
  }
  const from = document.createElement("p");
  from.className = "attribution";
  from.textContent = sources.join("、");
  place.after(list, from);
}

// Names of the towns that are in sight, where there is room for them.
function names(map, towns, lang) {
  const shown = [];
  const again = () => {
    for (const marker of shown.splice(0)) marker.remove();
    if (map.getZoom() < 13) return;
    const box = map.getBounds();
    for (const f of towns.filter((f) => box.contains(f.geometry.coordinates)).slice(0, 40)) {
      const label = document.createElement("span");
      label.className = "town-name";
      label.textContent = f.label[lang];
      shown.push(new maplibregl.Marker({ element: label, anchor: "bottom" }).setLngLat(f.geometry.coordinates).addTo(map));
    }
  };
  map.on("moveend", again);
  map.once("load", again);
}

function around(features) {
  if (features.length === 0) return null;
  const points = features.map((f) => f.geometry.coordinates), more = 0.004;
  const lon = points.map((p) => p[0]), lat = points.map((p) => p[1]);
  return [Math.min(...lon) - more, Math.min(...lat) - more, Math.max(...lon) + more, Math.max(...lat) + more];
}
