/** The platform's words for who writes. */
export const POLICY_WORDS: Readonly<Record<string, string>> = {
  server: "SERVER_AUTHORITATIVE",
  client: "CLIENT_AUTHORITATIVE",
};

/** The `writes` member of a definition, from the platform's write policy. */
export function writesOf(policy: string | null | undefined): { writes?: "server" | "client" } {
  if (policy == null) return {};
  return { writes: /^server/i.test(policy) ? "server" : "client" };
}
