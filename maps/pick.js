// Lets somebody choose a place on a map: a click, or Enter at its centre, fills
// latitude and longitude of the form in. Without this script they are typed.
import * as maplibregl from "./maplibre-gl.mjs";
import { locale } from "./locale.js";

const place = document.getElementById("pick");
if (place) pick(place);

function pick(place) {
  const ground = JSON.parse(document.getElementById(place.dataset.ground).textContent);
  const [lat, lon] = ["lat", "lon"].map((id) => document.getElementById(id));
  const chosen = () => {
    const at = [Number(lon.value), Number(lat.value)];
    return lat.value && lon.value && at[0] >= 122 && at[0] <= 154 && at[1] >= 20 && at[1] <= 46 ? at : null;
  };
  const features = (list) => ({ type: "FeatureCollection", features: list.map((geometry) => ({ type: "Feature", properties: {}, geometry })) });
  const tiles = place.dataset.tiles;
  const map = new maplibregl.Map({
    container: place,
    ...(chosen() ? { center: chosen(), zoom: 14 } : ground.bounds ? { bounds: ground.bounds, fitBoundsOptions: { padding: 20 } } : { center: [137, 37], zoom: 4 }),
    attributionControl: false,
    locale,
    fadeDuration: 0,
    style: {
      version: 8,
      sources: {
        ...(tiles ? { tiles: { type: "raster", tiles: [tiles], tileSize: 256, maxzoom: 18 } } : {}),
        outline: { type: "geojson", data: features(ground.outline) },
        sites: { type: "geojson", data: features(ground.sites.map(([, x, y]) => ({ type: "Point", coordinates: [x, y] }))) },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": "#eef1ec" } },
        ...(tiles ? [{ id: "tiles", type: "raster", source: "tiles" }] : []),
        { id: "outline", type: "line", source: "outline", paint: { "line-color": "#55514a", "line-width": 1.5, "line-dasharray": [4, 2] } },
        { id: "sites", type: "circle", source: "sites", paint: { "circle-radius": 5, "circle-color": "#1b4f8a", "circle-stroke-color": "#ffffff", "circle-stroke-width": 1.5 } },
      ],
    },
  });
  map.addControl(new maplibregl.NavigationControl({ showCompass: false }));
  map.addControl(new maplibregl.ScaleControl());
  const pin = new maplibregl.Marker({ color: "#7a3e00" });
  const show = () => { const at = chosen(); if (at) pin.setLngLat(at).addTo(map); else pin.remove(); };
  const choose = ({ lng, lat: y }) => {
    lat.value = y.toFixed(6);
    lon.value = lng.toFixed(6);
    show();
  };
  map.on("click", (event) => choose(event.lngLat));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    choose(map.getCenter());
  });
  for (const field of [lat, lon]) field.addEventListener("change", show);
  map.once("idle", () => { show(); document.documentElement.dataset.map = "idle"; });
}
