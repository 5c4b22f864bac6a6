// A page that goes on without network: it is kept on this device, with what is noted on it until the network takes it.
// « data-offline » names the page; each « form[data-kept] » is sent from here, in order, once the network is there.
(() => {
  const page = document.querySelector("[data-offline]");
  if (!page) return;
  const CACHE = "entremise-hors-ligne";
  const here = page.dataset.offline;
  const drawer = `entremise.gardes.${here}`;
  const net = document.querySelector("[data-net]");
  const rest = net ? net.textContent : "";
  const tell = (name, one) => page.dispatchEvent(new CustomEvent(name, { detail: one }));

  // ---- the page itself: kept where the browser can, taken away when what it is about is closed
  const keepPage = async () => {
    if (!window.caches || !navigator.serviceWorker) return;
    const cache = await caches.open(CACHE);
    if ("closed" in page.dataset) { await cache.delete(here, { ignoreVary: true }); return; }
    await navigator.serviceWorker.register(page.dataset.relay, { scope: here });
    const files = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].map((one) => one.href || one.src);
    await cache.addAll(files);
    await refresh();
    page.dataset.ready = "";
  };
  const refresh = async () => {
    if (!window.caches || !navigator.serviceWorker) return;
    const whole = await fetch(here, { credentials: "same-origin" });
    if (whole.ok && !whole.redirected) await (await caches.open(CACHE)).put(here, whole);
  };
  keepPage().catch(() => { /* no room, or private mode: what is noted is still kept */ });

  // ---- what is noted
  let memory = [];
  const waiting = () => { try { return JSON.parse(localStorage.getItem(drawer)) || []; } catch { return memory; } };
  const put = (held) => { memory = held; page.toggleAttribute("data-waits", held.length > 0); try { localStorage.setItem(drawer, JSON.stringify(held)); } catch { /* kept as long as the page is open */ } };
  const key = () => [...crypto.getRandomValues(new Uint32Array(4))].map((part) => part.toString(36)).join("-");
  const today = () => { const now = new Date(); return new Date(now - now.getTimezoneOffset() * 60000).toISOString().slice(0, 10); };
  const say = (why) => {
    if (!net) return;
    const n = waiting().length;
    net.classList.toggle("unknown", n > 0 || Boolean(why));
    net.textContent = [n ? `Gardé ici, envoyé ensuite\u00a0: ${n} en attente.` : why ? "" : noted ? "Tout est enregistré." : rest, why].filter(Boolean).join(" ");
  };
  let noted = false;

  // The token of a kept page may be of a session that is over: a fresh one is read in the page as it is now.
  let token = null;
  const renew = async () => {
    token = null;
    const answer = await fetch(here, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const now = new DOMParser().parseFromString(await answer.text(), "text/html");
    page.dataset.who = now.querySelector("[data-offline]")?.dataset.who ?? "";
    token = now.querySelector("[name=csrf_token]")?.value ?? null;
  };
  const another = (one) => Boolean(one.who && page.dataset.who && one.who !== page.dataset.who);
  const post = (one) => {
    const body = new FormData();
    one.fields.forEach(([name, value]) => body.append(name, value));
    body.set("csrf_token", token ?? document.querySelector("[name=csrf_token]")?.value ?? "");
    const name = page.querySelector("[name=qui]");
    if (!body.get("qui") && name?.value) body.set("qui", name.value);
    return fetch(one.address, { method: "POST", body, headers: { Accept: "application/json" }, credentials: "same-origin", signal: AbortSignal.timeout(20000) });
  };
  const attempt = async (one) => {
    let answer = await post(one);
    if (answer.status === 400) {
      await renew();
      if (another(one)) return { other: true };
      if (token) answer = await post(one);
    }
    const told = (answer.headers.get("Content-Type") || "").includes("json") ? await answer.json() : {};
    if (answer.status === 401 && told.refus) return { stop: told.refus };
    if ([403, 404, 410].includes(answer.status)) return { refused: "cette page n’est pas ouverte à votre compte, ou n’existe plus." };
    if (answer.status === 422) return { refused: told.refus || "refusé" };
    return answer.ok && told.fait ? { said: told.dit || "", clash: Boolean(told.tranche) } : { stop: "Le serveur ne répond pas comme il devrait\u00a0: ce sera envoyé ensuite." };
  };

  let sending = false, again = false, calm = 0;
  const send = async () => {
    if (sending) { again = true; return; }
    if ("closed" in page.dataset) { say("C’est clos\u00a0: ce qui attend partira si on le rouvre."); return; }
    sending = true;
    let why = "", sent = false;
    try {
      for (const one of waiting()) {
        if (!waiting().some((held) => held.key === one.key)) continue;  // said again since, or forgotten
        const end = another(one) ? { other: true } : await attempt(one);
        if (end.other) { why = `Noté par ${one.who}\u00a0: à envoyer sous son nom.`; continue; }
        if (end.stop) { why = end.stop; break; }
        if (end.refused) { why = `${one.label}\u00a0: ${end.refused}`; tell("refused", { ...one, why: end.refused }); continue; }
        put(waiting().filter((held) => held.key !== one.key));
        sent = true;
        tell("sent", { ...one, said: end.said, clash: end.clash });
      }
      if (sent) await refresh();
    } catch { /* no network: later */ }
    sending = false;
    say(why);
    if (again) { again = false; send(); }
  };

  page.addEventListener("submit", (event) => {
    const form = event.target.closest("form[data-kept]");
    const button = event.submitter;
    if (!form || !button || !button.name || !button.value) return;
    event.preventDefault();
    const body = new FormData(form, button);
    if (body.has("cle")) body.set("cle", key());
    if (body.has("le")) body.set("le", today());
    const about = button.dataset.about || form.dataset.kept;
    const one = { key: body.get("cle") || key(), about, label: button.dataset.label || form.dataset.label || "", address: form.action.split("#")[0], who: page.dataset.who, word: button.dataset.word, fields: [...body].filter(([, value]) => typeof value === "string") };
    put([...waiting().filter((held) => held.about !== about), one]);  // the last word on a supplier is whole
    noted = true;
    tell("kept", one);
    say();
    clearTimeout(calm);
    // What is added little by little leaves together.
    if ("calm" in form.dataset) calm = setTimeout(send, 3000);
    else send();
  });
  page.addEventListener("changed", () => refresh().catch(() => { /* no network: the next change takes it */ }));
  page.addEventListener("forget", (event) => { put(waiting().filter((held) => held.key !== event.detail)); say(); });
  const resume = () => { if (waiting().length) { noted = true; send(); } };
  addEventListener("load", () => { put(waiting()); waiting().forEach((one) => tell("kept", one)); say(); resume(); });
  addEventListener("online", resume);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) resume(); });
  page.addEventListener("change", ({ target }) => {
    if (target.name !== "qui") return;
    page.querySelectorAll("[name=qui]").forEach((one) => { one.value = target.value; });  // said once for all
    resume();
  });
  setInterval(resume, 15000);
})();
