import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export interface CountingProxy extends Disposable {
  readonly url: string;
  /** How often the client has spoken after the server had, since `reset`: the round trips. */
  turns(): number;
  reset(): void;
  /** Cuts every connection, as a failing network does. */
  cut(): void;
}

/** A TCP proxy before the server of `target` that counts round trips. */
export async function countingProxy(target: string): Promise<CountingProxy> {
  const url = new URL(target);
  const { hostname, port } = url;
  const sockets = new Set<Socket>();
  let turns = 0;
  let clientSpoke = false;
  const server = createServer((client) => {
    const upstream = connect(Number(port || 5432), hostname);
    for (const socket of [client, upstream]) sockets.add(socket.on("error", () => socket.destroy()));
    client.on("data", (chunk) => {
      if (!clientSpoke) turns++;
      clientSpoke = true;
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      clientSpoke = false;
      client.write(chunk);
    });
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    turns: () => turns,
    reset: () => (turns = 0),
    cut,
    [Symbol.dispose]() {
      cut();
      server.close();
    },
  };
}
