// Run by: tuco-mock exec -- node --test

import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { handleReply } from "./opt_out.mjs";
import { makeTuco } from "./tuco.mjs";

const PHONE = "+14155550100";
let tuco;

beforeEach(async () => {
  tuco = await makeTuco();
});
afterEach(() => tuco.drop());

test("Stop cancels everything that waits", async () => {
  const lead = await tuco.addLead({ phone: PHONE });
  await tuco.addMessage({ leadId: lead.id, status: "queued" });
  await tuco.addMessage({ leadId: lead.id, status: "scheduled", job: "active" });

  assert.equal(await handleReply(PHONE, "Stop", tuco), 2);

  assert.deepEqual((await tuco.messages()).map((message) => message.status), ["cancelled", "cancelled"]);
});

test("a friendly answer cancels nothing", async () => {
  assert.equal(await handleReply(PHONE, "Tell me more", tuco), 0);

  assert.deepEqual(await tuco.requests(), []);
});

test("the answer is lost, the change is made, and a second attempt does no harm", async () => {
  const lead = await tuco.addLead({ phone: PHONE });
  await tuco.addMessage({ leadId: lead.id, status: "queued" });
  await tuco.addFault({ effect: { drop: "reset" }, phase: "after", times: 1 });

  await handleReply(PHONE, "Stop", tuco);

  assert.deepEqual((await tuco.messages()).map((message) => message.status), ["cancelled"]);
  assert.deepEqual((await tuco.requests()).map((request) => request.status), [null, 200]);
});

for (const [drop, code] of [["reset", "ECONNRESET"], ["empty", "UND_ERR_SOCKET"]]) {
  test(`fetch reports ${code} when the connection ends with: ${drop}`, async () => {
    await tuco.addFault({ effect: { drop } });

    await assert.rejects(handleReply(PHONE, "Stop", { ...tuco, attempts: 1 }), (error) => {
      assert.equal(error.message, "fetch failed");
      assert.equal(error.cause.code, code);
      return true;
    });
  });
}

test("a refusal is passed on", async () => {
  await tuco.addFault({ effect: { status: 500, body: { error: "not today" } } });

  await assert.rejects(handleReply(PHONE, "Stop", tuco), /500: not today/);
});
