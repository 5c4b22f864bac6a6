// The relay between a page that goes on without network and the network: the network first, else what the page kept (hors-ligne.js).
const CACHE = "entremise-hors-ligne";
const LONGEST_MS = 6000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const asked = event.request;
  if (asked.method !== "GET" || new URL(asked.url).origin !== self.location.origin) return;
  event.respondWith((async () => {
    const cache = await caches.open(CACHE);
    const kept = await cache.match(asked, { ignoreVary: true });
    if (kept && asked.mode !== "navigate" && new URL(asked.url).searchParams.has("v")) return kept;
    try {
      // A network that answers nothing is no network, for a page that is at hand.
      const answer = await fetch(asked, kept ? { signal: AbortSignal.timeout(LONGEST_MS) } : undefined);
      return kept && answer.status >= 500 ? kept : answer;
    } catch (lost) {
      if (kept) return kept;
      throw lost;
    }
  })());
});
