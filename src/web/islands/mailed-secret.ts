/**
 * Takes the secret of a mailed link out of the address bar and into the form that a click sends. Nothing is sent here:
 * mail scanners run scripts too.
 */
export function mailedSecret(): void {
  const secret = location.hash.slice(1);
  const place = document.querySelector<HTMLElement>("[data-secret]");
  const field = place?.querySelector("input");
  if (!place || !field || !/^[\w-]{20,100}$/.test(secret)) return;
  field.value = secret;
  place.hidden = true;
  history.replaceState(null, "", location.pathname + location.search);
}
