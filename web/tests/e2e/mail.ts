/** A mail server on this machine, which takes messages or refuses whom they are for. */
import { type AddressInfo, createServer, type Socket } from "node:net";

export interface MailServer {
  port: number;
  /** Otherwise recipients are refused for good. */
  takes: boolean;
  /** What was taken, as it came. */
  taken: string[];
  stop: () => void;
}

export async function mailServer(): Promise<MailServer> {
  const sockets = new Set<Socket>();
  const mail: MailServer = { port: 0, takes: true, taken: [], stop: () => undefined };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    talk(socket, mail);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  mail.port = (server.address() as AddressInfo).port;
  mail.stop = () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return mail;
}

/** As little of RFC 5321 as there is to taking a message. */
function talk(socket: Socket, mail: MailServer): void {
  let heard = "";
  let isMessage = false;
  const say = (line: string) => socket.write(`${line}\r\n`);
  const answer = (said: string) => {
    const verb = said.slice(0, 4).toUpperCase();
    if (isMessage) {
      isMessage = false;
      mail.taken.push(said);
      say("250 taken");
    } else if (verb === "DATA") {
      isMessage = true;
      say("354 go on");
    } else if (verb === "RCPT" && !mail.takes) say("550 there is no such mailbox");
    else if (verb === "QUIT") socket.end("221 until next time\r\n");
    else say("250 well");
  };
  socket.on("data", (piece: Buffer) => {
    heard += piece.toString("utf8");
    for (;;) {
      const end = isMessage ? "\r\n.\r\n" : "\r\n";
      const at = heard.indexOf(end);
      if (at === -1) return;
      const said = heard.slice(0, at);
      heard = heard.slice(at + end.length);
      answer(said);
    }
  });
  say("220 ready");
}
