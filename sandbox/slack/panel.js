// Slack's part of the page: the conversations, with buttons that can be pressed.

import { ask, fill, here, icon, link, make, refresh, section } from "/panels/shell.js";

const BILLING_CHANNEL = "C0BILLING", PRESSER = "U0ANNE";
const EMOJI = { warning: "⚠️", white_check_mark: "✅", x: "❌", hourglass_flowing_sand: "⏳", eyes: "👀", tada: "🎉", rotating_light: "🚨", moneybag: "💰", memo: "📝", information_source: "ℹ️", no_entry: "⛔", question: "❓", bell: "🔔", receipt: "🧾", pause_button: "⏸️", large_green_circle: "🟢", red_circle: "🔴", large_yellow_circle: "🟡" };
const TONES = ["#2f6f8f", "#8a4f9e", "#a4582c", "#3d7a4e", "#9a3b55", "#5a5fb0", "#7a6a2b"];
const EYE = "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8zM8 10a2 2 0 100-4 2 2 0 000 4z";
const outcomes = new Map();
let state = null, channel = BILLING_CHANNEL, seen = "";

function decode(text) {
  const plain = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
  return text.replace(/&(?:amp|lt|gt);/g, (found) => plain[found]).replace(/:([a-z_]+):/g, (found, name) => EMOJI[name] || found);
}

function person(id) { return (state.users.find((one) => one.id === id) || { name: id }).name; }

function reference(text) {
  const [target, label] = text.split(/\|(.*)/s);
  switch (target[0]) {
    case "@": return make("span", { class: "mention", text: `@${person(target.slice(1))}` });
    case "#": return make("span", { class: "mention", text: `#${decode(label || target.slice(1))}` });
    case "!": return make("span", { class: "mention", text: target.startsWith("!date") ? decode(label || "") : `@${target.slice(1)}` });
  }
  const url = decode(target);
  if (/^mailto:/.test(url)) return make("span", { text: decode(label || url.slice(7)) });
  return /^https?:\/\//.test(url) ? link(decode(label || target), url) : make("span", { text: `<${decode(text)}>` });
}

const INLINE = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\p{L}\p{N}~])/gu;

function inline(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    if (found.index > end) nodes.push(decode(text.slice(end, found.index)));
    const [whole, code, angle, bold, italic, struck] = found;
    if (code !== undefined) nodes.push(make("code", { text: decode(code) }));
    else if (angle !== undefined) nodes.push(reference(angle));
    else nodes.push(make(bold !== undefined ? "b" : italic !== undefined ? "i" : "s", {}, ...inline(bold ?? italic ?? struck)));
    end = found.index + whole.length;
  }
  if (end < text.length) nodes.push(decode(text.slice(end)));
  return nodes;
}

function lines(text) {
  const nodes = [];
  const gather = (tag, item, content) => {
    const last = nodes[nodes.length - 1], box = last instanceof Element && last.localName === tag ? last : make(tag);
    if (box !== last) nodes.push(box);
    if (item) box.append(make("li", {}, ...content)); else box.append(...(box.hasChildNodes() ? [make("br")] : []), ...content);
  };
  for (const line of text.split("\n")) {
    let found;
    if ((found = /^\s*[•\-*] +(.*)$/.exec(line))) gather("ul", true, inline(found[1]));
    else if ((found = /^\s*\d+[.)] +(.*)$/.exec(line))) gather("ol", true, inline(found[1]));
    else if ((found = /^(?:&gt;|>) ?(.*)$/.exec(line))) gather("blockquote", false, inline(found[1]));
    else gather("div", false, inline(line));
  }
  return nodes;
}

function mrkdwn(text) {
  const parts = text.split(/```\n?([\s\S]*?)```/g);
  const nodes = parts.flatMap((part, index) => index % 2 ? [make("pre", { text: decode(part) })] : part.replace(/^\n|\n$/g, "") ? lines(part.replace(/^\n|\n$/g, "")) : []);
  return make("div", { class: "text", dir: "auto" }, ...nodes);
}

function textOf(object) {
  return object.type === "mrkdwn" ? mrkdwn(object.text) : make("div", { class: "text", dir: "auto", text: decode(object.text), style: "white-space:pre-line" });
}

async function press(message, blockId, button, element) {
  const confirm = button.confirm;
  if (confirm && !(await ask(decode(confirm.title.text), [textOf(confirm.text)], decode(confirm.confirm.text), decode(confirm.deny.text), confirm.style))) return;
  if (here(button.url)) window.open(button.url, "_blank", "noopener");
  element.disabled = true;
  const user = document.getElementById("presser").value, label = decode(button.text.text);
  let outcome;
  try {
    const answer = await fetch("/_control/press", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ vendor: "slack", channel: message.channel, ts: message.ts, user, action_id: button.action_id, block_id: blockId }) });
    const told = await answer.json();
    const why = told.message || told.error || `answered ${told.status}`;
    outcome = answer.ok && !told.warning ? { text: `✓ ${person(user)} pressed “${label}”: accepted in ${told.seconds} s` } : { warning: true, text: `⚠ ${person(user)} pressed “${label}”: ${why}` };
  } catch (error) { outcome = { warning: true, text: `⚠ ${error.message}` }; }
  outcomes.set(`${message.channel}/${message.ts}`, outcome);
  await refresh({ redraw: true });
}

