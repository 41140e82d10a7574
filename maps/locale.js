// The words of the map's own controls, in the language of the page.
const JA = {
  "Map.Title": "地図",
  "Marker.Title": "印",
  "NavigationControl.ZoomIn": "拡大",
  "NavigationControl.ZoomOut": "縮小",
  "Popup.Close": "閉じる",
};

// What a map is told as its `locale`.
export const locale = document.documentElement.lang === "en" ? {} : JA;
