// A key clicks the control that declares it in data-key. Everything works without this file: it only saves the mouse.
const form = document.getElementById("decide");
const off = document.getElementById("keys-off");
const body = () => new URLSearchParams({ token: form.elements.token.value, csrf: form.elements.csrf.value });
let sent = false;
let renewed = Date.now();

const shown = (control) => control.getClientRects().length > 0;
const typing = (target) => target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])");

function controlFor(key) {
  const named = [...form.querySelectorAll("[data-key]")].filter((one) => one.dataset.key === key);
  const within = named.filter((one) => one.closest(".outcomes") && shown(one));
  return within[0] || named.find((one) => !one.closest(".outcomes") && (shown(one) || one.closest("details:not([open])")));
}

function use(control) {
  const folded = control.closest("details:not([open])");
  if (folded && control.tagName !== "SUMMARY") folded.open = true;
  if (control.matches("textarea, input")) control.focus();
  else control.click();
  if ("send" in control.dataset) form.requestSubmit(form.querySelector(".save"));
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || off.checked) return;
  if (event.key === "Escape" && typing(event.target)) { event.target.blur(); return; }
  if (typing(event.target)) return;
  if (event.key === "Enter" && event.target.matches("button, a, summary")) return;
  const control = controlFor(event.key);
  if (!control || sent) return;
  event.preventDefault();
  use(control);
});

form.addEventListener("submit", () => { sent = true; });

// One key less to wait for: a decision is on its way, so a second key must not send another.
window.addEventListener("pageshow", () => { sent = false; });

for (const kind of ["keydown", "pointerdown"]) {
  document.addEventListener(kind, () => {
    if (sent || Date.now() - renewed < 60000) return;
    renewed = Date.now();
    fetch(form.dataset.hold, { method: "POST", body: body() });
  });
}

window.addEventListener("pagehide", () => {
  if (!sent) navigator.sendBeacon(form.dataset.release, body());
});

off.checked = localStorage.getItem("headway-keys") === "off";
off.addEventListener("change", () => localStorage.setItem("headway-keys", off.checked ? "off" : "on"));
