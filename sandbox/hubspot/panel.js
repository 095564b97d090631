// HubSpot's part of the page: its deals, won and edited as their owner does it.

import { ask, fill, icon, link, list, make, money, pill, refresh, section, trouble } from "/panels/shell.js";

const BILLING = { issued: "", paid: "good", partially_paid: "warn", overdue: "warn", refunded: "warn", needs_attention: "bad", disputed: "bad" };
const PENCIL = "M11.5 2.5l2 2L5 13l-3 1 1-3z";
let state = null;

async function patch(path, properties, ownerId) {
  const owner = state.owners.find((one) => one.id === ownerId);
  const answer = await fetch(`/hubspot/crm/v3/objects/${path}`, {
    method: "PATCH",
    headers: { "Content-Type": "application/json", "X-Sandbox-Actor": `userId:${owner ? owner.userId : 70112233}` },
    body: JSON.stringify({ properties }),
  });
  if (!answer.ok) throw new Error(`HubSpot refused: ${(await answer.json()).message}`);
}

async function win(deal, stage, button) {
  button.disabled = true;
  try { await patch(`deals/${deal.id}`, { dealstage: stage }, deal.properties.hubspot_owner_id); await refresh(); }
  catch (error) { trouble(error.message); button.disabled = false; }
}

function primaryCompany(deal) {
  const linked = Object.entries(deal.associations.companies || {});
  const [id] = linked.find(([, types]) => list(types).some((type) => (type.typeId ?? type) === 5)) || linked[0] || [];
  return state.companies.find((one) => one.id === id);
}

async function edit(deal) {
  const company = primaryCompany(deal);
  const amount = make("input", { value: deal.properties.amount || "", inputmode: "decimal", autocomplete: "off" });
  const siret = company && make("input", { value: company.properties.siret || "", inputmode: "numeric", autocomplete: "off", autofocus: company.properties.siret ? undefined : "", placeholder: "14 digits" });
  const fields = [make("label", {}, "Amount of the deal", amount)];
  if (siret) fields.push(make("label", {}, "SIRET of its company", make("span", {}, make("bdi", { text: company.properties.name || company.id })), siret));
  if (!(await ask("Edit in HubSpot", fields, "Save", "Cancel"))) return;
  const owner = deal.properties.hubspot_owner_id;
  try {
    if (amount.value !== (deal.properties.amount || "")) await patch(`deals/${deal.id}`, { amount: amount.value }, owner);
    if (siret && siret.value !== (company.properties.siret || "")) await patch(`companies/${company.id}`, { siret: siret.value }, owner);
    await refresh();
  } catch (error) { trouble(error.message); }
}

function dealRow(deal, stages, companies) {
  const values = deal.properties, stage = stages[values.dealstage] || {};
  const company = Object.keys(deal.associations.companies || {}).map((id) => companies[id]).filter(Boolean).map((one) => one.properties.name);
  const owner = state.owners.find((one) => one.id === values.hubspot_owner_id);
  const tone = stage.won ? "good" : stage.closed ? "bad" : "";
  let button = null;
  if (!stage.closed) {
    const target = Object.values(stages).find((one) => one.won && one.pipeline === values.pipeline);
    button = make("button", { type: "button", text: "Win", title: `Set the stage to ${target.label}` });
    button.addEventListener("click", () => win(deal, target.id, button));
  }
  const pencil = make("button", { type: "button", class: "calm", title: "Edit amount or SIRET", "aria-label": "Edit amount or SIRET" }, icon(PENCIL));
  pencil.addEventListener("click", () => edit(deal));
  const number = values.billing_invoice_number, status = values.billing_status;
  return make("div", { class: "row deal" },
    make("div", { style: "min-width:0" },
      make("div", { class: "name", title: deal.id }, make("bdi", { text: values.dealname || deal.id })),
      make("div", { class: "note" }, make("bdi", { text: company.join(" + ") || "no company" }), owner ? ` · ${owner.firstName} ${owner.lastName}` : "")),
    make("div", { style: "min-width:0" }, pill(stage.label || values.dealstage, tone),
      status && make("div", {}, pill(status.replaceAll("_", " "), BILLING[status]))),
    make("div", {}, make("div", { class: "amount", text: money(values.amount, values.deal_currency_code) }),
      number && make("div", { class: "amount note" }, link(number, values.billing_invoice_url))),
    make("div", { class: "tools" }, button, pencil));
}

function draw(now) {
  state = now;
  const stages = {}, companies = {};
  for (const pipeline of state.pipelines) for (const stage of pipeline.stages) {
    const closed = stage.metadata.isClosed === "true";
    stages[stage.id] = { id: stage.id, label: stage.label, pipeline: pipeline.id, closed, won: closed && stage.metadata.probability === "1.0" };
  }
  for (const company of state.companies) companies[company.id] = company;
  const words = document.getElementById("filter").value.toLowerCase();
  const rows = state.deals.filter((deal) => !deal.archived).map((deal) => dealRow(deal, stages, companies));
  fill("deals", rows.filter((row) => row.textContent.toLowerCase().includes(words)), "No deal matches.");
  return [[state.deals.filter((deal) => (stages[deal.properties.dealstage] || {}).won).length, "deals won"]];
}

function sections() {
  const filter = make("input", { id: "filter", type: "search", placeholder: "Filter deals", "aria-label": "Filter deals" });
  filter.addEventListener("input", () => state && draw(state));
  return [section("Deals", "deals", filter)];
}

export default { label: "HubSpot", column: 0, order: 0, source: "/_control/state/hubspot", sections, draw };
