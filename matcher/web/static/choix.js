// What is ticked in a list, to be kept or compared, follows into the address and every link at once: nothing else remembers it.
(() => {
  const NAMES = ["retenu", "compare"];
  const form = () => document.getElementById("choix");
  const put = (into, from) => NAMES.forEach((name) => { into.delete(name); from.getAll(name).forEach((id) => into.append(name, id)); });
  const said = (count, words) => `${count}\u00a0${words}${count > 1 ? "s" : ""}`;

  function say(kept, compared) {
    const compare = document.querySelector("[data-of=compare]"), keep = document.querySelector("[data-of=retenu]");
    compare.textContent = compared.length ? `Comparer (${compared.length})` : "Comparer";
    if (keep) keep.textContent = kept.length ? `Créer le dossier\u00a0: ${said(kept.length, "retenu")}` : "Créer le dossier";
    const files = document.getElementById("emporter"), first = document.querySelector("[data-first]");
    if (files) files.textContent = kept.length ? `Emporter ${said(kept.length, "retenu")}` : "Emporter la liste";
    if (first) first.hidden = kept.length > 0;
  }

  // Where a link leads once what is ticked goes along; those of another need, and the one that ticks, lead where they say.
  function along(link, address, ticked) {
    const url = new URL(address, location.href);
    if (url.origin === location.origin && url.search && !link.closest("#lots, .other-decisions, [data-first]")) put(url.searchParams, ticked);
    return url.origin === location.origin ? url.pathname + url.search + url.hash : address;
  }

  function follow() {
    if (!form()) return;
    const ticked = new FormData(form());
    for (const link of document.querySelectorAll("#candidats a[href*='?']")) link.setAttribute("href", along(link, link.href, ticked));
    const here = new URL(location.href);
    put(here.searchParams, ticked);
    history.replaceState(history.state, "", here);
    say(ticked.getAll("retenu"), ticked.getAll("compare"));
  }

  document.addEventListener("change", (event) => { if (NAMES.includes(event.target.name)) follow(); });
  document.addEventListener("formdata", (event) => {
    if (form() && event.target !== form() && event.target.method === "get" && event.target.closest("#candidats")) put(event.formData, new FormData(form()));
  });
  // htmx keeps the address that a link had when it was drawn.
  document.addEventListener("htmx:configRequest", (event) => {
    if (form() && event.detail.elt.matches("a")) event.detail.path = along(event.detail.elt, event.detail.path, new FormData(form()));
  });
  // A browser that goes back ticks the boxes again by itself.
  window.addEventListener("pageshow", () => { if (document.querySelector(".picks input:checked") || new URL(location.href).searchParams.has("retenu")) follow(); });
})();
