/** Named instants of a delivery, so that a test can stop or kill a process exactly there. */
export type ProbePoint =
  | "accept:before-commit"
  | "accept:after-commit"
  | "stage:before-commit"
  | "stage:after-commit"
  /** The request was handed to the transport. */
  | "request:written"
  | "answer:received"
  | "settle:before-commit"
  | "settle:after-commit"
  | "checkpoint"
  /** The store took over what an earlier process left, and has not committed that. */
  | "recovery";

/** Called at each point, synchronously, in the thread in which it is passed. Absent in production. */
export type Probe = (point: ProbePoint) => void;
