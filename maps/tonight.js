// Keeps the list of the night new while several people work on it. Nothing that is being
// typed is touched, and no element that has the focus is moved. Without this script the
// page works the same, and shows the newest when it is loaded again.
const live = document.getElementById("night-live");
const stale = document.getElementById("night-stale");
// What this machine's clock is ahead of the server's.
let ahead = 0;
let mark = "";

if (live) {
  mark = live.dataset.mark;
  setClock(live);
  tellTimes();
  setInterval(tellTimes, 1000);
  setTimeout(ask, every());
  document.addEventListener("click", claim);
}

function every() {
  return Number(live.dataset.every) * 1000;
}

async function ask() {
  try {
    const answer = await fetch(live.dataset.from, { headers: { "If-None-Match": mark }, cache: "no-store", redirect: "error" });
    if (answer.status === 200) {
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const news = page.getElementById("night-live");
      if (!news) throw new Error("no list");
      mark = answer.headers.get("ETag") ?? "";
      merge(news);
    } else if (answer.status === 304) {
      mark = answer.headers.get("ETag") ?? mark;
    } else {
      throw new Error(String(answer.status));
    }
    stale.hidden = true;
  } catch {
    stale.hidden = false;
  }
  setTimeout(ask, every());
}

// Whoever presses a number tells the others that they are calling.
function claim(event) {
  const link = event.target.closest?.("a[data-claim]");
  const form = link && document.getElementById(link.dataset.claim);
  if (!form) return;
  const said = new URLSearchParams(new FormData(form));
  said.set("came", "calling");
  fetch(form.action, { method: "POST", body: said, keepalive: true, redirect: "manual" }).catch(() => {});
}

function setClock(from) {
  ahead = Date.now() - Date.parse(from.dataset.now);
}

function tellTimes() {
  for (const time of live.querySelectorAll("time[datetime]")) {
    const gone = Math.max(0, Math.round((Date.now() - ahead - Date.parse(time.dateTime)) / 1000));
    if (gone >= 3600) continue;
    const [count, word] = gone < 60 ? [gone, live.dataset.seconds] : [Math.floor(gone / 60), live.dataset.minutes];
    const text = document.documentElement.lang === "ja" ? `${count}${word}` : `${count} ${word}`;
    if (time.textContent !== text) time.textContent = text;
  }
}

// Somebody is at this part of the page.
function busy(element) {
  return element.contains(document.activeElement) || element.querySelector(".night-answer details[open]") !== null;
}

function merge(news) {
  setClock(news);
  for (const id of ["night-cuts", "night-levels", "night-counts", "night-figures", "night-nobody", "night-more"]) {
    const [old, now] = [document.getElementById(id), news.querySelector(`#${id}`)];
    if (old && now) {
      if (!old.contains(document.activeElement)) old.replaceWith(document.importNode(now, true));
    } else if (old) {
      old.remove();
    } else if (now) {
      const list = document.getElementById("night");
      live.insertBefore(document.importNode(now, true), list);
    }
  }
  const list = document.getElementById("night");
  const newest = news.querySelector("#night");
  if (list && newest) mergeList(list, newest);
  tellTimes();
}

function mergeList(list, newest) {
  const cards = [...newest.children].map((card) => document.importNode(card, true));
  const wanted = new Set(cards.map((card) => card.id));
  const placed = cards.map((card) => {
    const old = document.getElementById(card.id);
    if (!old) return card;
    if (!busy(old)) {
      const open = old.querySelector(".night-history[open]") !== null;
      old.replaceWith(card);
      if (open) card.querySelector(".night-history")?.setAttribute("open", "");
      return card;
    }
    // The form stays as it is: only what is known of the child is new.
    old.className = card.className;
    const facts = old.querySelector(".night-facts");
    if (!facts.contains(document.activeElement)) facts.replaceWith(card.querySelector(".night-facts"));
    return old;
  });
  for (const card of [...list.children]) {
    if (!wanted.has(card.id) && !busy(card)) card.remove();
  }
  // The card with the focus is never moved: the others go around it.
  const still = placed.find((card) => card.contains(document.activeElement));
  let next = list.firstElementChild;
  for (const card of placed) {
    if (card === still) {
      while (next !== still) {
        const other = next;
        next = next.nextElementSibling;
        list.appendChild(other);
      }
    }
    if (card === next) next = next.nextElementSibling;
    else list.insertBefore(card, next);
  }
}
