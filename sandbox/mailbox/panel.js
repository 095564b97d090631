// The mailbox's part of the page: every mail that was sent.

import { fill, list, make, section } from "/panels/shell.js";

function mailRow(mail) {
  return make("details", { class: "row" },
    make("summary", {},
      make("div", { class: "name" }, make("bdi", { text: mail.subject || "(no subject)" })),
      make("div", { class: "note", text: `to ${list(mail.to).join(", ")} · ${new Date(mail.date).toLocaleString("fr-FR")}` })),
    ...mail.attachments.map((file) => make("div", { class: "note", text: `${file.name} · ${Math.ceil(file.size / 1024)} KB` })),
    make("pre", { dir: "auto", text: mail.text || (mail.html || "").replace(/<[^>]*>/g, " ") || "(empty)" }));
}

function draw(mails) {
  fill("mails", mails.slice().reverse().map(mailRow), "No mail yet. As Stripe does, the sandbox sends none with a test key, unless it was started with --mail.");
  return [[mails.length, "mails"]];
}

export default { column: 1, order: 3, source: "/_control/emails", draw, sections: () => [section("Mail", "mails")] };
