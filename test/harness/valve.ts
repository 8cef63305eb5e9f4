import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** A TCP proxy before the server of `target` that can stop passing anything on while its connections stay open. */
export interface Valve extends AsyncDisposable {
  readonly url: string;
  /** From now on bytes are kept, in both directions, of new connections too. */
  shut(): void;
  /** From now on connections are cut at once, as by a server that isn't there. */
  refuse(): void;
  /** What was kept goes on its way, and new connections are taken. */
  open(): void;
  /** Cuts every connection. */
  cut(): void;
  /** New connections go to this server; those that there are stay where they are. */
  lead(target: string): void;
}

/** @param altered what the client gets to see of the server's bytes. */
export async function openValve(target: string, altered: (chunk: Buffer) => Buffer = (chunk) => chunk): Promise<Valve> {
  const url = new URL(target);
  let { hostname, port } = url;
  const sockets = new Set<Socket>();
  let shut = false;
  let refusing = false;
  const pass = (from: Socket, to: Socket, through = (chunk: Buffer) => chunk) => {
    from.on("data", (chunk: Buffer) => to.write(through(chunk)));
    from.on("error", () => from.destroy());
    from.on("close", () => {
      sockets.delete(from);
      to.destroy();
    });
    sockets.add(from);
    if (shut) from.pause();
  };
  const server = createServer((client) => {
    if (refusing) return client.destroy();
    const upstream = connect(Number(port || 5432), hostname);
    pass(client, upstream);
    pass(upstream, client, altered);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  const cut = () => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    shut() {
      shut = true;
      for (const socket of sockets) socket.pause();
    },
    refuse() {
      refusing = true;
      cut();
    },
    open() {
      shut = refusing = false;
      for (const socket of sockets) socket.resume();
    },
    cut,
    lead(target) {
      ({ hostname, port } = new URL(target));
    },
    async [Symbol.asyncDispose]() {
      cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
