// The code under test: an opt-out handler, which finds Tuco by two environment variables.

const OPT_OUT = new Set(["stop", "unsubscribe"]);

/** Cancel what waits for a lead that opts out; how many messages. Tries again when the connection breaks. */
export async function handleReply(phone, text, { apiKey = process.env.TUCO_API_KEY, attempts = 2 } = {}) {
  if (!OPT_OUT.has(text.trim().toLowerCase())) return 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await fetch(`${process.env.TUCO_BASE_URL}/api/messages/cancel-for-lead`, {
        method: "POST",
        headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
        body: JSON.stringify({ recipientPhone: phone }),
      });
      if (!answer.ok) throw new Error(`Tuco answered ${answer.status}: ${(await answer.json()).error}`);
      return (await answer.json()).cancelledCount;
    } catch (error) {
      if (!(error instanceof TypeError) || attempt === attempts) throw error; // fetch throws TypeError for the network
    }
  }
}
