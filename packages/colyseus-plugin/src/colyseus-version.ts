import * as colyseus from "@colyseus/core";

/**
 * False for Colyseus 0.16, which has neither endpoints nor `onReconnect`.
 *
 * @NOTE A named import of what a module does not export does not link, so it is looked up in the namespace.
 */
export const isNewerThan016: boolean = "createEndpoint" in colyseus;
