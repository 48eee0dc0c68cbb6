// A CommonJS script without top-level await: nothing but the promise says that it is not over.
const [path, baseUrl, user] = process.argv.slice(2);
import("@questline/core").then(({ createQuestline, oncePerMatch, silentLogger, simple, sqliteStore }) => {
  const questline = createQuestline({
    app: { id: "1", secret: "test-secret" },
    store: sqliteStore(path),
    graph: { baseUrl },
    delivery: { windowMs: 0, backoffMs: 1_000 },
    logger: silentLogger,
    achievements: { FIRST_WIN: simple() },
    events: { matchEnded: oncePerMatch() },
    rules: { matchEnded: ({ unlock }) => [unlock("FIRST_WIN")] },
  });
  const { settled } = questline.match("m-1").report(user, "matchEnded", {});
  settled.then((end) => console.log(JSON.stringify(end)));
});
