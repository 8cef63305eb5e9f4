/** Tells the time. Comes from deps, so that a test can set it. */
export type Clock = () => Date;
