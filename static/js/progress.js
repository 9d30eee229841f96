// Long work that goes on: an element with [data-progress] and an id is fetched anew every few seconds, until it comes
// back without the mark. Nothing else on the page is touched, so nothing that somebody types is lost.

const EVERY = 3000;

async function look(part) {
  const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
  if (!answer.ok) return part;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const news = page.getElementById(part.id);
  if (!news) return part;
  part.replaceWith(news);
  return news;
}

async function watch(part) {
  while (part.isConnected && "progress" in part.dataset) {
    await new Promise((resolve) => setTimeout(resolve, EVERY));
    part = await look(part).catch(() => part);
  }
}

document.querySelectorAll("[data-progress]").forEach(watch);
