// A platform that answers at once and remembers nothing: raw sockets, so that it is not what is measured.
import { createServer, type AddressInfo } from "node:net";
import { achievements, leaderboards } from "../game.ts";

const SILENT = "/silent";
const definitions = JSON.stringify({
  data: Object.entries(achievements).map(([name, definition], index) => ({
    id: String(9_000 + index),
    api_name: name,
    achievement_type: definition.type.toUpperCase(),
    achievement_write_policy: "SERVER_AUTHORITATIVE",
    ...("target" in definition && { target: Number(definition.target) }),
    is_archived: false,
  })),
});
const boards = JSON.stringify({
  data: Object.entries(leaderboards).map(([name, definition], index) => ({
    id: String(9_500 + index),
    api_name: name,
    sort_order: definition.sort === "lower-is-better" ? "LOWER_IS_BETTER" : "HIGHER_IS_BETTER",
    entry_write_policy: "SERVER_AUTHORITATIVE",
  })),
});

/** Undefined: no answer at all. */
function answerTo(method: string, target: string, body: string): string | undefined {
  const silent = target.startsWith(SILENT);
  const path = (silent ? target.slice(SILENT.length) : target).split("?", 1)[0] ?? "";
  if (path.endsWith("/achievement_definitions")) return definitions;
  if (path.endsWith("/leaderboards")) return boards;
  if (silent) return undefined;
  if (path === "/leaderboard_submit_entry") return '{"id":"77","did_update":true}';
  if (!path.endsWith("/achievements")) return '{"error":{"message":"unknown path","code":100}}';
  if (method === "GET") return '{"data":[]}';
  return `{"id":"78","api_name":"${/(?:^|&)api_name=([^&]*)/.exec(body)?.[1] ?? ""}","just_unlocked":false}`;
}

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  let received = "";
  socket.on("data", (chunk) => {
    received += chunk.toString("latin1");
    for (;;) {
      const head = received.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/\r\ncontent-length: *(\d+)/i.exec(received.slice(0, head))?.[1] ?? 0);
      const end = head + 4 + length;
      if (received.length < end) return;
      const [method = "", target = ""] = received.slice(0, received.indexOf("\r\n")).split(" ", 2);
      const answer = answerTo(method, target, received.slice(head + 4, end));
      received = received.slice(end);
      if (answer === undefined) continue;
      socket.write(
        `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${answer.length}\r\n\r\n${answer}`,
        "latin1",
      );
    }
  });
});

process.on("disconnect", () => process.exit(0));
server.listen(0, "127.0.0.1", () => {
  process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
