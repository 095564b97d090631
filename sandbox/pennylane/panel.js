// Pennylane's part of the page: invoices with the money that moved for them, money that waits, customers.

import { fill, make, money, pill, refresh, section, trouble } from "/panels/shell.js";

const NAMES = ["pennylane-invoices", "pennylane-money", "pennylane-customers"];

async function send({ method, path, body }) {
  const headers = { "X-Sandbox-Actor": "claire", "Content-Type": "application/json" };
  const answer = await fetch(`/pennylane${path}`, { method, headers, body: body && JSON.stringify(body) });
  if (answer.ok) return;
  const said = await answer.json();
  throw new Error(`Pennylane refused: ${said.message || said.error}`);
}

function button(action) {
  const element = make("button", { type: "button", class: "calm", text: action.label });
  element.addEventListener("click", async () => {
    element.disabled = true;
    try { await send(action); await refresh(); } catch (error) { trouble(error.message); element.disabled = false; }
  });
  return element;
}

function day(text) { return text.split("-").reverse().join("/"); }

function moved(line, currency) {
  return make("div", { class: `moved ${line.tone}` },
    make("span", { class: "what", text: line.at ? `${line.text}, ${day(line.at)}` : line.text }),
    line.amount !== null && make("span", { class: "amount", text: money(line.amount, currency) }));
}

function invoiceRow(one) {
  const due = one.due ? ` · due ${day(one.due)}` : "";
  const left = one.left !== "0.00" && one.left !== one.gross ? ` · ${money(one.left, one.currency)} left` : "";
  return make("div", { class: "row plain invoice", id: `pennylane-${one.id}` },
    make("div", { style: "min-width:0" },
      make("div", { class: "name" }, make("span", { text: one.label }), "  ", pill(one.state.text, one.state.tone)),
      make("div", { class: "note" }, make("bdi", { text: one.who }), due, left)),
    make("div", {}, make("div", { class: "amount name", text: money(one.gross, one.currency) }),
      make("div", { class: "amount note", text: `${money(one.net, one.currency)} net, VAT ${money(one.vat, one.currency)}` })),
    ...one.lines.map((line) => moved(line, one.currency)),
    one.actions.length ? make("div", { class: "tools" }, ...one.actions.map(button)) : "");
}

function transactionRow(one) {
  return make("div", { class: "row plain" },
    make("div", { style: "min-width:0" }, make("div", { class: "name" }, make("bdi", { text: one.label })), make("div", { class: "note", text: day(one.date) })),
    make("div", { class: "amount name", text: money(one.left, one.currency) }));
}

function customerRow(one) {
  const at = one.billing_address;
  return make("div", { class: "row plain" },
    make("div", { style: "min-width:0" },
      make("div", { class: "name", title: String(one.id) }, make("bdi", { text: one.name })),
      make("div", { class: "note" }, make("bdi", { text: `${at.address}, ${at.postal_code} ${at.city}, ${at.country_alpha2}` }))),
    make("div", { class: "amount note", text: one.emails.join(", ") || "no e-mail" }));
}

// A company that nobody uses takes no place on the page.
function draw(state) {
  const used = state.invoices.length + state.unmatched.length + state.customers.length > 0;
  for (const name of NAMES) document.getElementById(`${name}-panel`).hidden = !used;
  fill("pennylane-invoices", state.invoices.map(invoiceRow), "No invoice.");
  fill("pennylane-money", state.unmatched.map(transactionRow), "None.");
  fill("pennylane-customers", state.customers.map(customerRow), "No customer.");
  return [];
}

export default {
  label: "Pennylane", column: 1, order: 7, source: "/panels/pennylane.json", draw,
  sections: () => [section("Pennylane: invoices", "pennylane-invoices"), section("Pennylane: money without an invoice", "pennylane-money"), section("Pennylane: customers", "pennylane-customers")],
};
