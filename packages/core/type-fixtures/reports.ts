import { match } from "./game.ts";

const ended = { won: true, map: 3, timeMs: 81_250 };

match.report("1", "matchEnded", ended);
match.report("1", "kill", { weapon: "bow" }, { id: "k-1" });
match.report("1", "kill", { weapon: "bow" });
match.report("1", "matchEndd", ended); // expect: Argument of type '"matchEndd"' is not assignable to parameter of type '"kill" | "matchEnded"'
match.report("1", "matchEnded", ended, { id: "e-1" }); // expect: Expected 3 arguments, but got 4
match.report("1", "kill", { weapon: 7 }); // expect: Type 'number' is not assignable to type 'string'
match.report("1", "kill", { weapon: "bow", range: 3 }); // expect: 'range' does not exist in type '{ readonly weapon: string; }'
match.report("1", "kill", { weapon: "bow" }, { key: "k-1" }); // expect: 'key' does not exist in type 'Occurrence'
match.report(1, "kill", { weapon: "bow" }); // expect: Argument of type 'number' is not assignable to parameter of type 'string'
