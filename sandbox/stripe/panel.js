// Stripe's part of the page: invoices with the money that moved for them, money that names no invoice, customers.

import { fill, link, make, minor, pill, refresh, section, trouble } from "/panels/shell.js";

const DECLINED = 402;

async function send({ path, form }) {
  const answer = await fetch(`/stripe${path}`, { method: "POST", headers: { "X-Sandbox-Actor": "dashboard" }, body: new URLSearchParams(form) });
  if (!answer.ok && answer.status !== DECLINED) throw new Error(`Stripe refused: ${(await answer.json()).error.message}`);
}

function button(action) {
  const element = make("button", { type: "button", class: "calm", text: action.label });
  element.addEventListener("click", async () => {
    element.disabled = true;
    try { await send(action); await refresh(); } catch (error) { trouble(error.message); element.disabled = false; }
  });
  return element;
}

function day(at) { return new Date(at * 1000).toLocaleDateString("fr-FR"); }

function moneyLine(line, currency) {
  return make("div", { class: `moved ${line.tone}` },
    make("span", { class: "what", text: line.at ? `${line.text}, ${day(line.at)}` : line.text }),
    make("span", { class: "amount", text: minor(line.amount, currency) }));
}

function moved(one) {
  return [...one.lines.map((line) => moneyLine(line, one.currency)), one.actions.length ? make("div", { class: "tools" }, ...one.actions.map(button)) : null];
}

function invoiceRow(invoice) {
  const due = invoice.due ? ` · due ${day(invoice.due)}` : "";
  const left = invoice.left ? ` · ${minor(invoice.left, invoice.currency)} left` : "";
  const vat = invoice.vat === null ? "no VAT" : `VAT ${minor(invoice.vat, invoice.currency)}`;
  return make("div", { class: "row plain invoice", id: invoice.id },
    make("div", { style: "min-width:0" },
      make("div", { class: "name" }, link(invoice.label, invoice.href), "  ", pill(invoice.state.text, invoice.state.tone)),
      make("div", { class: "note" }, make("bdi", { text: invoice.who }), due, left)),
    make("div", {}, make("div", { class: "amount name", text: minor(invoice.total, invoice.currency) }),
      make("div", { class: "amount note", text: `${minor(invoice.net, invoice.currency)} net, ${vat}` })),
    ...moved(invoice));
}

function unnamedRow(one) {
  return make("div", { class: "row plain invoice" },
    make("div", { class: "name" }, make("bdi", { text: one.who || "somebody who left no name" })), make("div", {}), ...moved(one));
}

function customerRow(customer) {
  const balance = customer.balance ? `${minor(-customer.balance, customer.currency)} ${customer.balance < 0 ? "credit" : "owed"}` : "";
  return make("div", { class: "row plain" },
    make("div", { style: "min-width:0" },
      make("div", { class: "name", title: customer.id }, make("bdi", { text: customer.name })),
      make("div", { class: "note" }, make("bdi", { text: customer.place || "no address" }))),
    make("div", { class: "amount" }, make("div", { class: "note", text: customer.email || "no e-mail" }), balance && make("div", { class: "note", text: balance })));
}

function draw(state) {
  fill("invoices", state.invoices.map(invoiceRow), "No invoice yet. Win a deal to see one.");
  fill("unnamed", state.unnamed.map(unnamedRow), "None. A payment by link, or a transfer that nobody expected, would stand here.");
  fill("customers", state.customers.map(customerRow), "No customer yet.");
  return [[state.invoices.length, "invoices"], [state.invoices.filter((one) => one.state.text === "paid").length, "paid"]];
}

export default {
  label: "Stripe", column: 1, order: 2, source: "/panels/stripe.json", draw,
  sections: () => [section("Invoices", "invoices"), section("Money that names no invoice", "unnamed"), section("Customers", "customers")],
};
