import * as z from "zod";
import { readClaims, type AttestationClaims } from "./attestation-claims.ts";
import type { Caller, CallOptions } from "./call.ts";
import { checkAttestationToken } from "./inputs.ts";
import { unwrapped } from "./unwrap.ts";
import { reveal, type Secret } from "../secrets/secret.ts";

/** What the platform says of a token. That it could not be asked is an error instead. */
export type AttestationVerdict =
  | { readonly verdict: "genuine"; readonly claims: AttestationClaims }
  /** `message` is the platform's, such as `invalid signature` or `token expired`. */
  | { readonly verdict: "rejected"; readonly message: string };

export interface AttestationCalls {
  /** T1: whether the token was made by the platform. Genuine is not yet good: `checkAttestation` judges the claims. */
  verify(token: string | Secret, options?: CallOptions): Promise<AttestationVerdict>;
}

const verdict: z.ZodType<AttestationVerdict> = unwrapped(
  z.object({ message: z.string(), claims: z.string().nullish() }).transform((answer, context): AttestationVerdict => {
    if (answer.message.toLowerCase() !== "success")
      return { verdict: "rejected", message: answer.message.slice(0, 200) };
    const claims = readClaims(answer.claims ?? "");
    if (claims !== undefined) return { verdict: "genuine", claims };
    context.addIssue({ code: "custom", message: "claims cannot be read", path: ["claims"] });
    return z.NEVER;
  }),
);

export function createAttestationCalls(caller: Caller): AttestationCalls {
  return {
    async verify(token, options) {
      const operation = "attestation.verify";
      const hidden = checkAttestationToken(token, `${operation}: the token`);
      // Only a GET with both tokens in its query is known to work; a POST was refused.
      const params = { token: reveal(hidden) };
      return caller({ operation, params, schema: verdict, hidden: [hidden], tokenIn: "query" }, options);
    },
  };
}
