// The map of the prefecture. What it shows of homes and sites it reads from the
// list beside it, so that the two cannot differ; the zones are vector tiles of
// this server. Without this script the list says the same.
import * as maplibregl from "./maplibre-gl.mjs";
import { locale } from "./locale.js";
import { addPatterns, patternOf } from "./patterns.js";

const place = document.getElementById("map");
const said = document.getElementById("map-said");
const BOUNDARY = "boundaries";
// An edge beside the pattern: where houses are swept away or the ground goes.
const EDGES = { flood_collapse_flow: "#7a0019", flood_collapse_bank: "#4a2500" };
// The shape of a kind says it without its colour; `site.css` draws the same.
const SHAPES = {
  emergency_site: { colour: "#00632e", d: "M20 3L38 36H2Z", text: 27 },
  shelter: { colour: "#1b4f8a", d: "M4 4H36V36H4Z", text: 20 },
  welfare_shelter: { colour: "#6a2c91", d: "M20 1L39 20L20 39L1 20Z", text: 20 },
  hospital: { colour: "#a1001d", d: "M13 2H27V13H38V27H27V38H13V27H2V13H13Z", text: 20 },
  short_stay: { colour: "#5c4300", d: "M20 2L38 15L31 37H9L2 15Z", text: 21 },
};

function tell(words) {
  said.textContent = words;
  said.hidden = false;
}

// What stands in the list, as features.
function listed(role) {
  const features = [];
  for (const item of document.querySelectorAll(`li[data-role="${role}"][data-lat]`)) {
    const link = item.querySelector("a");
    const { lat, lon, kind = "", level = "" } = item.dataset;
    const icon = role === "unit" ? `unit/${kind}` : role === "home" ? ("rough" in item.dataset ? "home-rough" : "home") : `site/${kind}/${"closed" in item.dataset ? "x" : level}`;
    features.push({
      type: "Feature",
      geometry: { type: "Point", coordinates: [Number(lon), Number(lat)] },
      properties: { icon, name: (link ?? item.querySelector(".name")).textContent, href: link?.getAttribute("href") ?? "", facts: item.querySelector(".facts")?.textContent ?? "" },
    });
  }
  return { type: "FeatureCollection", features };
}

// The picture of a home or a site, drawn when the map first needs it.
function icon(id) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 40;
  const pen = canvas.getContext("2d");
  pen.lineWidth = 3;
  pen.strokeStyle = "#fff";
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  if (id.startsWith("unit")) {
    // A bolt in a circle; a lent one in its ring, so that the shade alone says nothing.
    pen.fillStyle = { "unit/ready": "#00632e", "unit/lent": "#ffffff" }[id] ?? "#6b7280";
    pen.fill(new Path2D("M20 3A17 17 0 1 1 19.9 3Z"));
    pen.strokeStyle = id === "unit/lent" ? "#7a3e00" : "#fff";
    pen.stroke(new Path2D("M20 3A17 17 0 1 1 19.9 3Z"));
    pen.fillStyle = id === "unit/lent" ? "#7a3e00" : "#fff";
    pen.fill(new Path2D("M22 6L11 22H18L16 34L29 17H21Z"));
  } else if (id.startsWith("home")) {
    pen.fillStyle = "#1a1a1a";
    pen.fill(new Path2D("M20 2L38 19H33V38H7V19H2Z"));
    pen.stroke(new Path2D("M20 2L38 19H33V38H7V19H2Z"));
    if (id === "home-rough") {
      pen.fillStyle = "#fff";
      pen.font = "bold 24px sans-serif";
      pen.fillText("?", 20, 25);
      return pen.getImageData(0, 0, 40, 40);
    }
    pen.fillStyle = "#ffd54d";
    pen.fill(new Path2D("M20 12C24 17 26 20 26 25A6 6 0 0 1 14 25C14 21 18 19 20 12Z"));
  } else {
    const [, kind, level] = id.split("/");
    const shape = SHAPES[kind] ?? SHAPES.shelter;
    pen.fillStyle = level === "x" ? "#6b7280" : shape.colour;
    pen.fill(new Path2D(shape.d));
    pen.stroke(new Path2D(shape.d));
    pen.fillStyle = "#fff";
    pen.font = "bold 19px sans-serif";
    pen.fillText(level === "x" ? "×" : level, 20, shape.text);
  }
  return pen.getImageData(0, 0, 40, 40);
}

// The names of municipalities.
const NAMES = {
  id: "names", type: "symbol", source: "names",
  layout: { "text-field": ["get", "name"], "text-size": 13, "text-font": ["sans-serif"], "text-offset": [0, -1.6], "text-allow-overlap": true, "text-ignore-placement": true },
  paint: { "text-color": "#33302a", "text-halo-color": "#ffffff", "text-halo-width": 2 },
};

