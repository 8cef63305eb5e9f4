declare module "smtp-server" {
  import type { Server } from "node:net";
  import type { Readable } from "node:stream";

  type Done = (err?: Error | null) => void;

  export class SMTPServer {
    constructor(options: {
      authOptional?: boolean;
      allowInsecureAuth?: boolean;
      secure?: boolean;
      disabledCommands?: string[];
      onAuth?(auth: object, session: object, done: Done): void;
      onData?(stream: Readable, session: object, done: Done): void;
    });
    readonly server: Server;
    on(event: "error", heard: (err: Error) => void): this;
    listen(port: number, host: string, listening: () => void): void;
    close(closed: () => void): void;
  }
}
