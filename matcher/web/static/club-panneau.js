// The board turns by itself, network or not; when there is one, it takes the latest timetable each minute.
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
      slot.querySelector("[data-when]").textContent = start <= now ? "maintenant" : `dans ${start - now} min`;
    });
    document.querySelector("[data-over]").hidden = Boolean(shown);
  };
  const refresh = async () => {
    try {
      const answer = await fetch(location.href);
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      document.querySelector("[data-board]").replaceWith(page.querySelector("[data-board]"));
      minute = page.body.dataset.minute;
      started = performance.now();
      turn();
    } catch { /* no network: the board goes on with what it has */ }
  };
  turn();
  setInterval(turn, 5000);
  setInterval(refresh, 60000);
})();
