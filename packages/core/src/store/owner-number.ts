/**
 * An owner's name as a number of 32 bits (FNV-1a, isthe.com/chongo/tech/comp/fnv): the index by owner takes an entry per
 * once key, in no order, so its entries are kept small. Different owners may share a number.
 */
export function ownerNumber(owner: string): number {
  let hash = 0x811c_9dc5;
  for (let at = 0; at < owner.length; at += 1) hash = Math.imul(hash ^ owner.charCodeAt(at), 0x0100_0193);
  return hash >>> 0;
}
