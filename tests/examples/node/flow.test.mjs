// Run by: tuco-mock exec -- node --test
//
// The whole loop: leads are imported and enrolled, time passes, one of them says stop, a signed webhook comes to this
// process, and nothing more is sent.

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { makeTuco } from "./tuco.mjs";
import { optOuts } from "./webhooks.mjs";

const [JANE, JOE] = ["+14155550100", "+14155550101"];
let tuco, service, secret, leads;

beforeEach(async () => {
  tuco = await makeTuco({ worker: "auto", state: { clock: "2026-03-13T17:00:00Z" } });
  await tuco.addLine({ phone: "+16462230920" });
  service = optOuts({ apiKey: tuco.apiKey, secret: () => secret });
  await new Promise((listening) => service.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${service.address().port}/tuco`;
  ({ secret } = await tuco.call("POST", "/api/webhooks", { url, events: ["message.reply"], name: "opt-outs" }));

  const campaign = await tuco.addCampaign({ name: "Spring", steps: [{ message: "Hi {firstName|there}" }] });
  const people = [{ firstName: "Jane", phone: JANE }, { firstName: "Joe", phone: JOE }];
  leads = (await tuco.call("POST", "/api/leads", { leads: people })).leadIds;
  for (const leadId of leads) {
    await tuco.call("POST", `/api/campaigns/${campaign.id}/leads`, { leadId });
    const invoice = { leadId, message: "Your invoice", scheduledDate: "2026-03-20T09:00:00Z" };
    await tuco.call("POST", "/api/messages", invoice);
  }
});
afterEach(async () => {
  await tuco.drop();
  await new Promise((closed) => service.close(closed));
});

const sentTo = async (lead) =>
  (await tuco.messages()).filter((each) => each.leadId === lead && each.sentAt).map((each) => each.message);
const outcomes = async () => (await tuco.deliveries()).map(({ state, status }) => [state, status]);

test("nothing is sent after stop", async () => {
  await tuco.clock({ advance: "1d" });
  assert.deepEqual([await sentTo(leads[0]), await sentTo(leads[1])], [["Hi Jane"], ["Hi Joe"]]);

  await tuco.reply({ recipientPhone: JANE, message: "Stop" });
  await tuco.clock({ advance: "14d" }); // which first waits for the webhook to be answered

  assert.deepEqual(await outcomes(), [["delivered", 200]]);
  assert.deepEqual(await sentTo(leads[0]), ["Hi Jane"]);
  assert.deepEqual(await sentTo(leads[1]), ["Hi Joe", "Your invoice"]);
});

test("a webhook that is signed with an old secret is refused, and can be sent again", async () => {
  await tuco.clock({ advance: "1d" });
  await tuco.breakWebhooks({ effect: "rotatedSecret", times: 1 });

  await tuco.reply({ recipientPhone: JANE, message: "Stop" });
  const [refused] = await tuco.deliveries();
  assert.deepEqual([refused.state, refused.status, refused.response], ["failed", 401, "wrong signature"]);

  await tuco.redeliver(refused.id);
  assert.deepEqual(await outcomes(), [["failed", 401], ["delivered", 200]]);
  await tuco.clock({ advance: "14d" });
  assert.deepEqual(await sentTo(leads[0]), ["Hi Jane"]);
});

test("a webhook that is lost is not made up for by anybody", async () => {
  await tuco.clock({ advance: "1d" });
  await tuco.breakWebhooks({ effect: "lose", times: 1 });

  await tuco.reply({ recipientPhone: JANE, message: "Stop" });
  await tuco.clock({ advance: "14d" });

  assert.deepEqual(await outcomes(), [["lost", null]]);
  assert.deepEqual(await sentTo(leads[0]), ["Hi Jane", "Your invoice"]); // which the service should not have let happen
});
