// Keeps an open page current: « data-follow » is asked, by its ETag, whether what the page shows has changed; its [data-live] parts are then
// taken again. Nothing is asked by a tab that nobody sees; the network cut, it is asked less and less often, and at once when it is back.
(() => {
  const page = document.querySelector("[data-follow]");
  if (!page) return;
  const every = 1000 * Number(page.dataset.every), LONGEST = 60000, PATIENCE = 10000;
  let shown = `"${page.dataset.mark}"`, wait = every, timer = 0, looking = false;

  const ask = async (address, headers = {}) => {
    const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", headers, signal: AbortSignal.timeout(PATIENCE) });
    if (answer.redirected || (!answer.ok && answer.status !== 304)) throw new Error(`${answer.status}`);
    return answer;
  };
  // Neither what waits to be sent nor what is being typed is taken away.
  const busy = () => "waits" in page.dataset || document.activeElement?.matches("[data-live] :is(input, textarea)");
  const parts = (of) => [...of.querySelectorAll("[data-live]")];
  const take = async () => {
    const answer = await ask(location.href.split("#")[0]);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-follow]");
    if (!fresh || busy()) return;
    const folds = () => [...page.querySelectorAll("[data-live] details[id]")];
    const open = new Map(folds().map((one) => [one.id, one.open]));
    const at = document.activeElement;
    const near = at?.closest("[data-live]") ? at.closest("[id]")?.id : "";
    const now = parts(fresh);
    parts(page).forEach((part, row) => { if (now[row]) part.replaceWith(now[row]); });
    folds().forEach((one) => { one.open = open.get(one.id) ?? one.open; });
    if (near) document.getElementById(near)?.focus();
    shown = `"${fresh.dataset.mark}"`;
    page.dispatchEvent(new CustomEvent("changed", { detail: fresh.dataset }));
  };
  const look = async () => {
    if (looking || document.hidden) return;
    looking = true;
    clearTimeout(timer);
    try {
      const answer = await ask(page.dataset.follow, { "If-None-Match": shown });
      if (answer.ok && answer.headers.get("ETag") !== shown && !busy()) await take();
      wait = every;
    } catch { wait = Math.min(LONGEST, 2 * wait); }  // no network, or a server that is down: the page goes on with what it has
    looking = false;
    timer = setTimeout(look, wait);
  };
  page.addEventListener("sent", look);
  addEventListener("online", look);
  document.addEventListener("visibilitychange", look);
  look();
})();
