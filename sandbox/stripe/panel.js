// Stripe's part of the page: its invoices and customers.

import { fill, link, list, make, minor, pill, section } from "/panels/shell.js";

const INVOICE = { draft: "", open: "warn", paid: "good", void: "bad", uncollectible: "bad" };

function taxes(invoice) {
  const rows = invoice.total_taxes || invoice.total_tax_amounts || [];
  const total = rows.reduce((sum, row) => sum + row.amount, 0);
  return rows.length ? `VAT ${minor(total, invoice.currency)}` : invoice.tax ? `VAT ${minor(invoice.tax, invoice.currency)}` : "no VAT";
}

function invoiceRow(invoice, customers) {
  const id = typeof invoice.customer === "object" && invoice.customer ? invoice.customer.id : invoice.customer;
  const name = invoice.customer_name || (customers[id] || {}).name || id;
  const due = invoice.due_date ? `due ${new Date(invoice.due_date * 1000).toLocaleDateString("fr-FR")}` : "";
  const paid = invoice.status === "open" && invoice.amount_paid > 0 ? `${minor(invoice.amount_paid, invoice.currency)} paid` : "";
  const net = invoice.total_excluding_tax ?? invoice.subtotal;
  return make("div", { class: "row plain", id: invoice.id },
    make("div", { style: "min-width:0" },
      make("div", { class: "name" }, link(invoice.number || invoice.id, invoice.hosted_invoice_url), "  ", pill(invoice.status || "draft", INVOICE[invoice.status])),
      make("div", { class: "note" }, make("bdi", { text: name }), ...[due, paid].filter(Boolean).map((part) => ` · ${part}`))),
    make("div", {}, make("div", { class: "amount name", text: minor(invoice.total, invoice.currency) }),
      make("div", { class: "amount note", text: `${minor(net, invoice.currency)} net, ${taxes(invoice)}` })));
}

function customerRow(customer) {
  const address = customer.address || {};
  const place = [address.line1, [address.postal_code, address.city].filter(Boolean).join(" "), address.country].filter(Boolean).join(", ");
  return make("div", { class: "row plain" },
    make("div", { style: "min-width:0" },
      make("div", { class: "name", title: customer.id }, make("bdi", { text: customer.name || customer.id })),
      make("div", { class: "note" }, make("bdi", { text: place || "no address" }))),
    make("div", { class: "note", text: customer.email || "no e-mail" }));
}

function draw(state) {
  const customers = {};
  for (const customer of list(state.customers)) customers[customer.id] = customer;
  const invoices = list(state.invoices).slice().sort((a, b) => (b.created || 0) - (a.created || 0));
  fill("invoices", invoices.map((one) => invoiceRow(one, customers)), "No invoice yet. Win a deal to see one.");
  fill("customers", Object.values(customers).map(customerRow), "No customer yet.");
  return [[invoices.length, "invoices"], [invoices.filter((one) => one.status === "paid").length, "paid"]];
}

export default {
  label: "Stripe", column: 0, order: 2, source: "/_control/state/stripe", draw,
  sections: () => [section("Invoices", "invoices"), section("Customers", "customers")],
};