// Background where no tiles of it are allowed: nothing but a colour.
function style(layers) {
  const gsi = place.dataset.tiles;
  const vector = (code) => ({
    type: "vector", minzoom: 4, maxzoom: 14,
    tiles: [`${location.origin}/tiles/${place.dataset.version}/${code}/{z}/{x}/{y}`],
  });
  const sources = { [BOUNDARY]: vector(BOUNDARY) };
  const drawn = [{ id: "ground", type: "background", paint: { "background-color": "#eef1ec" } }];
  if (gsi) {
    sources.gsi = { type: "raster", tiles: [gsi], tileSize: 256, maxzoom: 18 };
    drawn.push({ id: "gsi", type: "raster", source: "gsi", paint: { "raster-opacity": 0.8 } });
  }
  for (const { code, shown } of layers) {
    sources[code] = vector(code);
    const visibility = shown ? "visible" : "none";
    const common = { source: code, "source-layer": code, layout: { visibility } };
    drawn.push({ id: code, type: "fill", ...common, paint: { "fill-pattern": patternOf("class"), "fill-opacity": gsi ? 0.7 : 0.9 } });
    if (EDGES[code]) drawn.push({ id: `${code}-edge`, type: "line", ...common, paint: { "line-color": EDGES[code], "line-width": 2, "line-dasharray": [3, 1] } });
  }
  drawn.push({ id: BOUNDARY, type: "line", source: BOUNDARY, "source-layer": BOUNDARY, paint: { "line-color": "#55514a", "line-width": 1.2, "line-dasharray": [4, 2] } });
  // 上益城郡益城町 is 益城町 to everybody there.
  sources.names = {
    type: "geojson",
    data: {
      type: "FeatureCollection",
      features: JSON.parse(place.dataset.names).map(([name, at]) => ({
        type: "Feature", geometry: { type: "Point", coordinates: at }, properties: { name: name.replace(/^.+郡/, "") },
      })),
    },
  };
  for (const role of ["site", "unit", "home"]) {
    sources[role] = { type: "geojson", data: listed(role) };
    drawn.push({
      id: role, type: "symbol", source: role,
      layout: {
        "icon-image": ["get", "icon"], "icon-allow-overlap": true,
        // A lent one stands beside its home, not under it.
        ...(role === "unit" ? { "icon-offset": ["match", ["get", "icon"], "unit/lent", ["literal", [30, -18]], ["literal", [0, 0]]] } : {}),
        "icon-size": role !== "site"
          ? ["interpolate", ["linear"], ["zoom"], 7, 0.5, 11, 0.7, 14, 0.8]
          : ["interpolate", ["linear"], ["zoom"], 7, 0.12, 9, 0.2, 11, 0.5, 14, 0.8],
      },
    });
    // Names over sites, homes over names.
    if (role === "site") drawn.push(NAMES);
  }
  return { version: 8, sources, layers: drawn };
}

// Around what the list shows inside the municipalities that are shown; else around
// those: one place that is entered far away must not move the map away.
function bounds() {
  const near = 0.05;
  const [w, s, e, n] = place.dataset.bounds ? place.dataset.bounds.split(",").map(Number) : [122, 20, 154, 46];
  const at = ["home", "unit", "site"].flatMap((role) => listed(role).features).map((f) => f.geometry.coordinates)
    .filter(([x, y]) => x >= w - near && x <= e + near && y >= s - near && y <= n + near);
  if (at.length > 0) {
    const lon = at.map((p) => p[0]), lat = at.map((p) => p[1]), more = 0.01;
    return [Math.min(...lon) - more, Math.min(...lat) - more, Math.max(...lon) + more, Math.max(...lat) + more];
  }
  const [west, south, east, north] = place.dataset.bounds.split(",").map(Number);
  return place.dataset.bounds ? [west, south, east, north] : [129.5, 31, 132, 34];
}

// The name of a class, as the legend has it.
function nameOf(layer, zone) {
  const box = document.querySelector(`input[name="layer"][value="${layer}"]`);
  const name = box?.closest("li").querySelector(`[data-class="${CSS.escape(zone)}"]`);
  return name?.textContent ?? "";
}

