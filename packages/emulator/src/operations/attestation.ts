import type { ExactJson } from "../json/exact-json.ts";
import { appToken, type Call } from "./call.ts";

/** T1: GET `/platform_integrity/verify`. What is wrong with a token comes with status 200. */
export function verifyAttestation(call: Call): ExactJson {
  const app = appToken(call);
  const attestation = call.state.attestations.get(call.parameters.required("token"));
  if (attestation === undefined || attestation.app !== app) return { data: [{ message: "invalid signature" }] };
  if (attestation.expiresAt <= call.now) return { data: [{ message: "token expired" }] };
  const claims = Buffer.from(attestation.claims, "utf8").toString("base64url");
  const padding = call.switches.claimsPadding === "present" ? "=".repeat((4 - (claims.length % 4)) % 4) : "";
  return { data: [{ message: "success", claims: claims + padding }] };
}