function buttonOf(message, blockId, button) {
  const element = make("button", { type: "button", class: button.style, text: decode(button.text.text), title: button.url });
  element.addEventListener("click", () => press(message, blockId, button, element));
  return element;
}

function blockOf(message, block) {
  switch (block.type) {
    case "header": return make("div", { class: "block-header", text: decode(block.text.text) });
    case "divider": return make("hr");
    case "context": return make("div", { class: "block-context" }, ...block.elements.map((one) => one.type === "image" ? null : textOf(one)));
    case "actions": return make("div", { class: "buttons" }, ...block.elements.map((one) => buttonOf(message, block.block_id, one)));
    case "image": return make("div", { class: "note", text: block.alt_text });
    case "section": return make("div", { class: "block-section" },
      make("div", {}, block.text && textOf(block.text), block.fields && make("div", { class: "fields" }, ...block.fields.map(textOf))),
      block.accessory && block.accessory.type === "button" && buttonOf(message, block.block_id, block.accessory));
  }
  return make("div", { class: "note", text: block.type });
}

function messageOf(message, replies) {
  const name = person(message.user), at = new Date(message.posted_at);
  const initials = name.split(/\s+/).map((word) => word[0]).slice(0, 2).join("");
  const bot = (state.users.find((one) => one.id === message.user) || {}).bot;
  const tone = bot ? "#2456d6" : TONES[[...message.user].reduce((sum, char) => sum + char.charCodeAt(0), 0) % TONES.length];
  const outcome = outcomes.get(`${message.channel}/${message.ts}`);
  const parts = message.deleted ? [make("div", { class: "note", text: "This message was deleted." })]
    : message.blocks.length ? message.blocks.map((block) => blockOf(message, block)) : [mrkdwn(message.text)];
  const only = message.ephemeral_to && make("div", { class: "only" }, icon(EYE), `Only visible to ${person(message.ephemeral_to)}`);
  return make("article", { id: `message-${message.ts}`, class: message.ephemeral_to ? "message ephemeral" : "message" },
    only, make("div", { class: "avatar", style: `--tone:${tone}`, "aria-hidden": "true", text: initials }),
    make("div", { style: "min-width:0" },
      make("div", {}, make("span", { class: "who", text: name }), bot && make("span", { class: "app", text: "APP" }),
        make("time", { class: "when", datetime: message.posted_at, title: message.ts, text: at.toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" }) }),
        message.edited.length > 0 && make("span", { class: "edited", text: "edited", title: `Before: ${message.edited.map(decode).join("\n→ ")}` })),
      make("div", { class: "body" }, ...parts, outcome && make("div", { class: outcome.warning ? "outcome warning" : "outcome", text: outcome.text })),
      replies.length > 0 && make("div", { class: "thread" }, make("div", { class: "replies", text: replies.length === 1 ? "1 reply" : `${replies.length} replies` }), ...replies.map((one) => messageOf(one, [])))));
}

function drawChat() {
  const { users, channels, messages } = state, select = document.getElementById("presser");
  if (!select.options.length) {
    select.append(...users.filter((one) => !one.bot).map((one) => make("option", { value: one.id, text: one.name })));
    select.value = PRESSER;
  }
  const used = channels.filter((one) => one.id === BILLING_CHANNEL || messages.some((message) => message.channel === one.id));
  if (!used.some((one) => one.id === channel)) channel = BILLING_CHANNEL;
  const title = (one) => one.name ? `#${one.name}` : `@${person(one.members.find((id) => !(users.find((user) => user.id === id) || {}).bot))}`;
  document.getElementById("chat-title").textContent = title(channels.find((one) => one.id === channel));
  document.getElementById("tabs").replaceChildren(...(used.length < 2 ? [] : used.map((one) => {
    const tab = make("button", { type: "button", role: "tab", text: title(one), "aria-selected": String(one.id === channel) });
    tab.addEventListener("click", () => { channel = one.id; drawChat(); });
    return tab;
  })));
  const here = messages.filter((one) => one.channel === channel), tops = here.filter((one) => !one.thread_ts || one.thread_ts === one.ts);
  const rows = tops.map((one) => messageOf(one, here.filter((reply) => reply.thread_ts === one.ts && reply !== one)));
  const box = document.getElementById("chat"), newest = `${channel}/${here.length}`;
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 60, top = box.scrollTop;
  fill("chat", rows, "No message yet. Win a deal whose company has no SIRET to be asked about it here.");
  box.scrollTop = newest !== seen || atEnd ? box.scrollHeight : top;
  seen = newest;
}

function sections() {
  const presser = make("select", { id: "presser" });
  const tabs = make("div", { class: "tabs", id: "tabs", role: "tablist", "aria-label": "Conversations" });
  const panel = section("Slack", "chat", make("label", {}, "pressing as ", presser));
  panel.lastElementChild.before(tabs);
  return [panel];
}

function draw(now) {
  state = now;
  drawChat();
  return [[state.messages.length, "messages"]];
}

export default { label: "Slack", column: 1, order: 1, source: "/_control/state/slack", sections, draw };
