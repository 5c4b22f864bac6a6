// A participant's own page: what it says is shown at once (hors-ligne.js keeps and sends it), and the page follows the organiser's timetable.
(() => {
  const page = document.querySelector("[data-own]");
  if (!page) return;
  const waits = new Set();
  const said = (about, word) => page.querySelectorAll(`[data-said="${about}"]`).forEach((one) => { one.textContent = word; });
  const noted = (one) => {
    const typed = Object.fromEntries(one.fields);
    const field = document.getElementById(`note-${one.about.split("-")[1]}`);
    return field && "note" in typed ? [field, typed.note] : [];
  };

  page.addEventListener("kept", ({ detail: one }) => {
    waits.add(one.about);
    said(one.about, one.word);
    if (one.about === "tout") page.querySelectorAll("[data-said^=reponse-]").forEach((each) => { each.textContent = one.word; });
    if (one.about.startsWith("issue-")) page.querySelectorAll(`[data-about="${one.about}"]`).forEach((each) => { each.classList.toggle("kept", each.dataset.word === one.word); });
    const [field, text] = noted(one);
    if (field) field.value = text;  // where the page was loaded again before the network was back
  });
  page.addEventListener("sent", ({ detail: one }) => {
    waits.delete(one.about);
    const [field, text] = noted(one);
    if (field) field.form.elements.avant.value = text;
    look();
  });
  page.addEventListener("refused", ({ detail: one }) => {
    waits.delete(one.about);
    said(one.about, one.why);
    page.dispatchEvent(new CustomEvent("forget", { detail: one.key }));
  });

  // What changed since is shown as soon as nothing waits and nothing is being typed.
  let shown = `"${page.dataset.version}"`;
  const parts = (of) => [...of.querySelectorAll("[data-live]")];
  const take = async () => {
    const at = document.activeElement;
    if (waits.size || (page.contains(at) && at.matches("input, textarea"))) return;
    const answer = await fetch(page.dataset.offline, { credentials: "same-origin", cache: "no-store" });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-own]");
    if (!fresh) return;
    const open = [...page.querySelectorAll("details[id][open]")].map((one) => one.id);
    const near = page.contains(at) ? at.closest("[id]")?.id : "";
    parts(page).forEach((part, row) => part.replaceWith(parts(fresh)[row].cloneNode(true)));
    open.map((id) => document.getElementById(id)).forEach((one) => { if (one) one.open = true; });
    if (near) document.getElementById(near)?.focus();
    shown = `"${fresh.dataset.version}"`;
    page.dispatchEvent(new CustomEvent("changed"));
  };
  const look = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(page.dataset.own, { credentials: "same-origin", cache: "no-store", headers: { "If-None-Match": shown } });
      if (answer.ok && answer.headers.get("ETag") !== shown) await take();
    } catch { /* no network: the page goes on with what it has */ }
  };
  look();
  setInterval(look, "today" in page.dataset ? 2000 : 30000);
})();
