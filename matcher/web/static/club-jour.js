// The day on a telephone: the slot that goes on opens by itself; an outcome is kept on the telephone until the network takes it.
(() => {
  const day = document.querySelector("[data-day]");
  const form = document.querySelector("[data-issues]");
  if (!day || !form) return;
  const net = document.querySelector("[data-net]");
  const kept = `entremise.issues.${day.dataset.day}`;
  const started = performance.now();
  const clock = (minute) => `${Math.floor(minute / 60)}\u00a0h\u00a0${String(minute % 60).padStart(2, "0")}`;

  // The clock goes on from the minute the page was served at, so that a telephone set wrong tells the right slot.
  const slots = [...document.querySelectorAll("details[data-start]")];
  let current = slots.find((slot) => slot.open);
  const tick = () => {
    if (day.dataset.minute === undefined) return;
    const minute = Number(day.dataset.minute) + Math.floor((performance.now() - started) / 60000);
    const on = slots.find((slot) => Number(slot.dataset.start) <= minute && minute < Number(slot.dataset.end));
    const next = slots.find((slot) => Number(slot.dataset.start) > minute);
    document.querySelector("[data-now]").textContent = `Il est ${clock(minute)}. ${on ? `Jusqu’à ${clock(Number(on.dataset.end))}.` : next ? `Prochains rendez-vous à ${clock(Number(next.dataset.start))}.` : "Les rendez-vous sont finis."}`;
    slots.forEach((slot) => { slot.querySelector("[data-slot-now]").textContent = slot === on ? "maintenant" : slot === next ? "ensuite" : ""; });
    if (on && on !== current) { if (current) current.open = false; on.open = true; current = on; }
  };

  let memory = {};
  const queue = () => { try { return JSON.parse(localStorage.getItem(kept)) || {}; } catch { return memory; } };
  const keep = (waiting) => { memory = waiting; try { localStorage.setItem(kept, JSON.stringify(waiting)); } catch { /* private mode: kept as long as the page is open */ } };
  const say = (refused) => {
    const n = Object.keys(queue()).length;
    net.classList.toggle("unknown", n > 0 || Boolean(refused));
    net.textContent = refused || (n ? `${n} issue${n > 1 ? "s" : ""} gardée${n > 1 ? "s" : ""} sur cet appareil : ${n > 1 ? "elles partiront" : "elle partira"} au retour du réseau.` : "Tout est enregistré.");
  };
  const show = (pair, word) => {
    const said = document.querySelector(`[data-said="${pair}"]`);
    if (!said) return;
    said.textContent = word;
    said.closest("details").querySelectorAll("button").forEach((button) => { button.classList.toggle("kept", button.dataset.word === word); });
  };

  let sending = false;
  const send = async () => {
    if (sending) return;
    sending = true;
    let refused = "";
    for (const [pair, one] of Object.entries(queue())) {
      const body = new FormData(form);
      body.set("issue", `${pair}.${one.code}`);
      try {
        const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
        if (answer.status === 422) refused = (await answer.json()).refus;
        else if (!answer.ok) { refused = `${form.elements.qui ? "Dites votre nom" : "Rechargez la page pour vous reconnecter"} : ce qui est gardé ici partira ensuite.`; break; }
      } catch { break; }
      const waiting = queue();
      if (waiting[pair] && waiting[pair].code === one.code) delete waiting[pair];
      keep(waiting);
    }
    sending = false;
    say(refused);
  };

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || button.name !== "issue") return;
    event.preventDefault();
    const [buyer, supplier, code] = button.value.split(".");
    const waiting = queue();
    waiting[`${buyer}.${supplier}`] = { code, word: button.dataset.word };
    keep(waiting);
    show(`${buyer}.${supplier}`, button.dataset.word);
    button.closest("details").open = false;
    button.closest("details").querySelector("summary").focus();
    say();
    send();
  });
  Object.entries(queue()).forEach(([pair, one]) => show(pair, one.word));
  if (Object.keys(queue()).length) { say(); send(); }
  addEventListener("online", send);
  if (form.elements.qui) form.elements.qui.addEventListener("change", send);
  setInterval(() => { tick(); if (Object.keys(queue()).length) send(); }, 15000);
  tick();
})();
