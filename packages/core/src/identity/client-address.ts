import { BlockList, isIP } from "node:net";

/** Addresses that clients share: this machine's, and those of private networks, mostly a proxy's. */
const shared = new BlockList();
shared.addSubnet("127.0.0.0", 8);
shared.addSubnet("10.0.0.0", 8);
shared.addSubnet("172.16.0.0", 12);
shared.addSubnet("192.168.0.0", 16);
shared.addSubnet("169.254.0.0", 16);
shared.addAddress("::1", "ipv6");
shared.addSubnet("fc00::", 7, "ipv6");
shared.addSubnet("fe80::", 10, "ipv6");

/**
 * The address that tells this client from others: an IP address, or the first of a list, as text; of IPv6 the first half.
 * Undefined for what is none, and for addresses that clients share: loopback and private networks.
 */
export function clientAddress(ip: unknown): string | undefined {
  const [first] = Array.isArray(ip) ? (ip as unknown[]) : [ip];
  if (typeof first !== "string") return undefined;
  const address = (first.split(",", 1)[0] ?? "").trim().replace(/^::ffff:(?=\d+\.)/i, "");
  const family = isIP(address);
  if (family === 0 || shared.check(address, family === 6 ? "ipv6" : "ipv4")) return undefined;
  // Whoever has one IPv6 address has 2^64 of them.
  return family === 6 ? firstHalf(address) : address;
}

function firstHalf(address: string): string {
  const [head = "", tail] = address.split("::");
  const groups = head === "" ? [] : head.split(":");
  const zeros = tail === undefined ? 0 : 8 - groups.length - (tail === "" ? 0 : tail.split(":").length);
  const whole = [...groups, ...Array.from({ length: zeros }, () => "0"), ...(tail ? tail.split(":") : [])];
  return whole
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, "").toLowerCase())
    .join(":");
}
