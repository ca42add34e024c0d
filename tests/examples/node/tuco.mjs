// A workspace for a test, over the mock's control plane: everything a test in any language needs is HTTP and JSON.

const SERVER = process.env.TUCO_MOCK_URL; // set by `tuco-mock exec`

async function ask(method, path, body) {
  const answer = await fetch(`${SERVER}/_tuco${path}`, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.detail);
  return found;
}

/** Make a workspace: nobody else sees what is done in it. */
export async function makeTuco(settings = {}) {
  const { id, apiKeys } = await ask("POST", "/workspaces", settings);
  const at = (path) => `/workspaces/${id}${path}`;
  const settled = () => ask("POST", at("/deliveries/wait")); // answered when no webhook is on its way
  return {
    apiKey: apiKeys[0],
    /** Call the simulated API. */
    async call(method, path, body) {
      const headers = { authorization: `Bearer ${apiKeys[0]}`, "content-type": "application/json" };
      const answer = await fetch(SERVER + path, { method, headers, body: JSON.stringify(body) });
      const found = await answer.json();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}: ${found.error}`);
      return found;
    },
    clock: (change) => ask("POST", at("/clock"), change),
    addLine: (line) => ask("POST", at("/lines"), line),
    addCampaign: (campaign) => ask("POST", at("/campaigns"), campaign),
    reply: (reply) => ask("POST", at("/replies"), reply),
    breakWebhooks: (rule) => ask("PATCH", at("/webhook-lab"), rule),
    deliveries: async () => (await settled(), (await ask("GET", at("/deliveries"))).deliveries),
    redeliver: (id) => ask("POST", at(`/deliveries/${id}/redeliver`)),
    addLead: (lead) => ask("POST", at("/leads"), lead),
    addMessage: (message) => ask("POST", at("/messages"), message),
    messages: async () => (await ask("GET", at("/messages"))).messages,
    requests: async () => (await ask("GET", at("/requests"))).requests,
    addFault: (fault) => ask("PATCH", at("/faults"), fault),
    drop: () => ask("DELETE", at("")),
  };
}
