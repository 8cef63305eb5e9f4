/**
 * A closed-loop HTTP/1.1 load generator over raw sockets: the requests' bytes are made once, an answer is scanned for
 * its end and otherwise not looked at. `bun bench/builtin-load.ts '{"target":{…},"connections":64,"seconds":4}'`.
 */
import type { Socket } from "bun";
import type { Sample, Target } from "./subject.ts";

interface Connection {
  sentAt: number;
  buffered: string;
}

const { target, connections, seconds } = JSON.parse(Bun.argv[2] ?? "{}") as {
  target: Target;
  connections: number;
  seconds: number;
};
const url = new URL(target.url);
const requests = (target.turns ?? [{}]).map((own) =>
  Buffer.from(head({ ...target, headers: { ...target.headers, ...own } }, url) + (target.body ?? "")),
);

const latencies: number[] = [];
let errors = 0;
let sent = 0;
let running = true;

const sockets = await Promise.all(Array.from({ length: connections }, open));
const started = performance.now();
for (const socket of sockets) send(socket);
await Bun.sleep(seconds * 1000);
running = false;
const elapsed = (performance.now() - started) / 1000;
for (const socket of sockets) socket.end();

latencies.sort((a, b) => a - b);
const at = (share: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? 0;
const sample: Sample = {
  requests: latencies.length,
  seconds: elapsed,
  p50: at(0.5),
  p99: at(0.99),
  max: at(1),
  errors,
};
console.log(JSON.stringify(sample));
process.exit(0);

function head({ method = "GET", headers = {}, body }: Target, { pathname, search, host }: URL): string {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const lines = Object.entries({ host, ...headers, ...length }).map(([key, value]) => `${key}: ${value}\r\n`);
  return `${method} ${pathname}${search} HTTP/1.1\r\n${lines.join("")}\r\n`;
}

async function open(): Promise<Socket<Connection>> {
  return await Bun.connect<Connection>({
    hostname: url.hostname,
    port: Number(url.port || 80),
    data: { sentAt: 0, buffered: "" },
    socket: {
      data: receive,
      error: () => void errors++,
      close: () => void (running && errors++),
    },
  });
}

function send(socket: Socket<Connection>): void {
  socket.data.sentAt = performance.now();
  socket.write(requests[sent++ % requests.length] as Buffer);
}

function receive(socket: Socket<Connection>, chunk: Buffer): void {
  const text = socket.data.buffered + chunk.toString("latin1");
  if (!complete(text)) {
    socket.data.buffered = text;
    return;
  }
  socket.data.buffered = "";
  if (!running) return;
  latencies.push(performance.now() - socket.data.sentAt);
  if (text.charCodeAt(9) !== 50) errors++; // "HTTP/1.1 2xx"
  send(socket);
}

/** Whether the answer has ended: by its Content-Length, or by the last chunk. */
function complete(text: string): boolean {
  const end = text.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(text.slice(0, end));
  return length ? text.length >= end + 4 + Number(length[1]) : text.endsWith("0\r\n\r\n");
}
