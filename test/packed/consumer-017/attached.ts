import { Room, type Client } from "@colyseus/core";
import { attach, questlineAuth, type Attached } from "@questline/colyseus/attach";
import { simple, createQuestline, memoryStore, oncePerMatch } from "@questline/core";

const questline = createQuestline({
  app: { id: "1", secret: "test-secret" },
  store: memoryStore(),
  achievements: { FIRST_WIN: simple() },
  events: { matchEnded: oncePerMatch<{ readonly won: boolean }>() },
  rules: { matchEnded: ({ unlock }) => [unlock("FIRST_WIN").when((e) => e.won)] },
});

interface ArenaState {
  readonly phase: string;
  readonly winner: string;
}

export class ArenaRoom extends Room {
  static override onAuth = questlineAuth(questline);
  questline!: Attached<typeof questline.events>;

  override onCreate(): void {
    this.questline = attach(this, questline, {
      watch: [
        {
          event: "matchEnded",
          state: ({ phase }: ArenaState) => phase === "ended",
          results: ({ winner }, { sessionId }) => ({ won: winner === sessionId }),
        },
        { event: "matchEnded", broadcast: { aborted: () => ({ won: false }) } },
      ],
    });
  }

  over(winner: Client): void {
    this.questline.report(winner, "matchEnded", { won: true });
    this.questline.endMatch("matchEnded", ({ sessionId }) => ({ won: sessionId === winner.sessionId }));
    // @ts-expect-error A payload of another shape.
    this.questline.report(winner, "matchEnded", { won: 1 });
  }
}
