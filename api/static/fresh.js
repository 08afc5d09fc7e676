// An open page asks once a minute whether there are new figures, and says so; it changes nothing by itself. Polling, not
// a standing connection: most answers are a 304 without a body, nothing is held open, and any proxy lets it through.
// Without this file everything works; the page is then as new as its last loading.
const place = document.getElementById("fresh");
const MINUTE = 60_000;
const LONGEST = 15 * MINUTE;
let known = null;
let pause = MINUTE;
let asked = 0;

function say() {
  const clock = new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "Show them";
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.reload(); // keeps the place on the page
  });
  place.replaceChildren(`New figures since ${clock}. `, link);
}

async function ask() {
  asked = Date.now();
  try {
    const answer = await fetch(place.dataset.version, { cache: "no-cache", credentials: "same-origin" });
    if (answer.status === 401 || answer.status === 403 || answer.status === 404) return;
    if (!answer.ok) throw new Error(String(answer.status));
    const { version } = await answer.json();
    pause = MINUTE;
    if (known !== null && version !== known) return say(); // said once; the rest is up to the reader
    known = version;
  } catch {
    pause = Math.min(2 * pause, LONGEST); // a server that is away is not asked every minute
  }
  setTimeout(next, pause);
}

function next() {
  if (document.visibilityState === "visible") return ask();
  document.addEventListener("visibilitychange", () => setTimeout(next, Math.max(0, pause - (Date.now() - asked))), { once: true });
}

// what was asked for as of a moment in the past stays as it is
if (place && !new URLSearchParams(location.search).has("as_of")) ask();
