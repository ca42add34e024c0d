// The code under test: a service that takes Tuco's webhooks, and cancels what waits for a lead that opts out.

import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const OPT_OUT = new Set(["stop", "unsubscribe"]);

function isTucos(raw, signature, secret) {
  const signed = createHmac("sha256", secret).update(raw).digest();
  const given = Buffer.from(signature ?? "", "hex");
  return given.length === signed.length && timingSafeEqual(given, signed);
}

/** The service, not yet listening. It answers once the cancellation is made, so that a failure counts as one. */
export function optOuts({ apiKey, secret, baseUrl = process.env.TUCO_BASE_URL }) {
  async function handle(raw, signature) {
    if (!isTucos(raw, signature, secret())) return [401, "wrong signature"];
    const { event, message, leadId } = JSON.parse(raw);
    if (event !== "message.reply" || !OPT_OUT.has(message.trim().toLowerCase())) return [200, "OK"];
    const answer = await fetch(`${baseUrl}/api/messages/cancel-for-lead`, {
      method: "POST",
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      body: JSON.stringify({ leadId }),
    });
    return answer.ok ? [200, "OK"] : [502, `Tuco answered ${answer.status}`];
  }
  return createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part); // the very bytes that were signed
    const [status, text] = await handle(Buffer.concat(parts), request.headers["x-tuco-signature"]);
    response.writeHead(status).end(text);
  });
}
