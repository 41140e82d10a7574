// What is written into a step of a plan saves itself, a few seconds after the last key.
// What somebody is typing is never touched: only what stands beside the fields is made
// new. Without this script the page has its buttons, and nothing else is different.
const form = document.getElementById("draft-step");
const noNetwork = document.getElementById("no-network");
const WAIT = 2500;
let timer;
let busy = false;
let again = false;
let dirty = false;

if (form) {
  tellHow();
  form.addEventListener("input", later);
  form.addEventListener("change", later);
  form.addEventListener("submit", () => {
    clearTimeout(timer);
    dirty = false;
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

// The page says that it saves itself for as long as it does.
function tellHow() {
  document.getElementById("saves-itself").hidden = Boolean(form.dataset.byHand);
}

// Where somebody else has written meanwhile, whose words count is for a person to say: from
// then on nothing saves itself.
function later() {
  dirty = true;
  if (form.dataset.byHand) return;
  clearTimeout(timer);
  timer = setTimeout(save, WAIT);
}

async function save() {
  if (busy) {
    again = true;
    return;
  }
  busy = true;
  dirty = false;
  try {
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(form.action, { method: "POST", body, headers: { "X-Saves-Itself": "1" }, redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById("beside");
    if (!news) throw new Error("nothing to show");
    if (answer.status === 409) form.dataset.byHand = "1";
    tellHow();
    document.getElementById("beside").replaceWith(document.adoptNode(news));
    form.elements.namedItem("key").value = news.dataset.key;
    form.elements.namedItem("revision").value = news.dataset.revision;
    dirty = dirty || !answer.ok;
    noNetwork.hidden = true;
  } catch {
    dirty = true;
    noNetwork.hidden = false;
  }
  busy = false;
  if (again) {
    again = false;
    later();
  }
}
