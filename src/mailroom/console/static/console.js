// What is live on a page, and its keys. Without it every page and form still works.
"use strict";

const SVG = "http://www.w3.org/2000/svg";

/* Times: relative to now, with the exact one as title. */
function relative(seconds) {
  const past = Math.max(0, Math.round(seconds));
  if (past < 2) return "now";
  if (past < 60) return `${past} s ago`;
  if (past < 3600) return `${Math.floor(past / 60)} min ${past % 60} s ago`;
  if (past < 86400) return `${Math.floor(past / 3600)} h ${Math.floor((past % 3600) / 60)} min ago`;
  return `${Math.floor(past / 86400)} d ago`;
}

function showTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const text = relative((Date.now() - Date.parse(time.dateTime)) / 1000);
    if (time.textContent !== text) time.textContent = text;
  }
}

/* Live blocks: htmx hears the events; what is in a picture is parsed as SVG. */
const served = new Map();
for (const block of document.querySelectorAll("[sse-swap]")) served.set(block, block.innerHTML.trim());
const waiting = new Map();
let pressed = false;

document.addEventListener("htmx:sseBeforeMessage", (event) => {
  event.preventDefault();
  const { target: block, detail: { data: text } } = event;
  if (block.id === "trouble" && !text.trim()) loadAwaited();
  // Between press and release nothing is replaced: the click would be lost with what was pressed.
  if (pressed) waiting.set(block, text);
  else renew(block, text);
});
document.addEventListener("pointerdown", (event) => {
  pressed = event.button === 0 && event.target.closest("[sse-swap]") !== null;
}, true);
for (const end of ["pointerup", "pointercancel", "contextmenu", "blur"]) {
  // A click follows its release in the same task.
  addEventListener(end, () => setTimeout(() => {
    pressed = false;
    for (const [block, text] of waiting) renew(block, text);
    waiting.clear();
  }));
}

function renew(block, text) {
  if (!block.isConnected || isServed(block, text)) return;
  if (block instanceof SVGElement) {
    const parsed = new DOMParser().parseFromString(`<svg xmlns="${SVG}">${text}</svg>`, "image/svg+xml");
    if (parsed.querySelector("parsererror")) return;
    block.replaceChildren(...[...parsed.documentElement.childNodes].map((node) => document.importNode(node, true)));
  } else {
    htmx.swap(block, text, { swapStyle: "innerHTML" });
  }
  showEnds(block);
  showTimes(block);
  showPlots(block);
}

/* The stream begins with every block: one that is as the page was served with it stays. */
function isServed(block, text) {
  const before = served.get(block);
  served.delete(block);
  if (before === undefined) return false;
  const picture = block instanceof SVGElement;
  const template = document.createElement("template");
  template.innerHTML = picture ? `<svg>${text}</svg>` : text;
  return (picture ? template.content.firstChild : template).innerHTML.trim() === before;
}

document.addEventListener("htmx:sseOpen", () => connected(true));
document.addEventListener("htmx:sseError", () => connected(false));

function connected(yes) {
  const dot = document.getElementById("connection");
  dot.classList.toggle("on", yes);
  dot.classList.toggle("off", !yes);
  dot.title = yes ? "Live" : "The console does not answer";
}

/* A page that came while the environment was down is loaded again when it is back. */
function loadAwaited() {
  if (document.querySelector("[data-reload=yes]")) location.reload();
}

/* Copy buttons */
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = "Copy"; }, 1500);
});

/* Keys */
let going = 0;
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, dialog[open]");
  if (event.ctrlKey || event.metaKey || event.altKey || typing) return;
  if (event.key === "/") {
    event.preventDefault();
    document.querySelector("[data-key='/']").focus();
  } else if (event.key === "?") {
    document.getElementById("keys").showModal();
  } else if (event.key === "g") {
    going = Date.now();
  } else if (Date.now() - going < 1500) {
    const place = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
    if (place) location.href = place.dataset.path;
  }
});

/* Plots: <div class="plot" data-plot="address of JSON"> with {"times": [], "series": {name: []}}. */
const plots = new Map();
const colours = ["--accent", "--warn", "--focus", "--good", "--quiet", "--bad"];

function clock(seconds) {
  return new Date(seconds * 1000).toTimeString().slice(0, 8);
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

async function showPlots(root) {
  for (const place of root.querySelectorAll("[data-plot]")) {
    const answer = await fetch(place.dataset.plot);
    if (!answer.ok) continue;
    const { times, series } = await answer.json();
    const names = Object.keys(series);
    const data = [times, ...names.map((name) => series[name])];
    const known = plots.get(place);
    if (known && known.names.join() === names.join()) known.plot.setData(data);
    else draw(place, names, data);
  }
}

function draw(place, names, data) {
  const known = plots.get(place);
  if (known) known.plot.destroy();
  const axis = { stroke: colour("--quiet"), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false } };
  const plot = new uPlot({
    width: place.clientWidth,
    height: Math.max(120, place.clientHeight - 30),
    series: [{ value: (_, at) => at == null ? "" : clock(at) }, ...names.map((name, index) => ({
      label: name,
      stroke: colour(place.dataset.bad === name ? "--bad" : colours[index % colours.length]),
      width: 1.5,
      points: { show: false },
    }))],
    axes: [{ ...axis, values: (_, splits) => splits.map(clock), space: 80 }, { ...axis, size: 44 }],
    scales: { x: { range: (_, low, high) => [Math.min(low, high - 120), high] }, y: { range: (_, low, high) => [0, Math.max(5, high * 1.1)] } },
    cursor: { drag: { x: false, y: false } },
  }, data, place);
  plots.set(place, { plot, names });
}

addEventListener("resize", () => {
  for (const [place, { plot }] of plots) plot.setSize({ width: place.clientWidth, height: plot.height });
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  for (const [place, { plot }] of plots) { plot.destroy(); plots.delete(place); }
  showPlots(document);
});

/* A file that is dropped on a field becomes its text. */
for (const field of document.querySelectorAll("textarea[data-drop]")) {
  field.addEventListener("dragover", (event) => event.preventDefault());
  field.addEventListener("drop", async (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    field.value = (await Promise.all([...event.dataTransfer.files].map((file) => file.text()))).join("\n");
  });
}

/* The end of a log is what is new. */
function showEnds(root) {
  for (const log of root.querySelectorAll(".log")) log.scrollTop = log.scrollHeight;
}

/* On a narrow screen the bar of pages scrolls to the one that is open. */
const open = document.querySelector(".bar nav [aria-current]");
if (open) open.parentElement.scrollLeft = open.offsetLeft - open.parentElement.clientWidth / 3;

showEnds(document);
showTimes(document);
setInterval(() => showTimes(document), 1000);
showPlots(document);
setInterval(() => { if (document.visibilityState === "visible") showPlots(document); }, 2000);