// What lies under a click: homes and sites as links, zones in words.
function popup(map, event, layers) {
  const around = [[event.point.x - 6, event.point.y - 6], [event.point.x + 6, event.point.y + 6]];
  const pins = map.queryRenderedFeatures(around, { layers: ["home", "unit", "site"] });
  const links = new Map(pins.map((f) => [f.properties.href || f.properties.name, f.properties]));
  if (links.size === 1 && links.values().next().value.href) {
    location.assign(links.keys().next().value);
    return;
  }
  const box = document.createElement("div");
  box.className = "map-popup";
  const shown = [...links.values()].slice(0, 12);
  for (const { href, name, facts } of shown) {
    const line = document.createElement("p");
    const link = document.createElement(href ? "a" : "b");
    if (href) link.href = href;
    link.textContent = name;
    line.append(link, ` ${facts}`);
    box.append(line);
  }
  if (links.size > shown.length) box.append(`… ${links.size}`);
  if (links.size === 0) {
    const drawn = layers.filter(({ code }) => map.getLayoutProperty(code, "visibility") !== "none").map(({ code }) => code);
    const zones = map.queryRenderedFeatures(event.point, { layers: drawn });
    const words = zones.map((f) => [nameOf(f.layer.id, f.properties.class), f.properties.name].filter(Boolean).join(" — "));
    for (const word of new Set(words.map((w, i) => `${titleOf(zones[i].layer.id)}: ${w}`))) {
      const line = document.createElement("p");
      line.textContent = word;
      box.append(line);
    }
  }
  if (box.childNodes.length > 0) new maplibregl.Popup({ maxWidth: "20rem" }).setLngLat(event.lngLat).setDOMContent(box).addTo(map);
}

function titleOf(layer) {
  const box = document.querySelector(`input[name="layer"][value="${layer}"]`);
  return box?.closest("label").textContent.trim() ?? layer;
}

// The legend shows the very picture that the map draws.
function legend() {
  for (const pin of document.querySelectorAll(".marks .pin.home")) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 40;
    canvas.getContext("2d").putImageData(icon("home"), 0, 0);
    canvas.className = "home-mark";
    canvas.setAttribute("aria-hidden", "true");
    pin.replaceWith(canvas);
  }
}

function draw() {
  legend();
  const boxes = [...document.querySelectorAll('input[name="layer"][type="checkbox"]:not(:disabled)')];
  const layers = boxes.map((box) => ({ code: box.value, shown: box.checked, box }));
  const map = new maplibregl.Map({
    container: place, style: style(layers), bounds: bounds(), fitBoundsOptions: { padding: 20, maxZoom: 15 },
    hash: "at", attributionControl: false, locale, fadeDuration: 0, minZoom: 4, maxZoom: 18, dragRotate: false,
    // The map is printed too.
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  addPatterns(map);
  for (const role of ["site", "unit", "home"]) {
    for (const { properties } of listed(role).features) {
      if (!map.hasImage(properties.icon)) map.addImage(properties.icon, icon(properties.icon), { pixelRatio: 1 });
    }
  }
  const remember = () => {
    place.style.setProperty("--map-width", `${place.clientWidth}px`);
    place.style.setProperty("--map-height", `${place.clientHeight}px`);
  };
  remember();
  map.on("resize", remember);
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.addControl(new maplibregl.ScaleControl());
  map.on("error", (event) => {
    // Zones that did not come must not look like dry ground.
    if (event.sourceId && event.sourceId !== "gsi") tell(place.dataset.failed);
  });
  map.on("click", (event) => popup(map, event, layers));
  for (const pins of ["home", "unit", "site"]) {
    map.on("mouseenter", pins, () => { map.getCanvas().style.cursor = "pointer"; });
    map.on("mouseleave", pins, () => { map.getCanvas().style.cursor = ""; });
  }
  // A layer comes and goes at once, and the address says which are drawn.
  for (const { code, box } of layers) {
    box.addEventListener("change", () => {
      const visibility = box.checked ? "visible" : "none";
      map.setLayoutProperty(code, "visibility", visibility);
      if (EDGES[code]) map.setLayoutProperty(`${code}-edge`, "visibility", visibility);
      const query = new URLSearchParams(new FormData(box.form));
      if (boxes.some((other) => other.checked)) query.delete("layer", "none");
      history.replaceState(null, "", `/map?${query}${location.hash}`);
    });
  }
  for (const form of document.querySelectorAll("#map-filter, #map-layers")) {
    // The view stays where it is when something else is asked for.
    form.addEventListener("submit", () => {
      if (form.id === "map-layers") form.action = `/map${location.hash}`;
      for (const field of form.elements) if (field.name && field.value === "") field.disabled = true;
    });
  }
  for (const button of document.querySelectorAll("button.show")) {
    button.addEventListener("click", () => {
      const { lat, lon } = button.closest("li").dataset;
      document.documentElement.dataset.map = "moving";
      map.jumpTo({ center: [Number(lon), Number(lat)], zoom: 14.5 });
      place.scrollIntoView({ block: "nearest" });
      map.once("idle", () => { document.documentElement.dataset.map = "idle"; });
    });
  }
  map.once("idle", () => { document.documentElement.dataset.map = "idle"; });
  // For the tests, which ask the map what it shows.
  place.map = map;
}

if (place) {
  try {
    draw();
  } catch {
    tell(place.dataset.noWebgl);
  }
}
