// The day on a telephone: the slot that goes on opens by itself; an outcome is shown at once (hors-ligne.js keeps and sends it), what others
// write is followed (suivre.js).
(() => {
  const day = document.querySelector("[data-day]");
  if (!day) return;
  let started = performance.now();
  const clock = (minute) => `${Math.floor(minute / 60)}\u00a0h\u00a0${String(minute % 60).padStart(2, "0")}`;

  // The clock goes on from the minute the page was served at, so that a telephone set wrong tells the right slot.
  let current;
  const tick = () => {
    if (day.dataset.minute === undefined) return;
    const slots = [...document.querySelectorAll("details[data-start]")];
    const minute = Number(day.dataset.minute) + Math.floor((performance.now() - started) / 60000);
    const on = slots.find((slot) => Number(slot.dataset.start) <= minute && minute < Number(slot.dataset.end));
    const next = slots.find((slot) => Number(slot.dataset.start) > minute);
    document.querySelector("[data-now]").textContent = `Il est ${clock(minute)}. ${on ? `Jusqu’à ${clock(Number(on.dataset.end))}.` : next ? `Prochains rendez-vous à ${clock(Number(next.dataset.start))}.` : "Les rendez-vous sont finis."}`;
    slots.forEach((slot) => { slot.querySelector("[data-slot-now]").textContent = slot === on ? "maintenant" : slot === next ? "ensuite" : ""; });
    if (on && on.id !== current) { slots.forEach((slot) => { if (slot.id === current) slot.open = false; }); on.open = true; current = on.id; }
  };

  day.addEventListener("kept", ({ detail: one }) => {
    const said = document.querySelector(`[data-said="${one.about}"]`);
    if (!said) return;
    const meet = said.closest("details");
    said.textContent = one.word;
    meet.querySelectorAll("button").forEach((button) => { button.classList.toggle("kept", button.dataset.word === one.word); });
    if (meet.contains(document.activeElement)) { meet.open = false; meet.querySelector("summary").focus(); }
  });
  day.addEventListener("changed", ({ detail: fresh }) => {
    day.dataset.minute = fresh.minute;
    started = performance.now();
    tick();
  });
  setInterval(tick, 15000);
  tick();
})();
