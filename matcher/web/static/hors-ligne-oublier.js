// The door: pages that were kept for want of network hold names and numbers, and go when their person leaves. What was noted waits for it.
if (window.caches) caches.delete("entremise-hors-ligne");
