import { version } from "../../package.json";

/** The version of what runs, as the log and the metrics name it. */
export const release: string = version;
