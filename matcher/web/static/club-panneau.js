// The board turns by itself, network or not; suivre.js takes the latest timetable.
(() => {
  let minute = document.body.dataset.minute;
  const lead = Number(document.body.dataset.lead);
  let started = performance.now();
  const clock = (at) => `${Math.floor(at / 60)}\u00a0h\u00a0${String(at % 60).padStart(2, "0")}`;
  const turn = () => {
    if (minute === undefined) return;
    const now = Number(minute) + Math.floor((performance.now() - started) / 60000);
    document.querySelector("[data-clock]").textContent = clock(now);
    const slots = [...document.querySelectorAll("section[data-start]")];
    const shown = slots.find((slot) => now < Number(slot.dataset.end) - lead);
    slots.forEach((slot) => {
      slot.hidden = slot !== shown;
      const start = Number(slot.dataset.start);
      slot.querySelector("[data-when]").textContent = start <= now ? "maintenant" : `dans ${start - now < 60 ? `${start - now} min` : clock(start - now)}`;
    });
    document.querySelector("[data-over]").hidden = Boolean(shown);
  };
  document.body.addEventListener("changed", ({ detail: fresh }) => {
    minute = fresh.minute;
    started = performance.now();
    turn();
  });
  turn();
  setInterval(turn, 5000);
})();
