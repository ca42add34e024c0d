// Looks at a queue with the official client, once a line of its input, and answers a line of JSON each:
// "look", or "remove <job id>". Arguments: where the packages are, the Redis, BullMQ's prefix, the queue's name.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [packages, url, prefix, name] = process.argv.slice(2);
const { Queue } = createRequire(packages + "/")("bullmq");
const { hostname: host, port, pathname } = new URL(url);
const connection = { host, port: Number(port), db: Number(pathname.slice(1) || 0) };
const queue = new Queue(name, { prefix, connection, skipMetasUpdate: true });

const STATES = ["active", "prioritized", "delayed"];

async function look() {
  const jobs = [];
  for (const state of STATES) {
    for (const job of await queue.getJobs([state], 0, -1, true)) {
      const { id, data, delay, timestamp, priority } = job;
      jobs.push({ id, state: await job.getState(), name: job.name, data, dueAt: timestamp + delay, priority });
    }
  }
  return { counts: await queue.getJobCounts("wait", ...STATES, "completed", "failed"), jobs };
}

for await (const line of createInterface({ input: process.stdin })) {
  const [command, id] = line.split(" ");
  if (command === "remove") await queue.remove(id);
  console.log(JSON.stringify(await look()));
}
await queue.close();
