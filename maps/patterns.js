// The patterns of zones, for those who do not see their colours, and for a
// print in grey. Each class has a ground (its published colour) and lines in a
// tile of 16 pixels that repeats: the deeper the water, the closer the lines.
// `site.css` draws the same tile in the legend; a test compares the two.

// Depth: colours of 水害ハザードマップ作成の手引き (MLIT 2016). Landslide zones
// yellow and red as the prefectures print them. Collapse zones have no ground:
// the depth beneath stays to be seen. Durations: from blue over yellow to violet, this
// project's choice after the order of 洪水浸水想定区域図作成マニュアル 第4版 (MLIT 2015).
export const PATTERNS = {
  "depth-1": { ground: "#f7f5a9", ink: "#6b5a2a", width: 2, d: "M4 4h.01M12 12h.01" },
  "depth-2": { ground: "#ffd8c0", ink: "#7a4a2a", width: 1, d: "M-4 20L20 -4M-4 4L4 -4M12 20L20 12" },
  "depth-3": { ground: "#ffb7b7", ink: "#7a2a2a", width: 1, d: "M0 4H16M0 12H16" },
  "depth-4": { ground: "#ff9191", ink: "#6b1a1a", width: 1, d: "M0 0L16 16M-4 4L4 12M-8 8L8 24M8 -8L24 8M0 8L8 16M8 0L16 8" },
  "depth-5": { ground: "#f285c9", ink: "#5a0a45", width: 1, d: "M0 4H16M0 12H16M4 0V16M12 0V16" },
  "depth-6": { ground: "#dc7adc", ink: "#3d0a3d", width: 1.5, d: "M0 0L16 16M16 0L0 16M0 8L8 16M8 0L16 8M8 0L0 8M16 8L8 16" },
  "duration-1": { ground: "#a0d2ff", ink: "#1d3f66", width: 1, d: "M8 2V6" },
  "duration-2": { ground: "#8fb0ff", ink: "#0a2a7a", width: 1, d: "M8 0V16" },
  "duration-3": { ground: "#faf500", ink: "#5a5700", width: 1, d: "M4 0V16M12 0V16" },
  "duration-4": { ground: "#ffb54d", ink: "#6b3d00", width: 1, d: "M2 0V16M8 0V16M14 0V16" },
  "duration-5": { ground: "#ff8a70", ink: "#6b1200", width: 1, d: "M8 0V16M0 2H16" },
  "duration-6": { ground: "#e07ab5", ink: "#4d002c", width: 1, d: "M4 0V16M12 0V16M0 2H16" },
  "duration-7": { ground: "#b06ab0", ink: "#ffffff", width: 1, d: "M2 0V16M8 0V16M14 0V16M0 2H16" },
  "landslide-yellow": { ground: "#ffe14d", ink: "#5a4a00", width: 1.5, d: "M2 11L8 4L14 11" },
  "landslide-red": { ground: "#d7263d", ink: "#ffffff", width: 1.5, d: "M1 8L5 2L9 8ZM8 15L12 9L16 15Z" },
  "flood-collapse-flow": { ground: null, ink: "#7a0019", width: 1.5, d: "M0 8Q4 2 8 8T16 8" },
  "flood-collapse-bank": { ground: null, ink: "#4a2500", width: 1.5, d: "M4 1V7M12 9V15" },
};

// The edge of a tile, in pixels of the page.
const TILE = 16;
// Drawn finer, for screens that show more than one dot a pixel, and for paper.
const RATIO = 2;
const PREFIX = "pattern-";

// The name of a class's image on the map; null: the class has none.
export function patternFor(zone) {
  return zone in PATTERNS ? PREFIX + zone : null;
}

// An expression for `fill-pattern`: of each feature the pattern of its class,
// as its property says it. Other classes get `otherwise`, an image of the map.
export function patternOf(property, otherwise = PREFIX + "unknown") {
  const known = Object.keys(PATTERNS).flatMap((zone) => [zone, patternFor(zone)]);
  return ["match", ["get", property], ...known, otherwise];
}

// Gives a map every pattern, as it comes to need it. May be called as soon as
// the map exists, and again.
export function addPatterns(map) {
  map.setMissingStyleImageResolver((id) => {
    if (!id.startsWith(PREFIX) || map.hasImage(id)) return;
    map.addImage(id, drawn(id.slice(PREFIX.length)), { pixelRatio: RATIO });
  });
}

// What nobody has given a pattern is grey: it is there, and not known.
const UNKNOWN = { ground: "#9aa5b1", ink: "#33404d", width: 1, d: "M6 6L10 10M10 6L6 10" };

// The tile of a class, as pixels.
function drawn(zone) {
  const { ground, ink, width, d } = PATTERNS[zone] ?? UNKNOWN;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = TILE * RATIO;
  const pen = canvas.getContext("2d");
  pen.scale(RATIO, RATIO);
  if (ground) {
    pen.fillStyle = ground;
    pen.fillRect(0, 0, TILE, TILE);
  }
  pen.strokeStyle = ink;
  pen.lineWidth = width;
  pen.lineCap = "round";
  pen.stroke(new Path2D(d));
  return pen.getImageData(0, 0, canvas.width, canvas.height);
}
