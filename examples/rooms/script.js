import { connectEvents, EventsError } from "@argyle/argyle/client";

/** So many lines stay on the page. */
const MOST_LINES = 200;

const room = document.querySelector("#room"), find = (selector) => room.querySelector(selector);
const me = Number(room.dataset.client), lines = find("#said"), field = find("#msg"), wrong = find("#wrong");
const client = connectEvents(room.dataset.endpoint);

client.on("message", ({ msg, sender }) => add(sender === me ? "mine" : "theirs", nameOf(sender), msg));
client.on("whisper", ({ from, msg }) => add("whisper", `${nameOf(from)}, to you alone`, msg));
client.on("join", ({ client_id }) => note(client_id === me ? "You are in." : `${client_id} has come.`));
client.on("leave", ({ client_id }) => note(`${client_id} has left.`));

const words = {
  connecting: "Connecting …",
  online: `You are ${me}.`,
  offline: "The line is lost; connecting again …",
  closed: "You have left.",
};
client.watch(show);
show();

function show() {
  const { status } = client;
  // Nobody keeps what is said in a room: who is away has missed it.
  if (status === "offline" && room.dataset.status === "online") {
    note("The line is lost: what is said now is missed.");
  }
  room.dataset.status = status;
  find("#line").textContent = words[status];
}

function nameOf(number) {
  return number === me ? "You" : `${number}`;
}

/** A line of the log: who, and what they say. */
function add(kind, who, msg) {
  const line = document.createElement("li"),
    name = document.createElement("b"),
    said = document.createElement("p");
  line.className = kind;
  name.textContent = who;
  said.textContent = msg;
  line.append(name, said);
  put(line);
}

/** A line of the log that nobody has said. */
function note(text) {
  const line = document.createElement("li");
  line.className = "note";
  line.textContent = text;
  put(line);
}

function put(line) {
  lines.append(line);
  while (lines.children.length > MOST_LINES) lines.firstElementChild.remove();
}

// Whom the next message is for; everybody, where nobody is named.
let to;

function turnTo(number) {
  to = number;
  find("#to").textContent = to === undefined ? "Say to all" : `Whisper to ${to}`;
  find("button[type=submit]").textContent = to === undefined ? "Say" : "Whisper";
  find("#all").hidden = to === undefined;
  wrong.textContent = "";
  field.focus();
}

// The server shows who is there, and shows it anew: it is looked at when it is clicked.
document.querySelector("#people").addEventListener("click", ({ target }) => {
  const { whisper } = target.closest("button")?.dataset ?? {};
  if (whisper !== undefined) turnTo(Number(whisper));
});
find("#all").addEventListener("click", () => turnTo(undefined));
field.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && to !== undefined) turnTo(undefined);
});

find("#say").addEventListener("submit", async (event) => {
  event.preventDefault();
  const msg = field.value, receiver = to;
  if (msg.trim() === "") return;
  field.value = wrong.textContent = "";
  try {
    if (receiver === undefined) await client.send("message", { msg }); // and it comes back, as to everybody
    else {
      await client.send("whisper", { to: receiver, msg });
      add("whisper", `You, to ${nameOf(receiver)} alone`, msg);
    }
  } catch (error) {
    wrong.textContent = explain(error);
    if (field.value === "") field.value = msg;
  }
});

/** Why it was not said, for people. */
function explain(error) {
  if (!(error instanceof EventsError)) throw error;
  const { reason, errors } = error;
  if (reason === "refused") return errors.map(({ msg }) => msg).join("; ");
  if (reason === "disconnected") {
    return "The line was lost on the way: it may have been said. Look, then try again.";
  }
  return reason === "timeout" ? "It was not said in time. Try again." : error.message;
}
