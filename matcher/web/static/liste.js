// After each change of the list: say how many there are, and keep the keyboard where the person was.
(() => {
  let unfolded = []; // what was open above the list stays open
  document.addEventListener("htmx:beforeSwap", () => {
    unfolded = [...document.querySelectorAll(".tools > details[open]")].map((details) => details.className.split(" ")[0]);
  });
  document.addEventListener("htmx:afterSwap", () => {
    if (matchMedia("(max-width: 640px)").matches) document.querySelectorAll("details[data-fold]").forEach((details) => { details.open = false; });
    for (const name of unfolded) document.querySelector(`.tools > .${name}`)?.setAttribute("open", "");
  });
  document.addEventListener("htmx:afterSettle", () => {
    const title = document.getElementById("les-candidats");
    const status = document.getElementById("annonce");
    if (title && status) status.textContent = title.textContent.trim();
    if (title && document.activeElement === document.body) title.focus({ preventScroll: true });
  });
  // What cannot be answered in place is shown as it would be without scripts; a server that is gone is said.
  document.addEventListener("htmx:responseError", (event) => location.assign(event.detail.xhr.responseURL));
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status !== 422) return; // a form with its faults: it holds no list to put in this one's place
    event.detail.shouldSwap = false;
    location.assign(event.detail.xhr.responseURL);
  });
  document.addEventListener("htmx:sendError", () => {
    const notice = document.createElement("p");
    notice.className = "notice stop";
    notice.setAttribute("role", "alert");
    notice.textContent = "Entremise ne répond pas : votre choix n’a pas été pris en compte. Réessayez dans un instant.";
    document.querySelectorAll("main > .notice.stop").forEach((old) => old.remove());
    document.getElementById("candidats").before(notice);
  });
})();
