// Shows how far a binder is while it is made. Without this script the page says so when it
// is loaded again.
const EVERY = 1000;

if (live()?.dataset.making) setTimeout(ask, EVERY);

function live() {
  return document.getElementById("binder-live");
}

async function ask() {
  let going = true;
  try {
    const answer = await fetch("/binder", { cache: "no-store", redirect: "error" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const news = page.getElementById("binder-live");
    if (!answer.ok || !news) throw new Error(String(answer.status));
    going = Boolean(news.dataset.making);
    live().replaceWith(document.adoptNode(news));
  } catch {
    // Asked again: the network may be back.
  }
  if (going) setTimeout(ask, EVERY);
}
