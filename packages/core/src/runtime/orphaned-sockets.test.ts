import { describe, expect, test } from "vitest";
import { orphanedSockets, type ProcFiles } from "./orphaned-sockets.ts";

const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                                                     \n";
const HEAD6 =
  "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";

/** Rows as Linux 6.18 shows them; the platform is 198.18.2.2:8080. */
const rows = {
  listening:
    "   0: 00000000:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 547 1 0000000015c84ba6 100 0 0 10 0                       \n",
  /** Eight bytes on the way, its process alive. */
  alive:
    "   1: 020112C6:8F92 020212C6:1F90 01 00000008:00000000 01:0000000F 00000001     0        0 176809 2 0000000069b34660 40 0 0 1 -1                     \n",
  /** The same a moment after SIGKILL: nobody's, and one more for its FIN. */
  orphan:
    "   2: 020112C6:8F92 020212C6:1F90 04 00000009:00000000 01:00000048 00000002     0        0 0 2 0000000069b34660 81 0 0 1 -1                          \n",
  /** An idle connection after SIGKILL: only its FIN is not acknowledged. */
  onlyFin:
    "   0: 020112C6:BA38 020212C6:1F90 04 00000001:00000000 01:0000000C 00000000     0        0 0 2 00000000481464b1 20 0 0 11 -1                         \n",
  timeWait:
    "   4: 020112C6:8F92 020212C6:1F90 06 00000000:00000000 03:000015F4 00000000     0        0 0 3 0000000001462cd7                                      \n",
  /** One of a server's own clients, whose process answered and died. */
  toClient:
    "   5: 020112C6:1F90 020212C6:8F92 04 00000009:00000000 01:00000048 00000002     0        0 0 2 0000000069b34661 81 0 0 1 -1                          \n",
};
const orphan6 =
  "   1: B80D0120000000000000000002000000:ADA8 B80D0120000000000000000001000000:1F90 09 000000C9:00000000 01:0000004F 00000002     0        0 0 2 00000000eeedb15f 81 4 0 1 -1\n";

const gone = (code: string): never => {
  throw Object.assign(new Error(code), { code });
};

function files(texts: Readonly<Record<string, string>>): ProcFiles {
  const all: Readonly<Record<string, string>> = {
    "/proc/sys/kernel/random/boot_id": "6a1b2c3d-0000-4000-8000-000000000001\n",
    "/proc/self/ns/net": "net:[4026531840]",
    ...texts,
  };
  const read = (path: string): string => all[path] ?? gone("ENOENT");
  return { text: read, link: read };
}

const look = (tcp: string, tcp6?: string) =>
  orphanedSockets(8080, files({ "/proc/net/tcp": HEAD + tcp, ...(tcp6 && { "/proc/net/tcp6": HEAD6 + tcp6 }) }));

describe("sockets that outlived their process", () => {
  test("are found in either table, while bytes of theirs are not acknowledged", () => {
    expect(look(rows.listening + rows.orphan)).toEqual({
      kernel: "6a1b2c3d-0000-4000-8000-000000000001/net:[4026531840]",
      lingering: true,
    });
    expect(look("", orphan6).lingering).toBe(true);
  });

  test.each(["listening", "alive", "onlyFin", "timeWait", "toClient"] as const)("are none of these: %s", (row) => {
    expect(look(rows[row]).lingering).toBe(false);
  });

  test("to another port are not the platform's", () => {
    expect(orphanedSockets(443, files({ "/proc/net/tcp": HEAD + rows.orphan })).lingering).toBe(false);
  });

  test("are not told apart where the tables cannot be read", () => {
    expect(orphanedSockets(443, files({}))).toEqual({ kernel: undefined, lingering: true });
    const hidden: ProcFiles = {
      ...files({ "/proc/net/tcp": HEAD }),
      text: (path) => (path === "/proc/net/tcp6" ? gone("EACCES") : "a text"),
    };
    expect(orphanedSockets(443, hidden)).toEqual({ kernel: undefined, lingering: true });
  });

  test("are looked for in this machine's own tables, where it has any", () => {
    const kernel = expect.stringMatching(/^[\da-f-]{36}\/net:\[\d+\]$/);
    const isLinux = process.platform === "linux";
    expect(orphanedSockets(1)).toEqual(isLinux ? { kernel, lingering: false } : { kernel: undefined, lingering: true });
  });
});
