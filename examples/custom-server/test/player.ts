import { WebSocket } from "ws";

export interface Message {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** A real WebSocket player that keeps what it heard. */
export interface TestPlayer {
  say(message: object): void;
  /** The next message of this type, those heard before included; each is given once. */
  hear(type: string): Promise<Message>;
  readonly closed: Promise<number>;
}

export async function connectPlayer(url: string): Promise<TestPlayer> {
  const socket = new WebSocket(url);
  const heard: Message[] = [];
  const waiting = new Map<string, (message: Message) => void>();
  socket.on("message", (data) => {
    const message = JSON.parse(String(data)) as Message;
    const wake = waiting.get(message.type);
    if (wake === undefined) heard.push(message);
    else {
      waiting.delete(message.type);
      wake(message);
    }
  });
  const closed = new Promise<number>((resolve) => socket.once("close", resolve));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  return {
    closed,
    say: (message) => socket.send(JSON.stringify(message)),
    hear(type) {
      const at = heard.findIndex((message) => message.type === type);
      const [message] = at === -1 ? [] : heard.splice(at, 1);
      return message === undefined ? new Promise((resolve) => waiting.set(type, resolve)) : Promise.resolve(message);
    },
  };
}
